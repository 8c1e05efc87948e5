"""Importing a year's working days: kept, and every open deadline that rested on a guess is stated anew."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Engine

from storage import casebook, projection
from storage.case_facts import gather
from storage.database import insert, writing
from storage.lawbook import Lawbook
from storage.schema import calendars
from workflows.calendar import YearTable, add_working_days
from workflows.inspection.case import Case, published
from workflows.inspection.events import EntryClockStarted
from workflows.inspection.facts import Actor

OPERATOR = Actor("", "", "", ("organiser",), "cli")


def save(engine: Engine, lawbook: Lawbook, table: YearTable, data: str, now: datetime) -> int:
    """Keeps the table in place of an earlier one for its year; returns how many cases got a new date."""
    row = {"data": data, "source": table.source, "imported_at": now}
    with writing(engine) as tx:
        statement = insert(tx, calendars).values(year=table.year, **row)
        tx.execute(statement.on_conflict_do_update(index_elements=["year"], set_=row))
        open_cases = [case for case in projection.all_cases(tx) if case.clocks and not case.closed_at]
        return sum(_restate(tx, lawbook, case, now) for case in open_cases)


def _restate(tx: Connection, lawbook: Lawbook, case: Case, now: datetime) -> bool:
    """A new event where the date or its standing changes; what has been published keeps the date it had."""
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
