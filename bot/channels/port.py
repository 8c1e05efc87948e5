"""What a chat platform's channel does for the house. Turns come in through `bot.receive.receive`; cards go out here.

`bot.channels.fake` is the smallest one that does it all; docs/decisions/channels.md says how to add another.
"""

from __future__ import annotations

from typing import Protocol

from bot.card import Card


class Later(Exception):
    """The platform asks to wait: try the same message again after so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"again in {seconds:g} s")
        self.seconds = seconds


class Gone(Exception):
    """This account cannot be reached any more: the person blocked the bot, or the chat is no more."""


class Shut(Exception):
    """The platform lets none of us in any more, whomever we write to: the token was revoked, or polling has ended."""


class Channel(Protocol):
    """`name` is the channel's word in accounts and turns. `keyed`: the platform itself drops a message sent twice."""

    @property
    def name(self) -> str: ...

    @property
    def keyed(self) -> bool: ...

    async def push(self, account: str, card: Card, key: str) -> None:
        """Shows a card nobody asked for; one whose `card.key` is on screen is redrawn in place.

        `key` names this delivery for platforms that know such keys. Raises `Later`, `Gone` or `Shut`. The card's files are
        sent with it (`bot.files.where`), its photos (`storage.evidence.read`) where they are not in the chat yet.
        A channel writes each key it draws to `storage.screen`: a changed case is pushed only where its card stands.
        """
        ...
