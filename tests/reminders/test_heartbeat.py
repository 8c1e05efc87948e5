"""The clock that makes the sweep happen keeps ticking, whatever one tick comes to."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from apscheduler.jobstores.memory import MemoryJobStore

from bot.channels.web import Wake
from bot.cli.later import sweep
from bot.heartbeat import heartbeat
from bot.service import UNDELIVERED
from storage import outbox
from storage.database import reading, writing
from tests.reminders.desk import ORGANISER, Desk
from tests.rules.cases import signed
from workflows.inspection.facts import CHINA

ENOUGH = 10.0  # seconds


def test_a_tick_that_fails_is_followed_by_the_next(desk: Desk) -> None:
    desk.at(2026, 9, 21, 12, 0).keep(signed().case)
    said = threading.Event()
    beat = heartbeat(replace(desk.house, clock=stumbling(said)), seconds=0.05)
    try:
        assert said.wait(ENOUGH)
    finally:
        beat.shutdown()
    assert {row.person for row in desk.put_out()} == {"P:1", "P:3"}


def stumbling(said: threading.Event) -> Callable[[], datetime]:
    """A clock that has no answer the first time. The fourth time it is asked, the second sweep is over."""
    asked = iter(range(1_000_000))

    def now() -> datetime:
        count = next(asked)
        if count == 0:
            raise OSError("no clock")
        if count > 2:
            said.set()
        return datetime(2026, 10, 12, 9, 0, tzinfo=CHINA)

    return now


class Rounds(threading.Event):
    """A stop that comes after five waits; before the third, another process puts a message out."""

    def __init__(self, put_out: Callable[[], None]) -> None:
        super().__init__()
        self.waited, self.put_out = 0, put_out

    def wait(self, timeout: float | None = None) -> bool:
        self.waited += 1
        if self.waited == 3:
            self.put_out()
        return self.waited > 5


def test_a_database_that_was_away_ends_no_deliveries(desk: Desk) -> None:
    """Away at the start, and again when there is something to deliver."""
    away = iter((True, False, False, True))

    def now() -> datetime:
        if next(away, False):
            raise OSError("no database")
        return desk.clock.now

    def put_out() -> None:
        with writing(desk.house.engine) as tx:
            outbox.add(tx, "one", ORGANISER, UNDELIVERED, "", "", desk.clock.now)

    desk.at(2026, 9, 21, 12, 0)
    sweep(replace(desk.house, clock=now), Wake(), {}, Rounds(put_out))
    assert next(away, None) is None
    with reading(desk.house.engine) as tx:
        assert outbox.waiting(tx) == ()


def test_it_keeps_nothing_that_a_restart_could_lose(desk: Desk) -> None:
    beat = heartbeat(desk.house, seconds=3600)
    try:
        jobs = {job.id: job for job in beat.get_jobs()}
        assert isinstance(beat._jobstores["default"], MemoryJobStore)
        assert {(job.coalesce, job.misfire_grace_time) for job in jobs.values()} == {(True, None)}
        # A long draw holds up no reminder; its own next tick finds it under way, and goes.
        assert {id: job.max_instances for id, job in jobs.items()} == {"reminders": 1, "draws": 2}
    finally:
        beat.shutdown()
