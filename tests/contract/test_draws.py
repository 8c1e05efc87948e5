"""Drawing and releasing on both databases: sealed, once, from a published and approved plan, and nothing to read before."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, Text, cast, select

from bot.house import House
from storage import (
    casebook,
    ceremonies,
    directories,
    directory_versions,
    draws,
    frozen,
    outbox,
    people,
    plans,
    projection,
    screen,
    sealing,
    trail,
)
from storage import ceremony_steps as steps
from storage.ceremony_steps import Hand, Wish
from storage.database import reading, writing
from storage.documents import encode
from storage.draw_schema import ceremonies as sealed_rows
from storage.schema import draws as draw_rows
from storage.schema import events, metadata, targets
from storage.sealing import Sealed
from tests.databases import everything
from tests.talking import Clock
from workflows.departments import department_for
from workflows.directory import Target
from workflows.draw.ceremony.commands import Sign
from workflows.draw.impossible import DrawImpossible
from workflows.draw.matching import result_digest
from workflows.draw.permission import items_without_department
from workflows.errors import BadInput, NotFound, TrailBroken
from workflows.inspection.case import Case
from workflows.inspection.facts import Actor, local_day
from workflows.inspection.refusals import Refused
from workflows.plan import Plan
from workflows.policy import Profile

ORGANISER = Actor("P:O", "信息管理员", "办公室", ("organiser",), "test")
INSPECTOR = replace(ORGANISER, roles=("inspector",))
LAST_TASK = 2  # the demo draws the two before it


class Room:
    """The demo's plan, and its task not yet drawn."""

    def __init__(self, demo: tuple[House, Clock]) -> None:
        self.house, self.clock = demo
        self.fresh = self.house.draw_seed
        self.plan = self.kept().plan
        self.task = self.plan.tasks[LAST_TASK]

    def kept(self) -> plans.Kept:
        with reading(self.house.engine) as tx:
            return plans.current(tx)[0]

    def draw(
        self,
        plan: str = "",
        task: str = "",
        actor: Actor = ORGANISER,
        now: datetime | None = None,
    ) -> draws.Held | DrawImpossible | Refused:
        where = plan or self.plan.id, task or self.task.id
        hand = Hand(actor, now or self.clock(), self.fresh)
        done = steps.at_once(self.house.engine, self.house.lawbook, Wish(*where), hand)
        if isinstance(done, DrawImpossible):
            return done
        with reading(self.house.engine) as tx:
            held = draws.of_task(tx, *where)
        answer = done.refused or held
        assert answer
        return answer

    def held(self) -> draws.Held:
        held = self.draw()
        assert isinstance(held, draws.Held)
        return held

    def sign(self, draw_id: str) -> ceremonies.Outcome:
        with reading(self.house.engine) as tx:
            held = ceremonies.load(tx, draw_id).ceremony.held
        assert held
        told = Sign(held.record)
        return ceremonies.execute(
            self.house.engine, self.house.lawbook, draw_id, told, ORGANISER, self.clock()
        )

    def release(self, draw_id: str) -> tuple[str, ...]:
        """Signed and released; the ids of the cases that were opened by it."""
        with reading(self.house.engine) as tx:
            before = {case.id for case in projection.all_cases(tx)}
        self.sign(draw_id)
        hand = Hand(ORGANISER, self.clock(), self.fresh)
        steps.release(self.house.engine, self.house.lawbook, draw_id, hand)
        with reading(self.house.engine) as tx:
            opened = {c.id: c.opened.draw for c in projection.all_cases(tx) if c.id not in before}
        assert set(opened.values()) <= {draw_id}
        return tuple(opened)

    def another_plan(self, name: str = "另一计划", publish: bool = True, **changes: object) -> Plan:
        plan = replace(self.plan, id=f"2026-{name}", name=name, **changes)  # type: ignore[arg-type]
        with writing(self.house.engine) as tx:
            plans.save(tx, plan, "", self.clock())
            if publish:
                plans.publish(tx, plan.id, "", self.clock())
        return plan

    def sealed(self, draw_id: str) -> Sealed:
        with reading(self.house.engine) as tx:
            data = tx.execute(select(draw_rows.c.data).where(draw_rows.c.id == draw_id)).scalar_one()
            return sealing.read(tx, draw_id, data)


