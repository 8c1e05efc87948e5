"""Importing a year's working days: kept, every open deadline that rested on a guess is stated anew, and every reminder
moved to the mornings that are now worked on.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Engine

from storage import casebook, open_cases, reminders
from storage.case_facts import gather
from storage.database import insert, writing
from storage.lawbook import Lawbook
from storage.schema import calendars
from workflows.calendar import Overlay, YearTable, add_working_days
from workflows.inspection.case import Case, published
from workflows.inspection.events import EntryClockStarted
from workflows.inspection.facts import Actor
from workflows.policy import Profile

OPERATOR = Actor("", "", "", ("organiser",), "cli")


def save(engine: Engine, lawbook: Lawbook, table: YearTable, data: str, now: datetime) -> int:
    """Keeps the table in place of an earlier one for its year; returns how many cases are due on another day.

    Where it is interrupted the same table again does the rest.
    """
    row = {"data": data, "source": table.source, "imported_at": now}
    with writing(engine) as tx:
        statement = insert(tx, calendars).values(year=table.year, **row)
        tx.execute(statement.on_conflict_do_update(index_elements=["year"], set_=row))

    def carry_over(tx: Connection, case: Case, profile: Profile, years: Overlay) -> bool:
        """Whether the case is due on another day. Where it is not, its reminders may be all the same."""
        reminders.rearm(tx, case, profile, years, now)
        restated = _restated(case, profile, years)
        if restated is None:
            return False
        casebook.record(tx, case, (restated,), gather(tx, lawbook, case, OPERATOR, now), "")
        return case.clocks[restated.departments[0]].due != restated.due

    return open_cases.each(engine, lawbook, carry_over)


def _restated(case: Case, profile: Profile, years: Overlay) -> EntryClockStarted | None:
    """Where the date or its standing changes; what has been published keeps the date it had."""
    waiting = tuple(d for d in case.clocks if not published(case, d))
    if not waiting:
        return None
    clock = case.clocks[waiting[0]]
    deadline = add_working_days(clock.started, profile.number("entry-deadline"), years)
    if (deadline.date, deadline.confirmed) == (clock.due, clock.confirmed):
        return None
    return EntryClockStarted(waiting, clock.started, deadline.date, deadline.confirmed, deadline.version)
