"""The clock of 20 working days: when it starts, when it ends, what being late costs; and what else falls due."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.rules.cases import (
    AYAN,
    CHEN,
    LI,
    MARKET,
    MONDAY,
    NOTHING,
    POLICE,
    PROFILES,
    SHOP,
    SUPERVISOR,
    Walk,
    arrived,
    entered,
    handling,
    inspected,
    prechecked,
    refused_with,
    sign_all,
    signed,
)
from workflows.calendar import YearTable
from workflows.inspection import commands as c
from workflows.inspection.clock import started_by
from workflows.inspection.facts import CHINA
from workflows.inspection.timers import timers

LATE_REASON = "系统维护三日"


def falling_due(walk: Walk) -> dict[str, datetime]:
    return {timer.kind: timer.due_at for timer in timers(walk.case, PROFILES[walk.profile])}


def end_of(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 23, 59, 59, tzinfo=CHINA)


@pytest.mark.rule("entry-clock")
@pytest.mark.parametrize(
    ("profile", "moment"),
    [
        ("national", "check-ends"),
        ("yunnan", "check-ends"),
        ("ankang", "check-ends"),
        ("shanxi", "check-ends"),
        ("henan-police", "result-arises"),
        ("menghai", "inspection-completed"),
    ],
)
def test_the_clock_starts_at_the_moment_the_document_names(profile: str, moment: str) -> None:
    walk = inspected(profile)
    assert bool(walk.case.clocks) == (moment == "check-ends")
    walk.later(days=1).do(AYAN, c.FormSummary())
    assert bool(walk.case.clocks) == (moment in ("check-ends", "result-arises"))
    sign_all(walk.later(days=1))
    started = {"check-ends": 21, "result-arises": 22, "inspection-completed": 23}[moment]
    assert walk.case.clocks[MARKET].started == date(2026, 9, started)


@pytest.mark.rule("entry-deadline", "clock-counting")
def test_twenty_working_days_from_21_september_end_on_26_october() -> None:
    clock = inspected().case.clocks[MARKET]
    assert (clock.started, clock.due, clock.confirmed) == (date(2026, 9, 21), date(2026, 10, 26), True)
    assert clock.calendar.startswith("chinesecalendar")


@pytest.mark.rule("entry-deadline")
def test_there_is_one_clock_for_each_department() -> None:
    assert list(inspected().case.clocks) == [MARKET, POLICE]


@pytest.mark.rule("clock-counting")
def test_the_day_is_the_day_in_china() -> None:
    late_evening_in_london = datetime(2026, 9, 20, 23, 0, tzinfo=UTC)
    assert inspected(now=late_evening_in_london).case.clocks[MARKET].started == date(2026, 9, 21)


@pytest.mark.rule("clock-counting")
def test_a_date_that_rests_on_an_unannounced_year_says_so_and_an_announced_one_does_not() -> None:
    walk = inspected(now=MONDAY.replace(month=12, day=21))
    assert not walk.case.clocks[MARKET].confirmed
    facts = replace(walk.facts(AYAN), overlay={2027: YearTable(2027, frozenset(), frozenset(), "国办通知")})
    (event,) = started_by("check-ends", replace(walk.case, clocks={}), facts)
    assert event.confirmed
    assert "国办通知" in event.calendar


@pytest.mark.rule("entry-clock")
@pytest.mark.parametrize("profile", ["national", "henan-police", "menghai"])
def test_a_clock_once_started_never_starts_again(profile: str) -> None:
    walk = signed(profile)
    before = walk.case.clocks
    walk.later(days=3).do(AYAN, c.CorrectAnswer("M-3", "na", "不适用"))
    sign_all(walk)
    assert walk.case.clocks == before


@pytest.mark.rule("entry-deadline")
def test_on_the_last_day_no_reason_is_asked_and_on_the_next_day_one_is() -> None:
    walk = signed()
    walk.on(2026, 10, 26).do(AYAN, c.EnterResult(MARKET, *NOTHING))
    walk.on(2026, 10, 27)
    assert refused_with(walk, AYAN, c.PublishResult(MARKET)) == "entry-deadline/late-reason-missing"
    assert refused_with(walk, CHEN, c.EnterResult(POLICE, *NOTHING)) == "entry-deadline/late-reason-missing"
    assert refused_with(walk, AYAN, c.PublishResult(MARKET, "  ")) == "entry-deadline/late-reason-missing"
    walk.do(AYAN, c.PublishResult(MARKET, LATE_REASON))
    assert walk.case.entries[MARKET].late_reason == LATE_REASON


@pytest.mark.rule("entry-deadline")
def test_a_reason_given_with_the_entry_serves_for_its_publication() -> None:
    walk = signed().on(2026, 11, 2)
    walk.do(CHEN, c.EnterResult(POLICE, *NOTHING, late_reason=LATE_REASON), c.PublishResult(POLICE))
    assert walk.case.entries[POLICE].late_reason == LATE_REASON


@pytest.mark.rule("entry-deadline")
def test_the_last_day_ends_at_midnight_in_china() -> None:
    walk = signed()
    walk.now = datetime(2026, 10, 26, 15, 59, tzinfo=UTC)
    walk.do(AYAN, c.EnterResult(MARKET, *NOTHING))
    walk.now = datetime(2026, 10, 26, 16, 1, tzinfo=UTC)
    assert refused_with(walk, AYAN, c.PublishResult(MARKET)) == "entry-deadline/late-reason-missing"


@pytest.mark.rule("entry-deadline")
def test_the_entry_falls_due_at_the_end_of_its_day_until_it_is_published() -> None:
    walk = signed()
    assert falling_due(walk)[f"entry:{MARKET}"] == end_of(2026, 10, 26)
    entered(walk, AYAN, MARKET).do(AYAN, c.PublishResult(MARKET))
    assert list(falling_due(walk)) == [f"entry:{POLICE}"]


@pytest.mark.rule("prior-notice")
def test_an_appointment_is_recalled_at_nine_on_the_day_before() -> None:
    walk = Walk()
    walk.do(AYAN, c.IssueNotice(datetime(2026, 9, 23, 1, 30, tzinfo=CHINA), "营业执照"))
    assert falling_due(walk)["appointment:"] == datetime(2026, 9, 22, 9, 0, tzinfo=CHINA)
    assert "appointment:" not in falling_due(inspected())


@pytest.mark.rule("scan-on-entry")
def test_a_scan_put_off_falls_due_after_ten_natural_days() -> None:
    walk = prechecked()
    for person in (AYAN, CHEN):
        walk.do(person, c.CheckIn(*SHOP))
    walk.do(AYAN, c.DeferScan("network", "山区无信号"))
    assert falling_due(walk)["scan:"] == end_of(2026, 10, 1)
    assert "scan:" not in falling_due(arrived())


@pytest.mark.rule("handle", "re-check", "criminal")
def test_a_finding_falls_due_with_its_measure_its_recheck_and_its_transfer() -> None:
    walk = handling("M-3", "P-1")
    due = date(2026, 10, 20)
    walk.do(AYAN, c.DecideMeasure("M-3", "ordered", "张老板", due))
    walk.do(CHEN, c.DecideMeasure("P-1", "judiciary", "陈勇", due, "勐海县检察院"))
    assert falling_due(walk) == {
        "measure:M-3": end_of(2026, 10, 20),
        "transfer:P-1": end_of(2026, 9, 24),
    }
    walk.do(LI, c.ReportCorrection("M-3", "已改"))
    walk.do(SUPERVISOR, c.DecideTransfer("P-1", True))
    assert falling_due(walk) == {
        "recheck:M-3": end_of(2026, 10, 12),
        "handover:P-1": walk.now + timedelta(hours=24),
    }
    walk.do(LI, c.RecheckCorrection("M-3", True, "属实"))
    assert list(falling_due(walk)) == ["handover:P-1"]


def test_nothing_falls_due_in_a_closed_case() -> None:
    assert falling_due(handling()) == {}
