"""When somebody is reminded, and who: counted here day by day, with the holiday list alone."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reminders.desk import judiciary, ordered
from tests.rules.cases import (
    AYAN,
    CHEN,
    EXPERT,
    LI,
    MARKET,
    POLICE,
    PROFILES,
    SUPERVISOR,
    YUXIANG,
    Walk,
    handling,
    precheck_commands,
    prechecked,
    publish_all,
    signed,
)
from workflows.inspection import commands as c
from workflows.inspection.facts import CHINA, local_day
from workflows.reminders import Reminder, current, is_quiet, next_time, optional, reminders, wanted

DAYS = st.dates(date(2026, 1, 5), date(2026, 11, 20))
MOMENTS = st.builds(lambda d, m: at(d) + timedelta(minutes=m), DAYS, st.integers(0, 24 * 60))


def at(day: date, hour: int = 9, minute: int = 30) -> datetime:
    return datetime.combine(day, time(hour, minute), CHINA)


def of(walk: Walk) -> dict[str, Reminder]:
    return {r.kind: r for r in reminders(walk.case, PROFILES[walk.profile], {})}


def mornings(found: dict[str, Reminder]) -> dict[str, str]:
    return {kind: f"{r.at:%m-%d %H:%M}" for kind, r in found.items()}


def working_days(first: date, last: date) -> int:
    """After `first` up to `last`."""
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    return sum(chinese_calendar.is_workday(day) for day in days)


@pytest.mark.rule("entry-deadline", "clock-counting")
@settings(max_examples=40)
@given(DAYS, st.sampled_from(sorted(PROFILES)))
def test_entry_is_reminded_of_at_nine_so_many_working_days_ahead(day: date, profile: str) -> None:
    walk = signed(profile, now=at(day))
    found = of(walk)
    for department in (MARKET, POLICE):
        for ahead in PROFILES[profile].numbers("entry-deadline", "reminders"):
            reminder = found[f"entry-{ahead}:{department}"]
            said, due = local_day(reminder.at), walk.case.clocks[department].due
            assert reminder.at.astimezone(CHINA).time() == time(9)
            assert chinese_calendar.is_workday(said)
            assert working_days(said, due) == ahead
        first = local_day(found[f"entry-over:{department}"].at)
        assert working_days(due, first) == 1
        assert chinese_calendar.is_workday(first)


@settings(max_examples=30)
@given(DAYS, MOMENTS)
def test_at_any_moment_at_most_one_reminder_speaks_of_a_thing(day: date, now: datetime) -> None:
    found = reminders(signed(now=at(day)).case, PROFILES["national"], {})
    said = Counter(kind.partition(":")[2] for kind in current(found, now))
    assert set(said.values()) <= {1}
    first = min(r.at for r in found)
    assert (set(said) == {MARKET, POLICE}) == (now >= first)


@settings(max_examples=60)
@given(MOMENTS)
def test_it_is_quiet_at_night_at_weekends_and_on_holidays(now: datetime) -> None:
    local = now.astimezone(CHINA)
    assert is_quiet(now, {}) == (
        not chinese_calendar.is_workday(local.date()) or local.hour < 9 or local.hour >= 20
    )


@settings(max_examples=40)
@given(MOMENTS)
def test_what_is_overdue_is_said_again_on_the_next_working_morning(now: datetime) -> None:
    over = of(signed())[f"entry-over:{MARKET}"]
    again = next_time(over, now, {})
    assert again is not None
    assert again > now
    assert again.astimezone(CHINA).time() == time(9)
    assert working_days(local_day(now), local_day(again)) == 1


def test_what_is_said_ahead_is_said_once() -> None:
    found = of(signed())
    assert {next_time(r, r.at, {}) for kind, r in found.items() if "over" not in kind} == {None}


@pytest.mark.rule("entry-deadline")
def test_from_the_inspector_to_the_leader_to_the_supervisor() -> None:
    found = of(signed())
    assert found[f"entry-1:{POLICE}"].whom == (CHEN,)
    assert found[f"entry-0:{POLICE}"].whom == (CHEN, AYAN)
    assert found[f"entry-over:{POLICE}"].whom == (CHEN, AYAN, "role:supervisor")


@pytest.mark.rule("own-entry")
def test_a_department_with_nobody_on_site_is_entered_by_those_who_were() -> None:
    walk = signed(who=(AYAN, YUXIANG))
    assert of(walk)[f"entry-5:{POLICE}"].whom == (AYAN, YUXIANG)


def test_nothing_is_said_of_what_is_done() -> None:
    walk = signed()
    walk.do(AYAN, c.EnterResult(MARKET, ("1",), ("none",)), c.PublishResult(MARKET))
    assert {kind.partition(":")[2] for kind in of(walk)} == {POLICE}
    assert of(publish_all(signed())) == {}


@pytest.mark.parametrize(
    ("walk", "verb"),
    [
        (signed, ("enter", "0")),
        (lambda: with_result(signed()), ("publish", "0")),
        (lambda: with_result(signed("henan-police")), ("remind",)),
    ],
)
def test_the_button_does_the_next_thing(walk: object, verb: tuple[str, ...]) -> None:
    reminder = of(walk())[f"entry-5:{MARKET}"]  # type: ignore[operator]
    assert (reminder.verb, *reminder.words) == verb


def with_result(walk: Walk) -> Walk:
    walk.do(AYAN, c.EnterResult(MARKET, ("1",), ("none",)))
    return walk


@pytest.mark.parametrize(
    ("visit", "eve"),
    [
        ((2026, 9, 23, 9, 0), "09-22 09:00"),
        ((2026, 9, 21, 9, 0), "09-20 09:00"),  # the Sunday is worked on
        ((2026, 9, 14, 9, 0), "09-11 09:00"),
        ((2026, 10, 8, 9, 0), "09-30 09:00"),
    ],
    ids=["midweek", "after a make-up Sunday", "monday", "after the holidays"],
)
def test_the_eve_of_an_appointment_is_the_last_working_morning_before(visit: object, eve: str) -> None:
    walk = Walk(now=datetime(2026, 9, 7, 9, 30, tzinfo=CHINA))
    walk.do(AYAN, *precheck_commands(datetime(*visit, tzinfo=CHINA)))  # type: ignore[misc]
    reminder = of(walk)["appointment-1:"]
    assert f"{reminder.at:%m-%d %H:%M}" == eve
    assert set(reminder.whom) == {AYAN, YUXIANG, CHEN, LI, EXPERT}
    assert reminder.expires == datetime(*visit, tzinfo=CHINA)  # type: ignore[misc]


def test_an_appointment_kept_is_not_reminded_of() -> None:
    assert "appointment-1:" in of(prechecked())
    assert "appointment-1:" not in of(signed())


def test_a_correction_is_asked_after_the_day_before_and_on_the_day() -> None:
    walk = ordered(
        handling("M-3"), datetime(2026, 10, 11, tzinfo=CHINA)
    )  # a Sunday; the Saturday is worked on
    assert mornings(of(walk)) == {
        "measure-1:M-3": "10-09 09:00",
        "measure-0:M-3": "10-10 09:00",
        "measure-over:M-3": "10-12 09:00",
    }
    assert {(r.verb, r.words) for r in of(walk).values()} == {("corrected", ("M-3",))}


@pytest.mark.rule("re-check")
def test_a_re_check_is_asked_for_within_its_ten_working_days() -> None:
    walk = ordered(handling("M-3"), datetime(2026, 9, 28, tzinfo=CHINA))
    walk.do(AYAN, c.ReportCorrection("M-3", "已改正"))
    assert mornings(of(walk)) == {
        "recheck-3:M-3": "10-08 09:00",
        "recheck-0:M-3": "10-12 09:00",
        "recheck-over:M-3": "10-13 09:00",
    }
    assert of(walk)["recheck-0:M-3"].verb == "handle"


@pytest.mark.rule("criminal")
def test_the_head_is_asked_to_decide_on_a_transfer_within_three_days() -> None:
    found = of(judiciary(handling("M-3")))  # a Monday
    assert mornings(found) == {
        "transfer-1:M-3": "09-23 09:00",
        "transfer-0:M-3": "09-24 09:00",
        "transfer-over:M-3": "09-28 09:00",  # after the Mid-Autumn holiday
    }
    assert {r.whom for r in found.values()} == {("role:supervisor",)}


@pytest.mark.rule("criminal")
def test_three_days_of_holiday_are_no_reason_to_wait_with_a_crime() -> None:
    walk = handling("M-3")
    walk.now = datetime(2026, 9, 30, 15, 0, tzinfo=CHINA)
    last = of(judiciary(walk))["transfer-0:M-3"]
    assert f"{last.at:%m-%d %H:%M}" == "10-03 09:00"
    assert last.urgent


@pytest.mark.rule("criminal")
def test_the_twenty_four_hours_of_a_hand_over_know_no_night() -> None:
    walk = judiciary(handling("M-3"))
    walk.now = datetime(2026, 10, 1, 22, 0, tzinfo=CHINA)
    walk.do(SUPERVISOR, c.DecideTransfer("M-3", True, ""))
    found = of(walk)
    by = walk.now + timedelta(hours=24)
    assert [r.at for r in found.values()] == [by - timedelta(hours=12), by - timedelta(hours=3), by]
    assert all(r.urgent for r in found.values())
    again = next_time(found["handover-over:M-3"], by, {})
    assert again == datetime(2026, 10, 3, 9, 0, tzinfo=CHINA)


@pytest.mark.rule("scan-on-entry")
def test_a_scan_put_off_is_asked_for_until_it_is_made_up_for() -> None:
    walk = scan_put_off()
    assert walk.case.scan is not None and walk.case.scan.due == date(2026, 10, 1)
    found = {kind: when for kind, when in mornings(of(walk)).items() if kind.startswith("scan")}
    assert found == {"scan-3:": "09-24 09:00", "scan-0:": "09-30 09:00", "scan-over:": "10-08 09:00"}
    walk.do(AYAN, c.ScanCode("SJ-7K2M9Q"))
    assert not any(kind.startswith("scan") for kind in of(walk))


def scan_put_off() -> Walk:
    walk = prechecked()
    for person in (AYAN, CHEN):
        walk.do(person, c.CheckIn(21.9590, 100.4520))
    walk.do(AYAN, c.ShowCertificates(), c.TellRights(), c.DeferScan("network", "没有信号"))
    return walk


@given(st.frozensets(st.sampled_from([f"entry-{n}" for n in (10, 5, 3, 1, 0, "over")] + ["appointment-1"])))
def test_nobody_can_do_without_the_last_day_or_what_is_overdue(muted: frozenset[str]) -> None:
    national = PROFILES["national"]
    for kind in (
        "entry-0:局",
        "entry-over:局",
        "transfer-0:Q",
        "handover-3:Q",
        "recheck-0:Q",
        "measure-over:Q",
    ):
        assert wanted(kind, muted | {kind.partition(":")[0]}, national)
    assert wanted("entry-10:局", muted, national) == ("entry-10" not in muted)
    assert "entry-0" not in optional(national)


def test_a_due_day_in_a_year_without_a_calendar_still_has_its_reminders() -> None:
    walk = ordered(handling("M-3"), datetime(2030, 5, 6, tzinfo=CHINA))  # a Monday
    assert f"{of(walk)['measure-1:M-3'].at:%Y-%m-%d}" == "2030-05-03"
