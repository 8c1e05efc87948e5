"""Every stage of a ceremony as the public sees it, and that none of them tells who may be drawn before the opening."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.house import House
from storage import ad_hoc, ceremonies, directories, people, plans
from storage import ceremony_steps as steps
from storage.ceremonies import Kept
from storage.ceremony_steps import Hand, Wish
from storage.database import reading, writing
from tests.ceremony.test_sealed import KEY
from tests.databases import demo_copy
from tests.draw.world import BEACON_AT, DIGITS, FIRST, SECOND, Hall, secret
from tests.portal.test_shelf import anybody, lists_of, organiser
from tests.talking import Clock
from workflows.ad_hoc import AdHoc
from workflows.draw.announced import Source
from workflows.draw.ceremony.commands import (
    Abandon,
    Close,
    CloseNonces,
    Contribute,
    EnterBeacon,
    Release,
    Sign,
)
from workflows.draw.ceremony.state import Ceremony, present
from workflows.draw.lines import read
from workflows.draw.transcript import announcement, transcript
from workflows.draw.verify import verify
from workflows.inspection.command import Command


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[tuple[House, Clock]]:
    with demo_copy("sqlite", tmp_path) as opened:
        yield opened


@dataclass
class Room:
    """The demo's undrawn task, taken through its ceremony one step at a time; `told` is every public page of it."""

    house: House
    clock: Clock
    client: httpx.AsyncClient
    draw_id: str = ""

    async def told(self) -> dict[str, str]:
        paths = ["/draws", *(f"/draws/{self.draw_id}{name}" for name in ("", *FILES))]
        return {path: (await self.client.get(path)).text for path in paths}

    @property
    def kept(self) -> Kept:
        with reading(self.house.engine) as tx:
            return ceremonies.load(tx, self.draw_id)

    def hand(self) -> Hand:
        return Hand(organiser(self.house), self.clock(), self.house.draw_seed)

    def step(self, name: str) -> None:
        house = self.house
        if name == "freeze":
            with reading(house.engine) as tx:
                plan = plans.current(tx)[0].plan
                who = people.holding(tx, "witness")[:2]
            later = Source("ordered", "排列5", "26254", self.clock() + timedelta(hours=1))
            done = steps.freeze(
                house.engine, house.lawbook, Wish(plan.id, plan.tasks[2].id, who, (later,)), self.hand()
            )
            assert isinstance(done, ceremonies.Outcome)
            self.draw_id = done.id
        elif name == "beacon":
            self.clock.pass_time(hours=2)
            for who in (
                organiser(house).person,
                *(person for _, person in self.kept.ceremony.frozen.witnesses[:1]),
            ):
                self.do(EnterBeacon(("00638./",)), who)
        elif name == "sign":
            held = self.kept.ceremony.held
            assert held
            for who in present(self.kept.ceremony):
                self.do(Sign(held.record), who)
        elif name == "speak":
            (id, person), *_ = self.kept.ceremony.frozen.witnesses
            self.do(Contribute(id, "27182818284590452353"), person)
        elif name in STEPS:
            STEPS[name](house.engine, house.lawbook, self.draw_id, self.hand())
        else:
            self.do({"close-nonces": CloseNonces, "close": Close}[name]())

    def do(self, command: Command, person: str = "") -> None:
        house, actor = self.house, organiser(self.house)
        actor = replace(actor, person=person) if person else actor
        done = ceremonies.execute(house.engine, house.lawbook, self.draw_id, command, actor, self.clock())
        assert done.refused is None, done.refused


FILES = ("/announced.json", "/transcript.json")
STEPS = {
    "commit": steps.commit,
    "draw": steps.draw,
    "release": steps.release,
    "open": steps.open_secrets,
}
# What is done, and what the public reads of it then.
WAY = {
    "freeze": "",
    "commit": "承诺已公布，名单不能再改",
    "speak": "27182818284590452353",
    "close-nonces": "见证数已公布，等公开随机源开出",
    "beacon": "公开随机源已开出，等抽取",
    "draw": "已抽取，结果密封，入选名单未公布",
    "sign": "签字 2 人：组织抽取的人（县双随机监管工作领导小组办公室）、见证人 W01（县纪委监委）",
    "release": "已派发任务，入选名单未公布",
    "open": "密钥已公开",
    "close": "抽取已结束",
}


