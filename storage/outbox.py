"""The outbox: who is to be told what, written in the transaction of the event, delivered afterwards.

"changed" redraws a card already on screen, so of several waiting for the same person and case the last one suffices.
What fails is put off, behind whatever else waits, and given up after a day; nothing holds anything else up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Integer, Text, bindparam, func, literal, select

from storage import people
from storage.awaiting import DRAWN
from storage.database import insert_of, lock
from storage.prepared import Prepared, prepared, writing_once
from storage.schema import Moment, focus, outbox
from workflows.inspection.case import Case
from workflows.inspection.notices import Notification

CHANGED = "changed"
BATCH = 100
LONGEST_PAUSE = timedelta(hours=1)
# From two seconds doubling to an hour: with the last of them a day of trying is over.
MOST_ATTEMPTS = 35
WHENEVER = datetime.max.replace(tzinfo=UTC)
_UNDELIVERED = outbox.c.done_at.is_(None)
_ADDED = ("dedup_key", "person", "kind", "case", "detail", "created_at")
_ADD = writing_once(outbox, *_ADDED)


def _redrawing(dialect: str) -> Any:
    """A row of `_ADD` where the person has the case's card before them."""
    given = (bindparam(f"new_{name}", type_=outbox.c[name].type) for name in _ADDED)
    before_them = (focus.c.person == bindparam("new_person"), focus.c.case == bindparam("new_case"))
    seen = select(*given).select_from(focus).where(*before_them, focus.c.card.in_(map(literal, DRAWN)))
    return insert_of(dialect, outbox).from_select(_ADDED, seen).on_conflict_do_nothing()


_REDRAWN = Prepared(_redrawing)
_SAID = (outbox.c.id, outbox.c.person, outbox.c.kind, outbox.c.case, outbox.c.detail, outbox.c.attempts)
_WAITING = prepared(
    select(*_SAID)
    .where(_UNDELIVERED, outbox.c.due_at <= bindparam("now", type_=Moment))
    .order_by(outbox.c.due_at, outbox.c.id)
    .limit(bindparam("most"))
)
_DONE = prepared(
    outbox.update().where(_UNDELIVERED, outbox.c.id == bindparam("at")).values(done_at=bindparam("now"))
)
_LEASED = prepared(
    outbox.update()
    .where(_UNDELIVERED, outbox.c.id == bindparam("at"))
    .values(due_at=bindparam("until", type_=Moment))
)
_DONE_UPTO = prepared(
    outbox.update()
    .where(_UNDELIVERED, outbox.c.id <= bindparam("at"), outbox.c.kind == CHANGED)
    .where(outbox.c.person == bindparam("whose"), outbox.c.case == bindparam("about"))
    .values(done_at=bindparam("now"))
)

_PUT_OFF = prepared(
    outbox.update()
    .where(_UNDELIVERED, outbox.c.id == bindparam("at"))
    .values(
        attempts=bindparam("tried", type_=Integer),
        failure=bindparam("why", type_=Text),
        due_at=bindparam("until", type_=Moment),
        done_at=bindparam("ended", type_=Moment),
        given_up_at=bindparam("ended", type_=Moment),
    )
)


@dataclass(frozen=True)
class Waiting:
    """A row to deliver: what `kind` says about `case`, to `person`. `detail` is a word the template may use.

    `attempts` have failed so far.
    """

    id: int
    person: str
    kind: str
    case: str
    detail: str
    attempts: int = 0


@dataclass(frozen=True)
class GivenUp:
    """What was tried for a day: `failure` names what it failed with last."""

    waiting: Waiting
    created_at: datetime
    failure: str


def put(tx: Connection, case: Case, told: Iterable[Notification], now: datetime) -> None:
    """What the case's last event tells; a card redrawn only for who has it before them.

    Who opens the case meanwhile waits for its lock, and sees it as it then stands.
    """
    for notification in told:
        for person in _recipients(tx, notification.recipient):
            dedup = f"{case.id}:{case.seq}:{notification.kind}:{person}"
            row = _row(dedup, person, notification.kind, case.id, "", now)
            if notification.kind == CHANGED:
                _REDRAWN.run(tx, **{f"new_{name}": value for name, value in row.items()})
            else:
                _ADD.run(tx, **row)


