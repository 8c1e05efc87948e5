"""Working days: State Council holidays and make-up days count as they are, the event's day does not.

A year is answered from the overlay an operator imported, else from chinese_calendar, else projected.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar
from chinese_calendar.constants import holidays as _library_holidays
from chinese_calendar.constants import workdays as _library_workdays

from workflows.calendar_fixed import YearTable, projected
from workflows.calendar_notice import parse_notice

__all__ = [
    "Answer",
    "Deadline",
    "Overlay",
    "YearTable",
    "add_working_days",
    "imported",
    "is_working_day",
    "parse_notice",
    "working_days_between",
]

Overlay = Mapping[int, YearTable]

_FIRST, _LAST = min(_library_holidays).year, max(_library_holidays).year
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Answer:
    """`confirmed` is false where the day's year has not been announced; `source` names what answered."""

    working: bool
    confirmed: bool
    source: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """`version` names every table the computation touched: kept with the date, for years are re-announced."""

    date: date
    confirmed: bool
    version: str


def is_working_day(day: date, overlay: Overlay) -> Answer:
    """Raises `CalendarGap` for a year nobody has a table for."""
    table = _table_for(day, overlay)
    return Answer(table.works(day), table.confirmed, table.source)


def add_working_days(start: date, n: int, overlay: Overlay) -> Deadline:
    """The n-th working day after `start`, n >= 0; for 0 it is `start` itself, working or not.

    Rule "clock-counting". Raises `CalendarGap`.
    """
    if n < 0:
        raise ValueError(f"working days to add must not be negative: {n}")
    day, left = start, n
    answers = {} if n else {is_working_day(start, overlay): None}
    while left:
        day += _DAY
        answer = is_working_day(day, overlay)
        answers[answer] = None
        left -= answer.working
    sources = dict.fromkeys(answer.source for answer in answers)
    return Deadline(day, all(answer.confirmed for answer in answers), "；".join(sources))


def working_days_between(a: date, b: date, overlay: Overlay) -> int:
    """Working days after `a` up to and including `b`; negative when `b` is past (days overdue)."""
    if b < a:
        return -working_days_between(b, a, overlay)
    return sum(is_working_day(a + _DAY * n, overlay).working for n in range(1, (b - a).days + 1))


def imported(table: YearTable, on: date) -> YearTable:
    """The table as it is stored, its source saying when it came in."""
    return replace(table, source=f"{table.source} 导入 {on.isoformat()}")


def _table_for(day: date, overlay: Overlay) -> YearTable:
    """Next year's notice answers for the December days it names; otherwise the day's own year does."""
    if day.month == 12:
        following = overlay.get(day.year + 1)
        if following is not None and following.says(day):
            return following
    return overlay.get(day.year) or _built_in(day.year)


@lru_cache(maxsize=64)
def _built_in(year: int) -> YearTable:
    if not _FIRST <= year <= _LAST:
        return projected(year)
    return YearTable(
        year,
        frozenset(day for day in _library_holidays if day.year == year),
        frozenset(day for day in _library_workdays if day.year == year),
        f"chinesecalendar {chinese_calendar.__version__}",
    )
