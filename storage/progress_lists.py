"""Lists by name behind the counts: who is overdue, who has not signed, what is due this week, what somebody is on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Connection, func, or_, select

from storage import progress_schema as schema
from storage.documents import decode
from storage.progress import within
from storage.progress_cut import EVERYTHING, Cut, conditions
from storage.progress_names import Scope
from workflows.progress import Share
from workflows.warnings import WINDOW, Warned, warnings

LISTS = ("overdue", "unsigned", "week", "due", "on", "slice")
BY_DUE = ("overdue", "week", "due")


@dataclass(frozen=True, slots=True)
class Which:
    """A list: one of `LISTS`, of a part of everything. "on" leaves out what is finished; "due" has days of its own."""

    kind: str
    cut: Cut = EVERYTHING


def _condition(which: Which, today: date) -> list[ColumnElement[bool]]:
    c = schema.shares.c
    kinds = {
        "overdue": c.due < today.isoformat(),
        "unsigned": c.unsigned > 0,
        "week": c.due.between(today.isoformat(), week_of(today)[1].isoformat()),
        "due": c.due.is_not(None),
        "on": c.finished == 0,
    }
    own = [kinds[which.kind]] if which.kind in kinds else []
    return [*own, *conditions(which.cut, by_due=which.kind in BY_DUE)]


def week_of(today: date) -> tuple[date, date]:
    """Monday and Sunday."""
    monday = today - timedelta(days=today.weekday())
    return monday, monday + timedelta(days=6)


def count(tx: Connection, which: Which, scope: Scope, today: date) -> int:
    where = (*_condition(which, today), within(schema.shares, scope))
    return tx.execute(select(func.count()).select_from(schema.shares).where(*where)).scalar_one()


def listed(
    tx: Connection, which: Which, scope: Scope, today: date, first: int = 0, most: int | None = None
) -> tuple[Share, ...]:
    """The most urgent first."""
    c = schema.shares.c
    where = (*_condition(which, today), within(schema.shares, scope))
    # Where a due day is asked for, its index has the order already; else only the keys are sorted, not what they hold.
    open_first = () if which.kind in BY_DUE else (c.due.is_(None),)
    order = (*open_first, c.due, c.case, c.department)
    keys = select(c.case, c.department).where(*where).order_by(*order).offset(first).limit(most).subquery()
    both = (c.case == keys.c.case) & (c.department == keys.c.department)
    rows = tx.execute(select(c.share).join(keys, both).order_by(*order))
    return tuple(decode(text, Share) for text in rows.scalars())


def warned(tx: Connection, scope: Scope, today: date) -> tuple[Warned, ...]:
    """Of the visits of the last two windows, and of whatever is still owed."""
    c, day = schema.shares.c, today.isoformat()
    since = today - 2 * WINDOW
    recent = c.visited >= since.isoformat()
    query = select(c.share).where(
        or_(recent, c.scan_due < day, c.recheck_due < day), within(schema.shares, scope)
    )
    return warnings((decode(text, Share) for text in tx.execute(query).scalars()), today)
