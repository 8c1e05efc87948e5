"""A team's group shows the team's case in one message, kept as the case stands; nobody else gets anything out of it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.channels.telegram import groups
from bot.channels.telegram.serve import start
from storage import trail
from storage.database import reading
from tests.conversation.walks import VISIT, prechecked
from tests.telegram.botapi import TOKEN
from tests.telegram.conftest import GROUP, LIN, STRANGER, ZHOU, Desk

SUPERGROUP = -1009


def card(desk: Desk, group: int = GROUP) -> dict[str, Any]:
    """The one message with a button; whatever else the bot said there has none."""
    (one,) = (message for message in desk.api.seen(group) if "reply_markup" in message)
    return dict(one)


async def said_in_group(desk: Desk, who: int, text: str, group: int = GROUP) -> list[str]:
    desk.api.person_sends(who, chat=group, text=text)
    await desk.settle()
    return [message["text"] for message in desk.api.seen(group)]


async def tied(desk: Desk) -> dict[str, Any]:
    desk.scene.at(desk.scene.market)
    await said_in_group(desk, LIN, "/case@suijian_test_bot")
    return card(desk)


async def test_a_member_ties_the_group_to_the_case_before_them(desk: Desk) -> None:
    shown = await tied(desk)
    assert desk.scene.target in shown["text"]
    assert "还没有确认收到" in shown["text"]
    with reading(desk.house.engine) as tx:
        trail.verify(tx)
        assert trail.head(tx, f"person:{desk.scene.market.person}")[0] > 0


async def test_the_name_of_the_target_says_which_case_and_the_chinese_word_works_too(desk: Desk) -> None:
    await said_in_group(desk, LIN, f"本群 {desk.scene.target}")
    assert desk.scene.target in card(desk)["text"]
    assert any("没有显示" in one for one in await said_in_group(desk, ZHOU, "本群 没有这一家", -501))


async def test_it_follows_the_case_in_one_message_whoever_changes_it_and_wherever(desk: Desk) -> None:
    first = await tied(desk)
    desk.scene.at(desk.scene.police).tap("收到任务")
    await desk.channel.groups.redraw()
    second = card(desk)
    assert second["message_id"] == first["message_id"]
    assert second["text"].count("已收到任务") == 1
    made = len(desk.api.calls)
    await desk.channel.groups.redraw()
    assert len(desk.api.calls) == made
    desk.clock.pass_time(days=1)
    await desk.channel.groups.redraw()
    assert card(desk)["message_id"] == first["message_id"]
    assert card(desk)["text"] != second["text"]


async def test_it_is_redrawn_by_itself(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.telegram.serve.ROUND_SECONDS", 0.02)
    await tied(desk)
    running = start(desk.house, TOKEN, desk.api.url)
    try:
        await asyncio.to_thread(lambda: desk.scene.at(desk.scene.police).tap("收到任务"))
        async with asyncio.timeout(20):
            while "已收到任务" not in card(desk)["text"]:
                await asyncio.sleep(0.01)
    finally:
        await asyncio.to_thread(running.stop)
    assert not running.thread.is_alive()


async def test_what_was_missed_while_nobody_was_running_is_drawn_at_the_next_start(desk: Desk) -> None:
    first = await tied(desk)
    prechecked(desk.scene)
    await groups.Groups(desk.channel.bot, desk.house).redraw()
    assert card(desk)["message_id"] == first["message_id"]
    assert "② 现场检查" in card(desk)["text"]


async def test_a_member_s_tap_opens_their_own_card_in_private(desk: Desk) -> None:
    await tied(desk)
    desk.api.person_taps(ZHOU, "打开任务", chat=GROUP)
    await desk.settle()
    assert "收到任务" in str(desk.api.last(ZHOU)["reply_markup"])
    assert "收到任务" not in str(card(desk)["reply_markup"])


@pytest.mark.parametrize("text", ["/case", "本群", "/case 取消"])
async def test_a_stranger_neither_ties_nor_unties_nor_taps(desk: Desk, text: str) -> None:
    case = desk.scene.case
    shown = await tied(desk)
    desk.api.person_taps(STRANGER, "打开任务", chat=GROUP)
    texts = await said_in_group(desk, STRANGER, text)
    assert "您没有绑定账号" in texts[-1]
    assert desk.api.made("answerCallbackQuery")[0].sent["show_alert"] == "true"
    assert desk.api.seen(STRANGER) == []
    assert card(desk) == shown
    assert desk.scene.case.seq == case.seq
    await said_in_group(desk, STRANGER, "/case", -501)
    assert not any("reply_markup" in message for message in desk.api.seen(-501))


async def test_somebody_of_another_team_cannot_take_the_group_over(desk: Desk) -> None:
    shown = await tied(desk)
    outsider, case = 7100, desk.scene.case
    desk.bind(outsider, desk.scene.organiser.person)
    assert desk.scene.organiser.person not in case.members
    texts = await said_in_group(desk, outsider, "/case 取消")
    assert "另一个检查组" in texts[-1]
    assert card(desk) == shown


async def test_a_member_unties_it_and_the_card_leaves(desk: Desk) -> None:
    await tied(desk)
    assert await said_in_group(desk, ZHOU, "/case 取消") == ["这个群不再显示任务。"]
    desk.scene.at(desk.scene.police).tap("收到任务")
    await desk.channel.groups.redraw()
    assert len(desk.api.seen(GROUP)) == 1
    assert (await said_in_group(desk, ZHOU, "/case 取消"))[-1] == "这个群没有显示任务。"


async def test_a_group_that_became_a_supergroup_keeps_its_case(desk: Desk) -> None:
    """Told by a message of the group's: the old message cannot be edited from there, so there is one new one."""
    await tied(desk)
    desk.api.person_sends(LIN, chat=GROUP, migrate_to_chat_id=SUPERGROUP)
    await desk.settle()
    await desk.channel.groups.redraw()
    moved = card(desk, SUPERGROUP)
    desk.scene.at(desk.scene.police).tap("收到任务")
    await desk.channel.groups.redraw()
    assert card(desk, SUPERGROUP)["message_id"] == moved["message_id"]
    assert "已收到任务" in card(desk, SUPERGROUP)["text"]
    desk.api.person_taps(ZHOU, "打开任务", chat=SUPERGROUP)
    await desk.settle()
    assert desk.scene.target in desk.api.last(ZHOU)["text"]


