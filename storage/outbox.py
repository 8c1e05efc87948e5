"""The outbox: who is to be told what, written in the transaction of the event, delivered afterwards.

"changed" redraws a card already on screen, so of several waiting for the same person and case the last one suffices.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from storage import people
from storage.database import lock
from storage.prepared import prepared, writing_once
from storage.schema import outbox
from workflows.inspection.case import Case
from workflows.inspection.notices import Notification

_UNDELIVERED = outbox.c.done_at.is_(None)
_ADD = writing_once(outbox, "dedup_key", "person", "kind", "case", "detail", "created_at")
_WAITING = prepared(select(outbox).where(_UNDELIVERED).order_by(outbox.c.id).limit(bindparam("most")))
_ANY = prepared(select(outbox.c.id).where(_UNDELIVERED).limit(1))
_DONE = prepared(
    outbox.update().where(_UNDELIVERED, outbox.c.id == bindparam("at")).values(done_at=bindparam("now"))
)
_DONE_UPTO = prepared(
    outbox.update()
    .where(_UNDELIVERED, outbox.c.id <= bindparam("at"), outbox.c.kind == "changed")
    .where(outbox.c.person == bindparam("whose"), outbox.c.case == bindparam("about"))
    .values(done_at=bindparam("now"))
)


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
    _ADD.run(tx, **row, created_at=now)


def _recipients(tx: Connection, recipient: str) -> tuple[str, ...]:
    if recipient.startswith("role:"):
        return people.holding(tx, recipient.removeprefix("role:"))
    return (recipient,)


def anything(tx: Connection) -> bool:
    """Whether something waits, without waiting for whoever is delivering."""
    return _ANY.first(tx) is not None


def waiting(tx: Connection, limit: int = 100) -> tuple[Waiting, ...]:
    """What is to be delivered now, by this transaction alone: another one that asks waits until this one has ended."""
    lock(tx, "outbox")
    rows = [Waiting(r.id, r.person, r.kind, r.case, r.detail) for r in _WAITING.rows(tx, most=limit)]
    last = {(r.person, r.case): r.id for r in rows if r.kind == "changed"}
    return tuple(r for r in rows if r.kind != "changed" or last[r.person, r.case] == r.id)


def mark_done(tx: Connection, upto: Waiting, now: datetime) -> None:
    """Ticks the row, and with a "changed" row the older ones it stands for."""
    if upto.kind == "changed":
        _DONE_UPTO.run(tx, at=upto.id, now=now, whose=upto.person, about=upto.case)
    else:
        _DONE.run(tx, at=upto.id, now=now)
