"""The Telegram channel: an update becomes turns, their cards are drawn; and a card nobody asked for is pushed."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from aiogram import Bot
from aiogram.exceptions import TelegramNetworkError, TelegramServerError, TelegramUnauthorizedError
from aiogram.methods import AnswerCallbackQuery, SendMessage
from aiogram.types import Update

from bot.card import Card
from bot.channels.port import Gone, Later, Shut
from bot.channels.telegram import marks
from bot.channels.telegram.asking import try_
from bot.channels.telegram.charts import Draw, png
from bot.channels.telegram.groups import Groups
from bot.channels.telegram.incoming import Said, read
from bot.channels.telegram.long_draws import LongDraws
from bot.channels.telegram.marks import ANSWERED, CHANNEL, Mark
from bot.channels.telegram.showing import ANEW, IN_PLACE, Chat, follow, show
from bot.channels.telegram.turns import look, turns_of
from bot.house import House
from bot.receive import receive
from bot.render import block, card, line
from bot.turn import Turn
from storage.database import reading, writing

# Within an answer Telegram is waited for so long; a push is put off by whoever pushes.
PATIENCE_SECONDS = 60.0
UNREACHED_SECONDS = 30.0
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Telegram:
    """`bot.channels.port.Channel`. The account is the Telegram user's id, which is the id of the private chat too.

    A group's id, which is negative, may be pushed to as well. All requests are made on `loop`.
    """

    bot: Bot
    house: House
    loop: asyncio.AbstractEventLoop
    draw: Draw = png
    name: ClassVar[str] = CHANNEL
    keyed: ClassVar[bool] = False

    @cached_property
    def groups(self) -> Groups:
        return Groups(self.bot, self.house)

    @cached_property
    def long_draws(self) -> LongDraws:
        return LongDraws(self.bot, self.house)

    async def push(self, account: str, card: Card, key: str) -> None:
        """A notice comes anew at the end, for an edited message does not ring; any other card is redrawn in place."""
        if self.loop.is_closed():
            raise Shut("polling has ended")
        below = ANEW if card.tone == "notice" else IN_PLACE
        shown = self._pushed(Chat(self.bot, self.house, account, draw=self.draw), card, below)
        if asyncio.get_running_loop() is self.loop:
            await shown
        else:
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(shown, self.loop))

    async def _pushed(self, chat: Chat, card: Card, below: int) -> None:
        try:
            await show(chat, [card], below)
        except (TelegramNetworkError, TelegramServerError) as error:
            raise Later(UNREACHED_SECONDS) from error
        except TelegramUnauthorizedError as error:
            raise Shut(error.message) from error

    async def take(self, update: Update) -> None:
        """Everything an update leads to. Raises only what another attempt may mend."""
        said = read(update)
        if said is None:
            return
        if said.moved_to:
            await follow(self._chat(said.chat), said.moved_to)
            return
        try:
            if said.private:
                await self._in_private(said, f"{self.bot.id}.{update.update_id}")
            else:
                await self._in_group(said, f"{self.bot.id}.{update.update_id}")
        except Gone:
            log.info("blocked", extra={"channel": CHANNEL, "account": said.account})
        except Later as later:
            # What was done is on record; the person sees it at the next word.
            log.warning("answer not drawn", extra={"account": said.account, "seconds": later.seconds})

    async def tell_error(self, update: Update) -> None:
        """That the update could not be handled at all."""
        said = read(update)
        if said and said.private and said.account:
            lines = block("telegram", "error")
            await show(self._chat(said.account), [card(lines, key="error", tone="refusal")], ANEW)

    async def _in_private(self, said: Said, update_id: str) -> None:
        if said.callback:
            await self._answer(said)
        looked = await asyncio.to_thread(look, self.house, said)
        if update_id in looked.answered or (said.live and not looked.asked_place):
            return
        chat = self._chat(said.account)
        for turn in await turns_of(self.bot, self.house, said, update_id, looked):
            cards = [turn] if isinstance(turn, Card) else await asyncio.to_thread(receive, self.house, turn)
            await show(chat, cards, said.message)
        await asyncio.to_thread(self._note, said.account, update_id)

    async def _in_group(self, said: Said, update_id: str) -> None:
        """The tapped card is redrawn where it is; everything else said to the person is said to them alone."""
        chat = self._chat(said.chat)
        if not said.callback:
            if said.group_word:
                await self._about_the_group(said, update_id)
            elif said.command:
                await try_(self.bot, SendMessage(chat_id=int(said.chat), text=line("telegram", "private")))
            return
        looked = await asyncio.to_thread(look, self.house, said)
        known = await asyncio.to_thread(self._marks, said.chat)
        await self._answer(said, line("telegram", "stranger") if looked.person is None else "")
        if looked.person is None or update_id in looked.answered:
            return
        turn = Turn(CHANNEL, said.account, update_id, button=said.button)
        cards = await asyncio.to_thread(receive, self.house, turn)
        key = marks.key_of(known, said.message)
        here = [one for one in cards if key and one.key == key]
        alone = [one for one in cards if one not in here]
        await show(chat, here, IN_PLACE)
        await show(self._chat(said.account), alone, ANEW)
        await asyncio.to_thread(self._note, said.account, update_id)

    async def _about_the_group(self, said: Said, update_id: str) -> None:
        if update_id in (await asyncio.to_thread(look, self.house, said)).answered:
            return
        answer = await self.groups.said(said, f"{said.account}:{update_id}")
        if answer:
            await try_(self.bot, SendMessage(chat_id=int(said.chat), text=answer))
        await asyncio.to_thread(self._note, said.account, update_id)

    async def _answer(self, said: Said, alert: str = "") -> None:
        """First of all, for the button waits; and whatever comes of it, for an old tap can no longer be answered."""
        answer = AnswerCallbackQuery(
            callback_query_id=said.callback, text=alert or None, show_alert=bool(alert) or None
        )
        await try_(self.bot, answer)

    def _marks(self, account: str) -> dict[str, Mark]:
        with reading(self.house.engine) as tx:
            return marks.marks_of(tx, account)

    def _note(self, account: str, update_id: str) -> None:
        with writing(self.house.engine) as tx:
            marks.add_words(tx, account, ANSWERED, (update_id,), self.house.clock())

    def _chat(self, account: str) -> Chat:
        return Chat(self.bot, self.house, account, PATIENCE_SECONDS, self.draw)
