"""What a ceremony leaves in the database, on both kinds of it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.house import House
from storage import ceremonies, directories, frozen, people, plans, trail, transcripts
from storage import ceremony_steps as steps
from storage.ceremonies import Outcome
from storage.ceremony_steps import Answer, Hand, Wish
from storage.database import reading, writing
from tests.databases import BACKENDS, demo_copy, everything
from tests.talking import Clock
from workflows.draw import beacon
from workflows.draw.announced import Source
from workflows.draw.ceremony import commands as c
from workflows.draw.impossible import DrawImpossible
from workflows.draw.verify import Lists, verify, verify_line
from workflows.errors import NotFound
from workflows.inspection.command import Command
from workflows.inspection.facts import Actor
from workflows.plan import Plan, Task

ORGANISER = Actor("P:XX001", "程小满", "办公室", ("organiser",), "test")
W1, W2 = (
    Actor(id, name, "", ("witness",), "test") for id, name in (("P:JW001", "岳清和"), ("P:JZ001", "柏岚"))
)
DIGITS = {W1.person: ("W01", "27182818284590452353"), W2.person: ("W02", "31415926535897932384")}
DRAWN = (beacon.ordered("00638"),)


@dataclass
class Room:
    house: House
    clock: Clock
    profile: str = ""

    def plan(self) -> tuple[Plan, Task]:
        with reading(self.house.engine) as tx:
            plan = plans.current(tx)[0].plan
        return plan, plan.tasks[2]

    def hand(self, actor: Actor = ORGANISER) -> Hand:
        return Hand(actor, self.clock(), self.house.draw_seed)

    def wish(self, **change: object) -> Wish:
        plan, task = self.plan()
        later = Source("ordered", "排列5", "26254", self.clock() + timedelta(hours=1))
        return replace(Wish(plan.id, task.id, (W1.person, W2.person), (later,)), **change)  # type: ignore[arg-type]

    def freeze(self, **change: object) -> Answer:
        return steps.freeze(self.house.engine, self.house.lawbook, self.wish(**change), self.hand())

    def do(self, command: Command, actor: Actor = ORGANISER, draw: str = "") -> Outcome:
        where = draw or self.id
        return ceremonies.execute(self.house.engine, self.house.lawbook, where, command, actor, self.clock())

    def step(self, step: object) -> Answer:
        return step(self.house.engine, self.house.lawbook, self.id, self.hand())  # type: ignore[operator, no-any-return]

    @property
    def id(self) -> str:
        plan, task = self.plan()
        with reading(self.house.engine) as tx:
            return ceremonies.next_id(tx, plan.id, task.id)

    @property
    def kept(self) -> ceremonies.Kept:
        with reading(self.house.engine) as tx:
            return ceremonies.load(tx, self.id)

    def awaited(self, **change: object) -> None:
        """All that the draw waits for has come."""
        self.freeze(**change)
        self.step(steps.commit)
        for actor in (W1, W2):
            self.do(c.Contribute(*DIGITS[actor.person]), actor)
        self.do(c.CloseNonces())
        self.clock.pass_time(hours=2)
        for actor in (ORGANISER, W1):
            self.do(c.EnterBeacon(DRAWN), actor)

    def drawn(self, **change: object) -> None:
        self.awaited(**change)
        self.step(steps.draw)

    def signed(self) -> None:
        held = self.kept.ceremony.held
        assert held
        for actor in (ORGANISER, W1, W2):
            self.do(c.Sign(held.record), actor)

    def opened(self) -> None:
        self.drawn()
        self.signed()
        for step in (steps.release, steps.open_secrets):
            self.step(step)


@pytest.fixture(params=BACKENDS)
def room(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Room]:
    with demo_copy(request.param, tmp_path) as (house, clock):
        yield Room(house, clock)


@pytest.mark.rule("trace", "draw-record")
def test_every_step_stands_in_the_trail_and_replays_to_the_same_ceremony(room: Room) -> None:
    room.opened()
    room.do(c.Close())
    with reading(room.house.engine) as tx:
        trail.verify(tx)
        told = ceremonies.history(tx, room.id)
        assert [check for check in verify(transcripts.written(tx, room.id)) if not check.ok] == []
    assert [type(one.event).__name__ for one in told][:3] == ["Frozen", "Committed", "Contributed"]
    assert room.kept.ceremony.stage == "CLOSED"


def test_doing_a_step_again_changes_nothing(room: Room) -> None:
    room.opened()
    before = everything(room.house.engine)
    for step in (steps.commit, steps.draw, steps.release, steps.open_secrets):
        room.step(step)
    room.freeze()
    assert everything(room.house.engine) == before


def test_frozen_files_are_named_after_their_bytes_and_hold_the_full_directories(room: Room) -> None:
    room.freeze()
    kept = room.kept
    with reading(room.house.engine) as tx:
        for name, digest in kept.closet.files.items():
            assert frozen.digest_of(frozen.read(tx, digest)) == digest, name
        objects = frozen.read(tx, kept.closet.files["objects"])
        targets = directories.all_targets(tx)
        with pytest.raises(NotFound):
            frozen.read(tx, "00" * 32)
    assert [one.split("|")[0] for one in objects] == sorted(one.id for one in targets)
    statuses = {one.split("|")[3] for one in objects}
    assert {"E", "X:SCOPE"} <= statuses


def test_a_target_finds_its_own_line_by_the_proof(room: Room) -> None:
    room.drawn()
    with reading(room.house.engine) as tx:
        target = directories.all_targets(tx)[7].id
        own = transcripts.own_line(tx, room.kept, target)
        said = transcripts.written(tx, room.id)
        assert transcripts.own_line(tx, room.kept, "R:0") is None
    assert own and own.line.startswith(f"{target}|")
    assert verify_line(said, own.line, own.index, own.path, own.salt).ok
    assert not verify_line(said, own.line.replace("|1|", "|2|"), own.index, own.path, own.salt).ok


@pytest.mark.rule("witnesses", "by-machine")
def test_what_was_refused_stays_on_the_trail_beside_what_holds(room: Room) -> None:
    room.freeze()
    early = room.do(c.CloseNonces())
    assert early.refused and early.refused.reason == "stage"
    stranger = room.do(c.Contribute(*DIGITS[W1.person]), W2)
    assert stranger.refused and stranger.refused.reason == "not-you"
    with reading(room.house.engine) as tx:
        told = [one.event for one in ceremonies.history(tx, room.id)]
    assert [getattr(one, "reason", "") for one in told] == ["", "stage", "not-you"]
    assert room.kept.ceremony.stage == "FROZEN"


@pytest.mark.rule("once-a-year")
def test_two_ceremonies_never_hold_the_same_target_in_their_hats(room: Room) -> None:
    room.freeze()
    plan, task = room.plan()
    twin = replace(plan, id="2026-另一", name="另一计划", tasks=(replace(task, id="再抽"),))
    with writing(room.house.engine) as tx:
        plans.save(tx, twin, "", room.clock())
        plans.publish(tx, twin.id, "", room.clock())
    wish = room.wish(plan=twin.id, task="再抽")
    answer = steps.freeze(room.house.engine, room.house.lawbook, wish, room.hand())
    assert isinstance(answer, DrawImpossible)
    assert (answer.rule, task.name in answer.reason) == ("once-a-year", True)


@pytest.mark.rule("witnesses")
def test_where_discipline_inspection_is_required_nothing_is_drawn_without(room: Room) -> None:
    plan, task = room.plan()
    with writing(room.house.engine) as tx:
        plans.save(tx, replace(plan, profile="henan-police"), "", room.clock())
        plans.publish(tx, plan.id, "", room.clock())
    bare = Wish(plan.id, task.id)
    done = steps.at_once(room.house.engine, room.house.lawbook, bare, room.hand())
    assert isinstance(done, Outcome) and done.refused
    assert (done.refused.rule, done.refused.reason) == ("witnesses", "none")
    unlit = room.freeze(sources=())
    assert isinstance(unlit, Outcome) and unlit.refused
    assert (unlit.refused.rule, unlit.refused.reason) == ("witnesses", "no-beacon")


def test_two_who_draw_at_once_hold_one_draw(room: Room) -> None:
    room.freeze()
    room.step(steps.commit)
    room.do(c.CloseNonces())
    room.clock.pass_time(hours=2)
    for actor in (ORGANISER, W1):
        room.do(c.EnterBeacon(DRAWN), actor)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: room.step(steps.draw), range(2)))
    with reading(room.house.engine) as tx:
        told = [type(one.event).__name__ for one in ceremonies.history(tx, room.id)]
    assert told.count("Held") == 1


@pytest.mark.rule("recusal")
def test_a_draw_that_cannot_be_held_says_why_and_draws_nothing(room: Room) -> None:
    """Everybody of the department is recused everywhere: nobody is told for which target a team was missing."""
    with writing(room.house.engine) as tx:
        targets = tuple(one.id for one in directories.all_targets(tx))
        police = [
            replace(one, recusals=targets)
            for one in directories.all_inspectors(tx)
            if "公安" in one.department
        ]
        directories.save_inspectors(tx, police, room.clock())
    room.freeze()
    room.step(steps.commit)
    room.do(c.CloseNonces())
    room.clock.pass_time(hours=2)
    for actor in (ORGANISER, W1):
        room.do(c.EnterBeacon(DRAWN), actor)
    answer = room.step(steps.draw)
    assert isinstance(answer, DrawImpossible) and answer.rule == "recusal"
    assert room.kept.ceremony.stage == "BEACON"
    room.do(c.Abandon("人员不足", f"{room.id}.2"))
    assert room.id.endswith(".2")


def test_couples_named_in_the_directory_never_share_a_team(room: Room) -> None:
    with writing(room.house.engine) as tx:
        police = [one for one in directories.all_inspectors(tx) if one.department == "县公安局"]
        able = [one for one in police if one.role == "inspector"]
        pair = replace(able[0], recusals=(*able[0].recusals, able[1].id))
        directories.save_inspectors(tx, [pair], room.clock())
    room.freeze()
    with reading(room.house.engine) as tx:
        inputs = frozen.read(tx, room.kept.closet.files["inputs"])
    assert f'["apart","{able[0].id}","{able[1].id}"]' in inputs


def test_who_met_and_led_in_the_draws_before_stands_in_the_inputs(room: Room) -> None:
    room.freeze()
    with reading(room.house.engine) as tx:
        inputs = frozen.read(tx, room.kept.closet.files["inputs"])
        assert people.get(tx, W1.person)
    assert len([one for one in inputs if one.startswith('["met",')]) == 2  # the demo drew two teams of two
    assert len([one for one in inputs if one.startswith('["led",')]) == 2


@pytest.mark.rule("risk-ratio", "mutual-blind")
def test_a_list_with_risk_classes_is_salted_and_kept_back_and_still_proves_each_line(room: Room) -> None:
    graded(room)
    room.opened()
    kept = room.kept
    assert kept.ceremony.frozen.salted
    assert {name.rpartition(":")[2] for name in kept.ceremony.plan.strata} - {"-"} <= set("ABCD")
    with reading(room.house.engine) as tx:
        objects = frozen.read(tx, kept.closet.files["objects"])
        assert "objects" not in transcripts.files(tx, kept)
        said = transcripts.written(tx, room.id)
        others = [frozen.read(tx, kept.closet.files[name]) for name in ("inspectors", "recusals")]
        own = transcripts.own_line(tx, kept, objects[0].split("|")[0])
    assert [check for check in verify(said, Lists(objects, *others)) if not check.ok] == []
    assert own and verify_line(said, own.line, own.index, own.path, own.salt).ok
    assert not verify_line(said, own.line, own.index, own.path).ok


def graded(room: Room) -> None:
    """The undrawn task leaves its ratio to the classes, and the profile has ratios for them."""
    plan, task = room.plan()
    by_class = replace(task, quota=None, ratio="按风险等级")
    with writing(room.house.engine) as tx:
        plans.save(tx, replace(plan, tasks=(*plan.tasks[:2], by_class)), "", room.clock())
        plans.publish(tx, plan.id, "", room.clock())
    profile = room.house.lawbook.profiles[plan.profile]
    rule = profile.rule("risk-ratio")
    rated = replace(rule, parameters={**rule.parameters, "permille": (200, 300, 400, 500)})
    profiles = {
        **room.house.lawbook.profiles,
        plan.profile: replace(profile, rules={**profile.rules, "risk-ratio": rated}),
    }
    room.house = replace(room.house, lawbook=replace(room.house.lawbook, profiles=profiles))
