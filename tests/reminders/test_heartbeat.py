"""The clock that makes the sweep happen keeps ticking, whatever one tick comes to."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from apscheduler.jobstores.memory import MemoryJobStore

from bot.heartbeat import heartbeat
from tests.reminders.desk import Desk
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
