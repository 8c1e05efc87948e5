"""The stated exceptions to once a year: each with a reason, for those it is meant for, and for nothing else."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.intake.plan import parse_plan
from storage.policies import load_profiles
from tests import test_intake as intake
from tests.rules.test_draw import LEAD, TASK, a_request, drawn, hotel, worlds
from workflows.catalogue import Item
from workflows.directory import Target
from workflows.draw.announced import Announced, announced, plan_text
from workflows.draw.exceptions import let_in, unfounded
from workflows.draw.hold import DrawRequest, DrawResult, hold, input_lines
from workflows.draw.matching import request_of
from workflows.draw.quota import Quota
from workflows.errors import BadInput
from workflows.plan import EXCEPTIONS, Task
from workflows.risk import bad_credit, special_industry

NATIONAL = load_profiles()["national"]
KEY = replace(TASK, exception="key-items", exception_reason="重点检查事项，上级专项部署")
ITEMS = {id: Item(id, f"事项{id}", "《例》", LEAD, "旅馆", ("看",), category="key") for id in TASK.items}


@pytest.mark.rule("once-a-year")
@pytest.mark.parametrize(
    ("task", "items", "words"),
    [
        (replace(KEY, exception_reason=" "), ITEMS, "没有写明理由"),
        (replace(KEY, exception="complaints"), ITEMS, "本地规则不允许"),
        (replace(KEY, exception="quarrel"), ITEMS, "本地规则不允许"),
        (KEY, {**ITEMS, "I-2": replace(ITEMS["I-2"], category="general")}, "“事项I-2”不是重点检查事项"),
    ],
)
def test_an_exception_needs_a_reason_and_has_to_be_one(task, items, words) -> None:  # type: ignore[no-untyped-def]
    refused = unfounded(task, items, NATIONAL)
    assert refused is not None
    assert refused.rule == "once-a-year"
    assert words in refused.reason


@pytest.mark.rule("once-a-year")
def test_an_exception_the_bureau_s_own_profile_leaves_out_does_not_hold() -> None:
    rule = replace(NATIONAL.rules["once-a-year"], parameters={"exceptions": ("bad-credit",)})
    own = replace(NATIONAL, rules={**NATIONAL.rules, "once-a-year": rule})
    refused = unfounded(KEY, ITEMS, own)
    assert refused is not None
    assert "本地规则不允许" in refused.reason
    assert unfounded(replace(KEY, exception="bad-credit"), ITEMS, own) is None


def test_an_exception_that_holds_and_none_at_all_are_in_nobodys_way() -> None:
    assert [unfounded(task, ITEMS, NATIONAL) for task in (TASK, KEY)] == [None, None]


@pytest.mark.rule("once-a-year")
def test_bad_credit_lets_in_only_those_who_have_it() -> None:
    task = replace(TASK, exception="bad-credit", exception_reason="信用风险高")
    targets = [hotel(1, tags=("旅馆", "失信")), hotel(2), hotel(3, credit="列入严重违法失信名单"), hotel(4)]
    drawn_before = {one.id for one in targets[:3]}
    assert again(task, targets, drawn_before) == {targets[0].id, targets[2].id}
    assert again(TASK, targets, drawn_before) == frozenset()


def again(task: Task, targets: Sequence[Target], drawn_before: Collection[str]) -> frozenset[str]:
    return let_in(task, targets, drawn_before, bad_credit, special_industry)


@pytest.mark.rule("once-a-year")
def test_a_special_industry_is_what_the_scope_or_the_directory_says_and_no_kind_of_firm() -> None:
    firms = [
        hotel(1),
        hotel(2, tags=("网吧",)),
        hotel(3, tags=("特殊行业",)),
        hotel(4, tags=(), credit="守法经营；重点领域"),
        hotel(5),
    ]
    drawn_before = {one.id for one in firms[:4]}
    task = replace(TASK, scope="旅馆、企业", exception="special-industries", exception_reason="专项整治")
    assert again(task, firms, drawn_before) == {firms[0].id, firms[2].id, firms[3].id}
    assert again(replace(task, scope="企业"), firms, drawn_before) == {firms[2].id, firms[3].id}
    assert again(replace(task, exception="key-items"), firms, drawn_before) == drawn_before


@pytest.mark.rule("once-a-year", "target-status")
@given(worlds(), st.sampled_from(sorted(EXCEPTIONS)), st.randoms(use_true_random=False))
def test_an_exception_lets_in_nobody_who_is_out_for_another_reason(
    request_: DrawRequest, kind: str, random
) -> None:  # type: ignore[no-untyped-def]
    task = replace(request_.task, exception=kind, exception_reason="专项整治")
    some = lambda one: random.random() < 0.5  # noqa: E731
    let = let_in(task, request_.targets, request_.year_drawn, some, some)
    asked = replace(request_, task=task, let_in=let)
    result = hold(asked)
    assert hold(request_of(input_lines(asked), asked.seed, "")) == result
    if not isinstance(result, DrawResult):
        return
    known = {one.id: one for one in asked.targets}
    for id in (*(one.target_id for one in result.selected), *result.reserve):
        assert known[id].status == "active"
        assert "旅馆" in known[id].tags
        assert id not in asked.year_drawn - let


@pytest.mark.rule("once-a-year")
def test_the_exception_and_its_reason_stand_in_what_was_looked_at() -> None:
    everybody = frozenset(one.id for one in a_request().targets)
    asked = replace(a_request(), task=KEY, year_drawn=everybody, let_in=everybody)
    assert len(drawn(asked).selected) == TASK.quota
    assert f'["exception","key-items","{KEY.exception_reason}"]' in input_lines(asked)
    assert sum(one.startswith('["let in"') for one in input_lines(asked)) == len(everybody)


def test_what_is_announced_says_the_exception_and_is_read_back() -> None:
    plan = Announced(
        "D", ("I-1",), ("T1",), {"T1": Quota(1, 2)}, (), (), exception=(KEY.exception, KEY.exception_reason)
    )
    assert KEY.exception_reason in plan_text(plan)
    assert announced(plan_text(plan)).exception == plan.exception
    with pytest.raises(BadInput, match="年度例外"):
        announced(plan_text(replace(plan, exception=("key-items",))))


@pytest.mark.rule("once-a-year")
@pytest.mark.parametrize(
    ("written", "kind"),
    [("重点检查事项", "key-items"), ("信用不良", "bad-credit"), ("特殊行业", "special-industries"), ("", "")],
)
def test_a_plan_states_its_exceptions_in_two_columns(written: str, kind: str) -> None:
    reason = "专项整治" if written else ""
    table = intake.table(f"{intake.PLAN}|年度例外|例外理由", f"{intake.ROW}|{written}|{reason}")
    task = intake.only(parse_plan(table, intake.ITEMS))
    assert (task.exception, task.exception_reason) == (kind, reason)


@pytest.mark.rule("once-a-year")
@pytest.mark.parametrize(
    ("cells", "words"),
    [("重点检查事项|", "例外理由没有填"), ("|专项整治", "年度例外没有填"), ("领导要求|专项整治", "看不懂")],
)
def test_an_exception_and_its_reason_only_go_together(cells: str, words: str) -> None:
    table = intake.table(f"{intake.PLAN}|年度例外|例外理由", f"{intake.ROW}|{cells}")
    assert words in intake.refusal(parse_plan(table, intake.ITEMS))
