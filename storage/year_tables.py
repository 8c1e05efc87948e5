"""Importing a year's working days: kept, and every open deadline that rested on a guess is stated anew."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Engine, select

from storage import casebook
from storage.case_facts import gather
from storage.database import insert, lock, writing
from storage.lawbook import Lawbook
from storage.schema import calendars, cases
from workflows.calendar import YearTable, add_working_days
from workflows.inspection.case import published
from workflows.inspection.events import EntryClockStarted
from workflows.inspection.facts import Actor

OPERATOR = Actor("", "", "", ("organiser",), "cli")


def save(engine: Engine, lawbook: Lawbook, table: YearTable, data: str, now: datetime) -> int:
    """Keeps the table in place of an earlier one for its year; returns how many cases got a new date."""
    row = {"data": data, "source": table.source, "imported_at": now}

    def attempt() -> int:
        with writing(engine) as tx:
            statement = insert(tx, calendars).values(year=table.year, **row)
            tx.execute(statement.on_conflict_do_update(index_elements=["year"], set_=row))
            still_open = select(cases.c.id).where(cases.c.closed_at.is_(None)).order_by(cases.c.id)
            return sum(
                _restate(tx, lawbook, case_id, now) for case_id in tx.execute(still_open).scalars().all()
            )

    return casebook.with_retry(attempt)


def _restate(tx: Connection, lawbook: Lawbook, case_id: str, now: datetime) -> bool:
    """A new event where the date or its standing changes; what has been published keeps the date it had."""
    lock(tx, casebook.stream_of(case_id))
    case = casebook.load(tx, case_id)
    if not case.clocks or case.closed_at:
        return False
    facts = gather(tx, lawbook, case, OPERATOR, now)
    days = facts.profile.number("entry-deadline")
    waiting = tuple(d for d in case.clocks if not published(case, d))
    if not waiting:
        return False
    clock = case.clocks[waiting[0]]
    deadline = add_working_days(clock.started, days, facts.overlay)
    if (deadline.date, deadline.confirmed) == (clock.due, clock.confirmed):
        return False
    restated = EntryClockStarted(waiting, clock.started, deadline.date, deadline.confirmed, deadline.version)
    casebook.record(tx, case, (restated,), facts, "")
    return True
