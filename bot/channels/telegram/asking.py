"""One request to Telegram, and what its refusals mean for us."""

from __future__ import annotations

import asyncio
from typing import TypeVar

from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramRetryAfter,
)
from aiogram.methods import TelegramMethod

from bot.channels.port import Gone, Later

R = TypeVar("R")
# Nobody is there any more. Other bad requests are about a message, and the chat may still be reached.
_NOBODY = ("chat not found", "user is deactivated", "PEER_ID_INVALID", "group chat was deactivated")


class Moved(Exception):
    """The group became a supergroup: everything for it goes to `chat` from now on."""

    def __init__(self, chat: int) -> None:
        super().__init__(f"moved to {chat}")
        self.chat = chat


async def ask(bot: Bot, method: TelegramMethod[R], patience: float) -> R:
    """Telegram's answer. Waits as it asks to, `patience` seconds in all; raises Later beyond, Gone, Moved."""
    while True:
        try:
            return await bot(method)
        except TelegramRetryAfter as flood:
            if flood.retry_after > patience:
                raise Later(flood.retry_after) from flood
            patience -= flood.retry_after
            await asyncio.sleep(flood.retry_after)
        except TelegramMigrateToChat as migrated:
            raise Moved(migrated.migrate_to_chat_id) from migrated
        except TelegramForbiddenError as blocked:
            raise Gone(str(blocked)) from blocked
        except TelegramBadRequest as error:
            if any(word in error.message for word in _NOBODY):
                raise Gone(error.message) from error
            raise


async def try_(bot: Bot, method: TelegramMethod[R], patience: float = 0) -> R | None:
    """A request that may as well fail as succeed, as far as Telegram's own refusals go."""
    try:
        return await ask(bot, method, patience)
    except (TelegramBadRequest, Later):
        return None
