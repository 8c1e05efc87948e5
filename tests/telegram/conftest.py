from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.channels.telegram.channel import Telegram
from bot.channels.telegram.polling import Poller
from bot.channels.telegram.serve import open_channel
from bot.house import House
from storage import inbox, people
from storage.database import reading, writing
from tests.conversation.walks import Scene, scene_of
from tests.talking import Clock, demo_house
from tests.telegram.botapi import TOKEN, BotApi

# Accounts of Telegram: an inspector of the joint case, the partner, nobody we know, and a group.
LIN, ZHOU, STRANGER, GROUP = 7001, 7002, 6666, -500


@dataclass
class Desk:
    """A demo house, a Bot API and the channel between them. `settle` lets the poller handle all that waits."""

    api: BotApi
    house: House
    clock: Clock
    channel: Telegram
    scene: Scene

    def bind(self, who: int, person: str) -> None:
        with writing(self.house.engine) as tx:
            people.bind(tx, "telegram", str(who), person, self.clock())

    def unfinished(self) -> tuple[str, ...]:
        with reading(self.house.engine) as tx:
            return inbox.unfinished(tx)

    async def settle(self, poller: Poller | None = None) -> None:
        """Until everything sent has been acknowledged."""
        poller = poller or Poller(self.channel)
        running = asyncio.create_task(poller.run())
        try:
            async with asyncio.timeout(20):
                while self.api.updates and not running.done():
                    await asyncio.sleep(0.01)
            if running.done():
                await running
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running

    async def says(self, who: int, text: str) -> dict[str, Any]:
        self.api.person_sends(who, text=text)
        await self.settle()
        return self.api.last(who)

    async def taps(self, who: int, label: str) -> dict[str, Any]:
        self.api.person_taps(who, label)
        await self.settle()
        return self.api.last(who)


@asynccontextmanager
async def desk_at(api: BotApi, folder: Path) -> AsyncIterator[Desk]:
    house, clock = demo_house(folder)
    channel = open_channel(house, TOKEN, api.url, asyncio.get_running_loop())
    desk = Desk(api, house, clock, channel, scene_of(house, clock))
    desk.bind(LIN, desk.scene.market.person)
    desk.bind(ZHOU, desk.scene.police.person)
    try:
        yield desk
    finally:
        await channel.bot.session.close()
        await api.close()
        house.engine.dispose()


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk_at(await BotApi().open(), tmp_path) as desk:
        yield desk
