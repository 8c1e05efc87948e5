"""What is sealed cannot be read in the database before its time, on either kind of it, and is not lost with its key."""

from __future__ import annotations

import secrets
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, Text, cast, select

from storage import boxes, ceremonies, ceremony_shares, closets, plans, sealing
from storage import ceremony_steps as steps
from storage.boxes import SealLost
from storage.ceremonies import Outcome
from storage.database import reading, writing
from storage.documents import encode
from storage.draw_schema import ceremonies as rows
from storage.schema import draws as draw_rows
from storage.schema import metadata
from tests.ceremony.test_storage import W1, Room
from tests.databases import BACKENDS, demo_copy
from workflows.draw.impossible import DrawImpossible

KEY = "seal.key"


@pytest.fixture(params=BACKENDS)
def room(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Room]:
    with demo_copy(request.param, tmp_path) as (house, clock):
        yield Room(house, clock)


def all_text(tx: Connection) -> str:
    tables = (select(*(cast(column, Text) for column in table.c)) for table in metadata.sorted_tables)
    return "\n".join(str(tuple(row)) for query in tables for row in tx.execute(query))


def sealed(room: Room) -> sealing.Sealed:
    with reading(room.house.engine) as tx:
        row = tx.execute(select(draw_rows).where(draw_rows.c.id == room.id)).one()
        return sealing.read(tx, row.id, row.data)


def row_of(room: Room) -> str:
    with reading(room.house.engine) as tx:
        return str(tx.execute(select(draw_rows.c.data).where(draw_rows.c.id == room.id)).scalar_one())


@pytest.mark.rule("mutual-blind")
def test_who_has_the_database_reads_no_secret_and_no_team_before_its_time(room: Room) -> None:
    # The demo's draws are open, and its secrets were counted from one, as ours would be.
    room.house = replace(room.house, draw_seed=lambda: secrets.token_hex(32))
    room.drawn()
    own, content = room.kept.closet.secrets, sealed(room)
    hidden = (
        own.objects,
        own.inspectors,
        own.door,
        *own.parts,
        content.result.seed,
        content.result.seed_inspectors,
    )
    with reading(room.house.engine) as tx:
        said = all_text(tx)
    assert not [one for one in hidden if one in said]
    assert not [one for one in content.result.selected if one.target_id in row_of(room)]


@pytest.mark.rule("trace")
def test_what_is_released_and_opened_needs_no_key_any_more(room: Room, tmp_path: Path) -> None:
    room.drawn()
    before = sealed(room)
    room.signed()
    room.step(steps.release)
    (tmp_path / KEY).rename(tmp_path / "elsewhere")
    assert sealed(room) == before
    with reading(room.house.engine) as tx:
        assert sealing.unseal(tx, room.id, row_of(room)) == before
    assert room.kept.closet.lost
    (tmp_path / "elsewhere").rename(tmp_path / KEY)
    own = room.kept.closet.secrets
    room.step(steps.open_secrets)
    (tmp_path / KEY).unlink()
    assert (room.kept.closet.secrets, room.kept.closet.lost) == (own, "")


def test_rows_from_before_there_were_boxes_are_read_and_released(room: Room) -> None:
    room.drawn()
    plain, closet = encode(sealed(room)), room.kept.closet
    with writing(room.house.engine) as tx:
        tx.execute(draw_rows.update().where(draw_rows.c.id == room.id).values(data=plain))
        old = encode({"plan": closet.plan, "secrets": closet.secrets, "files": closet.files})
        tx.execute(rows.update().where(rows.c.id == room.id).values(data=old))
    assert room.kept.closet == replace(closet, keepers=())
    room.signed()
    for step in (steps.release, steps.open_secrets):
        done = room.step(step)
        assert isinstance(done, Outcome) and done.refused is None


def test_the_key_is_made_at_the_first_use_and_nobody_else_may_read_it(room: Room, tmp_path: Path) -> None:
    assert not (tmp_path / "other").exists()
    boxes.use(room.house.engine, tmp_path / "other" / KEY)
    room.freeze()
    file = tmp_path / "other" / KEY
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(bytes.fromhex(file.read_text())) == 32
    assert [one.name for one in file.parent.iterdir()] == [KEY]


def test_a_box_opens_for_nothing_else_and_a_changed_one_not_at_all(room: Room) -> None:
    with writing(room.house.engine) as tx:
        box = boxes.shut(tx, "甲去乙家", "draw:1")
        assert boxes.look(tx, box, "draw:1") == "甲去乙家"
        with pytest.raises(SealLost, match="改动"):
            boxes.look(tx, box, "draw:2")
        other = boxes.shut(tx, "乙去甲家", "draw:1")
        with pytest.raises(SealLost, match="改动"):
            boxes.look(tx, replace(box, sealed=other.sealed), "draw:1")
        assert box.sealed != boxes.shut(tx, "甲去乙家", "draw:1").sealed


def test_another_key_is_told_from_the_one_it_was_sealed_with(room: Room, tmp_path: Path) -> None:
    room.freeze()
    (tmp_path / KEY).write_text("ab" * 32)
    assert "不是封存时的那一把" in room.kept.closet.lost
    (tmp_path / KEY).write_text("钥匙", encoding="utf-8")
    assert "读不到密封钥匙" in room.kept.closet.lost


