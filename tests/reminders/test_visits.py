"""A task's last day comes nearer and nobody has been there: who is told when, what of, and when it ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import marks
from storage.arming import arm_older
from storage.database import writing
from storage.reminders_schema import reminders as rows
from tests.reminders.desk import HEAD, Desk
from tests.reminders.test_moments import at, mornings, of, working_days
from tests.rules.cases import (
    AYAN,
    CHEN,
    EXPERT,
    LI,
    PROFILES,
    SUPERVISOR,
    YUXIANG,
    Walk,
    handling,
    opened,
    precheck_commands,
    prechecked,
    signed,
)
from tests.rules.cases import member as seat
from workflows.inspection import commands as c
from workflows.inspection.case import Case
from workflows.inspection.events import Recorded
from workflows.inspection.evolve import evolve
from workflows.inspection.facts import CHINA, local_day
from workflows.reminders import alike, reminders

# The task of these cases ends on the 31st of October, a Saturday.
EVERY = {
    "visit-10:": "10-16 09:00",
    "visit-5:": "10-23 09:00",
    "visit-1:": "10-29 09:00",
    "visit-0:": "10-30 09:00",
    "visit-over:": "11-02 09:00",
}
INSPECTORS = (AYAN, YUXIANG, CHEN, LI)


def visits(walk: Walk) -> dict[str, str]:
    return {kind: when for kind, when in mornings(of(walk)).items() if kind.startswith("visit")}


def agreed_on(*moment: int) -> Walk:
    walk = Walk()
    walk.do(AYAN, *precheck_commands(datetime(*moment, tzinfo=CHINA)))  # type: ignore[arg-type,misc]
    return walk


def with_all_but_the_notice() -> Walk:
    walk = Walk()
    walk.do(AYAN, *precheck_commands(datetime(2026, 9, 23, 10, 0, tzinfo=CHINA))[:-2])
    return walk


def with_all_but_the_end() -> Walk:
    walk = Walk()
    walk.do(AYAN, *precheck_commands(datetime(2026, 9, 23, 10, 0, tzinfo=CHINA))[:-1])
    return walk


def with_nobody_told() -> Walk:
    walk = Walk(unannounced=True)
    *before, _, complete = precheck_commands(datetime(2026, 9, 23, 10, 0, tzinfo=CHINA))
    walk.do(AYAN, *before, complete)
    return walk


@pytest.mark.rule("plan-fields")
@settings(max_examples=40)
@given(st.dates(date(2026, 2, 10), date(2026, 12, 20)))
def test_a_visit_is_reminded_of_so_many_working_days_before_the_task_ends(ends: date) -> None:
    case = evolve(None, Recorded(1, opened(ends=ends), "P:20", "test", at(date(2026, 1, 5))))
    found = {r.kind: r for r in reminders(case, PROFILES["national"], {})}
    for ahead in PROFILES["national"].numbers("plan-fields", "reminders"):
        said = local_day(found[f"visit-{ahead}:"].at)
        assert chinese_calendar.is_workday(said)
        # A last day nobody works on counts for nothing: the working day before it is the last one.
        assert working_days(said, ends) == ahead
    first = local_day(found["visit-over:"].at)
    assert chinese_calendar.is_workday(first)
    assert working_days(ends, first) == 1


def test_the_team_first_on_the_last_day_the_leader_too_then_leader_and_supervisor() -> None:
    found = of(Walk())
    assert visits(Walk()) == EVERY
    assert found["visit-10:"].whom == INSPECTORS
    assert found["visit-0:"].whom == INSPECTORS
    assert found["visit-over:"].whom == (AYAN, "role:supervisor")
    assert found["visit-over:"].daily


def test_without_a_leader_the_team_stays_the_one_that_is_told() -> None:
    seats = (seat(AYAN), seat(CHEN), seat(EXPERT, role="expert"))
    case = evolve(None, Recorded(1, opened(members=seats), "P:20", "test", at(date(2026, 9, 1))))
    over = next(r for r in reminders(case, PROFILES["national"], {}) if r.kind == "visit-over:")
    assert over.whom == (AYAN, CHEN, "role:supervisor")


@pytest.mark.parametrize(
    ("walk", "verb"),
    [
        (Walk, "open"),
        (with_all_but_the_notice, "notice"),
        (with_all_but_the_end, "open"),
        (prechecked, "notice"),
        (with_nobody_told, "open"),
    ],
    ids=["nothing done", "no day agreed on", "pre-check not finished", "a day that passed", "unannounced"],
)
def test_its_button_starts_the_pre_check_or_agrees_on_a_day(walk: Callable[[], Walk], verb: str) -> None:
    assert of(walk())["visit-1:"].verb == verb


def test_a_visit_agreed_on_within_the_dates_needs_no_more_reminders_until_it_has_passed() -> None:
    left = {kind: when for kind, when in EVERY.items() if kind not in ("visit-10:", "visit-5:")}
    assert visits(agreed_on(2026, 10, 26, 10, 0)) == left
    assert visits(agreed_on(2026, 11, 3, 10, 0)) == EVERY, "a day after the task's last is no remedy"


def test_it_ends_with_the_visit_and_moves_with_the_task() -> None:
    assert visits(signed()) == {}
    walk = Walk()
    walk.do(SUPERVISOR, c.Extend("window", date(2026, 11, 13), "企业停业装修"))
    assert visits(walk)["visit-0:"] == "11-13 09:00"


def test_only_what_reminders_are_made_of_arms_them_anew() -> None:
    """`alike` may say no too often, never too rarely."""
    first, *rest = handling("M-3").history
    case, spared = evolve(None, first), 0
    for recorded in rest:
        before, case = case, evolve(case, recorded)
        spared += alike(before, case)
        assert armed_for(before) == armed_for(case) or not alike(before, case), recorded.event
    assert spared > len(rest) / 2


def armed_for(case: Case) -> set[tuple[str, datetime, bool]]:
    return {(r.kind, r.at, r.urgent) for r in reminders(case, PROFILES["national"], {})}


def by_day(desk: Desk, until: tuple[int, ...]) -> dict[str, dict[str, tuple[str, ...]]]:
    found: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for said in desk.until(*until):
        found[f"{said.at.astimezone(CHINA):%m-%d}"][said.person] = said.kinds
    return dict(found)


@pytest.mark.rule("plan-fields")
def test_what_is_said_from_the_first_reminder_to_the_supervisor(either: Desk) -> None:
    either.at(2026, 10, 12, 12, 0).keep(Walk().case)
    said = by_day(either, (2026, 11, 4, 0, 0))
    ahead = {day: dict.fromkeys(INSPECTORS, (kind,)) for kind, when in EVERY.items() for day in (when[:5],)}
    ahead["11-02"] = ahead["11-03"] = dict.fromkeys((AYAN, HEAD), ("visit-over:",))
    assert said == ahead


def test_a_visit_made_is_said_no_more(desk: Desk) -> None:
    desk.at(2026, 10, 12, 12, 0).keep(Walk().case)
    desk.until(2026, 10, 24, 0, 0)
    desk.keep(signed().case)
    assert desk.pending(of="visit") == {}


def test_cases_from_before_there_were_such_reminders_get_them_once(either: Desk) -> None:
    """The house of an earlier release has its older cases armed, and knows it."""
    house = either.at(2026, 10, 12, 12, 0).house
    either.keep(prechecked().case)
    with writing(house.engine) as tx:
        tx.execute(rows.delete().where(rows.c.kind.startswith("visit-")))
        marks.put(tx, "armed", either.clock.now)
    assert arm_older(house.engine, house.lawbook, either.clock) == 1
    assert {kind: f"{when:%m-%d %H:%M}" for kind, when in either.pending(of="visit").items()} == EVERY
    assert arm_older(house.engine, house.lawbook, either.clock) == 0
