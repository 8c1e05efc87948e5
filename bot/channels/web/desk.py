"""What the web chat needs from the rest of the house. Everything here is synchronous and may block."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.card import Card
from bot.turn import Turn


@dataclass(frozen=True, slots=True)
class Seat:
    """Who sits behind a link: `role_line` is what the header shows under the name.

    `account` stands in addresses and in the name of a cookie: letters and digits, and no secret.
    """

    account: str
    name: str
    role_line: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message of one account's chat. `id` orders the chat; `rev` orders the changes.

    Every new or edited message takes the next `rev`; an edited one keeps its `id`. `at` is timezone-aware.
    A message has a card, or text, or a photo (an evidence digest), or text under a photo.
    """

    id: int
    rev: int
    mine: bool
    at: datetime
    card: Card | None = None
    text: str = ""
    photo: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """Bytes that are now evidence; the four fields, in this order, are `Turn.file`. `size` in bytes."""

    digest: str
    name: str
    mime: str
    size: int


class Desk(Protocol):
    def resolve(self, token: str) -> Seat | None:
        """Whose link (or cookie) this is; None when nobody's, or no longer anybody's."""
        ...

    def bind(self, said: str, token: str, address: str) -> Seat:
        """Makes the fresh token a link of the person whose code was typed; the code is spent with it.

        The same token again finds the same seat: a form sent twice is bound once. `address` is where the browser
        asks from: wrong tries are counted by it. Raises a `SuijianError` whose sentence is shown, the same for
        every code that does not open.
        """
        ...

    def receive(self, turn: Turn) -> None:
        """Take one turn and do all it leads to; every answer lands in a feed. A replay is harmless.

        A `SuijianError` raised here is shown to the person as its sentence, and the turn counts as not taken.
        """
        ...

    def feed(self, account: str, after: int) -> list[Message]:
        """The account's messages with `rev > after`, each in its newest version, by rising `rev`."""
        ...

    def keep(self, data: bytes, name: str, account: str) -> Kept:
        """Store evidence bytes whose kind has been checked already. The same bytes give the same digest."""
        ...

    def evidence(self, digest: str, account: str) -> tuple[bytes, str] | None:
        """The bytes and their mime type, or None when there are none or this account may not see them."""
        ...

    def file(self, digest: str, account: str) -> tuple[bytes, str, str] | None:
        """Bytes, name and mime type of a file on a card this account has before it; None else, or after its time."""
        ...
