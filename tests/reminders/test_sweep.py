"""Sweeping with a clock that is told the time: what is said, when, to whom, and that none is lost or said twice."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

import chinese_calendar
import pytest

from bot.reminders import sweep
from storage import reminders
from storage.database import writing
from tests.reminders.desk import HEAD, Desk, Said, copies, judiciary
from tests.rules.cases import (
    AYAN,
    CHEN,
    MARKET,
    NOTHING,
    PENDING,
    POLICE,
    SUPERVISOR,
    Walk,
    entered,
    handling,
    precheck_commands,
    signed,
)
from workflows.inspection import commands as c
from workflows.inspection.facts import CHINA
from workflows.policy import Profile

NOON = (2026, 9, 21, 12, 0)  # the Monday on which the walks are signed; due on 26 October


def stages(said: list[Said], person: str) -> list[str]:
    """ "10-12 09 entry-10" of what this person was told, in order."""
    return [
        f"{one.at.astimezone(CHINA):%m-%d %H} {kind.partition(':')[0]}"
        for one in said
        if one.person == person
        for kind in one.kinds
    ]


@pytest.mark.rule("entry-deadline")
def test_a_month_of_hours_with_holidays_weekends_and_nights(desk: Desk) -> None:
    walk = signed()
    desk.at(*NOON).keep(walk.case)
    said = desk.until(2026, 10, 29, 12, 0)
    assert stages(said, CHEN) == [
        "10-12 09 entry-10",
        "10-19 09 entry-5",
        "10-21 09 entry-3",
        "10-23 09 entry-1",
        "10-26 09 entry-0",
        "10-27 09 entry-over",
        "10-28 09 entry-over",
        "10-29 09 entry-over",
    ]
    assert all(chinese_calendar.is_workday(one.at.astimezone(CHINA).date()) for one in said)
    assert not any(item.late for one in said for item in one.items)


def test_the_supervisor_hears_of_it_from_the_first_day_overdue(desk: Desk) -> None:
    walk = signed()
    desk.at(*NOON).keep(walk.case)
    said = desk.until(2026, 10, 29, 12, 0)
    due = walk.case.clocks[MARKET].due
    first = next(one for one in said if one.person == HEAD)
    assert first.at.astimezone(CHINA).date() == due + timedelta(days=1)
    assert first.kinds == (f"entry-over:{POLICE}", f"entry-over:{MARKET}")
    assert Counter(one.person for one in said if "entry-over" in one.kinds[0])[HEAD] == 3


def test_what_fell_due_while_the_server_was_down_is_said_once_and_says_it_is_late(either: Desk) -> None:
    desk = either
    desk.at(*NOON).keep(signed().case)
    desk.at(2026, 10, 22, 14, 0)  # down since noon of the 21st of September
    said = desk.swept()
    assert {one.person: one.kinds for one in said} == {
        AYAN: (f"entry-3:{MARKET}",),
        CHEN: (f"entry-3:{POLICE}",),
    }
    assert all(item.late for one in said for item in one.items)
    assert desk.swept() == []
    assert stages(desk.until(2026, 10, 23, 12, 0), CHEN) == ["10-23 09 entry-1"]
    assert all("迟发" in "".join(card.lines) for _, card in desk.cards()[:2] if card)


def test_three_days_down_over_what_is_overdue_is_one_message(desk: Desk) -> None:
    desk.at(*NOON).keep(signed().case)
    desk.until(2026, 10, 27, 12, 0)
    desk.at(2026, 10, 30, 10, 0)
    said = desk.swept()
    assert stages(said, CHEN) == ["10-30 10 entry-over"]
    assert stages(desk.until(2026, 11, 2, 12, 0), CHEN) == ["11-02 09 entry-over"]


def test_a_server_that_comes_back_at_night_or_on_a_holiday_waits_for_the_morning(desk: Desk) -> None:
    desk.at(*NOON).keep(signed().case)
    desk.at(2026, 10, 23, 23, 0)  # a Friday night
    assert stages(desk.until(2026, 10, 26, 12, 0), CHEN) == ["10-26 09 entry-0"]


@pytest.mark.rule("criminal")
def test_a_hand_over_is_said_at_night(desk: Desk) -> None:
    walk = judiciary(handling("M-3"))
    walk.now = datetime(2026, 9, 22, 14, 0, tzinfo=CHINA)
    walk.do(SUPERVISOR, c.DecideTransfer("M-3", True, ""))
    desk.at(2026, 9, 22, 14, 0).keep(walk.case)
    assert stages(desk.until(2026, 9, 23, 16, 0), AYAN) == [
        "09-23 02 handover-12",
        "09-23 11 handover-3",
        "09-23 14 handover-over",
    ]


def test_a_thousand_due_in_one_minute_come_as_one_message_each(either: Desk) -> None:
    desk = either
    desk.at(*NOON).keep(*copies(signed().case, 500))
    desk.at(2026, 10, 23, 9, 0).swept()
    desk.at(2026, 10, 26, 9, 0)
    said = desk.swept()
    assert {one.person: len(one.items) for one in said} == {AYAN: 1000, CHEN: 500}
    cards = dict(desk.cards())  # the last of each person
    assert cards[CHEN] is not None
    assert cards[CHEN].title == "今天有 500 件到期"
    assert len(cards[CHEN].buttons) == 6
    assert cards[CHEN].lines[-1] == "另有 492 件，请发“任务”查看。"
    assert desk.swept() == []


def test_more_than_one_sweep_holds_is_still_swept_at_once(either: Desk) -> None:
    desk = either
    desk.at(*NOON).keep(*copies(signed().case, 150))
    desk.at(2026, 10, 26, 9, 0)  # five reminders of each department are due, and four of them are stale
    assert sum(len(one.items) for one in desk.swept()) == 450
    assert desk.swept() == []


def test_nothing_is_said_of_what_was_done_in_time(desk: Desk) -> None:
    walk = signed()
    desk.at(*NOON).keep(walk.case)
    entered(walk, CHEN, POLICE)
    walk.do(CHEN, c.PublishResult(POLICE))
    desk.keep(walk.case)
    assert stages(desk.until(2026, 10, 29, 12, 0), CHEN) == []


def test_what_was_done_between_the_claim_and_the_message_is_not_said(desk: Desk) -> None:
    walk = signed()
    desk.at(*NOON).keep(walk.case)
    desk.at(2026, 10, 26, 9, 0)
    claimed = claim(desk, "a sweep")
    walk.do(AYAN, c.EnterResult(MARKET, *NOTHING), c.PublishResult(MARKET))
    desk.keep(walk.case)
    ended = [reminders.Settled(one, "sent") for one in claimed]
    with writing(desk.house.engine) as tx:
        held = reminders.settle(tx, ended, "a sweep", desk.clock.now)
    assert {one.kind for one in claimed if one.id not in held if "-0:" in one.kind} == {f"entry-0:{MARKET}"}


class Meanwhile(dict[str, Profile]):
    """The profiles; whoever first looks one up finds that something has happened just then."""

    def __init__(self, profiles: Mapping[str, Profile], happens: Callable[[], None]) -> None:
        super().__init__(profiles)
        self.happens: Callable[[], None] | None = happens

    def __getitem__(self, name: str) -> Profile:
        happens, self.happens = self.happens, None
        if happens:
            happens()
        return super().__getitem__(name)


def test_what_is_done_in_the_middle_of_a_sweep_is_not_said(desk: Desk) -> None:
    walk = signed()
    desk.at(*NOON).keep(walk.case)
    desk.at(2026, 10, 26, 9, 0)
    walk.do(CHEN, c.EnterResult(POLICE, *NOTHING), c.PublishResult(POLICE))
    lawbook = desk.house.lawbook
    profiles = Meanwhile(lawbook.profiles, lambda: desk.keep(walk.case))
    desk.house = replace(desk.house, lawbook=replace(lawbook, profiles=profiles))
    assert {one.person: one.kinds for one in desk.swept()} == {AYAN: (f"entry-0:{MARKET}",)}


def test_what_was_done_between_the_message_and_its_delivery_is_not_shown(desk: Desk) -> None:
    walk = signed()
    desk.at(*NOON).keep(walk.case)
    desk.at(2026, 10, 26, 9, 0).swept()
    walk.do(CHEN, c.EnterResult(POLICE, *NOTHING), c.PublishResult(POLICE))
    desk.keep(walk.case)
    cards = dict(desk.cards())
    assert cards[CHEN] is None
    assert cards[AYAN] is not None and POLICE not in "".join(cards[AYAN].lines)


def claim(desk: Desk, owner: str) -> tuple[reminders.Claimed, ...]:
    with writing(desk.house.engine) as tx:
        return reminders.claim(tx, desk.clock.now, owner)


def test_four_that_sweep_at_once_say_each_once(either: Desk) -> None:
    desk = either
    desk.at(*NOON).keep(*copies(signed().case, 60))
    desk.at(2026, 10, 12, 9, 0)
    ready, failed = threading.Barrier(4), []

    def run() -> None:
        ready.wait()
        try:
            while sweep(desk.house):
                pass
        except BaseException:
            failed.append(sys.exc_info())

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert said_so_often(desk) == {
        (person, f"C-{n}", kind): 1
        for n in range(60)
        for person, kind in ((AYAN, f"entry-10:{MARKET}"), (CHEN, f"entry-10:{POLICE}"))
    }


def said_so_often(desk: Desk) -> Counter[tuple[str, str, str]]:
    from bot.reminders import Item
    from storage.documents import decode

    rows = desk.put_out()
    return Counter((r.person, i.case, i.kind) for r in rows for i in decode(r.detail, list[Item]))


def test_a_sweep_that_died_after_its_claim_loses_nothing(either: Desk) -> None:
    desk = either
    desk.at(*NOON).keep(signed().case)
    desk.at(2026, 10, 12, 9, 0)
    claimed = claim(desk, "dead")
    assert len(claimed) == 2
    assert desk.swept() == []
    desk.clock.now += reminders.LEASE
    assert stages(desk.swept(), CHEN) == ["10-12 09 entry-10"]
    with writing(desk.house.engine) as tx:
        ended = [reminders.Settled(one, "sent") for one in claimed]
        assert reminders.settle(tx, ended, "dead", desk.clock.now) == frozenset()
    assert desk.swept() == []


def test_a_sweep_that_comes_to_after_its_lease_settles_nothing_another_holds(either: Desk) -> None:
    either.at(*NOON).keep(signed().case)
    either.at(2026, 10, 12, 9, 0)
    slow = claim(either, "slow")
    either.clock.now += reminders.LEASE
    assert {one.id for one in claim(either, "quick")} == {one.id for one in slow}
    with writing(either.house.engine) as tx:
        ended = [reminders.Settled(one, "sent") for one in slow]
        assert reminders.settle(tx, ended, "slow", either.clock.now) == frozenset()


def test_a_claim_takes_no_more_than_asked_and_the_longest_due_first(either: Desk) -> None:
    either.at(*NOON).keep(*copies(signed().case, 4))
    either.at(2026, 10, 19, 9, 0)
    with writing(either.house.engine) as tx:
        first = reminders.claim(tx, either.clock.now, "one", 8)
        rest = reminders.claim(tx, either.clock.now, "two", 100)
    assert {one.kind.partition(":")[0] for one in first} == {"entry-10"}
    assert {one.kind.partition(":")[0] for one in rest} == {"entry-5"}
    assert not {one.id for one in first} & {one.id for one in rest}


def test_a_clock_set_forward_in_the_night_and_back_says_nothing_twice(either: Desk) -> None:
    desk = either
    desk.at(*NOON).keep(signed().case)
    desk.at(2026, 10, 14, 9, 30)  # it is the night before the 12th, and the clock runs two days ahead
    assert stages(desk.swept(), CHEN) == ["10-14 09 entry-10"]
    desk.at(2026, 10, 11, 23, 0)
    assert stages(desk.until(2026, 10, 20, 0, 0), CHEN) == ["10-19 09 entry-5"]


def test_a_lease_from_a_clock_that_ran_ahead_holds_nobody_up(either: Desk) -> None:
    desk = either
    desk.at(*NOON).keep(signed().case)
    desk.at(2026, 10, 14, 9, 30)
    claim(desk, "died in the future")
    desk.at(2026, 10, 12, 9, 0)
    assert stages(desk.swept(), CHEN) == ["10-12 09 entry-10"]


def test_who_does_without_the_tenth_day_is_told_the_fifth(desk: Desk) -> None:
    desk.at(*NOON).keep(signed().case)
    with writing(desk.house.engine) as tx:
        reminders.mute(tx, CHEN, frozenset({"entry-10", "entry-0", "entry-over"}))
    said = desk.until(2026, 10, 27, 12, 0)
    assert [line.split()[-1] for line in stages(said, CHEN)] == [
        "entry-5",
        "entry-3",
        "entry-1",
        "entry-0",
        "entry-over",
    ]
    assert stages(said, AYAN)[0].endswith("entry-10")


def test_a_deadline_that_moves_takes_its_reminders_along(desk: Desk) -> None:
    walk = Walk()
    walk.do(AYAN, *precheck_commands(datetime(2026, 9, 23, 10, 0, tzinfo=CHINA)))
    desk.at(*NOON).keep(walk.case)
    assert desk.pending(of="appointment") == {"appointment-1:": datetime(2026, 9, 22, 9, 0, tzinfo=CHINA)}
    walk.do(AYAN, c.IssueNotice(datetime(2026, 9, 29, 10, 0, tzinfo=CHINA), "营业执照"))
    desk.keep(walk.case)
    assert desk.pending(of="appointment") == {"appointment-1:": datetime(2026, 9, 28, 9, 0, tzinfo=CHINA)}


def test_an_appointment_made_the_day_before_was_just_told_and_is_not_late(desk: Desk) -> None:
    walk = Walk()
    walk.do(AYAN, *precheck_commands(datetime(2026, 9, 22, 10, 0, tzinfo=CHINA)))
    desk.at(*NOON).keep(walk.case)
    assert desk.until(2026, 9, 23, 0, 0) == []


def test_an_appointment_that_is_over_is_not_reminded_of(desk: Desk) -> None:
    walk = Walk()
    walk.do(AYAN, *precheck_commands(datetime(2026, 9, 23, 10, 0, tzinfo=CHINA)))
    desk.at(*NOON).keep(walk.case)
    assert desk.at(2026, 9, 23, 10, 30).swept() == []
    assert desk.pending(of="appointment") == {}


def test_arming_again_what_is_armed_changes_nothing(desk: Desk) -> None:
    case = signed().case
    desk.at(*NOON).keep(case)
    desk.at(2026, 10, 27, 9, 0).swept()
    before = desk.pending()
    desk.keep(case)
    assert desk.pending() == before
    assert before[f"entry-over:{MARKET}"] == datetime(2026, 10, 28, 9, 0, tzinfo=CHINA)


def test_a_finding_left_open_is_followed_after_its_entry(desk: Desk) -> None:
    walk = signed(findings=("M-3",))
    entered(walk, AYAN, MARKET, PENDING)
    walk.do(AYAN, c.DecideMeasure("M-3", "ordered", AYAN, date(2026, 9, 28)))
    desk.at(*NOON).keep(walk.case)
    assert stages(desk.until(2026, 9, 29, 12, 0), AYAN) == [
        "09-24 09 measure-1",
        "09-28 09 measure-0",
        "09-29 09 measure-over",
    ]


def test_an_empty_sweep_takes_no_write_lock(desk: Desk) -> None:
    desk.at(*NOON).keep(signed().case)
    with writing(desk.house.engine):
        assert sweep(desk.house) == 0


def test_whether_anything_is_due_is_known_at_the_minute(either: Desk) -> None:
    either.at(*NOON).keep(signed().case)
    due = datetime(2026, 10, 12, 9, 0, tzinfo=CHINA)
    engine = either.house.engine
    assert not reminders.any_due(engine, due - timedelta(seconds=1))
    assert reminders.any_due(engine, due)
