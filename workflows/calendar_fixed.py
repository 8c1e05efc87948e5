"""What a year's working days rest on: a table for the year, from a notice or, until there is one, projected.

A projection knows the weekends and the days off fixed by law, 《全国年节及纪念日放假办法》 (2024 revision).
Which days the State Council will move is not in it, so no date that rests on it is confirmed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from workflows.errors import CalendarGap

PROJECTED = "推算（未确认）"

# Month-day of 除夕, 清明, 端午 and 中秋: moon and sun decide them, so they are certain in advance.
_MOVING = {
    2027: ("02-05", "04-05", "06-09", "09-15"),
    2028: ("01-25", "04-04", "05-28", "10-03"),
    2029: ("02-12", "04-04", "06-16", "09-22"),
    2030: ("02-02", "04-05", "06-05", "09-12"),
    2031: ("01-22", "04-05", "06-24", "10-01"),
    2032: ("02-10", "04-04", "06-12", "09-19"),
    2033: ("01-30", "04-04", "06-01", "09-08"),
    2034: ("02-18", "04-05", "06-20", "09-27"),
    2035: ("02-07", "04-05", "06-10", "09-16"),
    2036: ("01-27", "04-04", "05-30", "10-04"),
    2037: ("02-14", "04-04", "06-18", "09-24"),
    2038: ("02-03", "04-05", "06-07", "09-13"),
    2039: ("01-23", "04-05", "05-27", "10-02"),
    2040: ("02-11", "04-04", "06-14", "09-20"),
}
_FIXED = ("01-01", "05-01", "05-02", "10-01", "10-02", "10-03")


@dataclass(frozen=True, slots=True)
class YearTable:
    """One year's notice: days off and make-up working days (调休上班). Weekends need not be listed.

    A notice may reach back into the December before its year; those days are in its table too.
    """

    year: int
    holidays: frozenset[date]
    workdays: frozenset[date]
    source: str
    confirmed: bool = True

    def says(self, day: date) -> bool:
        return day in self.holidays or day in self.workdays

    def works(self, day: date) -> bool:
        return day in self.workdays or (day.weekday() < 5 and day not in self.holidays)


def projected(year: int) -> YearTable:
    """The table of a year nobody has announced yet. Raises `CalendarGap` outside 2027-2040."""
    if year not in _MOVING:
        raise CalendarGap(f"没有{year}年的节假日安排，算不出工作日；请先导入国务院办公厅当年的放假通知")
    return YearTable(year, statutory(year), frozenset(), PROJECTED, confirmed=False)


def statutory(year: int) -> frozenset[date]:
    """The days off fixed by law, as far as known here: without moon and sun outside 2027-2040."""
    fixed = {date.fromisoformat(f"{year:04}-{day}") for day in _FIXED}
    if year not in _MOVING:
        return frozenset(fixed)
    eve, *others = (date.fromisoformat(f"{year}-{day}") for day in _MOVING[year])
    spring = {eve + timedelta(days=n) for n in range(4)}
    return frozenset(fixed | spring | set(others))
