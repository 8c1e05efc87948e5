"""Nothing holds anything else up: what cannot be delivered is tried again later and later, and given up aloud."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from bot import deliver as delivering
from bot.body import Body
from bot.deliver import deliver, deliver_within, named
from storage import deliveries, outbox, people, screen
from storage.database import reading, writing
from storage.documents import decode
from storage.health import Health, health
from storage.schema import outbox as rows
from tests.reminders.desk import ORGANISER, Desk
from tests.rules.cases import AYAN, CHEN, Walk
from workflows.errors import NotFound

NOON = (2026, 9, 21, 12, 0)
WEB = "web"


@pytest.fixture
def office(either: Desk) -> Desk:
    """One case on the desk, and a screen for the two who are told."""
    either.at(*NOON).keep(Walk().case)
    with writing(either.house.engine) as tx:
        for person in (AYAN, ORGANISER):
            people.bind(tx, WEB, person, person, either.clock())
    return either


def put(desk: Desk, count: int, case: str = "C-1", kind: str = "nudge", name: str = "a") -> None:
    with writing(desk.house.engine) as tx:
        for number in range(count):
            outbox.add(tx, f"{name}{number}", AYAN, kind, case, "陈勇", desk.clock())


def titles(desk: Desk, person: str) -> list[str]:
    with reading(desk.house.engine) as tx:
        shown = [decode(one.body, Body).card for one in screen.since(tx, WEB, person, 0)]
    return [card.title for card in shown if card]


def how(desk: Desk) -> Health:
    with reading(desk.house.engine) as tx:
        return health(tx, desk.clock.now)


def waits(desk: Desk) -> int:
    with reading(desk.house.engine) as tx:
        return outbox.undelivered(tx)[0]


def test_a_hundred_that_cannot_be_delivered_do_not_hold_up_the_next(office: Desk) -> None:
    put(office, 150, case="gone", name="bad")
    put(office, 1, name="good")
    assert deliver(office.house) == 1
    assert titles(office, AYAN) == ["陈勇请您来办：勐海县示例旅馆"]
    assert waits(office) == 150


def test_all_that_is_due_is_delivered_at_once(office: Desk) -> None:
    put(office, 250)
    assert deliver(office.house) == 250
    assert waits(office) == 0


def test_a_turn_delivers_one_batch_and_does_not_wait_for_more(office: Desk) -> None:
    put(office, 250)
    with writing(office.house.engine) as tx:
        assert deliver_within(office.house, tx) == ()
    assert waits(office) == 150


def test_one_call_comes_to_an_end_however_much_waits(office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    put(office, 250)
    monkeypatch.setattr(delivering, "BATCHES", 2)
    assert deliver(office.house) == 200


def failing(desk: Desk) -> list[datetime]:
    """When a file that cannot be written was tried, until it is given up."""
    tried = []
    for _ in range(100):
        with reading(desk.house.engine) as tx:
            row = tx.execute(select(rows).where(rows.c.done_at.is_(None), rows.c.kind == "archive")).first()
        if row is None:
            return tried
        desk.clock.now = max(row.due_at, desk.clock.now)
        deliver(desk.house)
        tried.append(desk.clock.now)
    raise AssertionError("never given up")


def test_a_file_whose_evidence_is_missing_is_tried_for_a_day_with_growing_pauses(office: Desk) -> None:
    put(office, 1, case="gone", kind="archive")
    tried = failing(office)
    pauses = [later - earlier for earlier, later in pairwise(tried)]
    assert pauses[0] < timedelta(seconds=5)
    assert all(earlier <= later + timedelta(seconds=2) for earlier, later in pairwise(pauses))
    assert max(pauses) <= outbox.LONGEST_PAUSE + timedelta(seconds=2)
    assert timedelta(hours=24) <= tried[-1] - tried[0] < timedelta(hours=26)


def test_what_is_given_up_is_told_to_the_organiser_once_and_can_be_taken_up_again(office: Desk) -> None:
    put(office, 3, case="gone", kind="archive")
    failing(office)
    deliver(office.house)
    assert titles(office, ORGANISER) == ["有 3 条消息没有送达"]
    assert titles(office, AYAN) == []
    found = how(office)
    assert (found.given_up, found.undelivered) == (3, 0)
    assert not found.is_well(office.clock.now)
    with writing(office.house.engine) as tx:
        assert {one.failure for one in outbox.given_up(tx)} == {"NotFound：没有编号为 gone 的检查任务。"}
        assert outbox.try_again(tx) == 3
    assert how(office).undelivered == 3
    office.clock.now += timedelta(hours=1)
    assert deliver(office.house) == 0
    with reading(office.house.engine) as tx:
        assert {row.attempts for row in outbox.waiting(tx)} == {1}


def test_a_note_that_cannot_be_delivered_leads_to_no_other(office: Desk) -> None:
    with writing(office.house.engine) as tx:
        delivering.tell_given_up(tx, [outbox.Waiting(7, ORGANISER, "undelivered", "", "")], office.clock())
    assert office.service() == []


def test_a_redraw_that_fails_stands_for_those_before_it(office: Desk) -> None:
    put(office, 5, case="gone", kind="changed")
    with writing(office.house.engine) as tx:
        newest = outbox.due(tx, office.clock())[0]
        assert [outbox.put_off(tx, row, "", office.clock.now) for row in newest] == [False]
    assert waits(office) == 1


def test_what_was_put_off_comes_behind_what_was_not_tried(office: Desk) -> None:
    put(office, 1, case="gone", kind="archive")
    deliver(office.house)
    put(office, 1, name="new")
    office.clock.now += timedelta(minutes=1)
    with writing(office.house.engine) as tx:
        assert [row.kind for row in outbox.due(tx, office.clock.now)[0]] == ["nudge", "archive"]


def test_a_clock_that_was_set_back_holds_up_nothing_new(office: Desk) -> None:
    put(office, 1)
    office.at(2026, 9, 1, 12, 0)
    assert deliver(office.house) == 1


def test_the_oldest_undelivered_is_known_on_every_channel(office: Desk) -> None:
    with writing(office.house.engine) as tx:
        people.bind(tx, "elsewhere", "far", CHEN, office.clock())
        outbox.add(tx, "far", CHEN, "nudge", "C-1", "岩温", office.clock())
        (row,) = outbox.waiting(tx)
        deliveries.add(tx, row, "elsewhere", "far", office.clock())
        outbox.mark_done(tx, row, office.clock())
    before = office.clock.now
    office.clock.now += timedelta(hours=2)
    found = how(office)
    assert found.undelivered == 1
    assert found.oldest_at is not None and timedelta() <= before - found.oldest_at < timedelta(seconds=9)
    assert not replace(found, swept_at=office.clock.now).is_well(office.clock.now)


def test_what_others_say_of_a_failure_is_not_kept() -> None:
    assert named(NotFound("没有这件任务。")) == "NotFound：没有这件任务。"
    assert named(OSError("/home/zhou/photo.jpg")) == "OSError"
