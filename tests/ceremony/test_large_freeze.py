"""A large directory is frozen beside the conversation: nobody waits for it, and what it looked at still holds when it is kept."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from bot.deliver import deliver, message
from bot.dialogs.ceremony_freezing import freezing_card
from bot.long_draw import draw_due
from storage import (
    ceremonies,
    ceremony_runs,
    directories,
    directory_versions,
    frozen,
    outbox,
    people,
    plans,
    projection,
    signs,
)
from storage import ceremony_steps as steps
from storage.ceremonies import FILES, INPUTS
from storage.ceremony_freezing import CHANGING, MOST_TRIES
from storage.database import is_part, reading, writing
from storage.directory_versions import NOWHERE
from storage.documents import encode
from storage.draw_schema import ceremonies as ceremony_rows
from storage.schema import cases
from storage.schema import draws as draw_rows
from tests.ceremony.hall import TASK, Hall
from tests.ceremony.test_long_draw import OWNER, card_on_screen, kill_in, many, other, result_of, run_of
from tests.ceremony.test_storage import ORGANISER, W1, Room
from tests.databases import BACKENDS, demo_copy, everything
from tests.talking import open_house, person_named, phone_of
from workflows.directory import TARGET_STATUSES
from workflows.draw.ceremony import events as e
from workflows.draw.targets import in_task
from workflows.draw.watch import FREEZING, of_all

STEPS = tuple(FREEZING)


@pytest.fixture(params=BACKENDS)
def room(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Room]:
    with demo_copy(request.param, tmp_path) as (house, clock):
        yield Room(house, clock)


def asked(room: Room, **change: object) -> str:
    """The tap that leaves it to be frozen; which draw it will be."""
    house = room.house
    return steps.ask(house.engine, house.lawbook, room.wish(**change), room.hand()).id


def left(room: Room | Hall, draw_id: str) -> tuple[object, ...]:
    """All that a freeze leaves but the moment."""
    with reading(room.house.engine) as tx:
        kept = ceremonies.load(tx, draw_id)
        files = [frozen.read(tx, kept.closet.files[name]) for name in (*FILES, INPUTS)]
    return kept.ceremony.frozen, kept.closet.files, kept.closet.secrets, files


def has_begun(room: Room | Hall) -> bool:
    with reading(room.house.engine) as tx:
        return bool(ceremonies.everywhere(tx, "FROZEN"))


def one_more(room: Room, number: int = 0) -> None:
    """An import adds a target to the directory."""
    _, task = room.plan()
    with writing(room.house.engine) as tx:
        one = in_task(directories.all_targets(tx), task)[0]
        directories.save_targets(tx, [replace(one, id=f"91530822000099{number:04d}")], room.clock())


def at_step(wanted: str, happens: Callable[[], object], times: int = 1) -> Callable[[str, int], None]:
    """A watch during which something else happens, the first times that step begins."""
    seen: list[str] = []

    def watch(step: str, done: int) -> None:
        seen.append(step)
        if step == wanted and seen.count(step) <= times:
            happens()

    return watch


@pytest.mark.rule("draw-record")
def test_a_large_freeze_answers_at_once_and_its_card_goes_on_by_itself(hall: Hall) -> None:
    many(hall.house)
    o = hall.announced()
    o.tap("冻结名单")
    assert o.card.title.startswith("正在冻结名单") and (o.card.done, o.card.total) == (0, 100)
    assert "冻结名单" not in [b.label for b in o.card.buttons] and not has_begun(hall)
    o.tap("看冻结进展")
    assert o.card.title.startswith("正在冻结名单")
    seen: list[tuple[int, str]] = []

    def watch(step: str, done: int) -> None:
        seen.append((card_on_screen(hall).done, "".join(card_on_screen(hall).lines)))

    assert draw_due(hall.house, OWNER, watch) == 1
    bars = [done for done, _ in seen]
    assert len(bars) == len(STEPS) and bars == sorted(bars) and bars[-1] < 100
    assert any("正在编名单" in said for _, said in seen)
    shown = card_on_screen(hall)
    assert shown.title == "抽取 · " + hall.kept.task.name and shown.total == 0
    assert shown.buttons[0].label == "公布承诺" and hall.stage == "FROZEN"
    assert run_of(hall) is None and draw_due(hall.house, OWNER) == 0
    deliver(hall.house)
    assert card_on_screen(hall).buttons[0].label == "公布承诺"


def test_tapped_twice_it_is_one_freeze(hall: Hall) -> None:
    many(hall.house)
    o = hall.announced()
    freeze = o.button("冻结名单").data
    for _ in range(2):
        o.send(button=freeze)
        assert o.card.title.startswith("正在冻结名单")
    assert draw_due(hall.house, OWNER) == 1
    o.send(button=freeze)
    assert o.card.buttons[0].label == "公布承诺" and draw_due(hall.house, OWNER) == 0
    with reading(hall.house.engine) as tx:
        told = [type(one.event) for one in ceremonies.history(tx, hall.kept.id)]
    assert told == [e.Frozen]


def test_tapped_while_it_is_computed_nobody_begins_it_a_second_time(hall: Hall) -> None:
    many(hall.house)
    o = hall.announced()
    freeze = o.button("冻结名单").data
    o.tap("冻结名单")

    def happens() -> None:
        o.send(button=freeze)
        assert o.card.title.startswith("正在冻结名单") and o.card.done > 0
        with writing(hall.house.engine) as tx:
            assert ceremony_runs.claim(tx, "other", hall.clock()) is None

    assert draw_due(hall.house, OWNER, at_step("roots", happens)) == 1 and hall.stage == "FROZEN"


def test_whoever_is_overtaken_keeps_what_the_other_froze(room: Room) -> None:
    draw_id = asked(room)
    assert draw_due(room.house, OWNER, at_step("keeping", room.freeze)) == 1
    with reading(room.house.engine) as tx:
        told = [type(one.event) for one in ceremonies.history(tx, draw_id)]
    assert told == [e.Frozen] and run_of(room, draw_id) is None


def test_whoever_comes_to_the_task_meanwhile_finds_its_freeze(hall: Hall) -> None:
    many(hall.house)
    o = hall.announced()
    sure = o.button("冻结名单").data.replace("freeze", "draw") + "|yes"
    o.tap("冻结名单")
    for way in ("抽取", "公开见证抽取"):
        o.say("抽取")
        o.tap(f"抽取：{TASK}")
        assert o.card.title.startswith("正在冻结名单"), way
    o.send(button=sure)
    draw_due(hall.house, OWNER)
    assert hall.stage == "FROZEN" and len(hall.kept.ceremony.plan.witnesses) == 2


def test_a_small_directory_is_frozen_in_the_turn(hall: Hall) -> None:
    hall.announced().tap("冻结名单")
    assert hall.stage == "FROZEN" and draw_due(hall.house, OWNER) == 0


def test_a_terminal_may_have_nobody_beside_it_and_freezes_in_the_turn(hall: Hall) -> None:
    many(hall.house)
    o = hall.announced()
    there = phone_of(hall.house, o.person, o.person, "terminal")
    there.send(button=o.button("冻结名单").data)
    assert hall.stage == "FROZEN" and draw_due(hall.house, OWNER) == 0


def test_on_a_platform_the_first_card_and_the_result_come(hall: Hall) -> None:
    many(hall.house)
    o = hall.announced()
    there = phone_of(hall.house, o.person, "4711", "telegram")
    there.send(button=o.button("冻结名单").data)
    assert there.card.title.startswith("正在冻结名单")
    draw_due(hall.house, OWNER)
    with reading(hall.house.engine) as tx:
        waiting = [row for row in outbox.due(tx, hall.clock())[0] if row.person == o.person]
        said = [message(hall.house, tx, row) for row in waiting]
    assert [one.buttons[0].label for one in said if one] == ["公布承诺"]


@pytest.mark.parametrize("backend", BACKENDS)
def test_beside_the_conversation_or_in_it_the_same_bytes_are_frozen_and_drawn(
    tmp_path: Path, backend: str
) -> None:
    found = []
    for number, step in enumerate((beside, within)):
        folder = tmp_path / str(number)
        folder.mkdir()
        with demo_copy(backend, folder) as (house, clock):
            room = Room(house, clock)
            draw_id = step(room)
            frozen_so = left(room, draw_id)
            room.freeze = lambda **change: None  # type: ignore[method-assign]
            room.drawn()
            found.append((frozen_so, result_of(room)[0]))
    assert found[0] == found[1]


def beside(room: Room, **change: object) -> str:
    draw_id, at = asked(room, **change), room.clock.now
    assert draw_due(room.house, OWNER) == 1
    room.clock.now = at
    return draw_id


def within(room: Room, **change: object) -> str:
    wish = room.wish(**change)
    room.hand()
    at = room.clock.now
    with writing(room.house.engine):
        done = steps.freeze(room.house.engine, room.house.lawbook, wish, room.hand())
    room.clock.now = at
    assert isinstance(done, ceremonies.Outcome)
    return done.id


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.integers(0, 39),
            st.text("0123456789ABC", min_size=8, max_size=8),
            st.sampled_from([*TARGET_STATUSES]),
        ),
        max_size=30,
    )
)
def test_whatever_stands_in_the_directory_both_ways_freeze_the_same(
    tmp_path_factory: pytest.TempPathFactory, more: list[tuple[int, str, str]]
) -> None:
    found = []
    for step in (beside, within):
        with demo_copy("sqlite", tmp_path_factory.mktemp("frozen")) as (house, clock):
            room = Room(house, clock)
            with writing(house.engine) as tx:
                known = directories.all_targets(tx)
                new = [replace(known[at], id=f"R:{id}", status=status) for at, id, status in more]
                directories.save_targets(tx, new, clock())
            found.append(left(room, step(room)))
    assert found[0] == found[1]


def test_while_it_is_computed_no_transaction_writes_and_others_are_answered(room: Room) -> None:
    asked(room)
    inspector = phone_of(room.house, person_named(room.house, "周南星"))
    seen: list[str] = []

    def watch(step: str, done: int) -> None:
        assert not is_part(), "a write transaction is open"
        assert inspector.say("帮助").title
        seen.append(step)

    assert draw_due(room.house, OWNER, watch) == 1
    assert tuple(seen) == STEPS and has_begun(room)


def test_what_comes_meanwhile_is_in_the_list(room: Room) -> None:
    draw_id = asked(room)
    watch = at_step("roots", lambda: one_more(room))
    assert draw_due(room.house, OWNER, watch) == 1
    *_, (objects, *_) = left(room, draw_id)
    assert any(line.startswith("915308220000990000|") for line in objects)  # type: ignore[attr-defined]


@pytest.mark.rule("once-a-year")
def test_two_freezes_at_once_never_hold_the_same_target(room: Room) -> None:
    asked(room)
    plan, task = room.plan()
    twin = replace(plan, id="2026-另一", name="另一计划", tasks=(replace(task, id="再抽"),))
    with writing(room.house.engine) as tx:
        plans.save(tx, twin, "", room.clock())
        plans.publish(tx, twin.id, "", room.clock())
    wish = room.wish(plan=twin.id, task="再抽")

    def happens() -> None:
        done = steps.freeze(room.house.engine, room.house.lawbook, wish, room.hand())
        assert isinstance(done, ceremonies.Outcome) and done.ceremony

    draw_due(room.house, OWNER, at_step("keeping", happens))
    run = run_of(room, room.id)
    assert run and any(task.name in line and "一年内被抽两次" in line for line in run.said)


def test_where_something_changes_again_and_again_it_is_said(room: Room) -> None:
    draw_id, numbers = asked(room), iter(range(99))
    before = set(everything(room.house.engine)["frozen_files"])
    watch = at_step("roots", lambda: one_more(room, next(numbers)), times=99)
    assert draw_due(room.house, OWNER, watch) == 1
    run = run_of(room, draw_id)
    assert run and CHANGING.reason in run.said and next(numbers) == MOST_TRIES
    assert not has_begun(room) and set(everything(room.house.engine)["frozen_files"]) == before


def test_a_case_that_goes_on_meanwhile_is_nothing_to_begin_again_for(room: Room) -> None:
    asked(room)
    seen: list[str] = []

    def watch(step: str, done: int) -> None:
        seen.append(step)
        with writing(room.house.engine) as tx:
            tx.execute(cases.update().values(seq=cases.c.seq + 1))

    draw_due(room.house, OWNER, watch)
    assert tuple(seen) == STEPS and has_begun(room)


def a_target_changes(tx: Connection, now: datetime) -> None:
    one = directories.all_targets(tx)[0]
    directories.save_targets(tx, [replace(one, address="新址")], now)


def a_target_leaves(tx: Connection, now: datetime) -> None:
    directory_versions.close(tx, "targets", [directories.all_targets(tx)[0].id], now, NOWHERE)


def an_inspector_changes(tx: Connection, now: datetime) -> None:
    one = directories.all_inspectors(tx)[0]
    directories.save_inspectors(tx, [replace(one, on_duty=not one.on_duty)], now)


def an_item_changes(tx: Connection, now: datetime) -> None:
    one = next(iter(directories.all_items(tx).values()))
    directories.save_items(tx, [replace(one, name="另一名称")], now)


def the_plan_has_a_new_version(tx: Connection, now: datetime) -> None:
    kept = plans.current(tx)[0].plan
    plans.save(tx, replace(kept, approval="新批准"), "", now)


def a_draw_is_held(tx: Connection, now: datetime) -> None:
    row = {"id": "D", "plan": "P", "task": "T", "data": "{}", "held_at": now}
    tx.execute(draw_rows.insert().values(**row))


def a_case_is_opened(tx: Connection, now: datetime) -> None:
    row = tx.execute(select(cases)).mappings().first()
    assert row
    tx.execute(cases.insert().values({**row, "id": "another", "seq": 0}))


def a_witness_becomes_an_organiser(tx: Connection, now: datetime) -> None:
    witness = people.get(tx, W1.person)
    assert witness
    people.save(tx, replace(witness, roles=(*witness.roles, "organiser")))


def a_list_is_frozen(tx: Connection, now: datetime) -> None:
    row = {"id": "C", "plan": "P", "task": "T", "stage": "FROZEN", "data": "{}", "at": now}
    tx.execute(ceremony_rows.insert().values(**row))


CHANGES = (
    a_witness_becomes_an_organiser,
    a_list_is_frozen,
    a_target_changes,
    a_target_leaves,
    an_inspector_changes,
    an_item_changes,
    the_plan_has_a_new_version,
    a_draw_is_held,
    a_case_is_opened,
)


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_of_what_was_looked_at_shows(
    room: Room, change: Callable[[Connection, datetime], None]
) -> None:
    plan, task = room.plan()
    with writing(room.house.engine) as tx:
        before = signs.signs(tx, plan.id, task)
        assert signs.still(tx, before)
        change(tx, room.clock())
        assert not signs.still(tx, before)


def test_a_visit_shows_where_the_task_asks_for_classes(room: Room) -> None:
    plan, task = room.plan()
    with writing(room.house.engine) as tx:
        plain = signs.signs(tx, plan.id, task)
        before = signs.signs(tx, plan.id, replace(task, ratio="按风险等级"))
        tx.execute(cases.update().values(seq=cases.c.seq + 1))
        assert signs.still(tx, before)
        case = projection.all_cases(tx)[0]
        visited = encode(replace(case, onsite_at=room.clock()))
        tx.execute(cases.update().where(cases.c.id == case.id).values(state=visited, seq=cases.c.seq + 1))
        assert signs.still(tx, plain) and not signs.still(tx, before)


def test_what_cannot_be_frozen_says_why_in_the_card_and_may_be_tried_again(hall: Hall) -> None:
    many(hall.house)
    with writing(hall.house.engine) as tx:
        every = directories.all_inspectors(tx)
        directories.save_inspectors(tx, [replace(one, on_duty=False) for one in every], hall.clock())
    o = hall.announced()
    freeze = o.button("冻结名单").data
    o.tap("冻结名单")
    assert draw_due(hall.house, OWNER) == 1
    deliver(hall.house)
    shown = card_on_screen(hall)
    assert shown.title == "这次没有抽成" and any("部门：" in line for line in shown.lines)
    assert shown.buttons[0].label == "公开见证抽取" and not has_begun(hall)
    assert draw_due(hall.house, OWNER) == 0
    with writing(hall.house.engine) as tx:
        directories.save_inspectors(tx, every, hall.clock())
    o.send(button=freeze)
    assert o.card.title.startswith("正在冻结名单")
    assert draw_due(hall.house, OWNER) == 1 and hall.stage == "FROZEN"


@pytest.mark.rule("witnesses")
def test_what_the_rules_refuse_is_said_with_its_clause_and_stays_on_the_trail(room: Room) -> None:
    draw_id = asked(room, witnesses=(ORGANISER.person,))
    draw_due(room.house, OWNER)
    with reading(room.house.engine) as tx:
        shown = freezing_card(room.house, tx, draw_id)
        told = [one.event for one in ceremonies.history(tx, draw_id)]
    assert shown and any(line.startswith("> ") for line in shown.lines)
    assert [(one.rule, one.reason) for one in told if isinstance(one, e.CeremonyRefused)] == [
        ("witnesses", "twice")
    ]


def test_what_the_directory_says_wrong_is_said_and_not_tried_again(room: Room) -> None:
    draw_id = asked(room)
    with writing(room.house.engine) as tx:
        one = directories.all_targets(tx)[0]
        directories.save_targets(tx, [replace(one, id="甲|乙")], room.clock())
    assert draw_due(room.house, OWNER) == 1
    with reading(room.house.engine) as tx:
        shown = freezing_card(room.house, tx, draw_id)
    assert shown and any("甲|乙" in line for line in shown.lines) and draw_due(room.house, OWNER) == 0


def test_what_fails_again_and_again_is_given_up_and_said(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    draw_id = asked(room)

    def fails() -> None:
        raise ZeroDivisionError

    for _ in range(ceremony_runs.MOST_ATTEMPTS):
        assert draw_due(room.house, OWNER, at_step("lines", fails)) == 0
    draw_due(room.house, OWNER)
    caplog.clear()
    run = run_of(room, draw_id)
    assert run and "冻结中断了几次" in run.failed and not has_begun(room)
    asked(room)
    assert draw_due(room.house, OWNER) == 1 and has_begun(room)


@pytest.mark.parametrize("step", STEPS)
def test_killed_in_the_middle_nothing_is_half_there_and_it_goes_on(tmp_path: Path, step: str) -> None:
    golden, folder = other(tmp_path), tmp_path
    with demo_copy("sqlite", folder) as (house, clock):
        draw_id, now = asked(Room(house, clock)), clock.now
    for name in ("suijian.db", "seal.key"):
        if (folder / name).exists():
            shutil.copy(folder / name, golden / name)
    kill_in(folder, step)
    assert standing(folder) == standing(golden)
    assert finished(folder, draw_id, now) == finished(golden, draw_id, now)


def standing(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    house, _ = open_house(folder)
    found = everything(house.engine)
    house.engine.dispose()
    del found["ceremony_runs"]
    return found


def finished(folder: Path, draw_id: str, now: datetime) -> tuple[object, ...]:
    """The next start of the service."""
    house, clock = open_house(folder)
    clock.now = now + timedelta(minutes=1)
    try:
        assert draw_due(house, OWNER) == 1
        return left(Room(house, clock), draw_id)
    finally:
        house.engine.dispose()


def test_the_steps_of_a_freeze_fill_the_bar_once() -> None:
    every = [of_all(step, done) for step in STEPS for done in range(101)]
    assert every == sorted(every) and (every[0], every[-1]) == (0, 100)
