"""How far a long freeze or draw is, in the messages that show it: edited where they stand, never sent anew."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from aiogram import Bot
from aiogram.exceptions import TelegramNetworkError, TelegramServerError

from bot.card import Card
from bot.channels.port import Gone, Later
from bot.channels.telegram.marks import CHANNEL
from bot.channels.telegram.showing import Chat, edit_in_place
from bot.dialogs.ceremony_cards import key_of
from bot.dialogs.ceremony_freezing import card_for
from bot.house import House
from storage import ceremony_runs, people, standing
from storage.database import reading

# Often enough to see it move, and far from what Telegram allows in one chat.
PAUSE_SECONDS = 10.0


@dataclass
class LongDraws:
    """`shown`: (account, draw) -> the card as it was last drawn, and when it may be drawn again, by `clock`.

    What is lost with it, by a restart, is drawn once more than it had to be.
    """

    bot: Bot
    house: House
    clock: Callable[[], float] = time.monotonic
    shown: dict[tuple[str, str], tuple[Card | None, float]] = field(default_factory=dict)

    async def redraw(self) -> None:
        """One round. What has come to its end is drawn once more, and then left alone."""
        under_way, cards = await asyncio.to_thread(_standing, self.house, {draw for _, draw in self.shown})
        for (account, draw), card in cards.items():
            before, not_before = self.shown.get((account, draw), (None, 0.0))
            ended = draw not in under_way
            if card != before and (ended or not_before <= self.clock()):
                wait = await self._edit(account, card)
                self.shown[account, draw] = card, self.clock() + wait
            if ended:
                self.shown.pop((account, draw), None)

    async def _edit(self, account: str, card: Card) -> float:
        """Seconds to leave the message alone. A chat that is gone or away is none of a bar's business."""
        try:
            await edit_in_place(Chat(self.bot, self.house, account), card)
        except Later as later:
            return max(PAUSE_SECONDS, later.seconds)
        except (Gone, TelegramNetworkError, TelegramServerError):
            pass
        return PAUSE_SECONDS


def _standing(house: House, watched: set[str]) -> tuple[set[str], dict[tuple[str, str], Card]]:
    """The draws being computed; the card, as it now is, of each of them and of `watched` wherever it stands."""
    cards: dict[tuple[str, str], Card] = {}
    with reading(house.engine) as tx:
        under_way = set(ceremony_runs.under_way(tx))
        for draw in sorted(under_way | watched):
            for account, _ in standing.holders(tx, CHANNEL, key_of(draw)):
                person = people.behind(tx, CHANNEL, account)
                card = card_for(house, tx, draw, person, house.clock()) if person else None
                if card:
                    cards[account, draw] = card
    return under_way, cards
