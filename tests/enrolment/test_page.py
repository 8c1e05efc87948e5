"""The page of a browser nobody is known behind: a code typed into a plain form opens the chat, without any script."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.accounts import web_account
from bot.channels.web import build
from bot.channels.web_desk import HouseDesk
from storage import enrolment, people
from storage.database import reading, writing
from storage.enrolment import Hand
from storage.people import Person
from tests.talking import open_house
from workflows.enrolment import code_from

ORIGIN = "http://127.0.0.1:8080"
LI = Person("P:1", "李示例", "县公安局", ("inspector",))
CODE = code_from(20_260_921)
OFFICE = Hand("P:XX1", "web:office")


class Room:
    """A house with one open code, and browsers that come to it from some address."""

    def __init__(self, folder: Path) -> None:
        self.house, self.clock = open_house(folder)
        with writing(self.house.engine) as tx:
            people.save(tx, LI)
        enrolment.issue(self.house.engine, [(LI.id, CODE)], OFFICE, self.clock())
        self.app: Starlette = build(HouseDesk(self.house))

    def browser(self, address: str = "192.0.2.1", **headers: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, client=(address, 5000))
        return httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers={"origin": ORIGIN} | headers)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


@pytest.fixture
async def phone(room: Room) -> AsyncIterator[httpx.AsyncClient]:
    async with room.browser() as client:
        yield client


def fields(page: httpx.Response) -> dict[str, Any]:
    """What a browser would send: the form's fields as they stand in the page."""
    assert 'method="post" action="/bind"' in page.text
    found = (re.findall(r'(\w+)="([^"]*)"', tag) for tag in re.findall(r"<input ([^>]*)>", page.text))
    return {dict(pairs)["name"]: dict(pairs)["value"] for pairs in found}


async def test_a_code_typed_into_the_form_opens_the_chat(phone: httpx.AsyncClient) -> None:
    form = fields(await phone.get("/")) | {"code": CODE.lower().replace("-", " ")}
    answer = await phone.post("/bind", data=form)
    account = web_account(form["token"])
    assert (answer.status_code, answer.headers["location"]) == (303, f"/chat/{account}")
    assert "httponly" in answer.headers["set-cookie"].lower()
    assert f"<h1>{LI.name}</h1>" in (await phone.get(answer.headers["location"])).text


