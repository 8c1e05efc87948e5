"""Reminders as rows: armed and cancelled with the event, claimed under a lease, settled once.

A lease that has run out, or reaches further ahead than any lease does because the clock was set back, is nobody's: what
a sweep that died had claimed is claimed again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, or_, select, update

from storage.database import insert
from storage.documents import decode, encode
from storage.reminders_schema import PENDING, pending, reminder_preferences, reminders
from storage.schema import cases
from workflows.calendar import Overlay
from workflows.inspection.case import Case
from workflows.policy import Profile
from workflows.reminders import Reminder, next_time
from workflows.reminders import reminders as moments

LEASE = timedelta(seconds=60)
BATCH = 100
_EARLIEST = (select(reminders.c.id).where(pending, reminders.c.urgent == bindparam("urgent")).limit(1)).where(
    reminders.c.due_at <= bindparam("now")
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
    for kind, reminder in wanted.items():
        if kind in before and before[kind].armed_for == reminder.at:
            continue
        due_at = reminder.at if reminder.at > now else next_time(reminder, now, overlay)
        _put(tx, case.id, reminder, due_at)


def _put(tx: Connection, case: str, reminder: Reminder, due_at: datetime | None) -> None:
    row = {"armed_for": reminder.at, "due_at": due_at or reminder.at, "urgent": int(reminder.urgent)}
    row |= {"status": PENDING if due_at else "dropped", "owner": "", "lease_until": None}
    statement = insert(tx, reminders).values(case=case, kind=reminder.kind, **row)
    tx.execute(statement.on_conflict_do_update(index_elements=["case", "kind"], set_=row))


def any_due(tx: Connection, now: datetime) -> bool:
    """Whether a sweep would find anything, without taking the write lock to see."""
    return any(tx.execute(_EARLIEST, {"urgent": u, "now": now}).first() for u in (1, 0))


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
