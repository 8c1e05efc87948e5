"""What an inspection of the house last found at a target."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, bindparam, select

from storage.documents import decode
from storage.prepared import prepared
from storage.schema import cases
from workflows.inspection.case import Case, findings
from workflows.inspection.facts import local_day


@dataclass(frozen=True, slots=True)
class LastVisit:
    """`on` is the day the inspection was closed, `results` the codes its departments entered, each once."""

    on: date
    results: tuple[str, ...]
    findings: int


# Asked at every background that is noted.
_CLOSED = prepared(
    select(cases.c.state, cases.c.closed_at)
    .where(cases.c.target == bindparam("of"), cases.c.closed_at.is_not(None))
    .order_by(cases.c.closed_at.desc())
)


def last_visit(tx: Connection, target: str, on: date | None = None) -> LastVisit | None:
    """The last closed one, or the last closed by the day `on`; None where the house never closed one."""
    for row in _CLOSED.rows(tx, of=target):
        closed = local_day(row.closed_at)
        if on is None or closed <= on:
            case = decode(row.state, Case)
            said = (code for entry in case.entries.values() for code in entry.results)
            return LastVisit(closed, tuple(dict.fromkeys(said)), len(findings(case)))
    return None