async def test_a_form_sent_twice_is_bound_once(room: Room, phone: httpx.AsyncClient) -> None:
    """The answer to the first was lost on the way; the code must not be spent for nothing."""
    form = fields(await phone.get("/bind")) | {"code": CODE}
    answers = [await phone.post("/bind", data=form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    with reading(room.house.engine) as tx:
        assert len(enrolment.bindings(tx)) == 1


async def test_another_browser_cannot_use_the_code_again(room: Room, phone: httpx.AsyncClient) -> None:
    await phone.post("/bind", data=fields(await phone.get("/")) | {"code": CODE})
    async with room.browser("192.0.2.2") as other:
        answer = await other.post("/bind", data=fields(await other.get("/")) | {"code": CODE})
    assert answer.status_code == 422
    assert "set-cookie" not in answer.headers


async def test_the_link_of_a_card_fills_the_form_and_spends_nothing(phone: httpx.AsyncClient) -> None:
    for _ in range(2):
        page = await phone.get("/bind", params={"code": CODE})
        assert fields(page)["code"] == CODE
    assert (await phone.post("/bind", data=fields(page))).status_code == 303


async def test_the_form_is_filled_with_nothing_but_a_code(phone: httpx.AsyncClient) -> None:
    page = await phone.get("/bind", params={"code": '"><b>别处'})
    assert fields(page)["code"] == ""
    assert "别处" not in page.text


async def test_what_is_no_code_is_said_to_be_none_and_counts_as_no_guess(phone: httpx.AsyncClient) -> None:
    for _ in range(7):
        answer = await phone.post("/bind", data=fields(await phone.get("/")) | {"code": "aaaa-bbbb"})
        assert (answer.status_code, "填的不是绑定码" in answer.text) == (422, True)
    assert (await phone.post("/bind", data=fields(await phone.get("/")) | {"code": CODE})).status_code == 303


async def test_wrong_used_and_expired_codes_are_told_apart_by_nobody(room: Room) -> None:
    expired, used = code_from(1), code_from(2)
    enrolment.issue(room.house.engine, [(LI.id, expired)], OFFICE, room.clock())
    room.clock.pass_time(hours=25)
    enrolment.issue(room.house.engine, [(LI.id, used)], OFFICE, room.clock())
    said = set()
    async with room.browser() as phone:
        await phone.post("/bind", data=fields(await phone.get("/")) | {"code": used})
    async with room.browser("192.0.2.9") as other:
        for code in (code_from(3), expired, used, CODE):
            answer = await other.post("/bind", data=fields(await other.get("/")) | {"code": code})
            said.add((answer.status_code, re.sub(r'name="token" value="[^"]*"', "", answer.text)))
    assert len(said) == 1
    assert "这个绑定码不能用" in said.pop()[1]


async def test_guessing_is_counted_by_where_it_comes_from(room: Room, phone: httpx.AsyncClient) -> None:
    """Forgetting the cookie does not help; nor does another address of one's own network."""
    for address in ("2001:db8::1", "2001:db8::2", "2001:db8::3:4", "2001:db8::5", "2001:db8::6"):
        async with room.browser(address) as guesser:
            await guesser.post("/bind", data=fields(await guesser.get("/")) | {"code": code_from(5)})
    async with room.browser("2001:db8::7") as guesser:
        shut = await guesser.post("/bind", data=fields(await guesser.get("/")) | {"code": CODE})
    assert (shut.status_code, "以后才能再试" in shut.text) == (422, True)
    assert (await phone.post("/bind", data=fields(await phone.get("/")) | {"code": CODE})).status_code == 303


async def test_an_ipv4_address_in_ipv6_clothes_is_counted_by_itself(room: Room) -> None:
    """As a proxy tells it that listens on both: one who guesses must not shut out everybody with an IPv4 address."""
    async with room.browser("::ffff:192.0.2.66") as guesser:
        for _ in range(5):
            await guesser.post("/bind", data=fields(await guesser.get("/")) | {"code": code_from(5)})
        shut = await guesser.post("/bind", data=fields(await guesser.get("/")) | {"code": CODE})
    assert "以后才能再试" in shut.text
    async with room.browser("::ffff:192.0.2.7") as other:
        assert (
            await other.post("/bind", data=fields(await other.get("/")) | {"code": CODE})
        ).status_code == 303


@pytest.mark.parametrize(
    "headers", [{"origin": "https://elsewhere.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}]
)
async def test_another_site_s_page_binds_nothing(room: Room, headers: dict[str, str]) -> None:
    async with room.browser(**headers) as victim:
        answer = await victim.post("/bind", data=fields(await victim.get("/")) | {"code": CODE})
    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)
    assert "不是从本页面发出的" in answer.text
    with reading(room.house.engine) as tx:
        assert enrolment.bindings(tx) == ()


@pytest.mark.parametrize("token", ["", "short", "x" * 65, "某" * 24])
async def test_a_token_that_is_none_of_ours_is_no_link(phone: httpx.AsyncClient, token: str) -> None:
    answer = await phone.post("/bind", data={"code": CODE, "token": token})
    assert (answer.status_code, "set-cookie" in answer.headers) == (422, False)


async def test_far_too_much_is_not_read(phone: httpx.AsyncClient) -> None:
    answer = await phone.post("/bind", data={"code": "K" * 100_000, "token": "x" * 24})
    assert answer.status_code == 413
    assert "没有读懂" in answer.text


async def test_a_revoked_browser_is_asked_for_a_code_at_its_next_turn(
    room: Room, phone: httpx.AsyncClient
) -> None:
    form = fields(await phone.get("/")) | {"code": CODE}
    await phone.post("/bind", data=form)
    account = web_account(form["token"])
    said = {"text": "任务", "update_id": "0f3b6c1e-0001"}
    assert (await phone.post(f"/chat/{account}/say", data=said)).status_code == 204
    enrolment.revoke(room.house.engine, "web", account, OFFICE, room.clock())
    said["update_id"] = "0f3b6c1e-0002"
    assert (await phone.post(f"/chat/{account}/say", data=said)).status_code == 401
    assert 'action="/bind"' in (await phone.get(f"/chat/{account}")).text
