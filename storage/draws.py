"""A task's draw once it is held: what may be known of it, and its cases opened at the release."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, select

from storage import casebook, directories, sealing, trail
from storage.case_facts import directory, gather
from storage.database import lock, writing
from storage.documents import encode
from storage.draw_schema import ceremonies
from storage.lawbook import Lawbook
from storage.schema import draws
from storage.sealing import Sealed, stream_of, unseal
from storage.year_so_far import drawn_in, loads_in
from workflows.catalogue import Item
from workflows.departments import department_for
from workflows.directory import Inspector, Target
from workflows.draw.hold import Drawn
from workflows.errors import BadInput, NotFound
from workflows.inspection.events import CaseItem, InspectionOpened, Member, Recorded
from workflows.inspection.evolve import evolve
from workflows.inspection.facts import Actor
from workflows.plan import Plan, Task

__all__ = ["Held", "drawn_in", "loads_in", "of_task", "open_cases", "release", "task_of"]


@dataclass(frozen=True)
class Held:
    """A draw as anybody may know it before release: numbers, no names. `released_at` None while sealed."""

    id: str
    plan: str
    task: str
    targets_total: int
    eligible: int
    excluded: Mapping[str, int]
    teams: int
    inputs_digest: str
    held_at: datetime
    released_at: datetime | None


def release(engine: Engine, lawbook: Lawbook, draw_id: str, actor: Actor, now: datetime) -> tuple[str, ...]:
    """`open_cases` for a draw that was held without a ceremony (ad-hoc); one with a ceremony is released by it.

    Raises `NotFound`, and `TrailBroken` where the sealed row is not the one that was drawn.
    """

    def attempt() -> tuple[str, ...]:
        with writing(engine) as tx:
            if tx.execute(select(ceremonies.c.id).where(ceremonies.c.id == draw_id)).first():
                raise BadInput("这次抽取要由在场的人签字以后，在抽取的卡片上派发。")
            return open_cases(tx, lawbook, draw_id, actor, now)

    return casebook.with_retry(attempt)


def open_cases(
    tx: Connection, lawbook: Lawbook, draw_id: str, actor: Actor, now: datetime
) -> tuple[str, ...]:
    """Opens the cases of a sealed draw and tells those concerned; returns their ids. Doing it twice opens nothing."""
    lock(tx, stream_of(draw_id))
    row = tx.execute(select(draws).where(draws.c.id == draw_id)).first()
    if row is None:
        raise NotFound(f"没有编号为 {draw_id} 的抽取记录。")
    if row.released_at is not None:
        return ()
    sealed = unseal(tx, draw_id, row.data)
    opened = _openings(tx, sealed, draw_id)
    for opening in opened:
        _open(tx, lawbook, opening, actor, now)
    sealing.tell(tx, draw_id, sealed)
    tx.execute(draws.update().where(draws.c.id == draw_id).values(released_at=now))
    said = encode([opening.case for opening in opened])
    trail.append(
        tx, stream_of(draw_id), [trail.Entry("DrawReleased", said, actor.person, actor.via, "", now)]
    )
    return tuple(opening.case for opening in opened)


def _open(tx: Connection, lawbook: Lawbook, opening: InspectionOpened, actor: Actor, now: datetime) -> None:
    case = evolve(None, Recorded(0, opening, actor.person, actor.via, now))
    casebook.record(tx, None, (opening,), gather(tx, lawbook, case, actor, now), "")


def _openings(tx: Connection, sealed: Sealed, draw_id: str) -> list[InspectionOpened]:
    # Also who has left the directory since: the record that was signed names them.
    people = directory(tx, {person for drawn in sealed.result.selected for person, _ in _seated(drawn)})
    items = directories.all_items(tx)
    task = task_of(sealed.plan, sealed.result.task_id)
    case_items = tuple(_case_item(tx, items.get(name), name, task) for name in task.items)
    openings = []
    for number, drawn in enumerate(sealed.result.selected, start=1):
        target = directories.get_target(tx, drawn.target_id)
        assert target is not None
        members = _members(drawn, people)
        case_id = case_id_of(draw_id, number)
        openings.append(_opening(sealed, task, draw_id, case_id, target, case_items, members, drawn))
    return openings


def _opening(
    sealed: Sealed,
    task: Task,
    draw_id: str,
    case_id: str,
    target: Target,
    items: tuple[CaseItem, ...],
    members: tuple[Member, ...],
    drawn: Drawn,
) -> InspectionOpened:
    plan = sealed.plan
    return InspectionOpened(
        case=case_id,
        plan=plan.id,
        plan_name=plan.name,
        task=task.id,
        task_name=task.name,
        profile=plan.profile,
        lead=task.lead,
        target=target,
        items=items,
        members=members,
        starts=task.starts,
        ends=task.ends,
        visit_code=visit_code(sealed.door_secret, case_id),
        unannounced=task.unannounced,
        random=not task.ad_hoc,
        ad_hoc=task.ad_hoc,
        origin=task.origin,
        draw=draw_id,
        substitutes=dict(drawn.substitutes),
        qualifications=dict(drawn.asked),
    )


def case_id_of(draw_id: str, number: int) -> str:
    """Ten characters that fit a button: the draw and the place in it, so the same draw opens the same cases."""
    return hashlib.sha256(f"{draw_id}\ncase\n{number}\n".encode()).hexdigest()[:10]


def visit_code(secret: str, case_id: str) -> str:
    """Eight digits that name the visit, printed on the notice and shown as a code at the door."""
    return str(
        int(hashlib.sha256(f"{secret}\nvisit\n{case_id}\n".encode()).hexdigest()[:12], 16) % 10**8
    ).zfill(8)


def _members(drawn: Drawn, people: Mapping[str, Inspector]) -> tuple[Member, ...]:
    return tuple(
        Member(p, people[p].name, people[p].department, people[p].certificate, people[p].role, leader)
        for p, leader in _seated(drawn)
    )


def _seated(drawn: Drawn) -> list[tuple[str, bool]]:
    """Each person, and whether they lead."""
    return [(m.inspector_id, m.leader) for m in drawn.members] + [(e, False) for e in drawn.experts]


def _case_item(tx: Connection, item: Item | None, name: str, task: Task) -> CaseItem:
    """Raises BadInput where the catalogue has changed since the draw so that the item must not be inspected."""
    if item is None:
        raise BadInput(
            f"抽查事项 {name} 在抽取以后已移出抽查事项清单，清单以外的事项不得检查（规则 legal-basis），暂不能派发："
            "请核对抽查事项清单，重新导入后再派发。"
        )
    department = department_for(item.department, task.departments)
    if department is None:
        raise BadInput(
            f"抽查事项“{item.name}”的抽查主体现在是{item.department}，不在本任务的部门里，暂不能派发："
            "请核对抽查事项清单，重新导入后再派发。"
        )
    return CaseItem(item.id, item.name, department, item.basis, directories.edition_of(tx, item.id))


def task_of(plan: Plan, task_id: str) -> Task:
    found = next((t for t in plan.tasks if t.id == task_id), None)
    if found is None:
        raise NotFound(f"计划“{plan.name}”中没有编号为 {task_id} 的任务。")
    return found


def of_task(tx: Connection, plan_id: str, task_id: str) -> Held | None:
    row = tx.execute(select(draws).where(draws.c.plan == plan_id, draws.c.task == task_id)).first()
    return _held(row) if row else None


def _held(row: Any) -> Held:
    known = sealing.numbers(row.data)
    counts = known.targets_total, known.eligible, known.excluded, known.teams, known.inputs_digest
    return Held(row.id, row.plan, row.task, *counts, row.held_at, row.released_at)
