"""The main job from the assignment to the closed case, at a Bot API server nobody here wrote."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import telegram

from tests.conversation.walks import Scene, published
from tests.telegram.botapi import TOKEN
from tests.telegram.conftest import LIN, ZHOU, Desk, desk_at
from tests.telegram.front import Front, Stranger, start
from tests.telegram.schema import faults
from tests.telegram.test_contract import structures_read
from tests.telegram.test_walk import telegram_phone
from workflows.inspection.case import CLOSED, step


@pytest.fixture(scope="module")
def stranger() -> Iterator[Stranger]:
    server = start()
    yield server
    server.end()


@pytest.fixture
async def away(stranger: Stranger, tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk_at(await Front(stranger=stranger.url).open(), tmp_path) as desk:
        yield desk


def to_the_end(s: Scene) -> None:
    """All five steps: a finding with its photo, the correction ordered, shown, checked again, and the case closed."""
    phone = s.at(published(s, "police").police)
    for what in ("1. ", "责令限期改正"):
        phone.tap(what)
    phone.say("9月30日")
    for what in ("1. ", "登记整改情况"):
        phone.tap(what)
    phone.say("已取得备案证明")
    phone.photo()
    for what in ("1. ", "复查合格"):
        phone.tap(what)
    phone.say("备案证明齐全")


@pytest.mark.rule("step-order", "two-on-site", "no-double-entry")
async def test_two_inspectors_do_the_whole_job_at_a_server_of_other_people_s_making(away: Desk) -> None:
    scene, api = away.scene, away.api
    assert isinstance(api, Front)
    scene.market = telegram_phone(away, scene.market.person, LIN)
    scene.police = telegram_phone(away, scene.police.person, ZHOU)
    await asyncio.to_thread(to_the_end, scene)
    assert step(scene.case) == CLOSED
    assert set(scene.case.arrivals) >= {scene.market.person, scene.police.person}
    assert len(scene.case.evidence) == 2
    assert len(api.made("getFile")) == 2
    assert away.unfinished() == ()
    assert {"sendMessage", "editMessageText", "deleteMessage", "answerCallbackQuery"} <= api.passed.keys()
    assert [fault for call in api.calls for fault in faults(call)] == []
    assert structures_read(api.calls) > 10


async def test_the_other_client_talks_to_that_server_too(away: Desk) -> None:
    """What this channel put there, the other implementation edits there: the server, not one client's habit, is met."""
    await asyncio.to_thread(away.api.person_sends, LIN, text="任务")
    await away.settle()
    shown = await asyncio.to_thread(away.api.last, LIN)
    async with telegram.Bot(TOKEN, base_url=f"{away.api.url}/bot") as bot:
        assert await bot.edit_message_text("别的", LIN, shown["message_id"])
    assert (await asyncio.to_thread(away.api.last, LIN))["text"] == "别的"
