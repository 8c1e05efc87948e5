"""Deliveries: one row per message and account of a chat platform. Never lost; where the platform knows no key, hardly doubled.

The row is written in the transaction that ticks the outbox. A sender leases it, sends, and ticks it; a sender that
dies leaves a lease that runs out, and the message goes again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, select

from storage.database import insert
from storage.outbox import Waiting
from storage.schema import deliveries, outbox

LEASE = timedelta(seconds=60)
BATCH = 50


@dataclass(frozen=True)
class Delivery:
    """`attempt` counts from 1; `waiting` is the outbox row as it was."""

    waiting: Waiting
    channel: str
    account: str
    attempt: int


def add(tx: Connection, waiting: Waiting, channel: str, account: str, now: datetime) -> None:
    row = {"outbox": waiting.id, "channel": channel, "account": account, "due_at": now, "attempts": 0}
    tx.execute(insert(tx, deliveries).values(**row).on_conflict_do_nothing())


def claim(tx: Connection, channels: Iterable[str], now: datetime) -> tuple[Delivery, ...]:
    """Leases what is due: until the lease runs out nobody else takes it. One claimer at a time, by the caller's lock."""
    due = (deliveries.c.done_at.is_(None)) & (deliveries.c.due_at <= now)
    query = select(deliveries, outbox).join(outbox, outbox.c.id == deliveries.c.outbox)
    query = query.where(due, deliveries.c.channel.in_(tuple(channels)))
    rows = list(tx.execute(query.order_by(deliveries.c.due_at, deliveries.c.outbox).limit(BATCH)))
    for row in rows:
        leased = {"due_at": now + LEASE, "attempts": row.attempts + 1}
        tx.execute(deliveries.update().where(*_is(row.outbox, row.channel, row.account)).values(**leased))
    return tuple(
        Delivery(Waiting(r.id, r.person, r.kind, r.case, r.detail), r.channel, r.account, r.attempts + 1)
        for r in rows
    )


def finish(tx: Connection, one: Delivery, outcome: str, now: datetime) -> None:
    """`outcome`: sent | gone | needless."""
    row = {"done_at": now, "outcome": outcome}
    tx.execute(deliveries.update().where(*_is(one.waiting.id, one.channel, one.account)).values(**row))


def postpone(tx: Connection, one: Delivery, until: datetime) -> None:
    tx.execute(deliveries.update().where(*_is(one.waiting.id, one.channel, one.account)).values(due_at=until))


def _is(row: int, channel: str, account: str) -> tuple[ColumnElement[bool], ...]:
    return (deliveries.c.outbox == row, deliveries.c.channel == channel, deliveries.c.account == account)