def add(tx: Connection, dedup: str, person: str, kind: str, case: str, detail: str, now: datetime) -> None:
    """One row; a second one with the same dedup key is the same message."""
    _ADD.run(tx, **_row(dedup, person, kind, case, detail, now))


def _row(dedup: str, person: str, kind: str, case: str, detail: str, now: datetime) -> dict[str, object]:
    return dict(zip(_ADDED, (dedup, person, kind, case, detail, now), strict=True))


def _recipients(tx: Connection, recipient: str) -> tuple[str, ...]:
    if recipient.startswith("role:"):
        return people.holding(tx, recipient.removeprefix("role:"))
    return (recipient,)


def waiting(tx: Connection, limit: int = BATCH) -> tuple[Waiting, ...]:
    """What has not been delivered, whether or not it is to be tried now."""
    return due(tx, WHENEVER, limit)[0]


def due(tx: Connection, now: datetime, limit: int = BATCH) -> tuple[tuple[Waiting, ...], bool]:
    """What is to be delivered now, what was not tried before first; and whether there may be more.

    It is this transaction's alone: another one that asks waits until this one has ended.
    """
    lock(tx, "outbox")
    rows = [Waiting(*row) for row in _WAITING.rows(tx, now=now, most=limit)]
    last: dict[tuple[str, str], int] = {}
    for row in rows:
        if row.kind == CHANGED:
            last[row.person, row.case] = max(row.id, last.get((row.person, row.case), 0))
    wanted = tuple(r for r in rows if r.kind != CHANGED or last[r.person, r.case] == r.id)
    return wanted, len(rows) == limit


def lease(tx: Connection, row: Waiting, until: datetime) -> None:
    """Nobody else is given the row before then, so that who has it may work on it after this transaction."""
    _LEASED.run(tx, at=row.id, until=until)


def mark_done(tx: Connection, upto: Waiting, now: datetime) -> None:
    """Ticks the row, and with a "changed" row the older ones it stands for."""
    if upto.kind == CHANGED:
        _DONE_UPTO.run(tx, at=upto.id, now=now, whose=upto.person, about=upto.case)
    else:
        _DONE.run(tx, at=upto.id, now=now)


def put_off(tx: Connection, row: Waiting, failure: str, now: datetime) -> bool:
    """It failed: tried again later, or given up; returns whether it was. A newer "changed" row stands for older ones."""
    attempts = row.attempts + 1
    pause = min(timedelta(seconds=2 ** min(attempts, 12)), LONGEST_PAUSE)
    ended = now if attempts >= MOST_ATTEMPTS else None
    _PUT_OFF.run(tx, at=row.id, tried=attempts, why=failure, until=now + pause, ended=ended)
    if row.kind == CHANGED:
        _DONE_UPTO.run(tx, at=row.id - 1, now=now, whose=row.person, about=row.case)
    return ended is not None


def given_up(tx: Connection) -> tuple[GivenUp, ...]:
    """What nobody tries any more, the last one first."""
    columns = (*_SAID, outbox.c.created_at, outbox.c.failure)
    query = select(*columns).where(outbox.c.given_up_at.is_not(None)).order_by(outbox.c.given_up_at.desc())
    return tuple(GivenUp(Waiting(*row[:6]), row.created_at, row.failure or "") for row in tx.execute(query))


def try_again(tx: Connection) -> int:
    """Takes up what was given up, from the first attempt on; how many."""
    again = {"done_at": None, "given_up_at": None, "attempts": 0, "due_at": outbox.c.created_at}
    return tx.execute(outbox.update().where(outbox.c.given_up_at.is_not(None)).values(**again)).rowcount


def undelivered(tx: Connection) -> tuple[int, datetime | None]:
    """How many wait, tried or not, and since when the oldest does."""
    query = select(func.count(), func.min(outbox.c.created_at)).where(_UNDELIVERED)
    count, oldest = tx.execute(query).one()
    return count, oldest
