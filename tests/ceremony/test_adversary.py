"""Those who would bend a draw: with the database, the command line, a second account, the clock, a file between two looks.

Each is refused, or what they did stands where somebody else sees it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.dialogs.ceremony_cards import ceremony_card
from storage import ceremony_steps as steps
from storage import (
    directories,
    directory_versions,
    draws,
    evidence,
    frozen,
    importing,
    inbox,
    people,
    plans,
    sealing,
    transcripts,
)
from storage.ceremonies import Outcome
from storage.database import reading, writing
from storage.draw_schema import ceremonies as rows
from tests.ceremony.hall import Hall
from tests.ceremony.test_storage import DRAWN, ORGANISER, W1, W2, Room
from tests.databases import demo_copy
from tests.talking import JPEG
from workflows.directory import Target
from workflows.draw import beacon
from workflows.draw.announced import Source
from workflows.draw.ceremony import commands as c
from workflows.draw.targets import in_task
from workflows.draw.verify import verify
from workflows.inspection.facts import Actor

SECOND = Actor("P:XX002", "方晓", "办公室", ("organiser", "witness"), "test")
SUPERVISOR = Actor("P:BG001", "周主任", "办公室", ("supervisor",), "test")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with demo_copy("sqlite", tmp_path) as (house, clock):
        yield Room(house, clock)


def refused(answer: object) -> str:
    assert isinstance(answer, Outcome) and answer.refused, answer
    return f"{answer.refused.rule}/{answer.refused.reason}"


def edit(room: Room, change: Any) -> None:
    """The ceremony's row as somebody with the database rewrites it."""
    with writing(room.house.engine) as tx:
        data = json.loads(tx.execute(select(rows.c.data).where(rows.c.id == room.id)).scalar_one())
        change(data)
        tx.execute(
            rows.update().where(rows.c.id == room.id).values(data=json.dumps(data, ensure_ascii=False))
        )


def released(room: Room) -> Outcome:
    done = room.step(steps.release)
    assert isinstance(done, Outcome) and done.events, done
    return done


# -- more than one hand that is one person's ------------------------------------------------------------


@pytest.mark.rule("by-machine")
def test_two_accounts_of_one_person_type_one_beacon(room: Room) -> None:
    room.freeze()
    room.step(steps.commit)
    room.do(c.CloseNonces())
    room.clock.pass_time(hours=2)
    for via in ("web:cheng", "telegram:cheng", "terminal:cheng"):
        room.do(c.EnterBeacon(DRAWN), replace(ORGANISER, via=via))
    assert room.kept.ceremony.beacon is None
    assert refused(room.step(steps.draw)) == "by-machine/beacon-second-person"


@pytest.mark.rule("witnesses")
def test_who_organises_draws_is_no_witness_of_one(room: Room) -> None:
    """A second organiser named as the witness could give digits and hold the draw; so could a witness made one later."""
    with writing(room.house.engine) as tx:
        people.save(tx, people.Person(SECOND.person, SECOND.name, SECOND.department, SECOND.roles))
    assert refused(room.freeze(witnesses=(ORGANISER.person,))) == "witnesses/twice"
    assert refused(room.freeze(witnesses=(W1.person, W1.person))) == "witnesses/twice"
    assert refused(room.freeze(witnesses=(SECOND.person, W2.person))) == "witnesses/twice"


@pytest.mark.rule("witnesses")
def test_a_witness_made_an_organiser_before_the_commitment_commits_to_nothing(room: Room) -> None:
    room.freeze()
    with writing(room.house.engine) as tx:
        people.save(tx, people.Person(W1.person, W1.name, "", ("witness", "organiser")))
    assert refused(room.step(steps.commit)) == "witnesses/twice"
    assert room.kept.ceremony.committed is None


@pytest.mark.rule("witnesses")
def test_a_witness_made_an_organiser_afterwards_holds_no_step_of_that_draw(room: Room) -> None:
    room.drawn()
    room.signed()
    risen = replace(W1, roles=("witness", "organiser"))
    assert refused(room.do(c.Abandon("不满意", ""), risen)) == "witnesses/twice"
    assert refused(steps.release(room.house.engine, room.house.lawbook, room.id, room.hand(risen))) == (  # type: ignore[arg-type]
        "witnesses/twice"
    )


@pytest.mark.rule("draw-record")
def test_nobody_signs_for_another_nor_twice_for_two(room: Room) -> None:
    room.drawn()
    held = room.kept.ceremony.held
    assert held
    for via in ("web:cheng", "telegram:cheng"):
        room.do(c.Sign(held.record), replace(ORGANISER, via=via))
    assert refused(room.do(c.Sign(held.record), SUPERVISOR)) == "draw-record/not-present"
    assert refused(room.step(steps.release)) == "draw-record/unsigned"


# -- time -----------------------------------------------------------------------------------------------


