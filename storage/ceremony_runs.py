"""Freezes and draws computed beside the conversation: one row for each ceremony, from the tap that asks until the result is kept.

Whoever computes one holds it for a while and says how far it is. Who dies in the middle is followed by another, or by the
next start of the same service; both compute the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, or_, select

from storage.database import insert, lock
from storage.documents import decode, encode
from storage.draw_schema import ceremony_runs
from workflows.draw.announced import SIDES, Source
from workflows.inspection.facts import Actor

HELD_FOR = timedelta(minutes=2)
NOBODY_YET = datetime.fromtimestamp(0, UTC)
MOST_ATTEMPTS = 3


@dataclass(frozen=True)
class Wish:
    """What the organiser chose. `witnesses` are persons, who become W01, W02 in their order; `keepers` are persons too.

    `approval` is the SHA-256 of the approval document where only one side is drawn.
    """

    plan: str
    task: str
    witnesses: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    sides: tuple[str, ...] = SIDES
    approval: str = ""
    keepers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Run:
    """`by` asked for it. `step` of `watch`, `done` per cent of all. `failed` says why nothing was frozen or drawn.

    `wish` is what is to be frozen, None where it is frozen and to be drawn; `simply`: frozen, committed and drawn in one
    go. `said` are the lines of a card that says why it failed, () where `failed` says it all.
    """

    by: Actor
    step: str = ""
    done: int = 0
    attempts: int = 0
    failed: str = ""
    wish: Wish | None = None
    simply: bool = False
    said: tuple[str, ...] = ()


def begin(tx: Connection, draw_id: str, by: Actor, wish: Wish | None = None, *, simply: bool = False) -> Run:
    """A second one changes nothing while the first is under way; one that failed begins anew."""
    lock(tx, "ceremony-runs")
    before = of(tx, draw_id)
    if before and not before.failed:
        return before
    run = Run(by, wish=wish, simply=simply)
    row = {"data": encode(run), "owner": "", "until": NOBODY_YET}
    statement = insert(tx, ceremony_runs).values(id=draw_id, **row)
    tx.execute(statement.on_conflict_do_update(index_elements=["id"], set_=row))
    return run


def of(tx: Connection, draw_id: str) -> Run | None:
    data = tx.execute(select(ceremony_runs.c.data).where(ceremony_runs.c.id == draw_id)).scalar()
    return decode(data, Run) if data else None


def are_due(tx: Connection) -> bool:
    """Whether there are any at all: most of the time there are none."""
    return tx.execute(select(ceremony_runs.c.id).limit(1)).first() is not None


def under_way(tx: Connection) -> tuple[str, ...]:
    """The draws that are, or are to be, computed; what failed is none."""
    rows = tx.execute(select(ceremony_runs.c.id, ceremony_runs.c.data).order_by(ceremony_runs.c.id))
    return tuple(row.id for row in rows if not decode(row.data, Run).failed)


def claim(tx: Connection, owner: str, now: datetime) -> tuple[str, Run] | None:
    """One that nobody computes, or that this owner began before it died: an owner computes one at a time."""
    lock(tx, "ceremony-runs")
    free = or_(ceremony_runs.c.until <= now, ceremony_runs.c.owner == owner)
    rows = tx.execute(select(ceremony_runs).where(free).order_by(ceremony_runs.c.until, ceremony_runs.c.id))
    for row in rows.all():
        run = decode(row.data, Run)
        if not run.failed:
            run = replace(run, step="", done=0, attempts=run.attempts + 1)
            _put(tx, row.id, run, owner, now + HELD_FOR)
            return row.id, run
    return None


def note(tx: Connection, draw_id: str, run: Run, owner: str, now: datetime) -> None:
    """How far it is; held for a while longer."""
    _put(tx, draw_id, run, owner, now + HELD_FOR)


def fail(tx: Connection, draw_id: str, run: Run, why: str) -> None:
    """Nothing was frozen or drawn, and trying again by itself would help nobody."""
    _put(tx, draw_id, replace(run, failed=why), "", NOBODY_YET)


def end(tx: Connection, draw_id: str) -> None:
    tx.execute(ceremony_runs.delete().where(ceremony_runs.c.id == draw_id))


def _put(tx: Connection, draw_id: str, run: Run, owner: str, until: datetime) -> None:
    row = {"data": encode(run), "owner": owner, "until": until}
    tx.execute(ceremony_runs.update().where(ceremony_runs.c.id == draw_id).values(**row))
