"""What a plan costs, what it changes, the year it fills, and the cap above which it is not published."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.policies import load_profiles
from workflows.catalogue import Item, Stated, coverage
from workflows.costing import Load, Planned, loads, working_days
from workflows.directory import Inspector
from workflows.errors import BadInput
from workflows.inspection.refusals import Refused
from workflows.plan import Plan, Task
from workflows.plan_caps import above_cap, cap_of, uncapped
from workflows.plan_changes import Change, changes, in_month, months_of
from workflows.ratio import Frequency, parse_frequency, parse_ratio

PROFILES = load_profiles()
POLICE, MARKET = "县公安局", "县市场监督管理局"
TASK = Task(
    "T1", "娱乐场所联合抽查", False, ("GA-02",), "娱乐场所", date(2026, 9, 1), date(2026, 9, 30), POLICE, (POLICE, MARKET)
)  # fmt: skip
PLAN = Plan("2026-a", "2026年度计划", 2026, 1, "menghai", (TASK,))
ITEM = Item("GA-02", "娱乐场所监督检查", "《娱乐场所管理条例》第三条", "省公安厅", "娱乐场所", ("备案",))


def officer(number: int, department: str = POLICE, **said: object) -> Inspector:
    common = {"certificate": f"C{number}", "valid_until": date(2027, 1, 1)}
    return Inspector(f"P:{number}", f"张{number}", department, **(common | said))  # type: ignore[arg-type]


def planned(drawn: int, task: Task = TASK, eligible: int = 100) -> Planned:
    return Planned(task, eligible, frozenset(f"R:{n}" for n in range(eligible)), drawn)


def stated(ratio: str = "", frequency: str = "") -> dict[str, Stated]:
    read, often = parse_ratio(ratio), parse_frequency(frequency)
    return {ITEM.id: Stated(read if ratio else None, often if frequency else ())}  # type: ignore[arg-type]


def cost(*those: Planned, people: list[Inspector], team_size: int = 2, daily: int = 2) -> tuple[Load, ...]:
    return loads(those, people, team_size=team_size, daily=daily, overlay={})


def test_person_days_are_teams_times_members_over_visits_a_day_against_who_is_there() -> None:
    people = [
        officer(1),
        officer(2, on_duty=False),
        officer(3, valid_until=date(2026, 9, 10)),
        officer(4, MARKET),
    ]
    working = working_days(TASK.starts, TASK.ends, {})
    assert len(working) == 22  # the Mid-Autumn day off, a Sunday worked
    police, market = cost(planned(92), people=people)
    assert police == Load(POLICE, date(2026, 9, 1), 46, 22 + 8)
    assert (market.department, market.needed, market.available) == (MARKET, 46, 22)
    assert police.short and market.short


def test_a_task_of_several_months_is_spread_over_their_working_days() -> None:
    long = replace(TASK, starts=date(2026, 9, 1), ends=date(2026, 12, 31), departments=(POLICE,))
    found = cost(planned(40, long), people=[officer(1)])
    assert [one.month.month for one in found] == [9, 10, 11, 12]
    assert 40 <= sum(one.needed for one in found) <= 43
    assert sum(one.available for one in found) == len(working_days(long.starts, long.ends, {}))


def test_two_tasks_of_one_department_in_one_month_add_up() -> None:
    both = cost(planned(5), planned(5, replace(TASK, id="T2")), people=[])
    assert [one.needed for one in both] == [5, 5]


@given(st.integers(0, 400), st.integers(2, 4), st.integers(1, 5))
def test_more_targets_never_cost_less(drawn: int, team_size: int, daily: int) -> None:
    def needed(number: int) -> int:
        found = cost(planned(number), people=[], team_size=team_size, daily=daily)
        return sum(one.needed for one in found)

    assert needed(drawn) <= needed(drawn + 1)
    assert needed(drawn) >= Fraction(drawn * max(team_size, 2), daily)


def blocked(
    drawn: int, said: dict[str, Stated], item: Item = ITEM, profile: str = "menghai", times: int = 1
) -> str:
    tasks = tuple(replace(TASK, id=f"T{n}") for n in range(times))
    refused = above_cap(
        replace(PLAN, tasks=tasks),
        [planned(drawn, t) for t in tasks],
        {item.id: item},
        said,
        PROFILES[profile],
    )
    return refused.reason if refused else ""


@pytest.mark.rule("general-cap")
def test_a_general_item_is_not_planned_above_its_ratio() -> None:
    assert blocked(5, stated("不超过5%")) == ""
    assert blocked(6, stated("不超过5%")) == "above-ratio"
    assert blocked(6, stated("不超过5%"), replace(ITEM, category="key")) == ""


@pytest.mark.rule("general-cap")
@pytest.mark.parametrize("ratio", ["5%", "不少于5%", ""])
def test_what_is_no_cap_blocks_nothing(ratio: str) -> None:
    assert blocked(100, stated(ratio)) == ""


@pytest.mark.rule("general-cap")
def test_a_yearly_cap_holds_for_all_tasks_of_the_year_together() -> None:
    assert blocked(3, stated("不超过5%"), times=2) == ""
    assert blocked(3, stated("不超过5%/年"), times=2) == "above-ratio"


@pytest.mark.rule("general-cap")
def test_a_yearly_cap_is_held_against_all_whom_the_tasks_draw_from() -> None:
    """Two tasks with halves of the county are within a cap that two tasks with the same half are above."""
    east, west = frozenset(f"R:{n}" for n in range(100)), frozenset(f"R:{n}" for n in range(100, 200))

    def refused(*own: Planned) -> Refused | None:
        return above_cap(PLAN, own, {ITEM.id: ITEM}, stated("不超过5%/年"), PROFILES["menghai"])

    assert refused(Planned(TASK, 100, east, 5), Planned(TASK, 100, west, 5)) is None
    assert refused(Planned(TASK, 100, east, 5), Planned(TASK, 100, east, 5))
    assert refused(Planned(TASK, 100, east, 5), Planned(TASK, 200, east | west, 6))


@pytest.mark.rule("general-cap")
def test_a_small_task_is_not_above_its_cap_because_a_large_one_has_room() -> None:
    large, small = replace(TASK, name="全县"), replace(TASK, name="一个乡")
    own = [planned(50, large, 1000), planned(50, small, 100)]
    refused = above_cap(PLAN, own, {ITEM.id: ITEM}, stated("不超过5%"), PROFILES["menghai"])
    assert refused and refused.detail["tasks"] == "一个乡"
    assert (refused.detail["planned"], refused.detail["allowed"]) == ("50", "5")


@pytest.mark.rule("general-cap")
def test_shanxi_caps_the_frequency_too() -> None:
    often = stated(frequency="每年不超过1次")
    assert blocked(1, often, profile="shanxi", times=1) == ""
    assert blocked(1, often, profile="shanxi", times=2) == "above-frequency"
    assert blocked(1, often, profile="menghai", times=2) == ""
    assert (
        blocked(1, stated(frequency="对同一单位每2年抽查不超过1次"), profile="shanxi", times=2)
        == "above-frequency"
    )
    assert blocked(1, stated(frequency="每半年不超过1次"), profile="shanxi", times=2) == ""


def test_the_task_s_cap_is_the_smallest_of_its_items() -> None:
    items = {ITEM.id: ITEM, "X": replace(ITEM, id="X")}
    said = {**stated("不超过5%"), "X": Stated(parse_ratio("不超过3%"))}  # type: ignore[arg-type]
    assert cap_of(replace(TASK, items=("GA-02", "X")), items, said) == Fraction(3, 100)
    assert cap_of(TASK, items, {}) is None
    assert [one.item for one in uncapped(PLAN, items, {})] == ["GA-02"]
    assert uncapped(PLAN, items, said) == ()


@pytest.mark.rule("item-coverage")
def test_the_share_of_items_on_the_list_is_held_against_the_profile() -> None:
    items = [replace(ITEM, id=str(n)) for n in range(7)]
    found = coverage(items, "县公安局", 14, False, PROFILES["yunnan"])
    assert (found.listed, found.share, found.wanted, found.enough) == (7, 50, 50, True)
    assert not coverage(items, "县公安局", 15, False, PROFILES["yunnan"]).enough
    assert coverage(items, MARKET, 10, True, PROFILES["yunnan"]).listed == 0
    with pytest.raises(BadInput, match="总数"):
        coverage(items, "县公安局", 0, False, PROFILES["yunnan"])


@pytest.mark.rule("plan-public")
def test_a_new_version_says_what_it_changes() -> None:
    later = replace(TASK, ends=date(2026, 10, 31), quota=3)
    after = replace(PLAN, approval="联席〔2026〕1号", tasks=(later, replace(TASK, id="T2", name="新任务")))
    assert changes(PLAN, after) == (
        Change("approval", "", "2026年度计划", "", "", "联席〔2026〕1号"),
        Change(
            "changed", "T1", "娱乐场所联合抽查", "dates", "2026-09-01至2026-09-30", "2026-09-01至2026-10-31"
        ),
        Change("changed", "T1", "娱乐场所联合抽查", "size", "", "3户"),
        Change("added", "T2", "新任务"),
    )
    assert changes(after, replace(after, tasks=(later,))) == (Change("removed", "T2", "新任务"),)
    assert changes(PLAN, PLAN) == ()


def test_the_months_a_task_fills() -> None:
    across = replace(TASK, starts=date(2026, 11, 30), ends=date(2027, 2, 1))
    assert [n for n, here in enumerate(months_of(across, 2026), 1) if here] == [11, 12]
    assert [n for n, here in enumerate(months_of(across, 2027), 1) if here] == [1, 2]
    assert in_month(PLAN, date(2026, 9, 1)) == (TASK,)
    assert in_month(PLAN, date(2026, 10, 1)) == ()


def test_frequencies_by_class_are_no_cap_for_all() -> None:
    said = {
        ITEM.id: Stated(None, (Frequency(1, 12, ("一级",), "at-most"), Frequency(1, 6, ("二级",), "at-most")))
    }
    assert blocked(1, said, profile="shanxi", times=5) == ""
