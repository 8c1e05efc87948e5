"""A large draw is computed beside the conversation: its card says how far it is, and a kill costs nothing but time."""

from __future__ import annotations

import multiprocessing
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.card import Card
from bot.channels.web_desk import HouseDesk
from bot.deliver import deliver
from bot.house import House
from bot.long_draw import draw_due
from storage import ceremonies, ceremony_runs, directories, plans, sealing
from storage import ceremony_drawing as drawing
from storage import ceremony_steps as steps
from storage.database import reading, writing
from storage.schema import draws as draw_rows
from tests.ceremony import killed
from tests.ceremony.hall import Hall
from tests.ceremony.test_sealed import at
from tests.ceremony.test_storage import ORGANISER, Room
from tests.databases import BACKENDS, demo_copy
from tests.talking import open_house, phone_of
from workflows.draw.ceremony import commands as c
from workflows.draw.targets import in_task
from workflows.draw.watch import BEGINS, FREEZING, STEPS, of_all
from workflows.inspection.facts import Actor

OWNER = killed.OWNER
PATIENCE = 60.0


def many(house: House) -> None:
    """So many targets that the draw is a long one, by the smallest list for which it is."""
    with reading(house.engine) as tx:
        task = plans.current(tx)[0].plan.tasks[2]
        one = in_task(directories.all_targets(tx), task)[0]
    more = [replace(one, id=f"9153082200000{n:05d}", name=f"测试企业{n}") for n in range(drawing.SMALL)]
    with writing(house.engine) as tx:
        directories.save_targets(tx, more, house.clock())


def card_on_screen(hall: Hall) -> Card:
    feed = HouseDesk(hall.house).feed(hall.organiser.account, 0)
    cards = [one.card for one in feed if one.card and one.card.key.startswith("ceremony:")]
    assert len(cards) == 1
    return cards[0]


def result_of(room: Room | Hall) -> tuple[object, object]:
    """What was sealed and what is signed, as text."""
    kept = room.kept
    with reading(room.house.engine) as tx:
        row = tx.execute(select(draw_rows).where(draw_rows.c.id == kept.id)).one()
        return sealing.read(tx, row.id, row.data), kept.ceremony.held


@pytest.fixture(params=BACKENDS)
def room(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Room]:
    with demo_copy(request.param, tmp_path) as (house, clock):
        yield Room(house, clock)


def asked(room: Room) -> None:
    at(room, "BEACON")
    with writing(room.house.engine) as tx:
        ceremony_runs.begin(tx, room.id, ORGANISER)


def run_of(room: Room | Hall, draw_id: str = "") -> ceremony_runs.Run | None:
    with reading(room.house.engine) as tx:
        return ceremony_runs.of(tx, draw_id or room.kept.id)


@pytest.mark.rule("by-machine")
def test_a_long_draw_answers_at_once_and_its_card_goes_on_by_itself(hall: Hall) -> None:
    many(hall.house)
    o = hall.lit()
    o.tap("抽取")
    assert o.card.title.startswith("正在抽取") and (o.card.done, o.card.total) == (0, 100)
    assert "现在抽取" not in [b.label for b in o.card.buttons] and hall.stage == "BEACON"
    seen: list[tuple[int, str]] = []

    def watch(step: str, done: int) -> None:
        seen.append((card_on_screen(hall).done, "".join(card_on_screen(hall).lines)))

    assert draw_due(hall.house, OWNER, watch) == 1
    bars = [done for done, _ in seen]
    assert bars == sorted(bars) and len(set(bars)) >= 8 and bars[0] >= 0 and bars[-1] < 100
    assert {"逐户算号码", "按号码排序", "排递补人员"} <= {
        w for w in SAID if any(w in text for _, text in seen)
    }
    assert hall.stage == "DRAWN" and run_of(hall) is None
    shown = card_on_screen(hall)
    assert shown.title.startswith("抽取 · ") and shown.total == 0
    assert shown.buttons[0].label == "签字确认"
    deliver(hall.house)
    assert card_on_screen(hall).buttons[0].label == "签字确认"
    assert draw_due(hall.house, OWNER) == 0


SAID = ("逐户算号码", "按号码排序", "配检查组", "排递补人员", "核对名单和承诺")


def test_a_small_draw_stays_in_the_turn(hall: Hall) -> None:
    o = hall.lit()
    o.tap("抽取")
    assert hall.stage == "DRAWN" and run_of(hall) is None


def test_a_terminal_may_have_nobody_beside_it_and_draws_in_the_turn(hall: Hall) -> None:
    many(hall.house)
    o = hall.lit()
    there = phone_of(hall.house, o.person, o.person, "terminal")
    there.send(button=hall.data("hold-draw"))
    assert hall.stage == "DRAWN" and run_of(hall) is None


def test_the_simple_way_leaves_a_long_draw_to_be_computed(hall: Hall) -> None:
    many(hall.house)
    o = hall.organiser
    o.say("抽取")
    o.tap("抽取：放射源")
    o.tap("确认抽取")
    assert o.card.title.startswith("正在冻结名单")
    stages: set[str] = set()

    def watch(step: str, done: int) -> None:
        if step not in FREEZING:
            stages.add(hall.stage)
            o.send(button=hall.data("ceremony"))
            assert o.card.title.startswith("正在抽取")

    # The freeze, then the draw.
    assert draw_due(hall.house, OWNER, watch) == 2
    assert (stages, hall.stage) == ({"BEACON"}, "DRAWN")
    assert card_on_screen(hall).title.startswith("抽取 · ")


