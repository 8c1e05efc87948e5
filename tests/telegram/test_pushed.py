"""What nobody asked for reaches Telegram too: the assignment, and the card as the partner changes it."""

from __future__ import annotations

import asyncio

from bot.deliver import deliver
from bot.pushing import push_due
from tests.telegram.conftest import LIN, Desk


async def push(desk: Desk) -> int:
    def send() -> int:
        deliver(desk.house)
        return push_due(desk.house, {desk.channel.name: desk.channel})

    return await asyncio.to_thread(send)


async def test_an_assignment_is_told_and_the_partner_s_doing_redraws_the_card(desk: Desk) -> None:
    assert await push(desk) > 0
    assert "新的检查任务" in desk.api.last(LIN)["text"]
    await desk.taps(LIN, "打开任务")
    await desk.taps(LIN, "收到任务")
    before = dict(desk.api.last(LIN))
    desk.scene.police.send(button=f"open|{desk.scene.case.id}")
    desk.scene.police.tap("收到任务")
    desk.scene.police.tap("三项都已查阅")
    assert await push(desk) > 0
    after = desk.api.last(LIN)
    assert after["message_id"] == before["message_id"]
    assert after["text"] != before["text"]
    assert await push(desk) == 0