async def test_a_migration_learnt_from_a_refusal_keeps_the_case_too(desk: Desk) -> None:
    await tied(desk)
    said = "Bad Request: group chat was upgraded to a supergroup chat"
    desk.api.refuse("editMessageText", 400, said, migrate_to_chat_id=SUPERGROUP)
    desk.scene.at(desk.scene.police).tap("收到任务")
    await desk.channel.groups.redraw()
    shown = card(desk, SUPERGROUP)
    made = len(desk.api.calls)
    await desk.channel.groups.redraw()
    assert len(desk.api.calls) == made
    assert "已收到任务" in shown["text"]


async def test_thrown_out_of_the_group_it_stays_out_and_flood_control_is_waited_for(desk: Desk) -> None:
    await tied(desk)
    desk.scene.at(desk.scene.police).tap("收到任务")
    desk.api.refuse("editMessageText", 429, "Too Many Requests: retry after 37", retry_after=37)
    await desk.channel.groups.redraw()
    made = len(desk.api.calls)
    await desk.channel.groups.redraw()
    assert len(desk.api.calls) == made
    desk.channel.groups.not_before.clear()
    desk.api.refuse("editMessageText", 403, "Forbidden: bot was kicked from the group chat")
    await desk.channel.groups.redraw()
    with reading(desk.house.engine) as tx:
        assert groups.ties(tx) == ()


async def test_the_card_says_nothing_of_answers(desk: Desk) -> None:
    prechecked(desk.scene)
    desk.clock.now = VISIT
    await tied(desk)
    for phone in desk.scene.team:
        desk.scene.at(phone).place()
    await desk.channel.groups.redraw()
    text = card(desk)["text"]
    assert text.count("已签到") == 2
    assert desk.scene.case.opened.visit_code not in text


async def test_in_private_the_command_says_where_it_belongs(desk: Desk) -> None:
    assert "检查组的群里用" in (await desk.says(LIN, "/case"))["text"]
