"""A class moves with circumstances a person can be shown, and with results; never on a hint."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.policies import load_profiles
from workflows.directory import Target
from workflows.draw.quota import Quota, take
from workflows.errors import BadInput, BadProfile
from workflows.plan import Task
from workflows.policy import parse_profile
from workflows.policy.vocabulary import CLASSES
from workflows.risk import Past, Step, assess, level_of
from workflows.risk_strata import Strata, allot, strata_of, table, why

PROFILES = load_profiles()
BUREAU = """
id = "demo-county"
name = "示范县"
document = "示市监发〔2026〕1号"
base = "menghai"
[rules.risk-ratio]
permille = [10, 30, 100, 500]
source = "示市监发〔2026〕1号 三"
"""
COUNTY = parse_profile(BUREAU, "示范县.toml", PROFILES)
TODAY = date(2026, 9, 21)
SHOP = Target("91532822MA00000153", "示范娱乐有限公司", tags=("娱乐场所",), risk="B")
TASK = Task(
    "T1", "娱乐场所联合抽查", False, ("GA-02",), "娱乐场所", date(2026, 9, 1), date(2026, 12, 31), "县公安局", ("县公安局",)
)  # fmt: skip
BY_RISK = replace(TASK, ratio="按风险等级")


def past(case: str, days: int = 30, **said: object) -> Past:
    return Past(case, TODAY - timedelta(days=days), **said)  # type: ignore[arg-type]


def grade(target: Target = SHOP, *history: Past) -> str:
    return assess(target, history, COUNTY, TODAY).grade


@pytest.mark.rule("risk-ratio")
@pytest.mark.parametrize(
    ("written", "level"),
    [
        ("A", "A"),
        ("c类", "C"),
        ("信用风险较高", "C"),
        ("信用风险D级", "D"),
        ("", ""),
        ("待定", ""),
        ("AB", ""),
    ],
)
def test_a_level_is_read_or_not_known(written: str, level: str) -> None:
    assert level_of(written) == level


@pytest.mark.rule("risk-ratio")
def test_the_directory_s_class_stands_where_nothing_moves_it() -> None:
    for own in CLASSES:
        assert grade(replace(SHOP, risk=own)) == own
    unknown = assess(replace(SHOP, risk=""), (), COUNTY, TODAY)
    assert (unknown.grade, unknown.stated, unknown.start) == ("B", "", "B")


@pytest.mark.rule("risk-ratio")
@pytest.mark.parametrize(
    ("credit", "moved"),
    [
        ("列入经营异常名录", "C"),
        ("2025年年报按时公示；列入经营异常名录", "C"),
        ("未列入经营异常名录", "B"),
        ("2024年逾期公示年报，已移出异常名录", "B"),
        ("列入经营异常名录；有严重违法违规记录", "D"),
        ("信用良好", "A"),
        ("信用良好；列入经营异常名录", "C"),
    ],
)
def test_a_circumstance_counts_only_where_it_is_said_in_so_many_words(credit: str, moved: str) -> None:
    assert grade(replace(SHOP, credit=credit)) == moved


@pytest.mark.rule("risk-ratio")
def test_a_finding_raises_for_a_year_and_says_which_case() -> None:
    seen = assess(SHOP, [past("c1", findings=2), past("c2", findings=1)], COUNTY, TODAY)
    assert (seen.grade, seen.steps) == ("C", (Step("finding", 1, cases=("c1", "c2")),))
    anniversary = Past("c1", date(2025, 9, 21), 1)
    assert grade(SHOP, anniversary) == "B"
    assert grade(SHOP, replace(anniversary, day=date(2025, 9, 22))) == "C"


@pytest.mark.rule("risk-ratio")
def test_clean_visits_in_a_row_lower_and_one_complaint_is_not_many() -> None:
    assert grade(SHOP, past("c1")) == "B"
    assert grade(SHOP, past("c1", 400), past("c2")) == "A"
    assert grade(SHOP, past("c0", 900, findings=1), past("c1", 400), past("c2")) == "A"
    assert grade(SHOP, past("c1", 60), past("c2", 30, findings=1)) == "C"
    assert grade(SHOP, past("c1", kind="complaint")) == "B"
    two = past("c1", kind="complaint", findings=1), past("c2", kind="complaint")
    assert grade(SHOP, *two) == "D"
    assert grade(SHOP, past("c1", uncooperative=True)) == "C"


@pytest.mark.rule("risk-ratio")
def test_no_class_beyond_the_last() -> None:
    bad = replace(SHOP, risk="D", credit="列入经营异常名录", tags=("娱乐场所", "特殊行业"))
    assert grade(bad, past("c1", findings=3)) == "D"
    assert grade(replace(SHOP, risk="A", credit="信用良好")) == "A"


@given(
    st.lists(
        st.builds(
            Past,
            st.text("abc", min_size=1),
            st.dates(date(2024, 1, 1), TODAY),
            st.integers(0, 3),
            st.booleans(),
        ),
        unique_by=lambda one: one.case,
    )
)
def test_the_order_in_which_visits_are_told_changes_nothing(history: list[Past]) -> None:
    forward, backward = (assess(SHOP, one, COUNTY, TODAY) for one in (history, history[::-1]))
    assert forward.grade == backward.grade
    assert {s.by for s in forward.steps} in (set(), {1}, {-1})


def of_class(own: str, number: int) -> list[Target]:
    return [replace(SHOP, id=f"R:{own}{n:05}", risk=own) for n in range(number)]


DIRECTORY = [*of_class("A", 200), *of_class("B", 100), *of_class("C", 30), *of_class("D", 3)]
GRADES = {one.id: one.risk for one in DIRECTORY}


@pytest.mark.rule("risk-ratio")
def test_each_class_is_a_stratum_with_the_bureau_s_ratio() -> None:
    strata = strata_of(BY_RISK, DIRECTORY, GRADES, COUNTY)
    assert strata.quotas["T1:C"] == Quota(1, 10, "ceil", 0, None, 2)
    drawn = {
        name: take(q, sum(p[0] == name for p in strata.places.values())) for name, q in strata.quotas.items()
    }
    assert drawn == {"T1:A": 2, "T1:B": 3, "T1:C": 3, "T1:D": 2}
    assert strata.places["R:D00001"] == ("T1:D", 1)


@pytest.mark.rule("risk-ratio", "general-cap")
def test_a_general_item_s_cap_holds_for_every_class() -> None:
    strata = strata_of(BY_RISK, DIRECTORY, GRADES, COUNTY, cap=Fraction(1, 20))
    assert strata.quotas["T1:D"] == Quota(1, 20, "ceil", 0, None, 2)
    assert strata.quotas["T1:B"] == Quota(3, 100, "ceil", 0, None, 2)


@pytest.mark.rule("risk-ratio")
def test_a_plan_that_names_its_ratio_is_drawn_with_that() -> None:
    assert strata_of(replace(TASK, ratio="5%"), DIRECTORY, GRADES, COUNTY) == Strata()


@pytest.mark.rule("risk-ratio")
def test_where_the_bureau_has_no_ratios_none_are_borrowed() -> None:
    for profile in PROFILES.values():
        assert table(profile) == {}
        with pytest.raises(BadInput, match="permille"):
            strata_of(BY_RISK, DIRECTORY, GRADES, profile)


@pytest.mark.rule("risk-ratio")
@pytest.mark.parametrize(
    "line", ["permille = [10, 30, 100]", "permille = [10, 30, 100, 1001]", "permille = [0, 30, 100, 500]"]
)
def test_a_half_written_table_is_told_when_the_profile_is_read(line: str) -> None:
    with pytest.raises(BadProfile, match="permille"):
        parse_profile(BUREAU.replace("permille = [10, 30, 100, 500]", line), "示范县.toml", PROFILES)


@given(
    st.integers(1, 60),
    st.dictionaries(st.sampled_from("ABCD"), st.integers(0, 20), min_size=1),
)
def test_a_fixed_number_is_shared_out_whole(quota: int, counted: dict[str, int]) -> None:
    given_ = allot(quota, counted, {grade: table(COUNTY)[grade] for grade in counted})
    assert sum(given_.values()) == min(quota, sum(counted.values()))
    assert all(0 <= given_[grade] <= counted[grade] for grade in counted)


@given(
    st.integers(1, 400),
    st.dictionaries(st.sampled_from("ABCD"), st.integers(1, 400), min_size=1),
)
def test_what_a_class_has_no_room_for_goes_to_the_others_in_their_proportion(
    quota: int, counted: dict[str, int]
) -> None:
    rows = table(COUNTY)
    given_ = allot(quota, counted, {grade: rows[grade] for grade in counted})
    open_ = {grade for grade in counted if given_[grade] < counted[grade]}
    left = min(quota, sum(counted.values())) - sum(given_[grade] for grade in counted.keys() - open_)
    whole = sum(counted[grade] * rows[grade] for grade in open_)
    assert all(abs(given_[grade] - left * counted[grade] * rows[grade] / whole) < 1 for grade in open_)


@pytest.mark.rule("risk-ratio")
def test_why_a_target_is_drawn_with_its_share() -> None:
    shop, twelve = assess(SHOP, [past("c1", findings=1)], COUNTY, TODAY), of_class("C", 12)
    reason = why(BY_RISK, shop, twelve, {}, COUNTY, None)
    assert (reason.way, reason.share, reason.row) == ("class", Fraction(1, 10), Fraction(1, 10))
    assert reason.source == "示市监发〔2026〕1号 三"
    capped = why(BY_RISK, shop, twelve, {}, COUNTY, Fraction(1, 20))
    assert (capped.share, capped.row, capped.capped) == (Fraction(1, 20), Fraction(1, 10), True)
    assert why(replace(TASK, ratio="5%"), shop, twelve, {}, COUNTY, None).way == "plan"
    fixed = why(replace(TASK, quota=3), shop, twelve, {}, COUNTY, None)
    assert (fixed.way, fixed.share, fixed.drawn, fixed.among) == ("quota", Fraction(1, 4), 3, 12)


@pytest.mark.rule("risk-ratio")
@given(st.integers(1, 400), st.sampled_from(sorted(CLASSES)), st.sampled_from((None, Fraction(1, 20))))
def test_where_a_fixed_number_is_shared_out_the_share_told_is_the_one_drawn(
    quota: int, own: str, cap: Fraction | None
) -> None:
    task = replace(BY_RISK, quota=quota)
    one = assess(replace(SHOP, risk=own), (), COUNTY, TODAY)
    reason = why(task, one, DIRECTORY, GRADES, COUNTY, cap)
    strata = strata_of(task, DIRECTORY, GRADES, COUNTY, cap=cap)
    among = list(GRADES.values()).count(own)
    drawn = take(strata.quotas[f"T1:{own}"], among)
    assert (reason.way, reason.drawn, reason.among) == ("shared", drawn, among)
    assert (reason.share, reason.row) == (Fraction(drawn, among), table(COUNTY)[own])
