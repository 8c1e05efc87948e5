"""What the table of screens keeps of one message."""

from __future__ import annotations

import msgspec

from bot.card import Card


class Body(msgspec.Struct):
    """A message on a screen: a card, or what the person said or sent."""

    card: Card | None = None
    text: str = ""
    photo: str = ""