@pytest.fixture
def room(demo: tuple[House, Clock]) -> Room:
    return Room(demo)


@pytest.mark.rule("by-machine", "draw-record")
def test_a_draw_is_recorded_with_its_seed_and_the_digest_of_its_inputs(room: Room) -> None:
    held = room.held()
    sealed = room.sealed(held.id)
    assert (held.teams, held.released_at) == (room.task.quota, None)
    with reading(room.house.engine) as tx:
        rows = tx.execute(select(events).where(events.c.stream == f"draw:{held.id}").order_by(events.c.seq))
        kept = rows.all()
        ceremony = ceremonies.load(tx, held.id).ceremony
        trail.verify(tx)
    types = ["Frozen", "Committed", "NoncesClosed", "BeaconFixed", "Held", "DrawHeld"]
    assert [row.type for row in kept] == types
    assert {row.by for row in kept} == {ORGANISER.person}
    assert held.inputs_digest in kept[-1].data
    assert ceremony.held and ceremony.held.result == result_digest(sealed.result)
    assert held.inputs_digest == sealed.result.inputs_digest == ceremony.plan.inputs


@pytest.mark.rule("substitute")
def test_the_case_knows_what_its_team_is_to_hold(room: Room) -> None:
    """Without it a substitute could not be asked for what the one who leaves held."""
    with writing(room.house.engine) as tx:
        item = directories.all_items(tx)[room.task.items[0]]
        directories.save_items(tx, [replace(item, qualifications=("辐射安全",))], room.clock())
        able = [replace(one, expertise=("辐射安全",)) for one in directories.all_inspectors(tx)]
        directories.save_inspectors(tx, able, room.clock())
    opened = room.release(room.held().id)
    sender = department_for(item.department, room.task.departments)
    with reading(room.house.engine) as tx:
        asked = [case.opened.qualifications for case in projection.all_cases(tx) if case.id in opened]
    assert asked == [{sender: ("辐射安全",)}] * len(opened) != []


@pytest.mark.rule("by-machine")
def test_drawing_again_gives_the_same_draw(room: Room) -> None:
    held, before = room.held(), everything(room.house.engine)
    assert room.draw() == held
    assert everything(room.house.engine) == before


def test_two_who_draw_at_once_hold_one_draw(room: Room) -> None:
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: room.draw(), range(2))
    assert first == second
    assert isinstance(first, draws.Held)


@pytest.mark.rule("by-machine")
def test_only_the_organiser_draws(room: Room) -> None:
    before = everything(room.house.engine)
    refused = room.draw(actor=INSPECTOR)
    assert isinstance(refused, Refused)
    assert (refused.rule, refused.reason) == ("by-machine", "not-organiser")
    after = everything(room.house.engine)
    assert {name for name in after if after[name] != before[name]} == {"events", "streams"}
    (tried,) = set(after["events"]) - set(before["events"])
    assert "CeremonyRefused" in tried


@pytest.mark.rule("plan-public")
def test_an_unpublished_plan_is_not_drawn_from(room: Room) -> None:
    plan = room.another_plan(publish=False)
    refused = room.draw(plan.id)
    assert isinstance(refused, Refused)
    assert (refused.rule, refused.reason) == ("plan-public", "not-published")


@pytest.mark.rule("plan-public")
def test_a_changed_plan_is_unpublished_until_it_is_published_again(room: Room) -> None:
    with writing(room.house.engine) as tx:
        plans.save(tx, replace(room.plan, name="改过名的计划"), "", room.clock())
    assert isinstance(room.draw(), Refused)
    with writing(room.house.engine) as tx:
        plans.publish(tx, room.plan.id, "", room.clock())
    assert isinstance(room.draw(), draws.Held)


