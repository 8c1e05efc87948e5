"""Deliveries: one row per message and account of a chat platform. Never lost; where the platform knows no key, hardly doubled.

The row is written in the transaction that ticks the outbox. A sender leases it, sends, and ticks it; a sender that
dies leaves a lease that runs out, and the message goes again. What fails for a day is given up, and said to be.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Row, Select, func, literal_column, select

from storage.database import insert
from storage.outbox import GivenUp, Waiting
from storage.schema import deliveries, outbox

LEASE = timedelta(seconds=60)
# With a second between two claims: what a platform takes in a second (Telegram: some thirty messages).
BATCH = 25
# A day of trying, and not of lying: a clock that jumps, or a weekend without the service, is no attempt.
LONGEST = timedelta(days=1)
LEAST_ATTEMPTS = 10
SENT, GONE, NEEDLESS, GIVEN_UP = "sent", "gone", "needless", "given up"
_WAITS = deliveries.c.done_at.is_(None)
# Written out, not bound: SQLite takes a partial index only where the query says the same words.
_IS_GIVEN_UP = deliveries.c.outcome == literal_column(f"'{GIVEN_UP}'")
_JOINED = deliveries.join(outbox, outbox.c.id == deliveries.c.outbox)


@dataclass(frozen=True)
class Delivery:
    """`attempt` counts from 1; `waiting` is the outbox row as it was; `failing_since` its first failure up to now."""

    waiting: Waiting
    channel: str
    account: str
    attempt: int
    failing_since: datetime | None = None


def add(tx: Connection, waiting: Waiting, channel: str, account: str, now: datetime) -> None:
    row = {"outbox": waiting.id, "channel": channel, "account": account, "due_at": now, "attempts": 0}
    tx.execute(insert(tx, deliveries).values(**row).on_conflict_do_nothing())


def claim(tx: Connection, channels: Iterable[str], now: datetime) -> tuple[Delivery, ...]:
    """Leases what is due: until the lease runs out nobody else takes it. One claimer at a time, by the caller's lock.

    A row that lies further ahead than any pause is from a clock that has been set back since: it is due.
    """
    due = _WAITS & ((deliveries.c.due_at <= now) | (deliveries.c.due_at > now + LONGEST))
    query = _whole().where(due, deliveries.c.channel.in_(tuple(channels)))
    rows = list(tx.execute(query.order_by(deliveries.c.due_at, deliveries.c.outbox).limit(BATCH)))
    for row in rows:
        leased = {"due_at": now + LEASE, "attempts": row.attempts + 1}
        tx.execute(deliveries.update().where(*_is(row.outbox, row.channel, row.account)).values(**leased))
    return tuple(Delivery(_waiting(r), r.channel, r.account, r.attempts + 1, r.failing_since) for r in rows)


def _whole() -> Select[tuple[object, ...]]:
    return select(
        deliveries, outbox.c.person, outbox.c.kind, outbox.c.case, outbox.c.detail, outbox.c.created_at
    ).select_from(_JOINED)


def _waiting(row: Row[tuple[object, ...]]) -> Waiting:
    return Waiting(row.outbox, row.person, row.kind, row.case, row.detail, row.attempts)


def finish(tx: Connection, one: Delivery, outcome: str, now: datetime) -> None:
    """`outcome`: sent | gone | needless."""
    row = {"done_at": now, "outcome": outcome}
    tx.execute(deliveries.update().where(*_is(one.waiting.id, one.channel, one.account)).values(**row))


def fail(tx: Connection, one: Delivery, why: str, now: datetime, again: datetime) -> bool:
    """It failed: tried again at `again`, or given up after a day of it; returns whether it was."""
    since = min(one.failing_since or now, now)
    row = {"failing_since": since, "failure": why, "due_at": again}
    given_up = now - since >= LONGEST and one.attempt >= LEAST_ATTEMPTS
    if given_up:
        row |= {"done_at": now, "outcome": GIVEN_UP}
    tx.execute(deliveries.update().where(*_is(one.waiting.id, one.channel, one.account)).values(**row))
    return given_up


def hold(tx: Connection, many: Sequence[Delivery], until: datetime) -> None:
    """Not tried before then: no fault of theirs, and no attempt."""
    for one in many:
        row = {"due_at": until, "attempts": one.attempt - 1}
        tx.execute(deliveries.update().where(*_is(one.waiting.id, one.channel, one.account)).values(**row))


def drop(tx: Connection, channel: str, account: str, now: datetime) -> None:
    """Nobody is there any more: all that waits for this account is over."""
    theirs = (_WAITS, deliveries.c.channel == channel, deliveries.c.account == account)
    tx.execute(deliveries.update().where(*theirs).values(done_at=now, outcome=GONE))


def given_up(tx: Connection) -> tuple[GivenUp, ...]:
    """What nobody tries any more, the last one first."""
    rows = tx.execute(_whole().where(_IS_GIVEN_UP).order_by(deliveries.c.done_at.desc()))
    return tuple(GivenUp(_waiting(r), r.created_at, f"{r.channel}：{r.failure}") for r in rows)


def try_again(tx: Connection, now: datetime) -> int:
    """Takes up what was given up, from the first attempt on; how many."""
    again = {"done_at": None, "outcome": None, "attempts": 0, "failing_since": None, "due_at": now}
    return tx.execute(deliveries.update().where(_IS_GIVEN_UP).values(**again)).rowcount


def undelivered(tx: Connection) -> tuple[int, datetime | None]:
    """How many wait, tried or not, and since when the oldest does."""
    query = select(func.count(), func.min(outbox.c.created_at)).select_from(_JOINED).where(_WAITS)
    count, oldest = tx.execute(query).one()
    return count, oldest


def _is(row: int, channel: str, account: str) -> tuple[ColumnElement[bool], ...]:
    return (deliveries.c.outbox == row, deliveries.c.channel == channel, deliveries.c.account == account)
