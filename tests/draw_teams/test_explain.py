"""Why a seat is empty, in one sentence: all of the reason, nothing but the reason, and never for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.draw_teams.bureau import DRUG, FOOD, KEY, World, by_department, officer, shop, worlds
from workflows.directory import Inspector
from workflows.draw.explain import KINDS, minimal, why_empty
from workflows.draw.impossible import DrawImpossible
from workflows.draw.roster import Conditions
from workflows.draw.teams import match

TARGET = shop(1, region="5303")
QUALIFIED = Conditions(qualifications={DRUG: ("检验",)})
BOTH = Conditions(
    qualifications={DRUG: ("检验",)}, conflicts=frozenset([("P:0001", "P:0002"), ("P:0001", "P:0003")])
)
COUPLE = Conditions(conflicts=frozenset([("P:0001", "P:0002")]))
DAYS = (date(2026, 9, 1), date(2026, 9, 30))
RECUSED = {"recusals": (TARGET.id,)}


@given(st.lists(st.frozensets(st.sampled_from(KINDS), min_size=1), min_size=1, max_size=5))
def test_of_what_is_left_nothing_can_be_left_out(causes: list[frozenset[str]]) -> None:
    def possible(kinds: object) -> bool:
        return not any(cause <= set(kinds) for cause in causes)

    found = minimal(KINDS, possible)
    assert not possible(found)
    assert all(possible([kind for kind in found if kind != one]) for one in found)


@pytest.mark.rule("recusal", "mutual-blind")
@pytest.mark.parametrize(
    ("people", "needed", "conditions", "rule", "words"),
    [
        ([officer(1, DRUG, **RECUSED), officer(2, DRUG, **RECUSED), officer(3, DRUG)], 2, Conditions(), "recusal",
         "有一户抽中对象，药品科3名执法人员中2名应当回避，需要2名，只能派出1名。回避不能放宽，请为该部门补充人员。"),
        ([officer(1, DRUG, expertise=("检验",), **RECUSED), officer(2, DRUG)], 1, QUALIFIED, "recusal",
         "有一户抽中对象，药品科2名执法人员中1名应当回避，可派的人员均无“检验”资格（至少须有1名），需要1名，只能派出0名。"
         "回避不能放宽，请为该部门补充人员。"),
        ([officer(1, DRUG, expertise=("检验",)), officer(2, DRUG), officer(3, DRUG)], 2, BOTH, "team-size",
         "有一户抽中对象，药品科3名执法人员，可派的人员中1名有“检验”资格（至少须有1名），夫妻、亲属不得同组，"
         "需要2名，只能派出1名。请补充持有该资格的人员。"),
        ([officer(1, DRUG), officer(2, DRUG)], 2, COUPLE, "team-size",
         "有一户抽中对象，药品科2名执法人员，夫妻、亲属不得同组，需要2名，只能派出1名。请补充人员或调整参与部门。"),
        ([officer(1, DRUG, region="5304"), officer(2, DRUG)], 2, Conditions(), "team-size",
         "有一户抽中对象，药品科2名执法人员中1名管辖区域不符，需要2名，只能派出1名。请核对管辖区域或补充人员。"),
        ([officer(1, DRUG), officer(2, DRUG, certificate="Z0001")], 2, Conditions(), "team-size",
         "有一户抽中对象，药品科2名执法人员，证件号相同的只算一人，需要2名，只能派出1名。请补充人员或调整参与部门。"),
        ([officer(1, DRUG)], 2, Conditions(), "team-size",
         "有一户抽中对象，药品科1名执法人员，需要2名，只能派出1名。请补充人员或调整参与部门。"),
    ],
)  # fmt: skip
def test_the_sentence_names_the_cause_and_the_numbers(
    people: list[Inspector], needed: int, conditions: Conditions, rule: str, words: str
) -> None:
    answer = why_empty(people, DRUG, needed, TARGET, conditions=conditions)
    assert (answer.rule, answer.reason) == (rule, words)


def test_what_would_not_have_helped_is_not_named() -> None:
    """One is recused and reaches elsewhere: mending the region alone would not help, so only recusal is named."""
    answer = why_empty([officer(1, DRUG, region="5304", **RECUSED)], DRUG, 1, TARGET)
    assert "回避" in answer.reason
    assert "区域" not in answer.reason


@pytest.mark.rule("inspector-certificate")
def test_duty_and_certificates_are_asked_when_the_days_are_given() -> None:
    held = replace(officer(1, DRUG), valid_until=date(2026, 12, 31))
    people = [
        held,
        replace(officer(2, DRUG), valid_until=date(2026, 9, 2)),
        replace(held, id="P:0003", on_duty=False),
    ]
    people[2] = replace(people[2], certificate="Z0003")
    answer = why_empty(people, DRUG, 2, None, days=DAYS)
    assert answer.rule == "inspector-certificate"
    assert answer.reason.startswith(
        "药品科3名执法人员中1名不在岗、1名执法证件不能覆盖检查期间，需要2名，只能派出1名。"
    )


@pytest.mark.rule("mutual-blind")
@given(worlds())
def test_a_draw_that_is_void_says_why_and_not_for_whom(world: World) -> None:
    people, visits, year, conditions = world
    wanted = {FOOD: 2, DRUG: 1}
    targets = [visit.target for visit in visits]
    answer = match(by_department(people), wanted, FOOD, targets, KEY, year.loads, conditions=conditions)
    if isinstance(answer, DrawImpossible):
        assert answer.available < answer.needed <= 2
        assert answer.department in answer.reason
        assert not any(id in answer.reason for one in targets for id in (one.id, one.name))
        assert not any(one.name in answer.reason for one in people)