@pytest.mark.rule("joint-approval")
@pytest.mark.parametrize(
    ("profile", "approval", "drawn"),
    [("ankang", "", False), ("ankang", "联席〔2026〕3号", True), ("menghai", "", True)],
)
def test_a_joint_plan_is_approved_before_it_runs(
    room: Room, profile: str, approval: str, drawn: bool
) -> None:
    joint = replace(room.plan.tasks[0], id="联合")
    plan = room.another_plan(profile=profile, approval=approval, tasks=(joint,))
    held = room.draw(plan.id, "联合", now=room.clock() + timedelta(hours=1))
    if drawn:
        assert isinstance(held, draws.Held)
    else:
        assert isinstance(held, Refused)
        assert (held.rule, held.reason) == ("joint-approval", "not-approved")


@pytest.mark.rule("once-a-year")
def test_two_draws_of_a_year_never_take_the_same_target(room: Room) -> None:
    first = room.held()
    twin = room.another_plan(tasks=(replace(room.task, id="再抽"),))
    second = room.draw(twin.id, "再抽")
    taken = {one.target_id for one in room.sealed(first.id).result.selected}
    assert isinstance(second, draws.Held)
    assert not taken & {one.target_id for one in room.sealed(second.id).result.selected}
    assert second.excluded["once-a-year"] == len(taken)


class Slow(dict[str, Profile]):
    """Profiles that take their time, so that two draws are under way together."""

    def __getitem__(self, name: str) -> Profile:
        time.sleep(0.4)
        return super().__getitem__(name)


@pytest.mark.rule("once-a-year")
def test_two_draws_at_the_same_moment_never_take_the_same_target(room: Room) -> None:
    """Each takes most of what it finds, and must find what the other took drawn, committed yet or not."""
    lawbook = replace(room.house.lawbook, profiles=Slow(room.house.lawbook.profiles))
    room.house = replace(room.house, lawbook=lawbook)
    most = replace(room.plan.tasks[0], id="同时", quota=None, ratio="60%")
    twins = [room.another_plan(f"同时{n}", tasks=(most,)) for n in range(2)]
    with ThreadPoolExecutor(2) as pool:
        held = list(pool.map(lambda plan: room.draw(plan.id, "同时"), twins))
    taken = [one.target_id for each in held for one in room.sealed(each.id).result.selected]  # type: ignore[union-attr]
    assert len(taken) == len(set(taken))
    assert len(taken) > room.sealed(held[0].id).result.eligible * 6 // 10  # type: ignore[union-attr]


@pytest.mark.rule("once-a-year")
def test_the_year_after_a_target_may_be_drawn_again(room: Room) -> None:
    held = room.held()
    with reading(room.house.engine) as tx:
        drawn = {one.target_id for one in room.sealed(held.id).result.selected}
        profile = room.house.lawbook.profiles[room.plan.profile]
        assert drawn <= draws.drawn_in(tx, 2026, profile)
        assert not drawn & draws.drawn_in(tx, 2027, profile)


# -- nobody sees who goes where -----------------------------------------------------------------------------


def readable(tx: Connection) -> dict[str, str]:
    """All that any function of storage reads from, but the sealed rows themselves, as text by table."""
    return {
        table.name: "\n".join(
            " ".join(str(cell) for cell in row)
            for row in tx.execute(select(*(cast(column, Text) for column in table.c)))
        )
        for table in metadata.sorted_tables
        if table not in (draw_rows, sealed_rows)
    }


@pytest.mark.rule("mutual-blind")
def test_a_sealed_draw_adds_nothing_readable_but_that_it_was_held(room: Room) -> None:
    with reading(room.house.engine) as tx:
        before = readable(tx)
    held = room.held()
    with reading(room.house.engine) as tx:
        after = readable(tx)
    grown = {name for name in after if after[name] != before[name]}
    assert grown == {"events", "streams", "frozen_files"}
    result = room.sealed(held.id).result
    names = {
        *(one.target_id for one in result.selected),
        *(m.inspector_id for one in result.selected for m in one.members),
    }
    added = after["events"].replace(before["events"], "") + after["streams"].replace(before["streams"], "")
    with reading(room.house.engine) as tx:
        secrets = ceremonies.load(tx, held.id).closet.secrets
    hidden = (*names, result.seed, result.seed_inspectors, secrets.objects, secrets.inspectors, secrets.door)
    assert held.id in added
    assert not [name for name in hidden if name in added]
    # The frozen files name everybody who could have been drawn; they were there before the secrets had any effect.
    frozen_then = ceremony_files(room, held.id)
    assert len(frozen_then["objects"]) == len(targets_of(room))
    assert not [name for name in hidden[-5:] if any(name in one for one in frozen_then.values())]


