"""Reminders as rows: armed and cancelled with the event, claimed under a lease, settled once.

A lease that has run out, or reaches further ahead than any lease does because the clock was set back, is nobody's: what
a sweep that died had claimed is claimed again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, bindparam, or_, select, update

from storage.database import insert
from storage.documents import decode, encode
from storage.reminders_schema import PENDING, pending, reminder_preferences, reminders
from storage.schema import Moment, cases
from workflows.calendar import Overlay
from workflows.inspection.case import Case
from workflows.policy import Profile
from workflows.reminders import Reminder, next_time
from workflows.reminders import reminders as moments

LEASE = timedelta(seconds=60)
BATCH = 100
_ANY = " UNION ALL ".join(
    f"SELECT 1 FROM reminders WHERE status = '{PENDING}' AND urgent = {urgent} AND due_at <= '{{0}}'"
    for urgent in (1, 0)
)


@dataclass(frozen=True)
class Claimed:
    id: int
    case: str
    kind: str
    due_at: datetime


@dataclass(frozen=True)
class Settled:
    """How a claimed reminder ended: "sent" or "dropped"; `again` is when it falls due anew."""

    claimed: Claimed
    outcome: str
    again: datetime | None = None


def arm(tx: Connection, case: Case, profile: Profile, overlay: Overlay, now: datetime) -> None:
    """Rows for what is to be said from now on; what is done, or due at another moment, is taken back.

    A moment that was past before there was anything to remind of is not made up for: nobody missed it.
    """
    wanted = {r.kind: r for r in moments(case, profile, overlay)}
    mine = select(reminders.c.kind, reminders.c.armed_for, reminders.c.status)
    before = {row.kind: row for row in tx.execute(mine.where(reminders.c.case == case.id))}
    gone = [k for k, row in before.items() if k not in wanted and row.status == PENDING]
    if gone:
        tx.execute(reminders.delete().where(reminders.c.case == case.id, reminders.c.kind.in_(gone)))
    new = [r for k, r in wanted.items() if k not in before or before[k].armed_for != r.at]
    if new:
        statement = insert(tx, reminders)
        set_ = {name: statement.excluded[name] for name in _MOVES}
        statement = statement.on_conflict_do_update(index_elements=["case", "kind"], set_=set_)
        tx.execute(statement, [_row(case.id, r, overlay, now) for r in new])


_MOVES = ("armed_for", "due_at", "urgent", "status", "owner", "lease_until")


def _row(case: str, reminder: Reminder, overlay: Overlay, now: datetime) -> dict[str, Any]:
    due_at = reminder.at if reminder.at > now else next_time(reminder, now, overlay)
    return {
        "case": case,
        "kind": reminder.kind,
        "armed_for": reminder.at,
        "due_at": due_at or reminder.at,
        "urgent": int(reminder.urgent),
        "status": PENDING if due_at else "dropped",
        "owner": "",
        "lease_until": None,
    }


def any_due(engine: Engine, now: datetime) -> bool:
    """Whether a sweep would find anything. It is asked every few seconds and the answer is no: past SQLAlchemy and
    without a lock it costs what the index costs.
    """
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(f"{_ANY} LIMIT 1".format(Moment().process_bind_param(now, engine.dialect)))
        return cursor.fetchone() is not None
    finally:
        connection.close()


def claim(
    tx: Connection, now: datetime, owner: str, limit: int = BATCH, *, urgent: bool = False
) -> tuple[Claimed, ...]:
    """Up to `limit` due rows, now `owner`'s for `LEASE`; no other claim sees them until then. The longest due first."""
    due = select(reminders.c.id).where(
        pending, reminders.c.urgent == int(urgent), reminders.c.due_at <= now, _free(now)
    )
    chosen = due.order_by(reminders.c.due_at).limit(limit).with_for_update(skip_locked=True)
    taken = (
        update(reminders)
        .where(reminders.c.id.in_(chosen))
        .values(owner=owner, lease_until=now + LEASE)
        .returning(reminders.c.id, reminders.c.case, reminders.c.kind, reminders.c.due_at)
    )
    return tuple(Claimed(row.id, row.case, row.kind, row.due_at) for row in tx.execute(taken))


def _free(now: datetime) -> ColumnElement[bool]:
    lease = reminders.c.lease_until
    return or_(lease.is_(None), lease <= now, lease > now + LEASE)


def settle(tx: Connection, ended: Sequence[Settled], owner: str, now: datetime) -> frozenset[int]:
    """Ends what is still `owner`'s, and gives the ids that were.

    The others were cancelled by an event, or went to another sweep after the lease: nothing may be said about them.
    """
    held = _held(tx, [s.claimed.id for s in ended], owner)
    rows = [
        {
            "row": s.claimed.id,
            "status": PENDING if s.again else s.outcome,
            "due_at": s.again or s.claimed.due_at,
        }
        for s in ended
        if s.claimed.id in held
    ]
    if rows:
        done = update(reminders).where(reminders.c.id == bindparam("row"))
        set_: dict[str, Any] = {name: bindparam(name) for name in ("status", "due_at")}
        tx.execute(done.values(**set_, owner="", lease_until=None, settled_at=now), rows)
    return held


def _held(tx: Connection, ids: Sequence[int], owner: str) -> frozenset[int]:
    found: set[int] = set()
    for first in range(0, len(ids), BATCH):
        mine = select(reminders.c.id).where(reminders.c.id.in_(ids[first : first + BATCH]))
        found.update(tx.execute(mine.where(reminders.c.owner == owner, pending).with_for_update()).scalars())
    return frozenset(found)


def cases_of(tx: Connection, claimed: Iterable[Claimed]) -> dict[str, Case]:
    """The cases as they stand now, by id."""
    ids = list({c.case for c in claimed})
    found: dict[str, Case] = {}
    for first in range(0, len(ids), BATCH):
        query = select(cases.c.id, cases.c.state).where(cases.c.id.in_(ids[first : first + BATCH]))
        found |= {row.id: decode(row.state, Case) for row in tx.execute(query)}
    return found


def muted(tx: Connection, person: str) -> frozenset[str]:
    """The kinds this person does without; whether a profile lets them is `workflows.reminders.wanted`."""
    query = select(reminder_preferences.c.muted).where(reminder_preferences.c.person == person)
    found = tx.execute(query).scalar()
    return frozenset(decode(found, tuple[str, ...])) if found else frozenset()


def mute(tx: Connection, person: str, kinds: frozenset[str]) -> None:
    row = {"muted": encode(tuple(sorted(kinds)))}
    statement = insert(tx, reminder_preferences).values(person=person, **row)
    tx.execute(statement.on_conflict_do_update(index_elements=["person"], set_=row))
