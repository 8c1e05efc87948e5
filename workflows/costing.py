"""What a plan costs before it is published: targets, person-days by department and month, and who is there to do it.

A warning, never a block: 海市监发〔2019〕52号 二(三) asks for ratios that fit 执法队伍的实际情况.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil

from workflows.calendar import Overlay, is_working_day
from workflows.directory import Inspector, drawable
from workflows.draw.teams import seats
from workflows.plan import Task

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Planned:
    """One task's numbers: `meant` targets of the directory, `among` the ids of the active ones, `drawn` to be inspected.

    `strata` is (stratum, eligible, drawn) where the classes decide; `problem` says why nothing can be counted.
    """

    task: Task
    meant: int
    among: frozenset[str]
    drawn: int
    strata: tuple[tuple[str, int, int], ...] = ()
    problem: str = ""

    @property
    def eligible(self) -> int:
        return len(self.among)


@dataclass(frozen=True, slots=True)
class Load:
    """Person-days of one department in one month (its first day): needed, rounded up, and there."""

    department: str
    month: date
    needed: int
    available: int

    @property
    def short(self) -> bool:
        return self.needed > self.available


def loads(
    planned: Iterable[Planned],
    inspectors: Sequence[Inspector],
    *,
    team_size: int,
    daily: int,
    overlay: Overlay,
) -> tuple[Load, ...]:
    """Per department and month with any work. `daily` visits a team makes in a day, at least 1.

    A task's visits are spread evenly over the working days of its window. There is who is on duty and certified, day
    by day, on the working days of the windows the department takes part in.
    """
    needed: dict[tuple[str, date], Fraction] = defaultdict(Fraction)
    days: dict[tuple[str, date], set[date]] = defaultdict(set)
    for one in planned:
        working = working_days(one.task.starts, one.task.ends, overlay)
        for month, count in Counter(day.replace(day=1) for day in working).items():
            for department, members in seats(one.task.departments, team_size).items():
                key = department, month
                needed[key] += Fraction(one.drawn * members * count, daily * len(working))
                days[key].update(day for day in working if day.replace(day=1) == month)
    return tuple(
        Load(name, month, ceil(needed[name, month]), _available(inspectors, name, days[name, month]))
        for name, month in sorted(needed, key=lambda key: (key[1], key[0]))
        if needed[name, month]
    )


def working_days(first: date, last: date, overlay: Overlay) -> tuple[date, ...]:
    """The working days from the first to the last day; the first day alone where there is none."""
    every = (first + DAY * n for n in range((last - first).days + 1))
    return tuple(day for day in every if is_working_day(day, overlay).working) or (first,)


def _available(inspectors: Sequence[Inspector], department: str, days: Iterable[date]) -> int:
    own = [one for one in inspectors if one.department == department]
    return sum(drawable(one, day) for day in days for one in own)