@pytest.mark.rule("mutual-blind")
def test_no_function_of_storage_tells_before_release(room: Room) -> None:
    with reading(room.house.engine) as tx:
        before = _told(tx)
    held = room.held()
    with reading(room.house.engine) as tx:
        assert _told(tx) == before
        assert draws.of_task(tx, room.plan.id, room.task.id) == held
    result, said = room.sealed(held.id).result, encode(held)
    assert not [one.target_id for one in result.selected if one.target_id in said]
    assert not re.search(r"P:[A-Z]", said)


def ceremony_files(room: Room, draw_id: str) -> dict[str, tuple[str, ...]]:
    with reading(room.house.engine) as tx:
        files = ceremonies.load(tx, draw_id).closet.files
        return {name: frozen.read(tx, digest) for name, digest in files.items()}


def targets_of(room: Room) -> tuple[Target, ...]:
    with reading(room.house.engine) as tx:
        return directory_versions.standing(tx, targets, Target, local_day(room.clock.now))


def _told(tx: Connection) -> object:
    """What the rest of the house can ask storage for: everybody's cases, messages, screens, directories, plans."""
    everybody = [person.id for person in people.everybody(tx)]
    return (
        projection.all_cases(tx),
        [projection.cases_of(tx, person) for person in everybody],
        outbox.waiting(tx),
        [screen.since(tx, "web", account, 0) for p in everybody for _, account in people.accounts_of(tx, p)],
        set(directories.all_targets(tx)),
        set(directories.all_inspectors(tx)),
        plans.current(tx),
    )


# -- release ------------------------------------------------------------------------------------------------


@pytest.mark.rule("mutual-blind")
def test_release_opens_a_case_for_each_target_and_tells_its_team(room: Room) -> None:
    held = room.held()
    opened = room.release(held.id)
    drawn = {one.target_id: one for one in room.sealed(held.id).result.selected}
    assert len(opened) == held.teams
    for case_id in opened:
        case = casebook.find(room.house.engine, case_id)
        team = drawn[case.opened.target.id]
        assert set(case.members) == {m.inspector_id for m in team.members} | set(team.experts)
        with reading(room.house.engine) as tx:
            told = {row.person for row in outbox.waiting(tx) if (row.kind, row.case) == ("assigned", case_id)}
        assert told == set(case.members)
    with reading(room.house.engine) as tx:
        trail.verify(tx)


def test_who_left_the_directory_between_the_draw_and_the_release_is_on_the_team_still(room: Room) -> None:
    """The record that was signed names them; whoever cannot come is replaced on the case."""
    held = room.held()
    drawn = {m.inspector_id for one in room.sealed(held.id).result.selected for m in one.members}
    with writing(room.house.engine) as tx:
        directory_versions.close(tx, "inspectors", drawn, room.clock())
    opened = room.release(held.id)
    assert {one for id in opened for one in casebook.find(room.house.engine, id).members} >= drawn


def test_an_item_given_to_another_department_since_the_draw_holds_the_release_up_and_is_named(
    room: Room,
) -> None:
    held = room.held()
    with writing(room.house.engine) as tx:
        item = directories.all_items(tx)[room.task.items[0]]
        directories.save_items(tx, [replace(item, department="县档案局")], room.clock())
    before = everything(room.house.engine)
    room.sign(held.id)
    hand = Hand(ORGANISER, room.clock(), room.fresh)
    with pytest.raises(BadInput, match=f"{item.name}.*县档案局"):
        steps.release(room.house.engine, room.house.lawbook, held.id, hand)
    assert everything(room.house.engine)["cases"] == before["cases"]
    with writing(room.house.engine) as tx:
        directories.save_items(tx, [item], room.clock())
    assert len(room.release(held.id)) == held.teams


