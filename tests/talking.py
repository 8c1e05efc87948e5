"""A house on a temporary database with a clock that is told the time, and phones that tap buttons by what they read."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot import demo
from bot.card import Button, Card
from bot.house import House
from bot.receive import receive
from bot.turn import Turn
from storage import boxes, evidence, people
from storage.database import open_database, reading, writing
from storage.lawbook import load_lawbook
from storage.migrate import migrate

START = datetime(2026, 9, 21, 1, 0, tzinfo=UTC)  # a Monday, nine in the morning in China
SITE = (21.98708, 100.45883)
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")
_numbers = itertools.count(1)
SHOWN: list[Card] = []  # every card any phone was answered with, for whoever wants to look at all of them


@dataclass
class Clock:
    now: datetime = START

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def pass_time(self, **span: int) -> None:
        self.now += timedelta(**span)


def open_house(folder: Path, url: str = "") -> tuple[House, Clock]:
    """A migrated, empty house; opening the same folder again is a restart."""
    engine = open_database(url or f"sqlite:///{folder / 'suijian.db'}")
    migrate(engine)
    boxes.use(engine, folder / "seal.key")
    clock = Clock()
    seeds = (f"{n:064x}" for n in itertools.count(1))
    return House(
        engine, load_lawbook(), folder / "evidence", folder / "archive", clock, lambda: next(seeds)
    ), clock


def demo_house(folder: Path, url: str = "") -> tuple[House, Clock]:
    """The demo, loaded from its files: two teams drawn and released."""
    house, clock = open_house(folder, url)
    demo.load(house, lambda said: None)
    return house, clock


@dataclass
class Phone:
    """One account of one person. `cards` is what the last turn answered; `tap` finds the button by its label."""

    house: House
    person: str
    account: str
    channel: str = "web"
    cards: list[Card] = field(default_factory=list)

    @property
    def card(self) -> Card:
        return self.cards[-1]

    def send(self, **what: object) -> Card:
        turn = Turn(self.channel, self.account, f"u{next(_numbers)}", **what)  # type: ignore[arg-type]
        self.cards = receive(self.house, turn)
        SHOWN.extend(self.cards)
        return self.card

    def say(self, text: str) -> Card:
        return self.send(text=text)

    def place(self, latitude: float = SITE[0], longitude: float = SITE[1]) -> Card:
        return self.send(location=(latitude, longitude))

    def photo(self, data: bytes = JPEG, name: str = "现场.jpg") -> Card:
        digest = evidence.keep(
            self.house.engine, self.house.evidence, data, name, "image/jpeg", self.person, self.house.clock()
        )
        return self.send(file=(digest, name, "image/jpeg", len(data)))

    def tap(self, label: str) -> Card:
        return self.send(button=self.button(label).data)

    def button(self, label: str) -> Button:
        offered = [b for one in self.cards for b in one.buttons]
        found = [b for b in offered if b.label == label] or [b for b in offered if label in b.label]
        assert found, f"no button {label!r} among {[b.label for b in offered]} on {self.card.title!r}"
        return found[0]

    def sees(self, words: str) -> bool:
        return any(words in part for one in self.cards for part in (one.title, *one.lines))

    def counts(self, label: str) -> int:
        """What the picture on the card shows for it."""
        assert self.card.chart, f"no picture on {self.card.title!r}"
        return next(bar.count for bar in self.card.chart.bars if bar.label == label)


def phone_of(house: House, person: str, account: str = "", channel: str = "web") -> Phone:
    account = account or f"phone-of-{person}"
    with writing(house.engine) as tx:
        people.bind(tx, channel, account, person, house.clock())
    return Phone(house, person, account, channel)


def person_named(house: House, name: str) -> str:
    with reading(house.engine) as tx:
        return people.named(tx, name)[0].id
