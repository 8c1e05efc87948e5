"""The process that is killed: takes up what the last one left, and goes on with the walk where that one stopped."""

from __future__ import annotations

import multiprocessing.synchronize
from datetime import timedelta
from pathlib import Path

from bot.deliver import deliver
from bot.receive import resume
from tests.crash.walk import read, take
from tests.talking import open_house

Barrier = multiprocessing.synchronize.Barrier

PAUSE = timedelta(seconds=3)
STEPS, ACKNOWLEDGED, ALIVE = "steps.json", "acknowledged", "alive"


def live(folder: Path, life: int) -> None:
    """A line is added to ACKNOWLEDGED after each turn that was answered; a file ALIVE says that work has begun.

    Each life begins a little later than the one before: no clock runs back over a restart.
    """
    steps = read(folder / STEPS)
    done = folder / ACKNOWLEDGED
    first = len(done.read_text().split()) if done.exists() else 0
    house, clock = open_house(folder)
    if first < len(steps):
        clock.now = steps[first].at + life * PAUSE
    (folder / ALIVE).touch()
    resume(house)
    with done.open("a") as file:
        for number in range(first, len(steps)):
            take(house, clock, number, steps[number])
            file.write(f"walk-{number}\n")
            file.flush()
    house.engine.dispose()


def deliver_all(folder: Path, gate: Barrier) -> None:
    """Delivers until nothing waits, beginning together with another process."""
    house, _ = open_house(folder)
    gate.wait()
    while deliver(house):
        pass
    house.engine.dispose()
