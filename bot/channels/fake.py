"""A channel in memory, to be read by whoever adds one: it does all the contract asks for, in as little as it takes.

A new channel starts by copying its hand (tests/contract/hands_platforms.py) and watches the list fail. What a real one has in
place of `Platform` is the service; in place of `take`, its webhook or its polling.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import ClassVar

from bot import chart, files
from bot.card import Button, Card
from bot.channels.port import Gone, Later
from bot.channels.web.uploads import check_file
from bot.house import House
from bot.receive import receive
from bot.turn import Turn
from storage import evidence, people, screen
from storage.database import reading, writing

MOST_CHARACTERS = 400  # of one message of this platform
CHANNEL = "fake"


@dataclass(frozen=True)
class Message:
    text: str
    buttons: tuple[Button, ...] = ()
    photos: tuple[bytes, ...] = ()
    files: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True)
class Update:
    """What the platform hands over, again and again until it is taken. `data` are the bytes of a file called `name`."""

    id: str
    account: str
    text: str = ""
    button: str = ""
    location: tuple[float, float] | None = None
    name: str = ""
    data: bytes = b""


@dataclass
class Platform:
    """The service: it outlives our process. A message has a name, and another of that name takes its place."""

    chats: dict[str, dict[str, tuple[Message, ...]]] = field(default_factory=lambda: defaultdict(dict))
    delivered: set[str] = field(default_factory=set)
    blocked: set[str] = field(default_factory=set)
    waits: list[float] = field(default_factory=list)

    def send(self, account: str, name: str, messages: tuple[Message, ...], key: str) -> None:
        """Drops a delivery it knows; raises Gone, and Later as often as `waits` says."""
        if account in self.blocked:
            raise Gone(account)
        if self.waits:
            raise Later(self.waits.pop())
        if key not in self.delivered:
            self.delivered.add(key)
            self.chats[account][name or key] = messages


@dataclass(frozen=True)
class Fake:
    """`bot.channels.port.Channel`. `sleep` waits so many seconds; a test need not."""

    house: House
    platform: Platform
    sleep: Callable[[float], None] = lambda seconds: None
    name: ClassVar[str] = CHANNEL
    keyed: ClassVar[bool] = True

    async def push(self, account: str, card: Card, key: str) -> None:
        self.platform.send(account, card.key, self._drawn(card), key)
        if card.key:
            # What the partner does is pushed only where the card stands: `bot.pushing` looks for this row.
            with writing(self.house.engine) as tx:
                screen.show(tx, CHANNEL, account, card.key, "", self.house.clock())

    def take(self, update: Update) -> None:
        """May be acknowledged once this returns. A platform without keys notes itself which answers it has drawn."""
        turn = Turn(
            CHANNEL,
            update.account,
            update.id,
            text=update.text,
            button=update.button,
            location=update.location,
        )
        turn = replace(turn, file=self._kept(update)) if update.data else turn
        for number, card in enumerate(receive(self.house, turn)):
            self._answer(update.account, card, f"{update.id}.{number}")

    def _answer(self, account: str, card: Card, key: str) -> None:
        """Whoever asked is waiting: here the wait is ours. Of a push it is the outbox's."""
        while True:
            try:
                return asyncio.run(self.push(account, card, key))
            except Later as later:
                self.sleep(later.seconds)

    def _kept(self, update: Update) -> tuple[str, str, str, int]:
        """Evidence is known by its bytes. Raises what the person is to be told where it is none."""
        mime, name = check_file(update.data, update.name)
        house = self.house
        with reading(house.engine) as tx:
            person = people.behind(tx, CHANNEL, update.account)
        by = person.id if person else ""
        digest = evidence.keep(house.engine, house.evidence, update.data, name, mime, by, house.clock())
        return digest, name, mime, len(update.data)

    def _drawn(self, card: Card) -> tuple[Message, ...]:
        """The words in pieces; buttons, photos and files come with the last."""
        bars = chart.in_characters(card.chart) if card.chart else ()
        *before, last = pieces("\n".join((card.title, *bars, *card.lines)))
        with reading(self.house.engine) as tx:
            found = [evidence.read(tx, self.house.evidence, digest) for digest in card.photos]
        kept = [(one.name, path.read_bytes()) for one in card.files if (path := files.where(self.house, one))]
        full = Message(last, card.buttons, tuple(one[0] for one in found if one), tuple(kept))
        return (*(Message(text) for text in before), full)


def pieces(text: str) -> Iterator[str]:
    for start in range(0, len(text), MOST_CHARACTERS):
        yield text[start : start + MOST_CHARACTERS]
