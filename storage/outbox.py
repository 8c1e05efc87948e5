"""The outbox: who is to be told what, written in the transaction of the event, delivered afterwards.

"changed" redraws a card already on screen, so of several waiting for the same person and case the last one suffices.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from storage import people
from storage.database import insert, lock
from storage.schema import outbox
from workflows.inspection.case import Case
from workflows.inspection.notices import Notification


@dataclass(frozen=True)
class Waiting:
    """A row to deliver: what `kind` says about `case`, to `person`. `detail` is a word the template may use."""

    id: int
    person: str
    kind: str
    case: str
    detail: str


def put(tx: Connection, case: Case, told: Iterable[Notification], now: datetime) -> None:
    for notification in told:
        for person in _recipients(tx, notification.recipient):
            dedup = f"{case.id}:{case.seq}:{notification.kind}:{person}"
            add(tx, dedup, person, notification.kind, case.id, "", now)


def add(tx: Connection, dedup: str, person: str, kind: str, case: str, detail: str, now: datetime) -> None:
    """One row; a second one with the same dedup key is the same message."""
    row = {"dedup_key": dedup, "person": person, "kind": kind, "case": case, "detail": detail}
    tx.execute(insert(tx, outbox).values(**row, created_at=now).on_conflict_do_nothing())


def _recipients(tx: Connection, recipient: str) -> tuple[str, ...]:
    if recipient.startswith("role:"):
        return people.holding(tx, recipient.removeprefix("role:"))
    return (recipient,)


def waiting(tx: Connection, limit: int = 100) -> tuple[Waiting, ...]:
    """What is to be delivered now, by this transaction alone: another one that asks waits until this one has ended."""
    lock(tx, "outbox")
    query = select(outbox).where(outbox.c.done_at.is_(None)).order_by(outbox.c.id).limit(limit)
    rows = [Waiting(r.id, r.person, r.kind, r.case, r.detail) for r in tx.execute(query)]
    last = {(r.person, r.case): r.id for r in rows if r.kind == "changed"}
    return tuple(r for r in rows if r.kind != "changed" or last[r.person, r.case] == r.id)


def mark_done(tx: Connection, upto: Waiting, now: datetime) -> None:
    """Ticks the row, and with a "changed" row the older ones it stands for."""
    row = outbox.c.id == upto.id
    if upto.kind == "changed":
        same = (outbox.c.person == upto.person) & (outbox.c.case == upto.case) & (outbox.c.kind == "changed")
        row = same & (outbox.c.id <= upto.id)
    tx.execute(outbox.update().where(row, outbox.c.done_at.is_(None)).values(done_at=now))
