"""The service that computes a draw and is killed in the middle of it."""

from __future__ import annotations

import threading
from pathlib import Path

from bot.long_draw import draw_due
from tests.talking import open_house

OWNER, COMPUTING = "this machine", "computing"


def compute_until_killed(folder: Path, step: str) -> None:
    """Stands still as soon as that step begins, and says so by a file."""
    house, clock = open_house(folder)
    clock.pass_time(days=1)

    def stand_still(at: str, done: int) -> None:
        if at == step:
            (folder / COMPUTING).touch()
            threading.Event().wait()

    draw_due(house, OWNER, stand_still)
