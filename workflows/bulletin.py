"""The weekly bulletin (通报): how far each department is, the overdue by name.

安政办发〔2019〕2号 四(四); 云政办发〔2016〕105号 三(二).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from workflows.progress import Line, Share, Tally


@dataclass(frozen=True, slots=True)
class Late:
    """One overdue result. `days` are natural days past the due day."""

    target: str
    department: str
    persons: tuple[str, ...]
    due: date
    days: int


@dataclass(frozen=True, slots=True)
class Bulletin:
    """`lines` by department, the furthest first; a department with nothing to inspect comes last. `first` is a Monday."""

    first: date
    last: date
    on: date
    total: Tally
    lines: tuple[Line, ...]
    overdue: tuple[Late, ...]


def compose(
    lines: Iterable[Line],
    overdue: Iterable[Share],
    names: Mapping[str, str],
    week: tuple[date, date],
    on: date,
) -> Bulletin:
    """`names` are the people's, by id. Raises nothing: a person without a name is called by the id."""
    ranked = tuple(sorted(lines, key=_rank))
    total = sum((line.tally for line in ranked), Tally())
    return Bulletin(*week, on, total, ranked, tuple(_late(s, names, on) for s in overdue if s.standing.due))


def _rank(line: Line) -> tuple[bool, float, str]:
    done = line.tally.completion
    return done is None, -float(done or 0), line.label


def _late(share: Share, names: Mapping[str, str], on: date) -> Late:
    assert share.standing.due is not None
    persons = tuple(names.get(p, p) for p in share.persons)
    days = (on - share.standing.due).days
    return Late(share.target_name, share.department, persons, share.standing.due, days)
