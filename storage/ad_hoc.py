"""Tasks beside the plan: filled in step by step, opened once, with a team the machine draws."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, select

from storage import casebook, directories, draws, trail
from storage.database import insert, lock, writing
from storage.documents import decode, encode
from storage.lawbook import Lawbook
from storage.planning_schema import ad_hoc_tasks
from storage.sealing import Sealed, seal
from workflows import ad_hoc
from workflows.ad_hoc import AdHoc
from workflows.catalogue import Item
from workflows.draw.asking import conditions_of
from workflows.draw.hold import DrawRequest, hold
from workflows.draw.impossible import DrawImpossible
from workflows.draw.permission import items_without_checklist
from workflows.draw.teams import standing
from workflows.errors import NotFound
from workflows.inspection.facts import Actor, local_day
from workflows.inspection.refusals import Refused
from workflows.policy import Profile


@dataclass(frozen=True)
class Kept:
    id: str
    task: AdHoc
    by: str
    at: datetime
    opened_at: datetime | None


@dataclass(frozen=True)
class AdHocOpened:
    """What the trail keeps: the task as it was said, and the cases it opened."""

    task: AdHoc
    cases: tuple[str, ...]


def begin(tx: Connection, kind: str, actor: Actor, now: datetime) -> Kept:
    """A new task of that kind with nothing said yet."""
    words = f"{actor.person}\n{actor.via}\n{now.isoformat()}\n{kind}"
    id = hashlib.sha256(words.encode()).hexdigest()[:8]
    row = {"data": encode(AdHoc(kind)), "by": actor.person, "at": now}
    tx.execute(insert(tx, ad_hoc_tasks).values(id=id, **row).on_conflict_do_nothing())
    return get(tx, id)


def get(tx: Connection, id: str) -> Kept:
    """Raises `NotFound`."""
    row = tx.execute(select(ad_hoc_tasks).where(ad_hoc_tasks.c.id == id)).first()
    if row is None:
        raise NotFound(f"没有编号为 {id} 的临时检查。")
    return Kept(row.id, decode(row.data, AdHoc), row.by, row.at, row.opened_at)


def recent(tx: Connection, most: int = 20) -> tuple[Kept, ...]:
    """The newest first."""
    rows = tx.execute(select(ad_hoc_tasks).order_by(ad_hoc_tasks.c.at.desc(), ad_hoc_tasks.c.id).limit(most))
    return tuple(Kept(row.id, decode(row.data, AdHoc), row.by, row.at, row.opened_at) for row in rows)


def opened(tx: Connection) -> tuple[Kept, ...]:
    """Every one that has become cases."""
    rows = tx.execute(select(ad_hoc_tasks).where(ad_hoc_tasks.c.opened_at.is_not(None)))
    return tuple(Kept(row.id, decode(row.data, AdHoc), row.by, row.at, row.opened_at) for row in rows)


def put(tx: Connection, id: str, task: AdHoc) -> Kept:
    """Keeps what is said so far. One that was opened stays as it was."""
    lock(tx, _lock_of(id))
    open_still = (ad_hoc_tasks.c.id == id) & ad_hoc_tasks.c.opened_at.is_(None)
    tx.execute(ad_hoc_tasks.update().where(open_still).values(data=encode(task)))
    return get(tx, id)


def _lock_of(id: str) -> str:
    return f"ad-hoc:{id}"


def open_task(
    engine: Engine,
    lawbook: Lawbook,
    id: str,
    profile: str,
    seeds: tuple[str, str],
    actor: Actor,
    now: datetime,
) -> tuple[str, ...] | Refused | DrawImpossible:
    """Draws a team for each target and opens the cases, all at once; their ids. Opening twice opens nothing new.

    `seeds` are two times 32 bytes as hex: the draw's, and what the visit codes come from. Raises `NotFound`.
    """

    def attempt() -> tuple[str, ...] | Refused | DrawImpossible:
        with writing(engine) as tx:
            lock(tx, "draws")
            # What is drawn for is what is kept as drawn for: nobody changes it in between.
            lock(tx, _lock_of(id))
            before = get(tx, id)
            if before.opened_at is not None:
                return ()
            drawn = _drawn(tx, before, lawbook.profiles[profile], seeds, actor, now)
            if not isinstance(drawn, Sealed):
                return drawn
            seal(tx, drawn, actor, now)
            draw_id = f"{drawn.plan.id}/{drawn.result.task_id}"
            opened = draws.release(engine, lawbook, draw_id, actor, now)
            _keep(tx, before, opened, actor, now)
            return opened

    return casebook.with_retry(attempt)


def _keep(tx: Connection, before: Kept, opened: tuple[str, ...], actor: Actor, now: datetime) -> None:
    tx.execute(ad_hoc_tasks.update().where(ad_hoc_tasks.c.id == before.id).values(opened_at=now))
    said = encode(AdHocOpened(before.task, opened))
    entry = trail.Entry("AdHocOpened", said, actor.person, actor.via, "", now)
    trail.append(tx, f"ad-hoc:{before.id}", [entry])


def _drawn(
    tx: Connection, kept: Kept, profile: Profile, seeds: tuple[str, str], actor: Actor, now: datetime
) -> Sealed | Refused | DrawImpossible:
    """All of its targets with their teams; what the rules or the staff forbid otherwise."""
    today, task = local_day(now), kept.task
    items = directories.all_items(tx)
    targets = {one.id: one for one in directories.all_targets(tx)}
    refused = ad_hoc.decide(task, targets, items, actor, today)
    if refused:
        return refused
    inspectors = directories.all_inspectors(tx)
    known = sorted({one.department for one in inspectors})
    departments = ad_hoc.departments_of([items[id] for id in task.items], known, actor.department)
    if isinstance(departments, Item):
        return ad_hoc.no_department(departments)
    chosen = [targets[id] for id in task.targets]
    plan = ad_hoc.plan_of(f"{today.year}-L{kept.id}", task, chosen, departments, profile, today)
    editions = {name: directories.edition_of(tx, name) for name in task.items}
    bare = items_without_checklist(editions, plan.tasks[0])
    if bare:
        return bare
    people = standing(inspectors, plan.tasks[0], today)
    result = hold(
        DrawRequest(
            plan_id=plan.id,
            task=plan.tasks[0],
            targets=tuple(chosen),
            inspectors=inspectors,
            seed=seeds[0],
            on=today,
            team_size=profile.number("team-size"),
            reserve=0,
            experts=True,
            loads=draws.loads_in(tx, today.year),
            conditions=conditions_of(plan.tasks[0], items, chosen, inspectors, people),
        )
    )
    return result if isinstance(result, DrawImpossible) else Sealed(plan, result, seeds[1])
