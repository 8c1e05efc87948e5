"""Importing a year's working days: kept, every open deadline that rested on a guess is stated anew, and every reminder
moved to the mornings that are now worked on.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Engine, select

from storage import casebook, reminders
from storage.case_facts import gather, overlay
from storage.database import insert, writing
from storage.lawbook import Lawbook
from storage.schema import calendars, cases
from workflows.calendar import Overlay, YearTable, add_working_days
from workflows.inspection.case import Case, published
from workflows.inspection.events import EntryClockStarted
from workflows.inspection.facts import Actor
from workflows.policy import Profile

OPERATOR = Actor("", "", "", ("organiser",), "cli")


def save(engine: Engine, lawbook: Lawbook, table: YearTable, data: str, now: datetime) -> int:
    """Keeps the table in place of an earlier one for its year; returns how many cases are due on another day."""
    row = {"data": data, "source": table.source, "imported_at": now}

    def attempt() -> int:
        with writing(engine) as tx:
            statement = insert(tx, calendars).values(year=table.year, **row)
            tx.execute(statement.on_conflict_do_update(index_elements=["year"], set_=row))
            years = overlay(tx)
            still_open = select(cases.c.id).where(cases.c.closed_at.is_(None)).order_by(cases.c.id)
            ids = tx.execute(still_open).scalars().all()
            return sum(_carried_over(tx, lawbook, years, case_id, now) for case_id in ids)

    return casebook.with_retry(attempt)


def _carried_over(tx: Connection, lawbook: Lawbook, years: Overlay, case_id: str, now: datetime) -> bool:
    """Whether the case is due on another day. Where it is not, its reminders may be all the same."""
    case = casebook.held(tx, case_id)
    profile = lawbook.profiles[case.opened.profile]
    reminders.rearm(tx, case, profile, years, now)
    restated = _restated(case, profile, years)
    if restated is None:
        return False
    casebook.record(tx, case, (restated,), gather(tx, lawbook, case, OPERATOR, now), "")
    return case.clocks[restated.departments[0]].due != restated.due


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
