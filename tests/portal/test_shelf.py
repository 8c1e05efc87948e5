"""A real house's draws as the public gets them: sealed, released, opened; and never ahead of the ceremony."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from bot.channels.web import build
from bot.channels.web.fake import FakeDesk
from bot.house import House
from bot.portal import portal
from bot.portal.shelf import shelf
from storage import ceremonies, frozen, people, plans, sealing
from storage import ceremony_steps as steps
from storage.ceremony_steps import Hand, Wish
from storage.database import reading
from storage.documents import encode
from storage.schema import draws
from tests.talking import Clock, demo_house
from workflows.draw.ceremony.commands import Sign
from workflows.draw.verify import Lists, verify
from workflows.inspection.facts import Actor


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[tuple[House, Clock]]:
    house, clock = demo_house(tmp_path)
    yield house, clock
    house.engine.dispose()


def anybody(house: House) -> httpx.AsyncClient:
    app = build(FakeDesk({}), public=portal(shelf(house)))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8080")


def organiser(house: House) -> Actor:
    with reading(house.engine) as tx:
        one = people.get(tx, people.holding(tx, "organiser")[0])
    assert one
    return Actor(one.id, one.name, one.department, one.roles, "test")


def lists_of(house: House, draw_id: str) -> Lists:
    with reading(house.engine) as tx:
        kept = ceremonies.load(tx, draw_id).closet.files
        return Lists(*(frozen.read(tx, kept[name]) for name in ceremonies.FILES))


async def test_every_draw_of_the_demo_is_public_and_can_be_drawn_again(demo: tuple[House, Clock]) -> None:
    house, _ = demo
    async with anybody(house) as client:
        page = (await client.get("/draws")).text
        ids = [draw.plan for draw in shelf(house).draws()]
        assert len(ids) == 2
        for id in ids:
            assert f'href="/draws/{id}"' in page
            assert "任何人都可以重新抽取核对" in (await client.get(f"/draws/{id}")).text
            text = (await client.get(f"/draws/{id}/transcript.json")).text
            checks = verify(text, lists_of(house, id))
            assert {check.what for check in checks} >= {"commit", "tickets", "files", "replay"}
            assert [check for check in checks if not check.ok] == []


@pytest.mark.rule("mutual-blind")
async def test_what_is_sealed_stays_sealed_until_the_ceremony_tells_it(demo: tuple[House, Clock]) -> None:
    house, clock = demo
    actor = organiser(house)
    with reading(house.engine) as tx:
        plan = plans.current(tx)[0].plan
    task = plan.tasks[2]
    done = steps.at_once(
        house.engine, house.lawbook, Wish(plan.id, task.id), Hand(actor, clock(), house.draw_seed)
    )
    assert isinstance(done, ceremonies.Outcome)
    assert done.ceremony
    assert done.ceremony.held
    with reading(house.engine) as tx:
        secrets = ceremonies.load(tx, done.id).closet.secrets
        data = tx.execute(select(draws.c.data).where(draws.c.id == done.id)).scalar_one()
        row = json.loads(encode(sealing.read(tx, done.id, data)))
        everybody = [line.split("|")[0] for line in (*lists_of(house, done.id).objects,)]
    members = [member[0] for team in row["result"]["selected"] for member in team["members"]]
    hidden = [*everybody, *(one for one in members if one != actor.person)]
    hidden += [secrets.objects, secrets.inspectors, secrets.door, *secrets.parts, row["result"]["seed"]]
    assert len(hidden) > 10
    async with anybody(house) as client:
        paths = ["/draws", f"/draws/{done.id}", f"/draws/{done.id}/transcript.json"]
        pages = [(await client.get(path)).text for path in paths]
        for page in pages:
            assert [one for one in hidden if one in page] == []
        assert "结果密封，入选名单未公布" in pages[1]
        ceremonies.execute(
            house.engine, house.lawbook, done.id, Sign(done.ceremony.held.record), actor, clock()
        )
        steps.release(house.engine, house.lawbook, done.id, Hand(actor, clock(), house.draw_seed))
        for page in [(await client.get(path)).text for path in paths]:
            assert [one for one in hidden if one in page] == [], "who was drawn learns it before the visit"
        steps.open_secrets(house.engine, house.lawbook, done.id, Hand(actor, clock(), house.draw_seed))
        opened = (await client.get(paths[2])).text
        drawn = {id for rows in json.loads(opened)["selected"].values() for _, _, id in rows}
        assert drawn == {team["target_id"] for team in row["result"]["selected"]}
        assert all(check.ok for check in verify(opened, lists_of(house, done.id)))
        assert [one for one in (*secrets.parts, secrets.door) if one in opened] == []


async def test_what_is_only_frozen_is_not_listed(demo: tuple[House, Clock]) -> None:
    house, clock = demo
    with reading(house.engine) as tx:
        plan = plans.current(tx)[0].plan
    wish, hand = Wish(plan.id, plan.tasks[2].id), Hand(organiser(house), clock(), house.draw_seed)
    done = steps.freeze(house.engine, house.lawbook, wish, hand)
    assert isinstance(done, ceremonies.Outcome)
    async with anybody(house) as client:
        assert done.id not in (await client.get("/draws")).text
        for path in (f"/draws/{done.id}", f"/draws/{done.id}/transcript.json"):
            assert (await client.get(path)).status_code == 404