def test_beside_the_conversation_or_in_it_the_result_is_the_same(room: Room, tmp_path: Path) -> None:
    asked(room)
    draw_due(room.house, OWNER)
    beside = result_of(room)
    with demo_copy("sqlite", other(tmp_path)) as (house, clock):
        twin = Room(house, clock)
        at(twin, "BEACON")
        with writing(twin.house.engine):
            twin.step(steps.draw)
        assert result_of(twin)[1] == beside[1]


def other(folder: Path) -> Path:
    (folder / "other").mkdir()
    return folder / "other"


def test_asking_twice_computes_once(room: Room) -> None:
    asked(room)
    with writing(room.house.engine) as tx:
        ceremony_runs.begin(tx, room.id, ORGANISER)
        assert ceremony_runs.claim(tx, "one", room.clock())
        assert ceremony_runs.claim(tx, "other", room.clock()) is None
    room.clock.pass_time(hours=1)
    assert draw_due(room.house, "other") == 1
    assert draw_due(room.house, "one") == 0


def test_what_is_abandoned_meanwhile_is_not_drawn(room: Room) -> None:
    asked(room)
    draw_id = room.id

    def watch(step: str, done: int) -> None:
        if (step, done) == ("teams", 0):
            room.do(c.Abandon("名单有误", f"{draw_id}.2"), draw=draw_id)

    assert draw_due(room.house, OWNER, watch) == 1
    with reading(room.house.engine) as tx:
        kept = ceremonies.load(tx, draw_id)
        rows = tx.execute(select(draw_rows).where(draw_rows.c.id == draw_id)).all()
    assert (kept.ceremony.stage, kept.ceremony.held, rows) == ("ABANDONED", None, [])
    assert run_of(room, draw_id) is None


def test_what_cannot_be_drawn_says_why_in_the_card_and_may_be_tried_again(hall: Hall) -> None:
    many(hall.house)
    with writing(hall.house.engine) as tx:
        everywhere = tuple(one.id for one in directories.all_targets(tx))
        police = [one for one in directories.all_inspectors(tx) if "公安" in one.department]
        barred = [replace(one, recusals=everywhere) for one in police]
        directories.save_inspectors(tx, barred, hall.clock())
    o = hall.lit()
    o.tap("抽取")
    assert draw_due(hall.house, OWNER) == 1
    shown = card_on_screen(hall)
    assert any("没有抽成" in line for line in shown.lines) and "现在抽取" in [b.label for b in shown.buttons]
    assert draw_due(hall.house, OWNER) == 0
    o.send(button=hall.data("hold-draw"))
    assert o.card.title.startswith("正在抽取")


def test_what_fails_again_and_again_is_given_up_and_said(
    hall: Hall, caplog: pytest.LogCaptureFixture
) -> None:
    many(hall.house)
    o = hall.lit()
    o.tap("抽取")

    def fails(step: str, done: int) -> None:
        raise ZeroDivisionError

    for attempt in range(1, ceremony_runs.MOST_ATTEMPTS + 1):
        assert draw_due(hall.house, OWNER, fails) == 0
        run = run_of(hall)
        assert run and (run.failed, run.attempts) == ("", attempt)
    draw_due(hall.house, OWNER, fails)
    assert len(caplog.records) == ceremony_runs.MOST_ATTEMPTS
    caplog.clear()
    assert any("没有抽成" in line for line in card_on_screen(hall).lines) and hall.stage == "BEACON"
    o.send(button=hall.data("hold-draw"))
    assert draw_due(hall.house, OWNER) == 1 and hall.stage == "DRAWN"


@pytest.mark.parametrize("step", STEPS)
def test_killed_in_the_middle_it_is_computed_again_to_the_byte(tmp_path: Path, step: str) -> None:
    golden, folder = other(tmp_path), tmp_path
    with demo_copy("sqlite", folder) as (house, clock):
        room = Room(house, clock)
        asked(room)
        now = clock.now
    for name in ("suijian.db", "seal.key"):
        shutil.copy(folder / name, golden / name)
    kill_in(folder, step)
    killed_one, whole = finished(folder, now), finished(golden, now)
    assert killed_one == whole and killed_one[1] is not None


def finished(folder: Path, now: object) -> tuple[object, object]:
    """The next start of the service."""
    house, clock = open_house(folder)
    clock.now = now  # type: ignore[assignment]
    clock.pass_time(minutes=1)
    room = Room(house, clock)
    try:
        assert draw_due(house, OWNER) == 1
        return result_of(room)
    finally:
        house.engine.dispose()


def kill_in(folder: Path, step: str) -> None:
    process = multiprocessing.get_context("spawn").Process(
        target=killed.compute_until_killed, args=(folder, step)
    )
    process.start()
    started = time.monotonic()
    while not (folder / killed.COMPUTING).exists():
        assert process.is_alive() and time.monotonic() - started < PATIENCE
        time.sleep(0.01)
    process.kill()
    process.join()
    process.close()


def test_the_steps_of_a_draw_fill_the_bar_once() -> None:
    every = [of_all(step, done) for step in STEPS for done in range(101)]
    assert every == sorted(every) and every[-1] == 100 and min(every) == min(BEGINS.values())


def test_only_the_organiser_s_draw_is_ever_computed(hall: Hall) -> None:
    many(hall.house)
    hall.lit()
    hall.first.send(button=hall.data("hold-draw"))
    assert run_of(hall) is None
    nobody = Actor("P:X", "某", "", (), "test")
    with writing(hall.house.engine) as tx:
        ceremony_runs.begin(tx, hall.kept.id, nobody)
    draw_due(hall.house, OWNER)
    assert hall.stage == "BEACON" and run_of(hall) is None
