"""How far a draw or its freeze is, for whoever waits for it. Nothing here changes what is frozen or drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
# The steps in their order, and where each begins of a hundred: as measured with 50,000 targets of which 5 % were drawn.
BEGINS = {"tickets": 8, "rank": 18, "teams": 57, "substitutes": 60, "check": 77}
STEPS = tuple(BEGINS)
# The same of a freeze, as measured with 60,000 targets.
FREEZING = {"directories": 0, "lines": 40, "roots": 72, "keeping": 90}
# Called with a step and how much of it is done, in per cent.
Watch = Callable[[str, int], None]
PARTS = 10


def _nobody(step: str, done: int) -> None:
    pass


UNWATCHED: Watch = _nobody


def of_all(step: str, done: int) -> int:
    """Per cent of the whole draw or freeze, from those of a step."""
    all_of_them = FREEZING if step in FREEZING else BEGINS
    begins = all_of_them[step]
    ends = min((at for at in all_of_them.values() if at > begins), default=100)
    return begins + (ends - begins) * done // 100


def watched(rows: Sequence[T], step: str, watch: Watch) -> Iterator[T]:
    """The rows, told of ten times on the way."""
    size = max(1, len(rows) // PARTS)
    for number, row in enumerate(rows):
        if number % size == 0:
            watch(step, number * 100 // len(rows))
        yield row
