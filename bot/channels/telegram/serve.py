"""The channel running beside the web chat: a thread with a loop of its own, until it is stopped."""

from __future__ import annotations

import asyncio
import logging
import threading
from dataclasses import dataclass

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import PRODUCTION, TelegramAPIServer
from aiogram.utils.token import TokenValidationError

from bot.channels.telegram.channel import Telegram
from bot.channels.telegram.groups import ROUND_SECONDS
from bot.channels.telegram.polling import SERVICE, TOKEN_SETTING, Poller, Revoked, finished
from bot.house import House
from bot.render import line
from storage import reach
from storage.database import writing
from workflows.errors import BadInput

STOP_SECONDS = 10.0
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Running:
    """`channel.push` may be awaited from any thread's loop while this runs."""

    channel: Telegram
    thread: threading.Thread
    work: asyncio.Task[None]

    def stop(self) -> None:
        """What is being handled comes again at the next start, and is answered from the record."""
        if self.thread.is_alive():
            self.channel.loop.call_soon_threadsafe(self.work.cancel)
            self.thread.join(STOP_SECONDS)


def open_channel(house: House, token: str, api: str, loop: asyncio.AbstractEventLoop) -> Telegram:
    """`api` is another Bot API server's address, "" for Telegram's own. BadInput for what cannot be a token."""
    server = TelegramAPIServer.from_base(api.rstrip("/")) if api else PRODUCTION
    try:
        return Telegram(Bot(token.strip(), session=AiohttpSession(api=server)), house, loop)
    except TokenValidationError as error:
        said = line("telegram", "malformed", service=SERVICE, setting=TOKEN_SETTING)
        raise BadInput(said) from error


def start(house: House, token: str, api: str = "") -> Running:
    """Begins to poll in a thread. A token Telegram does not know ends the thread with one sentence in the log."""
    loop = asyncio.new_event_loop()
    channel = open_channel(house, token, api, loop)
    work = loop.create_task(_poll(channel))
    thread = threading.Thread(target=_run, args=(loop, work), name="telegram", daemon=True)
    thread.start()
    return Running(channel, thread, work)


async def _poll(channel: Telegram) -> None:
    groups = asyncio.ensure_future(_draw_groups(channel))
    try:
        await Poller(channel).run()
    except Revoked as revoked:
        log.error(str(revoked))
        await asyncio.to_thread(_note_shut, channel.house)
    finally:
        groups.cancel()
        await asyncio.wait([groups])
        await channel.bot.session.close()


def _note_shut(house: House) -> None:
    """Whoever asks how the service is learns of it, from this process or another."""
    with writing(house.engine) as tx:
        reach.shut(tx, Telegram.name, house.clock())


async def _draw_groups(channel: Telegram) -> None:
    """What a team's group shows follows its case by itself, whoever changed it and wherever; so does a long draw's bar."""
    while True:
        for what, redraw in (("groups", channel.groups.redraw), ("long draws", channel.long_draws.redraw)):
            try:
                await finished(redraw())
            except Exception:
                log.exception("%s not redrawn", what)
        await asyncio.sleep(ROUND_SECONDS)


def _run(loop: asyncio.AbstractEventLoop, work: asyncio.Task[None]) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(work)
    except asyncio.CancelledError:
        pass
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