@pytest.mark.rule("witnesses", "trace")
def test_a_clock_set_back_behind_the_beacon_commits_to_nothing(room: Room) -> None:
    """The numbers are out; with yesterday on the clock a commitment would look older than they are."""
    source = Source("ordered", "排列5", "26254", room.clock() + timedelta(hours=1))
    room.freeze(sources=(source,))
    room.clock.pass_time(hours=3)
    # Whatever one of those concerned does in a chat meanwhile tells the hour.
    with writing(room.house.engine) as tx:
        people.bind(tx, "web", "a phone", W1.person, room.clock())
        inbox.keep(tx, "web", "a phone", "u1", "{}", room.clock())
    room.clock.now = source.at - timedelta(minutes=30)
    assert refused(room.step(steps.commit)) == "by-machine/clock-back"
    assert room.kept.ceremony.stage == "FROZEN"


@pytest.mark.rule("witnesses")
def test_a_clock_set_back_lets_no_witness_speak_after_the_beacon(room: Room) -> None:
    room.freeze()
    room.step(steps.commit)
    room.clock.pass_time(hours=2)
    assert refused(room.do(c.Contribute("W01", "27182818284590452353"), W1)) == "witnesses/after-beacon"
    room.clock.now -= timedelta(hours=2)
    assert refused(room.do(c.Contribute("W01", "27182818284590452353"), W1)) == "by-machine/clock-back"
    assert room.kept.ceremony.given == {}


@pytest.mark.rule("by-machine")
def test_another_beacon_is_not_announced_once_the_list_is_frozen(room: Room) -> None:
    """A friendlier lottery, or the same one a day later, would be a draw to choose from."""
    room.freeze()
    room.step(steps.commit)
    before = room.kept.ceremony
    later = Source("ordered", "排列3", "26255", room.clock() + timedelta(days=1))
    room.freeze(sources=(later,), witnesses=())
    assert room.kept.ceremony == before
    room.do(c.CloseNonces())
    room.clock.pass_time(hours=2)
    assert refused(room.do(c.EnterBeacon((beacon.ordered("00638"), beacon.ordered("123"))))) == (
        "by-machine/beacon-shape"
    )


# -- the database ---------------------------------------------------------------------------------------


@pytest.mark.rule("by-machine", "trace")
@pytest.mark.parametrize("field", ["items", "departments", "ends", "quota", "lead"])
def test_a_task_rewritten_in_the_row_after_the_freeze_is_not_drawn(room: Room, field: str) -> None:
    """The lists are frozen by their digest; what the teams are to do there has to be what was announced as well."""
    room.awaited()

    def rewrite(data: dict[str, Any]) -> None:
        for task in data["plan"]["tasks"]:
            task[field] = {
                "items": task["items"][:1],
                "departments": task["departments"][::-1],
                "ends": "2027-12-31",
                "quota": 1,
                "lead": task["departments"][-1],
            }[field]

    edit(room, rewrite)
    assert refused(room.step(steps.draw)) == "by-machine/list-edited"
    assert room.kept.ceremony.stage == "BEACON"


@pytest.mark.rule("by-machine")
def test_files_exchanged_for_others_that_are_whole_draw_nothing(room: Room) -> None:
    """Each file still has the digest it is named after, but it is not the one that was announced."""
    room.awaited()

    def exchange(data: dict[str, Any]) -> None:
        data["files"]["objects"], data["files"]["inspectors"] = (
            data["files"]["inspectors"],
            data["files"]["objects"],
        )

    edit(room, exchange)
    assert refused(room.step(steps.draw)) == "by-machine/list-edited"


# -- the directories between the draw and the release ----------------------------------------------------


@pytest.mark.rule("by-machine", "once-a-year")
def test_whoever_leaves_the_directory_after_the_draw_does_not_hold_up_its_release(room: Room) -> None:
    """Otherwise who dislikes a draw takes one inspector off the list until it is abandoned."""
    room.drawn()
    room.signed()
    with writing(room.house.engine) as tx:
        everybody = [one.id for one in directories.all_inspectors(tx)]
        directory_versions.close(tx, "inspectors", everybody, room.clock())
        directory_versions.close(tx, "targets", [one.id for one in directories.all_targets(tx)], room.clock())
    released(room)
    room.step(steps.open_secrets)
    with reading(room.house.engine) as tx:
        assert all(check.ok for check in verify(transcripts.written(tx, room.id)))


@pytest.mark.rule("plan-public", "by-machine")
def test_a_plan_changed_after_the_freeze_changes_no_draw_of_it(room: Room) -> None:
    plan, task = room.plan()
    room.awaited()
    with writing(room.house.engine) as tx:
        kinder = replace(task, items=task.items[:1], quota=1, ratio="")
        plans.save(tx, replace(plan, tasks=(*plan.tasks[:2], kinder)), "", room.clock())
        plans.publish(tx, plan.id, "", room.clock())
    room.step(steps.draw)
    room.signed()
    released(room)
    with reading(room.house.engine) as tx:
        row = tx.execute(select(draws.draws).where(draws.draws.c.id == room.id)).one()
        said = sealing.read(tx, row.id, row.data)
    assert draws.task_of(said.plan, task.id) == task
    assert len(said.result.selected) > 1


