"""Ceremonies of the draw: one for each task, its events in the trail "draw:<id>", its secrets in a sealed row.

One ceremony is one "plan" of DR-1: its id is the draw's, "<plan>/<task>", and after an abandoned one "<plan>/<task>.2".
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, select

from storage import casebook, ceremony_notices, closets, inbox, people, plans, trail
from storage.closets import Closet, Secrets
from storage.database import lock, writing
from storage.documents import decode, encode
from storage.draw_schema import ceremonies
from storage.lawbook import Lawbook
from storage.schema import draws, events
from storage.sealing import stream_of
from workflows.draw.ceremony import commands as c
from workflows.draw.ceremony import events as e
from workflows.draw.ceremony.decide import decide, refusal_event
from workflows.draw.ceremony.evolve import replay
from workflows.draw.ceremony.state import Ceremony, Facts
from workflows.errors import NotFound
from workflows.inspection.command import Command
from workflows.inspection.event import Event, Recorded
from workflows.inspection.facts import Actor
from workflows.inspection.refusals import Refused
from workflows.plan import Plan, Task

T = TypeVar("T")
EVENTS: dict[str, type[Event]] = {
    kind.__name__: kind
    for kind in (
        *(e.Frozen, e.Committed, e.Contributed, e.NoncesClosed, e.BeaconEntered, e.BeaconDiffers),
        *(e.BeaconFixed, e.Held, e.Signed, e.Released, e.Opened, e.Closed, e.Abandoned, e.CeremonyRefused),
    )
}
FILES = ("objects", "inspectors", "recusals")
INPUTS = "inputs"
__all__ = ["FILES", "INPUTS", "Closet", "Kept", "Outcome", "Secrets"]
BEFORE_THE_BEACON = (c.Commit, c.Contribute)
# A record further in the future is a clock's mistake of once, and must not stop every draw until then.
LOOKED_AHEAD = timedelta(days=30)
WAITING = ("FROZEN", "COMMITTED", "NONCES", "BEACON")


@dataclass(frozen=True)
class Kept:
    id: str
    task: Task
    ceremony: Ceremony
    closet: Closet


@dataclass(frozen=True)
class Outcome:
    """The ceremony as it stands after the command, None where none was ever frozen; `refused` where the rules said no."""

    id: str
    ceremony: Ceremony | None
    events: tuple[Event, ...] = ()
    refused: Refused | None = None


def execute(
    engine: Engine, lawbook: Lawbook, draw_id: str, command: Command, actor: Actor, now: datetime
) -> Outcome:
    """Decides one command and makes it so, or keeps the refusal. Raises `NotFound`."""

    return within(engine, lambda tx: settle(tx, lawbook, held(tx, draw_id), command, actor, now))


def within(engine: Engine, step: Callable[[Connection], T]) -> T:
    """The step in one transaction, again where another was first."""

    def attempt() -> T:
        with writing(engine) as tx:
            return step(tx)

    return casebook.with_retry(attempt)


def held(tx: Connection, draw_id: str) -> Kept:
    """The ceremony as it stands, for everybody else until this transaction ends. Raises `NotFound`."""
    lock(tx, stream_of(draw_id))
    return load(tx, draw_id)


def settle(
    tx: Connection, lawbook: Lawbook, kept: Kept, command: Command, actor: Actor, now: datetime
) -> Outcome:
    """`execute` on a ceremony that is `held`."""
    facts = facts_of(lawbook, kept.closet.plan, actor, now, {})
    if isinstance(command, BEFORE_THE_BEACON):
        organisers = frozenset(people.holding(tx, "organiser"))
        facts = replace(facts, organisers=organisers, latest=_latest(tx, kept, organisers, now))
    return take(tx, kept, command, decide(kept.ceremony, command, facts), actor, now)


def _latest(tx: Connection, kept: Kept, organisers: frozenset[str], now: datetime) -> datetime | None:
    """When the draw's record grew, or those concerned did anything, after now: then the clock went back. None as a rule."""
    until = now + LOOKED_AHEAD
    concerned = organisers.union(person for _, person in kept.ceremony.frozen.witnesses)
    seen = trail.latest(tx, stream_of(kept.id), now, until), inbox.latest(tx, concerned, now, until)
    return max((moment for moment in seen if moment), default=None)


def take(
    tx: Connection,
    kept: Kept,
    command: Command,
    decision: Refused | tuple[Event, ...],
    actor: Actor,
    now: datetime,
) -> Outcome:
    """Makes so what was decided on a ceremony that is `held` and stands as it stood then."""
    if isinstance(decision, Refused):
        return refuse(tx, kept.id, command, decision, actor, now)
    append(tx, kept.id, decision, actor, now)
    after = load(tx, kept.id).ceremony if decision else kept.ceremony
    row = ceremonies.update().where(ceremonies.c.id == kept.id)
    tx.execute(row.values(stage=after.stage))
    ceremony_notices.tell(tx, kept.id, after, kept.closet.keepers, decision, actor.person, now)
    for event in decision:
        if isinstance(event, e.Abandoned):
            # What was sealed under it is shredded; frozen files and secrets stay, so that anybody can recompute it.
            tx.execute(draws.delete().where(draws.c.id == kept.id))
        if isinstance(event, e.Opened):
            closets.tell(tx, kept.id, kept.closet, event)
    return Outcome(kept.id, after, decision)


