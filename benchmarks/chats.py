"""A house with sixteen chats at work, each with inspections of its own; a turn is a tap that leaves an event."""

from __future__ import annotations

import itertools
import secrets
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

from bot import demo
from bot.deliver import deliver
from bot.house import House
from bot.receive import receive
from bot.render import SEPARATOR
from bot.turn import Turn
from storage import boxes, casebook, people, projection
from storage.case_facts import gather
from storage.database import open_database, reading, writing
from storage.lawbook import load_lawbook
from storage.migrate import migrate
from workflows.inspection.case import Case
from workflows.inspection.events import Member
from workflows.inspection.facts import Actor

CHATS = 16
# The first taps of an inspection; every one leaves one event.
TAPS = (
    ("ack",),
    ("sources", "system"),
    ("background", "basics", "ok"),
    ("background", "status", "ok"),
    ("background", "credit", "ok"),
    ("method", "0", "usual"),
    ("items", "yes"),
)
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Office:
    house: House
    first: Case


@contextmanager
def office(url: str = "") -> Iterator[Office]:
    """The demo on a SQLite file of its own (WAL, synchronous=FULL) or in the database of that address, and sixteen more
    inspectors with a chat each."""
    with tempfile.TemporaryDirectory() as name:
        house = open_house(Path(name), url)
        load_demo(house)
        with reading(house.engine) as tx:
            first = projection.all_cases(tx)[0]
        with writing(house.engine) as tx:
            for chat in range(CHATS):
                department = first.opened.lead
                people.save(tx, people.Person(_person(chat), f"测试{chat}", department, ("inspector",)))
                people.bind(tx, "web", _account(chat), _person(chat), house.clock())
        yield Office(house, first)
        house.engine.dispose()


def load_demo(house: House) -> None:
    with redirect_stdout(StringIO()):
        demo.load(house, lambda said: None)


def open_house(folder: Path, url: str = "") -> House:
    engine = open_database(url or f"sqlite:///{folder / 'suijian.db'}")
    migrate(engine)
    boxes.use(engine, folder / "seal.key")
    return House(
        engine,
        load_lawbook(),
        folder / "evidence",
        folder / "archive",
        lambda: datetime.now(UTC),
        lambda: secrets.token_hex(32),
    )


def _person(chat: int) -> str:
    return f"P:bench{chat}"


def _account(chat: int) -> str:
    return f"bench{chat}"


def turns_for(at: Office, chat: int, cases: int) -> list[Turn]:
    """Opens so many inspections of this chat and its neighbour, and gives the taps that begin them."""
    turns = []
    for case_id in (_open(at, chat) for _ in range(cases)):
        for verb, *given in TAPS:
            tapped = SEPARATOR.join((verb, case_id, *given))
            turns.append(Turn("web", _account(chat), f"u{next(_numbers)}", button=tapped))
    # Opening them was not these turns' doing, and telling the team of it is not either.
    while deliver(at.house):
        pass
    return turns


def _open(at: Office, chat: int) -> str:
    house, opened = at.house, at.first.opened
    case_id = f"b{next(_numbers):09d}"
    members = (_member(opened.lead, chat, leader=True), _member(opened.lead, chat ^ 1, leader=False))
    event = replace(opened, case=case_id, members=members, substitutes={})
    actor = Actor(_person(chat), f"测试{chat}", opened.lead, ("inspector",), "bench")
    with writing(house.engine) as tx:
        facts = gather(tx, house.lawbook, at.first, actor, house.clock())
        casebook.record(tx, None, (event,), facts, "")
    return case_id


def _member(department: str, chat: int, *, leader: bool) -> Member:
    return Member(_person(chat), f"测试{chat}", department, f"YS-B{chat:03}", "inspector", leader)


def all_at_once(at: Office, cases: int) -> float:
    """Turns per second, a thread for each chat."""
    work = [turns_for(at, chat, cases) for chat in range(CHATS)]
    with ThreadPoolExecutor(CHATS) as threads:
        begun = time.perf_counter()
        list(threads.map(lambda turns: [receive(at.house, turn) for turn in turns], work))
        spent = time.perf_counter() - begun
    _must_have_happened(at, work)
    return sum(map(len, work)) / spent


def one_by_one(at: Office, cases: int) -> list[float]:
    """Seconds of every turn of one chat."""
    turns, samples = turns_for(at, 0, cases), []
    for turn in turns:
        begun = time.perf_counter()
        receive(at.house, turn)
        samples.append(time.perf_counter() - begun)
    _must_have_happened(at, [turns])
    return samples


def _must_have_happened(at: Office, work: Sequence[Sequence[Turn]]) -> None:
    """A turn that only failed would be a fast one: every tap must have left its event."""
    for case_id in {turn.button.split(SEPARATOR)[1] for turns in work for turn in turns}:
        seq = casebook.find(at.house.engine, case_id).seq
        if seq != 1 + len(TAPS):
            raise RuntimeError(f"{case_id} stands at {seq}, not at {1 + len(TAPS)}")
