"""Floor and ours in turn, five times; what counts is the median of the ratios."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median

RUNS = 5
FULL = bool(os.environ.get("FULL"))


@dataclass(frozen=True)
class Row:
    """One line of the table. `against` and `ours` are medians as read, with their unit; `size` says what was run."""

    number: str
    work: str
    size: str
    against: str
    ours: str
    ratio: str
    reach: str
    met: bool


@dataclass(frozen=True)
class Pair:
    against: float
    ours: float


def in_turn(against: Callable[[], float], ours: Callable[[], float]) -> list[Pair]:
    """Five pairs of figures; each pair is taken back to back, so that a busy minute of the machine weighs on both."""
    return [Pair(against(), ours()) for _ in range(RUNS)]


def medians(pairs: Sequence[Pair]) -> tuple[float, float, float]:
    """Medians of the floor or peer, of ours, and of ours divided by it."""
    return (
        median(p.against for p in pairs),
        median(p.ours for p in pairs),
        median(p.ours / p.against for p in pairs),
    )


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def p99(samples: Sequence[float]) -> float:
    """The smallest sample that 99 of 100 do not exceed."""
    return sorted(samples)[ceil(len(samples) * 0.99) - 1]
