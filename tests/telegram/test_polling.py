"""Nothing acknowledged is lost, nothing is done twice, and trouble is told in one sentence."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnection

from bot.card import Button, Card
from bot.channels.port import Channel, Gone, Later, Shut
from bot.channels.telegram.polling import Poller, Revoked
from bot.channels.telegram.serve import open_channel, start
from bot.deliver import deliver
from bot.pushing import push_due
from bot.receive import receive
from bot.turn import Turn
from storage import reach
from storage.database import reading
from storage.health import Health, health
from tests.telegram.botapi import TOKEN
from tests.telegram.conftest import LIN, ZHOU, Desk
from workflows.errors import BadInput

NOTICE = Card("新的检查任务", ("某",), (Button("打开", "open|x"),), key="assigned:x", tone="notice")
PLAIN = Card("① 某", ("一",), key="case:x", step=1)


def test_it_is_a_channel(desk: Desk) -> None:
    channel: Channel = desk.channel
    assert (channel.name, channel.keyed) == ("telegram", False)


async def test_a_turn_is_on_record_before_it_is_acknowledged(desk: Desk) -> None:
    """The server is asked for the next update only when the inbox holds the last one, finished."""
    kept: list[tuple[str, ...]] = []

    def asked(method: str, sent: dict[str, Any]) -> None:
        if method == "getUpdates" and "offset" in sent:
            kept.append(desk.unfinished())

    desk.api.before = asked
    await desk.says(LIN, "任务")
    assert kept and all(one == () for one in kept)


async def test_an_update_that_comes_again_after_a_crash_is_answered_once(desk: Desk) -> None:
    update = desk.api.person_sends(LIN, text="任务")
    await desk.settle()
    made = len(desk.api.made("sendMessage"))
    desk.api.again(update)
    await desk.settle(Poller(desk.channel))
    assert len(desk.api.made("sendMessage")) == made


async def test_a_turn_done_but_not_drawn_before_a_crash_is_drawn_from_the_record(desk: Desk) -> None:
    update = desk.api.person_sends(LIN, text="任务")
    receive(desk.house, Turn("telegram", str(LIN), f"42.{update['update_id']}", text="任务"))
    assert desk.api.seen(LIN) == []
    await desk.settle()
    assert "我的任务" in desk.api.last(LIN)["text"]


@pytest.mark.parametrize(
    "error",
    [OperationalError("insert", {}, Exception("disk I/O error")), NoConnection("QueuePool limit reached")],
)
async def test_an_update_the_database_could_not_take_is_asked_for_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, error: SQLAlchemyError
) -> None:
    fails = [error]

    def receive_badly(house: Any, turn: Turn) -> list[Card]:
        if fails:
            raise fails.pop()
        return receive(house, turn)

    monkeypatch.setattr("bot.channels.telegram.channel.receive", receive_badly)
    assert "我的任务" in (await desk.says(LIN, "任务"))["text"]


async def test_a_database_away_at_the_start_does_not_end_the_channel(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails: list[SQLAlchemyError] = [OperationalError("update", {}, Exception("the server is starting up"))]
    open_again = reach.open_again

    def open_badly(*given: Any) -> None:
        if fails:
            raise fails.pop()
        open_again(*given)

    monkeypatch.setattr("bot.channels.telegram.polling.reach.open_again", open_badly)
    assert "我的任务" in (await desk.says(LIN, "任务"))["text"]


async def test_an_update_nobody_can_read_does_not_hold_up_the_next(desk: Desk) -> None:
    desk.api.again({"update_id": 999, "message": {"message_id": "no number"}})
    assert "我的任务" in (await desk.says(LIN, "任务"))["text"]


async def test_an_answer_that_never_goes_through_holds_nobody_up_for_ever(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.telegram.polling.LONGEST_PAUSE", 0.01)
    for _ in range(10):
        desk.api.refuse("sendMessage", 500, "Internal Server Error")
    desk.api.person_sends(LIN, text="任务")
    await desk.settle(Poller(desk.channel, pause=0.01))
    assert desk.unfinished() == ()
    desk.api.refusals.clear()
    assert "我的任务" in (await desk.says(ZHOU, "任务"))["text"]


async def test_two_pollers_are_told_once_and_tried_again(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        desk.api.refuse("getUpdates", 409, "Conflict: terminated by other getUpdates request")
    desk.api.person_sends(LIN, text="任务")
    await desk.settle(Poller(desk.channel, conflict_seconds=0.01))
    said = [r.message for r in caplog.records if r.levelno >= logging.ERROR and r.name.startswith("bot.")]
    assert len(said) == 1
    assert "同一个 Telegram 令牌正被另一个程序收取消息" in said[0]
    assert "我的任务" in desk.api.last(LIN)["text"]


async def test_a_revoked_token_stops_the_channel(desk: Desk) -> None:
    desk.api.person_sends(LIN, text="任务")
    desk.api.refuse("getUpdates", 401, "Unauthorized")
    with pytest.raises(Revoked, match="不认这个令牌"):
        await desk.settle()


async def test_a_token_revoked_in_service_loses_nothing_and_is_seen_until_a_good_one_comes(
    desk: Desk,
) -> None:
    desk.api.refuse("getUpdates", 401, "Unauthorized")
    running = start(desk.house, TOKEN, desk.api.url)
    await asyncio.to_thread(running.thread.join, 20)
    assert not running.thread.is_alive()
    assert shut(desk) == ("telegram",)
    with pytest.raises(Shut):
        await running.channel.push(str(ZHOU), NOTICE, "k")

    def push(channel: Channel) -> int:
        deliver(desk.house)
        return push_due(desk.house, {channel.name: channel})

    assert await asyncio.to_thread(push, running.channel) == 0
    waits = how(desk).undelivered
    assert waits > 0
    desk.clock.pass_time(days=3)
    assert await asyncio.to_thread(push, running.channel) == 0
    assert (how(desk).undelivered, how(desk).given_up) == (waits, 0)
    desk.clock.pass_time(minutes=10)
    await desk.says(LIN, "任务")
    assert shut(desk) == ()
    assert await asyncio.to_thread(push, desk.channel) > 0


def shut(desk: Desk) -> tuple[str, ...]:
    with reading(desk.house.engine) as tx:
        return reach.shut_channels(tx)


def how(desk: Desk) -> Health:
    with reading(desk.house.engine) as tx:
        return health(tx, desk.clock.now)


async def test_what_is_no_token_is_said_at_once(desk: Desk) -> None:
    with pytest.raises(BadInput, match="SUIJIAN_TELEGRAM_TOKEN 的写法不对"):
        open_channel(desk.house, "no token", "", desk.channel.loop)


async def test_the_thread_ends_by_itself_with_a_token_nobody_knows(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    running = start(desk.house, "1:" + "A" * 35, desk.api.url)
    await asyncio.to_thread(running.thread.join, 20)
    assert not running.thread.is_alive()
    assert sum("不认这个令牌" in r.message for r in caplog.records) == 1


async def test_running_beside_another_loop_it_takes_turns_and_pushes(desk: Desk) -> None:
    running = start(desk.house, TOKEN, desk.api.url)
    try:
        desk.api.person_sends(LIN, text="任务")
        async with asyncio.timeout(20):
            while not desk.api.seen(LIN):
                await asyncio.sleep(0.01)
            await running.channel.push(str(ZHOU), NOTICE, "k")
    finally:
        await asyncio.to_thread(running.stop)
    assert not running.thread.is_alive()
    assert "新的检查任务" in desk.api.last(ZHOU)["text"]


async def test_a_push_redraws_a_card_in_place_but_a_notice_comes_anew_to_ring(desk: Desk) -> None:
    for line in ("一", "二"):
        await desk.channel.push(str(LIN), Card("① 某", (line,), key="case:x", step=1), "k")
    assert len(desk.api.seen(LIN)) == 1
    assert "二" in desk.api.last(LIN)["text"]
    await desk.channel.push(str(LIN), NOTICE, "k")
    first = desk.api.last(LIN)["message_id"]
    await desk.channel.push(str(LIN), NOTICE, "k")
    assert desk.api.last(LIN)["message_id"] > first
    assert len(desk.api.seen(LIN)) == 2


@pytest.mark.parametrize(
    ("code", "description", "parameters", "raised"),
    [
        (429, "Too Many Requests: retry after 37", {"retry_after": 37}, Later),
        (403, "Forbidden: bot was blocked by the user", {}, Gone),
        (400, "Bad Request: chat not found", {}, Gone),
        (401, "Unauthorized", {}, Shut),
        (502, "Bad Gateway", {}, Later),
    ],
)
async def test_what_a_push_meets_is_told_in_the_words_of_the_port(
    desk: Desk, code: int, description: str, parameters: dict[str, int], raised: type[Exception]
) -> None:
    desk.api.refuse("sendMessage", code, description, **parameters)
    with pytest.raises(raised) as told:
        await desk.channel.push(str(LIN), PLAIN, "k")
    if parameters:
        assert isinstance(told.value, Later)
        assert told.value.seconds == 37
    await desk.channel.push(str(LIN), PLAIN, "k")
    assert len(desk.api.seen(LIN)) == 1


async def test_cancelled_in_the_middle_the_update_comes_again(desk: Desk) -> None:
    """A stop before the acknowledgement: what was begun is finished, and the next start shows nothing twice."""
    desk.api.person_sends(LIN, text="任务")
    running = asyncio.create_task(Poller(desk.channel).run())
    while not desk.api.made("sendMessage"):
        await asyncio.sleep(0.001)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    assert desk.api.updates
    await desk.settle()
    assert len(desk.api.seen(LIN)) == 1
    with reading(desk.house.engine):
        assert desk.unfinished() == ()


async def test_the_menu_is_set(desk: Desk) -> None:
    await desk.says(LIN, "任务")
    menu = desk.api.made("setMyCommands")[0].json("commands")
    assert [one["command"] for one in menu] == ["task", "progress", "draw", "help", "case"]
