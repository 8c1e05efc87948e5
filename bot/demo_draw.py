"""The demo's draws: every step of a real ceremony, with invented witnesses, dice and lottery, and marked as such."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.house import House
from bot.render import line
from storage import ceremonies, people
from storage import ceremony_steps as steps
from storage.ceremonies import Outcome
from storage.ceremony_steps import Answer, Hand, Wish
from storage.database import reading
from workflows.draw import beacon
from workflows.draw.announced import Source
from workflows.draw.ceremony import commands as c
from workflows.draw.impossible import DrawImpossible
from workflows.errors import BadInput
from workflows.inspection.command import Command
from workflows.inspection.facts import Actor
from workflows.plan import Plan, Task

VIA = "demo"
DRAWN = "638"
BEFORE = timedelta(minutes=10)


@dataclass(frozen=True)
class Stage:
    """Everybody of one demo ceremony. `before` is when all was fixed, `at` when the invented lottery was drawn."""

    house: House
    plan: Plan
    task: Task
    organiser: Actor
    witnesses: tuple[Actor, ...]
    keepers: tuple[str, ...]
    before: datetime
    at: datetime

    def hand(self, now: datetime) -> Hand:
        return Hand(self.organiser, now, self.house.draw_seed)


def draw_for_show(house: House, plan: Plan, task: Task) -> None:
    """From the freeze to the release; BadInput where the demo's own files cannot be drawn from."""
    stage = _stage(house, plan, task)
    name = line("cli", "demo-lottery")
    source = Source("ordered", name, f"{plan.year}-{task.id}", stage.at)
    wish = Wish(
        plan.id, task.id, tuple(one.person for one in stage.witnesses), (source,), keepers=stage.keepers
    )
    draw_id = _well(stage, steps.freeze(house.engine, house.lawbook, wish, stage.hand(stage.before))).id
    _well(stage, steps.commit(house.engine, house.lawbook, draw_id, stage.hand(stage.before)))
    _witnessed(stage, draw_id)
    held = _well(stage, steps.draw(house.engine, house.lawbook, draw_id, stage.hand(house.clock())))
    assert held.ceremony and held.ceremony.held
    for actor in (stage.organiser, *stage.witnesses):
        _do(stage, draw_id, c.Sign(held.ceremony.held.record), actor, house.clock())
    for step in (steps.release, steps.open_secrets):
        _well(stage, step(house.engine, house.lawbook, draw_id, stage.hand(house.clock())))
    _do(stage, draw_id, c.Close(), stage.organiser, house.clock())


def _witnessed(stage: Stage, draw_id: str) -> None:
    for number, actor in enumerate(stage.witnesses, start=1):
        digits = c.Contribute(f"W{number:02d}", f"{number}" * 20)
        _do(stage, draw_id, digits, actor, stage.before)
    _do(stage, draw_id, c.CloseNonces(), stage.organiser, stage.before)
    told = c.EnterBeacon((beacon.ordered(DRAWN),))
    for actor in (stage.organiser, stage.witnesses[0]):
        _do(stage, draw_id, told, actor, stage.house.clock())


def _stage(house: House, plan: Plan, task: Task) -> Stage:
    now = house.clock()
    with reading(house.engine) as tx:
        organiser, *_ = _actors(people.holding(tx, "organiser"), lambda id: people.get(tx, id))
        witnesses = _actors(people.holding(tx, "witness"), lambda id: people.get(tx, id))
        heads = people.holding(tx, "supervisor")
    keepers = (heads[0], *(one.person for one in witnesses[:2]))
    return Stage(house, plan, task, organiser, witnesses, keepers, now - BEFORE, now - BEFORE / 2)


def _actors(ids: tuple[str, ...], get: Callable[[str], people.Person | None]) -> tuple[Actor, ...]:
    found = (get(id) for id in ids)
    return tuple(Actor(p.id, p.name, p.department, p.roles, VIA) for p in found if p)


def _do(stage: Stage, draw_id: str, command: Command, actor: Actor, now: datetime) -> Outcome:
    house = stage.house
    return _well(stage, ceremonies.execute(house.engine, house.lawbook, draw_id, command, actor, now))


def _well(stage: Stage, done: Answer) -> Outcome:
    if isinstance(done, DrawImpossible):
        raise BadInput(line("cli", "demo-undrawn", task=stage.task, why=done.reason))
    if done.refused:
        why = f"{done.refused.rule} {done.refused.reason}"
        raise BadInput(line("cli", "demo-undrawn", task=stage.task, why=why))
    return done