@pytest.mark.rule("legal-basis")
def test_an_item_taken_off_the_list_is_neither_drawn_for_nor_released(room: Room) -> None:
    held, name = room.held(), room.task.items[0]
    with writing(room.house.engine) as tx:
        item = directories.all_items(tx)[name]
        directory_versions.close(tx, "items", [name], room.clock())
        known = directories.all_items(tx)
    refused = items_without_department(room.task, known)
    assert refused is not None and (refused.rule, refused.needed) == ("legal-basis", 1)
    room.sign(held.id)
    hand = Hand(ORGANISER, room.clock(), room.fresh)
    with pytest.raises(BadInput, match=f"{name} .*移出抽查事项清单"):
        steps.release(room.house.engine, room.house.lawbook, held.id, hand)
    with writing(room.house.engine) as tx:
        directories.save_items(tx, [item], room.clock())
    assert len(room.release(held.id)) == held.teams


@pytest.mark.rule("draw-record")
def test_nothing_is_released_before_the_record_is_signed(room: Room) -> None:
    held = room.held()
    before = len(all_cases(room))
    hand = Hand(ORGANISER, room.clock(), room.fresh)
    done = steps.release(room.house.engine, room.house.lawbook, held.id, hand)
    assert isinstance(done, ceremonies.Outcome) and done.refused
    assert (done.refused.rule, done.refused.reason) == ("draw-record", "unsigned")
    with pytest.raises(BadInput, match="签字"):
        draws.release(room.house.engine, room.house.lawbook, held.id, ORGANISER, room.clock())
    assert len(all_cases(room)) == before
    assert len(room.release(held.id)) == held.teams


def all_cases(room: Room) -> tuple[Case, ...]:
    with reading(room.house.engine) as tx:
        return projection.all_cases(tx)


def test_releasing_twice_opens_nothing(room: Room) -> None:
    held = room.held()
    room.release(held.id)
    before = everything(room.house.engine)
    assert room.release(held.id) == ()
    assert everything(room.house.engine) == before


def test_two_who_release_at_once_open_each_case_once(room: Room) -> None:
    held, before = room.held(), len(all_cases(room))
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda n: room.release(held.id), range(2)))
    assert len(all_cases(room)) == before + held.teams


def test_an_unknown_draw_is_said_to_be_unknown(room: Room) -> None:
    with pytest.raises(NotFound, match="没有编号为"):
        draws.release(room.house.engine, room.house.lawbook, "nowhere/nothing", ORGANISER, room.clock())
    with pytest.raises(NotFound, match="没有这次抽取"):
        room.release("nowhere/nothing")


@pytest.mark.rule("trace", "by-machine")
def test_a_sealed_row_changed_by_hand_is_not_released(room: Room) -> None:
    """Somebody with the database password sends the team to another door."""
    held = room.held()
    sealed = room.sealed(held.id)
    first, *rest = sealed.result.selected
    other = replace(
        first, target_id=sealed.result.reserve[0] if sealed.result.reserve else "R:000000000000000"
    )
    swapped = replace(sealed, result=replace(sealed.result, selected=(other, *rest)))
    with writing(room.house.engine) as tx:
        tx.execute(draw_rows.update().where(draw_rows.c.id == held.id).values(data=encode(swapped)))
    with pytest.raises(TrailBroken, match="密封内容与留痕不符"):
        room.release(held.id)
    with reading(room.house.engine) as tx:
        assert len(projection.all_cases(tx)) == 2


@pytest.mark.rule("scan-on-entry")
def test_visit_codes_do_not_follow_from_what_becomes_public(room: Room) -> None:
    held = room.held()
    opened, result = room.release(held.id), room.sealed(held.id).result
    door = room.sealed(held.id).door_secret
    codes = [casebook.find(room.house.engine, case_id).opened.visit_code for case_id in opened]
    assert all(re.fullmatch(r"\d{8}", code) for code in codes)
    assert codes == [draws.visit_code(door, case_id) for case_id in opened]
    for public in (result.seed, result.seed_inspectors):
        assert codes != [draws.visit_code(public, case_id) for case_id in opened]