STAGES = ("FROZEN", "BEACON", "DRAWN", "RELEASED")


def at(room: Room, stage: str) -> None:
    if stage == "FROZEN":
        room.freeze()
        return
    room.awaited()
    if stage == "BEACON":
        return
    room.step(steps.draw)
    room.signed()
    if stage == "RELEASED":
        room.step(steps.release)


NEXT = dict(zip(STAGES, (steps.commit, steps.draw, steps.release, steps.open_secrets), strict=True))


@pytest.mark.parametrize("stage", STAGES)
def test_without_its_key_nothing_goes_on_and_it_is_said_why(room: Room, stage: str, tmp_path: Path) -> None:
    at(room, stage)
    (tmp_path / KEY).unlink()
    done = room.step(NEXT[stage])
    assert isinstance(done, Outcome) and done.refused
    assert (done.refused.rule, done.refused.reason) == ("by-machine", "seal-lost")
    assert "读不到密封钥匙" in done.refused.detail["why"]
    assert room.kept.ceremony.stage == stage


@pytest.mark.parametrize("stage", STAGES[1:])
def test_two_keepers_bring_back_what_the_lost_key_locked_and_the_draw_is_the_same(
    room: Room, stage: str, tmp_path: Path
) -> None:
    at(room, stage)
    own, given = room.kept.closet.secrets, closets.keeper_shares(room.kept.closet.secrets)
    before = sealed(room) if stage == "DRAWN" else None
    (tmp_path / KEY).unlink()
    done = opened(room, given[0], given[2])
    assert done.restored and not done.outcome.refused
    assert room.kept.closet.secrets == own
    assert room.kept.ceremony.stage == ("OPENED" if stage == "RELEASED" else stage)
    if before:
        assert sealed(room) == before
    if stage != "RELEASED":
        going_on = room.step(NEXT[stage])
        assert isinstance(going_on, Outcome) and going_on.events


def opened(room: Room, *given: ceremony_shares.KeeperShare) -> ceremony_shares.Opening:
    house = room.house
    return ceremony_shares.open_with(house.engine, house.lawbook, room.id, given, W1, room.clock())


@pytest.mark.rule("mutual-blind")
def test_two_keepers_open_what_is_released_and_nothing_before(room: Room) -> None:
    at(room, "DRAWN")
    given = closets.keeper_shares(room.kept.closet.secrets)
    early = opened(room, *given[:2])
    assert early.outcome.refused and early.outcome.refused.reason == "not-released"
    room.step(steps.release)
    assert opened(room, *given[1:]).outcome.events
    assert opened(room, *given[1:]).outcome.events == ()
    assert room.kept.ceremony.stage == "OPENED"


def test_shares_that_do_not_fit_are_refused_on_the_trail_without_a_digit_of_them(room: Room) -> None:
    at(room, "RELEASED")
    given = closets.keeper_shares(room.kept.closet.secrets)
    wrong = given[0]._replace(objects=given[0].inspectors)
    done = opened(room, wrong, given[1])
    assert done.outcome.refused and done.outcome.refused.reason == "shares-differ"
    with reading(room.house.engine) as tx:
        told = encode([one.event for one in ceremonies.history(tx, room.id)])
    assert "shares-differ" in told
    assert not [value for share in given for _, value in share.objects.parts if value in told]
    by_three = opened(room, wrong, given[1], given[2])
    assert (by_three.wrong, by_three.outcome.ceremony.stage) == ((1,), "OPENED")  # type: ignore[union-attr]


@pytest.mark.rule("once-a-year")
def test_while_a_seal_is_lost_nothing_is_frozen_that_might_draw_the_same(room: Room, tmp_path: Path) -> None:
    at(room, "DRAWN")
    (tmp_path / KEY).rename(tmp_path / "elsewhere")
    plan, task = room.plan()
    twin = replace(plan, id="2026-另一", name="另一计划", tasks=(replace(task, id="再抽"),))
    with writing(room.house.engine) as tx:
        plans.save(tx, twin, "", room.clock())
        plans.publish(tx, twin.id, "", room.clock())
    wish = room.wish(plan=twin.id, task="再抽")
    answer = steps.freeze(room.house.engine, room.house.lawbook, wish, room.hand())
    assert isinstance(answer, DrawImpossible) and "读不到密封钥匙" in answer.reason
    (tmp_path / "elsewhere").rename(tmp_path / KEY)
    assert isinstance(steps.freeze(room.house.engine, room.house.lawbook, wish, room.hand()), Outcome)


class Unseen(type(Path())):  # type: ignore[misc]
    """A file that is not there yet whenever somebody looks: another makes it between the look and the making."""

    def exists(self, **_: object) -> bool:
        return False


def test_two_who_make_the_key_at_once_have_one(room: Room, tmp_path: Path) -> None:
    boxes.use(room.house.engine, Unseen(tmp_path / "twice" / KEY))
    with writing(room.house.engine) as tx:
        both = [boxes.shut(tx, said, "draw:1") for said in ("甲", "乙")]
        assert [boxes.look(tx, box, "draw:1") for box in both] == ["甲", "乙"]
    assert [one.name for one in (tmp_path / "twice").iterdir()] == [KEY]
