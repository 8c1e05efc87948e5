"""How far a draw is, for whoever waits for it. Nothing here changes what is drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
# The steps in their order: the tickets of the targets, their ranks, the teams, then who stands by; then all is checked.
STEPS = ("tickets", "rank", "teams", "substitutes", "check")
# Called with a step and how much of it is done, in per cent.
Watch = Callable[[str, int], None]
PARTS = 10


def _nobody(step: str, done: int) -> None:
    pass


UNWATCHED: Watch = _nobody


def watched(rows: Sequence[T], step: str, watch: Watch) -> Iterator[T]:
    """The rows, told of ten times on the way."""
    size = max(1, len(rows) // PARTS)
    for number, row in enumerate(rows):
        if number % size == 0:
            watch(step, number * 100 // len(rows))
        yield row
