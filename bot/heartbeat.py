"""What makes the sweep happen: a clock that ticks while the server runs. It keeps nothing, so every tick may be lost.

Imported where the server is started and nowhere else: the scheduler takes time to load.
"""

from __future__ import annotations

from datetime import UTC
from socket import gethostname

from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from bot.house import House
from bot.long_draw import draw_due
from bot.reminders import sweep
from storage import handed
from storage.arming import arm_older

SECONDS, DRAW_SECONDS = 5, 1


def heartbeat(house: House, seconds: float = SECONDS) -> BackgroundScheduler:
    """Sweeps every few seconds from now until `shutdown()`; a tick that fails is logged and the next one comes."""
    scheduler = BackgroundScheduler(
        jobstores={"default": MemoryJobStore()},
        # A tick that comes late is as good as one in time, and two that were missed are one.
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        timezone=UTC,
    )
    scheduler.add_job(tick, "interval", seconds=seconds, args=(house,), id="reminders")
    # A draw may take minutes, and a reminder must not wait for it: a job of its own, one computation at a time.
    owner = gethostname()
    every = {"seconds": DRAW_SECONDS, "args": (house, owner), "id": "draws"}
    # The second one sees that the first computes, and goes; with one allowed every tick would be a warning in the log.
    scheduler.add_job(draw_due, "interval", max_instances=2, **every)
    scheduler.start()
    return scheduler


def tick(house: House) -> None:
    """Older cases get their reminders, once, and those that are due go out.

    Files whose time is up go, asked for or not: codes on paper must not outlast theirs.
    """
    arm_older(house.engine, house.lawbook, house.clock)
    sweep(house)
    handed.sweep(house.evidence, house.clock())