@pytest.mark.rule("mutual-blind", "witnesses", "draw-record")
@pytest.mark.parametrize("ends", ["", *list(WAY)[1:7]])
async def test_at_every_stage_the_public_sees_how_far_it_is_and_nobody_who_may_be_drawn(
    demo: tuple[House, Clock], ends: str
) -> None:
    """`ends` is the step after which it is given up, "" where it goes its whole way."""
    async with anybody(demo[0]) as client:
        room = Room(*demo, client)
        for name, says in WAY.items():
            room.step(name)
            if name == ends:
                room.do(Abandon("人员不足", f"{room.draw_id}.2"))
            pages = await room.told()
            kept = room.kept
            lists = lists_of(room.house, room.draw_id)
            signers = set(present(kept.ceremony))
            ids = [one.split("|")[0] for one in (*lists.objects, *lists.inspectors)]
            secrets = kept.closet.secrets
            hidden = [one for one in ids if one not in signers]
            hidden += [secrets.objects, secrets.inspectors]
            assert len(hidden) > 10
            shown = {one for one in hidden for page in pages.values() if one in page}
            assert shown == set() or name in ("open", "close")
            assert [
                one for one in (secrets.door, *secrets.parts) if any(one in p for p in pages.values())
            ] == []
            assert says in pages[f"/draws/{room.draw_id}"] or name == ends
            assert not [one for one in signers if one in pages[f"/draws/{room.draw_id}"]]
            if name == ends:
                assert "已作废，记录继续公开" in pages[f"/draws/{room.draw_id}"]
                assert "已作废：人员不足" in pages["/draws"]
                return
        drawn = {
            id
            for rows in json.loads(pages[f"/draws/{room.draw_id}/transcript.json"])["selected"].values()
            for _, _, id in rows
        }
        assert drawn
        assert all(one in pages[f"/draws/{room.draw_id}"] for one in drawn)


@settings(max_examples=40)
@given(st.text(alphabet="abcdef", max_size=3), st.integers(1, 6), st.booleans(), st.booleans())
def test_no_announcement_and_no_transcript_tells_an_id_before_the_opening(
    name: str, far: int, salted: bool, absent: bool
) -> None:
    hall = Hall(name, list_secret=secret(f"{name}list") if salted else "")
    hall.commit()
    if not absent:
        hall.do(Contribute("W01", DIGITS["W01"]), FIRST)
    said = [announcement(some(hall))]
    if far > 1:
        hall.do(Contribute("W02", DIGITS["W02"]), SECOND)
        hall.do(CloseNonces())
    if far > 2:
        hall.now = BEACON_AT + timedelta(minutes=30)
        hall.do(EnterBeacon(hall.sources()))
        hall.do(EnterBeacon(hall.sources()), SECOND)
    if far > 3:
        hall.do(hall.holding())
        hall.sign()
    if far > 4:
        hall.do(Release("T1"))
    if far > 5:
        hall.do(Release("T2"))
    said.append(announcement(some(hall)))
    if far > 3:
        said.append(transcript(some(hall), hall.outcome(), hall.list_secret))
    ids = [line.id for line in (*read(hall.objects), *read(hall.inspectors))]
    for text in said:
        assert [one for one in (*ids, *hall.secrets) if one in text] == []
        assert all(check.ok for check in verify(text))
    committed = {"plan", "objects", "inspectors", "recusals", "commit"}
    first, last = json.loads(said[0]), json.loads(said[-1])
    assert {one: first[one] for one in committed} == {one: last[one] for one in committed}


def some(hall: Hall) -> Ceremony:
    assert hall.ceremony
    return hall.ceremony


@pytest.mark.rule("ad-hoc")
async def test_tasks_beside_the_plan_are_counted_as_not_drawn_without_a_name(
    demo: tuple[House, Clock],
) -> None:
    house, clock = demo
    with reading(house.engine) as tx:
        targets = directories.all_targets(tx)[:2]
        item = next(iter(directories.all_items(tx)))
    with writing(house.engine) as tx:
        kept = ad_hoc.begin(tx, "complaint", organiser(house), clock())
        ad_hoc.begin(tx, "campaign", organiser(house), clock())
        task = AdHoc("complaint", tuple(one.id for one in targets), (item,), "来信", "举报短斤少两")
        ad_hoc.put(tx, kept.id, replace(task, ends=clock().date() + timedelta(days=30)))
    async with anybody(house) as client:
        assert "<h2>非随机抽查</h2>" not in (await client.get("/draws")).text
        seeds = house.draw_seed(), house.draw_seed()
        with reading(house.engine) as tx:
            profile = plans.current(tx)[0].plan.profile
        opened = ad_hoc.open_task(
            house.engine, house.lawbook, kept.id, profile, seeds, organiser(house), clock()
        )
        assert isinstance(opened, tuple) and len(opened) == 2, opened
        page = (await client.get("/draws")).text
    assert "投诉举报 2 户" in page
    told = [*(one.name for one in targets), *(one.id for one in targets), "来信", "短斤少两", "专项检查 "]
    assert [one for one in told if one in page] == []


@pytest.mark.rule("mutual-blind")
async def test_whoever_looks_makes_nothing_be_unlocked(demo: tuple[House, Clock], tmp_path: Path) -> None:
    """The key file is away: a stranger sees every page as before, for none of them needs what it locks."""
    async with anybody(demo[0]) as client:
        room = Room(*demo, client)
        for name in list(WAY)[:8]:
            room.step(name)
            key = tmp_path / KEY
            before = await room.told()
            away = key.rename(tmp_path / "elsewhere")
            assert room.kept.closet.lost
            assert await room.told() == before
            away.rename(key)
