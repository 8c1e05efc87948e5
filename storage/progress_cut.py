"""What part of the counts is looked at: one department's, one plan's, one person's, of some months, or several at once."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy import ColumnElement, select

from storage import progress_schema as schema


@dataclass(frozen=True, slots=True)
class Cut:
    """Everything where nothing is named. `period`: first and last day; of counts it means the months of release they lie
    in, of a list by due day the days themselves."""

    department: str = ""
    item: str = ""
    plan: str = ""
    region: str = ""
    person: str = ""
    period: tuple[date, date] | None = None

    @property
    def axes(self) -> tuple[str, ...]:
        """What is named beside the department."""
        named = (f.name for f in fields(self) if f.name not in ("department", "period"))
        return (*(name for name in named if getattr(self, name)), *(("month",) if self.period else ()))

    @property
    def months(self) -> tuple[str, str]:
        """The first and the last, "2026-08"; of everything, all there are."""
        return (f"{self.period[0]:%Y-%m}", f"{self.period[1]:%Y-%m}") if self.period else ("", "9999")


EVERYTHING = Cut()


def kept(axis: str, cut: Cut) -> bool:
    """Whether the counters answer it; else the shares are counted as they are read."""
    return not cut.axes or (len(cut.axes) == 1 and axis in ("department", *cut.axes))


def conditions(cut: Cut, *, by_due: bool = False) -> list[ColumnElement[bool]]:
    """On the table of shares."""
    c = schema.shares.c
    found = [c[axis] == getattr(cut, axis) for axis in ("department", "plan", "region") if getattr(cut, axis)]
    if cut.item:
        found.append(c["items"].contains(f"|{cut.item}|", autoescape=True))
    if cut.person:
        found.append(of_person(cut.person))
    if cut.period:
        days = (cut.period[0].isoformat(), cut.period[1].isoformat())
        found.append(c.due.between(*days) if by_due else c.month.between(*cut.months))
    return found


def of_person(person: str) -> ColumnElement[bool]:
    """Who was drawn once and left is no longer among the share's persons."""
    drawn = select(schema.people.c.case).where(schema.people.c.person == person)
    c = schema.shares.c
    return c.case.in_(drawn) & c.persons.contains(f"|{person}|", autoescape=True)
