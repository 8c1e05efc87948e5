"""Long polling. An update is acknowledged, by asking for the next one, only after all it led to is on record.

The client's own dispatcher acknowledges what it failed to handle; this loop does not: what another attempt may mend
(the database, the network) is asked for again, and a turn taken twice is answered from the record.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramAPIError,
    TelegramConflictError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import DeleteWebhook, GetUpdates, SetMyCommands
from aiogram.types import BotCommand, Update
from pydantic import ValidationError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from bot.channels.telegram.channel import Telegram
from bot.channels.telegram.incoming import COMMANDS, read
from bot.render import line
from storage import reach
from storage.database import writing
from workflows.errors import BadInput

SERVICE, TOKEN_SETTING, API_SETTING = "Telegram", "SUIJIAN_TELEGRAM_TOKEN", "SUIJIAN_TELEGRAM_API"
POLL_SECONDS = 25
CONFLICT_SECONDS = 30.0
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
AT_ONCE = 8
# The database's own trouble passes for everybody or nobody; a request that never gets through may be one chat's alone.
DATABASE_TROUBLE = (OperationalError, InterfaceError, NoConnection)
HOUSE_TROUBLE = (*DATABASE_TROUBLE, OSError)
PLATFORM_TROUBLE = (TelegramNetworkError, TelegramServerError)
MOST_ATTEMPTS = 5
KINDS = ["message", "edited_message", "callback_query"]
log = logging.getLogger(__name__)


class Revoked(BadInput):
    """Telegram does not know the token (any more): asking again is of no use."""


@dataclass
class Poller:
    """`offset` is the next update wanted. `pause` (seconds) grows while nothing goes through. `told`: what was logged."""

    channel: Telegram
    offset: int | None = None
    pause: float = FIRST_PAUSE
    told: str = ""
    attempts: dict[int, int] = field(default_factory=dict)
    conflict_seconds: float = CONFLICT_SECONDS

    async def run(self) -> None:
        """Until cancelled; raises Revoked. Cancelling in the middle loses nothing: the update comes again."""
        await self._until_through(self._prepare)
        while True:
            await self._until_through(self._round)

    async def _until_through(self, step: Callable[[], Awaitable[None]]) -> None:
        """One step, tried until it goes through; each kind of trouble is told once, in one sentence."""
        while True:
            try:
                await step()
            except (TelegramUnauthorizedError, TelegramNotFound) as error:
                raise Revoked(line("telegram", "revoked", service=SERVICE, setting=TOKEN_SETTING)) from error
            except TelegramConflictError:
                seconds = f"{self.conflict_seconds:g}"
                self._tell(line("telegram", "conflict", service=SERVICE, seconds=seconds))
                await asyncio.sleep(self.conflict_seconds)
            except TelegramRetryAfter as flood:
                await asyncio.sleep(flood.retry_after)
            except DATABASE_TROUBLE:
                log.exception("database away")
                await self._wait()
            except (AiogramError, OSError) as error:
                why = type(error).__name__
                self._tell(line("telegram", "unreachable", service=SERVICE, why=why, setting=API_SETTING))
                await self._wait()
            else:
                self._through()
                return

    async def _prepare(self) -> None:
        """A webhook left behind by another installation would keep every update from us."""
        await self.channel.bot.me()
        await asyncio.to_thread(self._note_open)
        await self.channel.bot(DeleteWebhook(drop_pending_updates=False))
        menu = [BotCommand(command=name, description=line("telegram", f"menu-{name}")) for name in COMMANDS]
        try:
            await self.channel.bot(SetMyCommands(commands=menu))
        except TelegramAPIError as error:
            log.warning("no commands menu", extra={"why": str(error)})

    def _note_open(self) -> None:
        """The token is good, whatever an earlier one was."""
        with writing(self.channel.house.engine) as tx:
            reach.open_again(tx, self.channel.name)

    async def _round(self) -> None:
        updates = await self._fetch()
        if not updates:
            return
        if await self._take_all(updates):
            self.offset = updates[-1].update_id + 1
            self.attempts.clear()
        else:
            await self._wait()

    async def _fetch(self) -> Sequence[Update]:
        wanted = GetUpdates(offset=self.offset, timeout=POLL_SECONDS, allowed_updates=KINDS)
        try:
            return await self.channel.bot(wanted, request_timeout=POLL_SECONDS + 15)
        except ClientDecodeError as error:
            return self._readable(error)

    def _readable(self, error: ClientDecodeError) -> list[Update]:
        """One update the client cannot read must not hold up the others: it is logged, and passed with them."""
        if not isinstance(error.data, dict) or not isinstance(error.data.get("result"), list):
            raise TelegramNetworkError(GetUpdates(), "no answer of the Bot API") from error
        found = []
        for raw in error.data["result"]:
            try:
                found.append(Update.model_validate(raw, context={"bot": self.channel.bot}))
            except ValidationError:
                log.exception("unreadable update", extra={"update_id": raw.get("update_id")})
                found.append(Update(update_id=raw["update_id"]))
        return found

    async def _take_all(self, updates: Sequence[Update]) -> bool:
        """Each person's in their order, several persons' at once; False if any must be asked for again."""
        queues: dict[str, list[Update]] = {}
        for update in updates:
            said = read(update)
            queues.setdefault(said.account if said else "", []).append(update)
        places = asyncio.Semaphore(AT_ONCE)

        async def one(queue: list[Update]) -> bool:
            async with places:
                # Stops at the first that fails: what the same person said next builds on it.
                for update in queue:
                    if not await self._taken(update):
                        return False
                return True

        return all(await asyncio.gather(*(one(queue) for queue in queues.values())))

    async def _taken(self, update: Update) -> bool:
        tried = self.attempts[update.update_id] = self.attempts.get(update.update_id, 0) + 1
        try:
            await finished(self.channel.take(update))
        except HOUSE_TROUBLE:
            log.exception("not taken", extra={"update_id": update.update_id})
            return False
        except PLATFORM_TROUBLE:
            log.exception("not answered", extra={"update_id": update.update_id, "tried": tried})
            if tried < MOST_ATTEMPTS:
                return False
            await self._apologise(update)
        except Exception:
            log.exception("given up", extra={"update_id": update.update_id})
            await self._apologise(update)
        return True

    async def _apologise(self, update: Update) -> None:
        try:
            await self.channel.tell_error(update)
        except Exception:
            log.exception("not told", extra={"update_id": update.update_id})

    async def _wait(self) -> None:
        await asyncio.sleep(self.pause)
        self.pause = min(self.pause * 2, LONGEST_PAUSE)

    def _tell(self, sentence: str) -> None:
        if self.told != sentence:
            log.error(sentence)
            self.told = sentence

    def _through(self) -> None:
        if not self.attempts:
            self.pause = FIRST_PAUSE
        if self.told:
            log.warning(line("telegram", "reached", service=SERVICE))
            self.told = ""


async def finished(taking: Coroutine[Any, Any, None]) -> None:
    """Cancelling waits for what was begun: between a message sent and its id on record it would be sent again."""
    work = asyncio.ensure_future(taking)
    try:
        await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait([work])
        raise