def facts_of(
    lawbook: Lawbook, plan: Plan, actor: Actor, now: datetime, files: Mapping[str, tuple[str, ...]]
) -> Facts:
    return Facts(actor, now, lawbook.profiles[plan.profile], published=True, files=files)


def refuse(
    tx: Connection, draw_id: str, command: Command, refused: Refused, actor: Actor, now: datetime
) -> Outcome:
    """Keeps what was tried on the trail, beside what holds."""
    append(tx, draw_id, (refusal_event(command, refused),), actor, now)
    return Outcome(draw_id, ceremony_of(tx, draw_id), (), refused)


def append(tx: Connection, draw_id: str, happened: tuple[Event, ...], actor: Actor, now: datetime) -> None:
    entries = [
        trail.Entry(type(event).__name__, encode(event), actor.person, actor.via, "", now)
        for event in happened
    ]
    trail.append(tx, stream_of(draw_id), entries)


def history(tx: Connection, draw_id: str) -> tuple[Recorded, ...]:
    """Every event of a ceremony in order, what was refused among them."""
    query = select(events).where(events.c.stream == stream_of(draw_id), events.c.type.in_(EVENTS))
    return tuple(
        Recorded(row.seq, decode(row.data, EVENTS[row.type]), row.by, row.via, row.at)
        for row in tx.execute(query.order_by(events.c.seq))
    )


def ceremony_of(tx: Connection, draw_id: str) -> Ceremony | None:
    return folded(history(tx, draw_id))


def folded(told: Sequence[Recorded]) -> Ceremony | None:
    # What was refused before anything was frozen is on the trail, and no ceremony yet.
    begins = next((n for n, one in enumerate(told) if isinstance(one.event, e.Frozen)), len(told))
    return replay(told[begins:])


def load(tx: Connection, draw_id: str) -> Kept:
    row = tx.execute(select(ceremonies).where(ceremonies.c.id == draw_id)).first()
    if row is None:
        raise NotFound("没有这次抽取，可能名单还没有冻结。")
    return _kept(tx, row)


def _kept(tx: Connection, row: Any) -> Kept:
    ceremony, closet = ceremony_of(tx, row.id), closets.read(tx, row.id, row.data)
    assert ceremony is not None
    return Kept(row.id, next(t for t in closet.plan.tasks if t.id == row.task), ceremony, closet)


def marked(tx: Connection, mark: str) -> Kept:
    """The ceremony a button names. Raises `NotFound`."""
    ids = tx.execute(select(ceremonies.c.id)).scalars().all()
    found = next((id for id in ids if mark_of(id) == mark), "")
    return load(tx, found)


def mark_of(draw_id: str) -> str:
    """Eight characters that fit a button."""
    return hashlib.sha256(draw_id.encode()).hexdigest()[:8]


def of_task(tx: Connection, plan: str, task: str) -> Kept | None:
    """The newest ceremony of a task, also an abandoned one."""
    mine = (ceremonies.c.plan == plan) & (ceremonies.c.task == task)
    row = tx.execute(select(ceremonies).where(mine).order_by(ceremonies.c.at.desc()).limit(1)).first()
    return _kept(tx, row) if row else None


def everywhere(tx: Connection, *stages: str) -> tuple[Kept, ...]:
    """All ceremonies, or those at these stages, the oldest first."""
    query = select(ceremonies).order_by(ceremonies.c.at, ceremonies.c.id)
    if stages:
        query = query.where(ceremonies.c.stage.in_(stages))
    return tuple(_kept(tx, row) for row in tx.execute(query).all())


def next_id(tx: Connection, plan: str, task: str) -> str:
    """The id of the task's ceremony under way, or of the one to come: an abandoned one keeps its own."""
    before, base = of_task(tx, plan, task), f"{plan}/{task}"
    if before is None:
        return base
    return successor_of(before) if before.ceremony.abandoned else before.id


def successor_of(kept: Kept) -> str:
    base = f"{kept.closet.plan.id}/{kept.task.id}"
    number = kept.id.removeprefix(base).removeprefix(".")
    return f"{base}.{int(number or 1) + 1}"


def plan_of(tx: Connection, plan_id: str) -> tuple[Plan, bool]:
    """The newest version, and whether it is published. Raises `NotFound`."""
    found = plans.get(tx, plan_id)
    return found.plan, found.published_at is not None
