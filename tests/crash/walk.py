"""A walk through a case as two phones would send it: played once by looking at the cards, then again turn by turn.

Each turn has its number and its time, so that a process that was killed can go on with the turn it was killed in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, select

from bot.card import Card
from bot.deliver import FILE
from bot.dialogs.onsite import current_question
from bot.house import House
from bot.receive import receive
from bot.talk import View
from bot.turn import Turn
from storage import awaiting, casebook, evidence, inbox, outbox, people, projection, screen, trail
from storage.case_facts import gather
from storage.database import reading, writing
from storage.documents import decode, encode
from storage.schema import cases, events
from storage.schema import inbox as inbox_rows
from tests.talking import JPEG, SITE, START, Clock
from workflows.checklist import Question
from workflows.inspection.case import Case, step
from workflows.inspection.evolve import replay
from workflows.inspection.facts import Actor

VISIT = datetime(2026, 9, 22, 1, 0, tzinfo=UTC)
CHANNELS = ("web", "terminal")
SWITCH = 7  # after so many turns the walk goes on in the other channel
TYPED = {"date": "9月1日", "number": "3", "text": "无"}


@dataclass(frozen=True)
class Step:
    """What one person did, and when."""

    person: str
    at: datetime
    text: str = ""
    button: str = ""
    place: bool = False
    photo: bool = False


def two_of(house: House) -> tuple[Case, str, str]:
    """The shortest case and the two inspectors of it who will walk through it."""
    with reading(house.engine) as tx:
        case = min(projection.all_cases(tx), key=lambda one: len(one.opened.items))
    first, second = (m.person for m in case.members.values() if m.role == "inspector")
    return case, first, second


def bind(house: House) -> None:
    """Both people have a phone and a terminal."""
    _, *two = two_of(house)
    with writing(house.engine) as tx:
        for person in two:
            for channel in CHANNELS:
                people.bind(tx, channel, f"{channel}-{person}", person, START)


def take(house: House, clock: Clock, number: int, one: Step) -> list[Card]:
    """The turn of that number, as its channel delivers it; the same number again is the same turn."""
    clock.now = max(clock.now, one.at)
    channel = CHANNELS[number // SWITCH % 2]
    what: dict[str, object] = {"text": one.text, "button": one.button}
    if one.place:
        what = {"location": SITE}
    if one.photo:
        digest = evidence.keep(
            house.engine, house.evidence, JPEG, "现场.jpg", "image/jpeg", one.person, one.at
        )
        what = {"file": (digest, "现场.jpg", "image/jpeg", len(JPEG))}
    turn = Turn(channel, f"{channel}-{one.person}", f"walk-{number}", **what)  # type: ignore[arg-type]
    return receive(house, turn)


class Walker:
    """Plays the case by what the cards offer, and keeps what was done."""

    def __init__(self, house: House, clock: Clock) -> None:
        self.house, self.clock, self.steps = house, clock, list[Step]()
        self.case, self.one, self.two = two_of(house)
        self.now, self.cards = START, list[Card]()

    def act(self, person: str, **what: object) -> None:
        self.now += timedelta(minutes=1)
        self.steps.append(Step(person, self.now, **what))  # type: ignore[arg-type]
        self.cards = take(self.house, self.clock, len(self.steps) - 1, self.steps[-1])

    def tap(self, person: str, verb: str) -> None:
        offered = [b.data for card in self.cards for b in card.buttons]
        data = next((d for d in offered if d == verb or d.startswith(f"{verb}|")), "")
        assert data, f"no {verb} among {offered}"
        self.act(person, button=data)

    def turn_to(self, person: str) -> None:
        self.act(person, text="任务")
        self.act(person, button=f"open|{self.case.id}")

    def walk(self) -> list[Step]:
        for part in (self.precheck, self.arrive, self.answer, self.sum_up, self.enter):
            part()
        return self.steps

    def precheck(self) -> None:
        self.turn_to(self.one)
        for verb in ("ack", "sources", "background", "background"):
            self.tap(self.one, verb)
        self.act(self.one, button=f"background|{self.case.id}|credit")
        self.act(self.one, text="2025年被投诉一次，已办结")
        self.tap(self.one, "method")
        self.act(self.one, text="1")
        self.act(self.one, text="先看现场再看台账")
        self.tap(self.one, "items")
        self.tap(self.one, "items")
        self.tap(self.one, "notice")
        self.act(self.one, text="9月22日9点")
        self.act(self.one, text="营业执照、台账")
        self.tap(self.one, "finish-precheck")
        self.turn_to(self.two)

    def arrive(self) -> None:
        self.now = VISIT
        self.act(self.one, place=True)
        self.act(self.two, place=True)
        self.tap(self.two, "certificates")
        self.tap(self.two, "rights")
        self.tap(self.two, "scan")
        self.act(self.two, text=self.case.opened.visit_code)

    def answer(self) -> None:
        """One violation with its photo and its words, all else in order."""
        found = False
        self.turn_to(self.one)
        while question := self._asked():
            if question.kind == "photo":
                self.act(self.one, photo=True)
            elif question.kind != "verdict":
                self.act(self.one, text=TYPED[question.kind])
            elif not found:
                found = True
                self.act(self.one, button=f"answer|{self.case.id}|{question.key}|no")
                self.act(self.one, photo=True)
                self.act(self.one, button=f"describe|{self.case.id}|{question.key}")
                self.act(self.one, text="登记簿缺三日记录")
            else:
                self.act(self.one, button=f"answer|{self.case.id}|{question.key}|yes")
            assert len(self.steps) < 120, self.cards

    def _asked(self) -> Question | None:
        with reading(self.house.engine) as tx:
            case, person = casebook.load(tx, self.case.id), people.get(tx, self.one)
            assert person is not None
            actor = Actor(person.id, person.name, person.department, person.roles, "test")
            waiting = current_question(View(case, gather(tx, self.house.lawbook, case, actor, self.now)))
        return waiting[1] if waiting and step(case) == 2 else None

    def sum_up(self) -> None:
        self.act(self.one, button=f"finish|{self.case.id}")
        self.act(self.one, button=f"form|{self.case.id}")
        self.tap(self.one, "sign")
        self.tap(self.one, "party")
        self.act(self.one, text="无异议")
        self.act(self.one, text="王某")
        self.turn_to(self.two)
        self.tap(self.two, "sign")

    def enter(self) -> None:
        """Each enters what the answers amount to and publishes it."""
        for person in (self.one, self.two):
            self.turn_to(person)
            if any(b.data.startswith("enter|") for card in self.cards for b in card.buttons):
                self.tap(person, "enter")
                self.tap(person, "publish")


# -- what is compared ---------------------------------------------------------------------------------------


def where(house: House) -> dict[str, object]:
    """All that a later turn may depend on: what happened, what each chat waits for and shows, what is unfinished."""
    _, *two = two_of(house)
    kept = select(events.c.type, events.c.by, events.c.cause, events.c.data)
    with reading(house.engine) as tx:
        return {
            "events": [tuple(row) for row in tx.execute(kept.order_by(events.c.stream, events.c.seq))],
            "asked": [awaiting.asked(tx, person) for person in two],
            "seen": [awaiting.looking_at(tx, person) for person in two],
            "cards": [_last_card(tx, channel, person) for channel in CHANNELS for person in two],
            "unfinished": inbox.unfinished(tx),
            # A file that was being packed is taken up again by anybody once its lease has ended.
            "undelivered": [row for row in outbox.waiting(tx) if row.kind != FILE],
        }


def _last_card(tx: Connection, channel: str, person: str) -> str:
    shown = [one.body for one in screen.since(tx, channel, f"{channel}-{person}", 0) if not one.mine]
    return shown[-1] if shown else ""


def acknowledged(house: House) -> set[str]:
    """The turns that are answered on record."""
    with reading(house.engine) as tx:
        done = select(inbox_rows.c.update_id).where(inbox_rows.c.done_at.is_not(None))
        return set(tx.execute(done).scalars())


def check(house: House) -> int:
    """The trail holds and replaying each case gives its read model byte for byte; returns how many events there are."""
    with reading(house.engine) as tx:
        for case_id, state in tx.execute(select(cases.c.id, cases.c.state)).all():
            assert encode(replay(casebook.history(tx, case_id))) == state
        return trail.verify(tx)


def write(steps: list[Step], file: Path) -> None:
    file.write_text(encode(steps), encoding="utf-8")


def read(file: Path) -> list[Step]:
    return decode(file.read_text(encoding="utf-8"), list[Step])