# -- a file between two looks ---------------------------------------------------------------------------


@pytest.mark.rule("target-status", "trace")
def test_a_file_edited_between_the_dry_run_and_the_import_leaves_its_mark(room: Room, tmp_path: Path) -> None:
    """The clerk shows a harmless file and imports another, in which one shop is deregistered: it stays in the list, with why."""
    engine, file = room.house.engine, tmp_path / "targets.csv"
    with reading(engine) as tx:
        meant = in_task(directories.all_targets(tx), room.plan()[1])
    shop = next(one for one in meant if one.status == "active" and one.id.startswith("9"))

    def row(status: str) -> importing.Table:
        file.write_text(
            f"企业名称,统一社会信用代码,登记状态\n{shop.name},{shop.id},{status}\n", encoding="utf-8"
        )
        return importing.read(file)

    shown = importing.rehearse(engine, "targets", row("存续"), file.stem, room.clock())
    assert (shown.counts.same, shown.changes) == (1, ())
    edited, origin = row("注销"), directory_versions.Origin(file.name, "clerk")
    importing.load(engine, "targets", edited, file.stem, room.clock(), wish=importing.Wish(origin=origin))
    with reading(engine) as tx:
        *_, before, now = directory_versions.history(tx, "targets", shop.id)
    assert (before.entry.status, now.entry.status, now.origin) == ("active", "deregistered", origin)  # type: ignore[union-attr]
    room.freeze()
    with reading(engine) as tx:
        (line,) = [
            one for one in frozen.read(tx, room.kept.closet.files["objects"]) if one.startswith(f"{shop.id}|")
        ]
    assert line.endswith("|X:DEREG")


# -- one shop in the directory twice --------------------------------------------------------------------


def doubled(room: Room, **change: Any) -> tuple[Target, Target]:
    """A shop of the task entered once more under the number it had before it got its code."""
    with reading(room.house.engine) as tx:
        meant = in_task(directories.all_targets(tx), room.plan()[1])
    shop = next(one for one in meant if one.status == "active" and one.id.startswith("9"))
    spelt = shop.name.translate({ord("("): "（", ord(")"): "）"}), f" {shop.address[:6]}　{shop.address[6:]}"
    old = replace(shop, id="R:532501600012345", name=spelt[0], address=spelt[1], **change)
    with writing(room.house.engine) as tx:
        directories.save_targets(tx, [old], room.clock())
    return shop, old


def card_of(room: Room, actor: Actor) -> str:
    with reading(room.house.engine) as tx:
        person = people.get(tx, actor.person)
        assert person
        return "\n".join(ceremony_card(tx, room.kept, person, room.clock()).lines)


@pytest.mark.rule("by-machine", "target-status")
def test_one_shop_under_its_old_number_and_its_code_is_seen_before_it_has_two_chances(room: Room) -> None:
    """A friend of the shop, or only a careless import: the organiser is told at once, and nobody is stopped."""
    shop, old = doubled(room)
    room.freeze()
    said = card_of(room, ORGANISER)
    assert "1 对检查对象名称和地址都相同" in said
    assert f"{shop.id} 和 532501600012345" in said
    assert "核对后在名录里注销重复的一条" in said
    assert "1 对" not in card_of(room, W1)
    room.step(steps.commit)
    assert room.kept.ceremony.committed and "1 对" in card_of(room, ORGANISER)
    room.do(c.Abandon("名单有误", f"{room.id}.2"))
    with writing(room.house.engine) as tx:
        directories.save_targets(tx, [replace(old, status="deregistered")], room.clock())
    room.freeze()
    assert room.kept.ceremony.stage == "FROZEN" and "名称和地址都相同" not in card_of(room, ORGANISER)


# -- the approval ---------------------------------------------------------------------------------------


@pytest.mark.rule("both-random")
@pytest.mark.parametrize("keeper", [W1.person, ORGANISER.person])
def test_the_digest_of_a_file_written_out_approves_nothing(hall: Hall, keeper: str) -> None:
    """A photo of a shelf is evidence too, and its digest can be read: who types it has handed in no approval."""
    house = hall.house
    digest = evidence.keep(
        house.engine, house.evidence, JPEG, "shelf.jpg", "image/jpeg", keeper, hall.clock()
    )
    o = hall.announced()
    o.tap("只抽检查人员")
    o.say(digest)
    assert o.sees("这不是照片或文件") and o.card.asks == "file"
    o.say("抽取")
    o.tap("抽取：放射源")
    o.tap("公开见证抽取")
    assert o.sees("须附上批准文件才能冻结")
    # The same bytes handed in are kept under whoever sent them first, and count all the same.
    o.tap("附上批准文件")
    o.photo()
    assert o.sees(f"批准文件已附上，摘要 {digest[:16]}")
