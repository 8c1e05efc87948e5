"""A house with cases on it and nobody at work: what is kept, swept and read, without a word being typed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from bot.card import Card
from bot.deliver import message
from bot.house import House
from bot.reminders import KIND, Item, sweep
from bot.reminding import reminder_card
from bot.service import KINDS as SERVICE
from storage import outbox, people, projection, reminders
from storage.case_facts import overlay
from storage.database import reading, writing
from storage.documents import decode
from storage.people import Person
from storage.reminders_schema import reminders as rows
from storage.schema import cases
from tests.rules.cases import DIRECTORY, MARKET, PROFILES, Walk
from tests.talking import Clock, open_house
from workflows.inspection import commands as c
from workflows.inspection.case import Case
from workflows.inspection.facts import CHINA

HEAD, ORGANISER = "P:20", "P:31"


@dataclass(frozen=True)
class Said:
    """What one sweep put out for one person."""

    at: datetime
    person: str
    items: tuple[Item, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(sorted(item.kind for item in self.items))


@dataclass
class Desk:
    house: House
    clock: Clock

    def keep(self, *kept: Case) -> None:
        """As `casebook.record` does with every event: the read model and the reminders in one transaction."""
        with writing(self.house.engine) as tx:
            years = overlay(tx)
            before = {
                row.id: decode(row.state, Case) for row in tx.execute(select(cases.c.id, cases.c.state))
            }
            for case in kept:
                projection.save(tx, before.get(case.id), case)
                reminders.arm(tx, case, PROFILES[case.opened.profile], years, self.clock.now)

    def at(self, *moment: int) -> Desk:
        self.clock.now = datetime(*moment, tzinfo=CHINA)  # type: ignore[arg-type,misc]
        return self

    def swept(self) -> list[Said]:
        """What a sweep says now."""
        before, at = len(self.put_out()), self.clock.now
        sweep(self.house)
        return [
            Said(at, row.person, tuple(decode(row.detail, list[Item]))) for row in self.put_out()[before:]
        ]

    def until(self, *moment: int, every: timedelta = timedelta(hours=1)) -> list[Said]:
        """All that is said while the server runs on."""
        said = []
        end = datetime(*moment, tzinfo=CHINA)  # type: ignore[arg-type,misc]
        while self.clock.now < end:
            said += self.swept()
            self.clock.now += every - timedelta(seconds=1)
        return said

    def put_out(self, *kinds: str) -> list[outbox.Waiting]:
        """What waits in the outbox: the reminders, or what of those kinds."""
        with writing(self.house.engine) as tx:
            waiting = outbox.waiting(tx, limit=100_000)
        return [row for row in waiting if row.kind in (kinds or (KIND,))]

    def cards(self) -> list[tuple[str, Card | None]]:
        """What is drawn of all that was put out, as things stand now."""
        waiting = self.put_out()
        with reading(self.house.engine) as tx:
            return [(row.person, reminder_card(self.house, tx, row)) for row in waiting]

    def service(self) -> list[tuple[str, Card | None]]:
        """What the service says of itself and has not delivered, by person."""
        waiting = self.put_out(*SERVICE)
        with reading(self.house.engine) as tx:
            return [(row.person, message(self.house, tx, row)) for row in waiting]

    def pending(self, case: str = "C-1", *, of: str = "") -> dict[str, datetime]:
        """What is still to be said of a case, by kind; `of` one thing alone, such as "visit"."""
        with reading(self.house.engine) as tx:
            mine = tx.execute(select(rows).where(rows.c.case == case, rows.c.status == "pending"))
            return {
                row.kind: row.due_at.astimezone(CHINA)
                for row in mine
                if row.kind.startswith(f"{of}-" if of else "")
            }


def desk_in(folder: Path, url: str = "") -> Desk:
    house, clock = open_house(folder, url)
    with writing(house.engine) as tx:
        for entry in DIRECTORY.values():
            people.save(tx, Person(entry.id, entry.name, entry.department, (entry.role,)))
        people.save(tx, Person(HEAD, "周主任", MARKET, ("supervisor",)))
        people.save(tx, Person(ORGANISER, "马管理", MARKET, ("organiser",)))
    return Desk(house, clock)


def copies(case: Case, count: int) -> Iterable[Case]:
    return (replace(case, id=f"C-{n}", opened=replace(case.opened, case=f"C-{n}")) for n in range(count))


def ordered(walk: Walk, due: datetime) -> Walk:
    """The finding M-3 is to be corrected by that day."""
    walk.do("P:1", c.DecideMeasure("M-3", "ordered", "P:1", due.date()))
    return walk


def judiciary(walk: Walk) -> Walk:
    """The finding M-3 is a suspected crime, and the head is to decide."""
    due = walk.now.astimezone(CHINA).date() + timedelta(days=10)
    walk.do("P:1", c.DecideMeasure("M-3", "judiciary", "P:1", due, "勐海县公安局"))
    return walk
