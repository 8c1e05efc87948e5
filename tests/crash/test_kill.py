"""kill -9 at any instant: what was acknowledged is there, nothing happened twice, and the walk goes on, in either channel."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from bot.deliver import deliver
from bot.house import House
from bot.receive import resume
from storage import outbox, screen
from storage.database import reading, writing
from tests.crash import living
from tests.crash.walk import CHANNELS, Step, Walker, acknowledged, bind, check, take, two_of, where, write
from tests.databases import demo_copy
from tests.talking import Clock, open_house

KILLS, SEED, PATIENCE = 12, 20260921, 40.0
# So many of the instants at which the house may die are tried; EXPLORE=1 tries every one.
SAMPLE = 60

# Processes of their own, from one that has everything imported: a SIGKILL is a SIGKILL, and a start takes no second.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.crash.living"])


@dataclass(frozen=True)
class Golden:
    """The walk as it goes when nothing dies: its turns, and after each how things stand and a copy of the database."""

    folder: Path
    steps: list[Step]
    stands: list[dict[str, object]] = field(default_factory=list)
    commits: list[int] = field(default_factory=list)

    def before(self, number: int) -> Path:
        return self.folder / f"before-{number}.db"


@contextmanager
def at_home(folder: Path) -> Iterator[tuple[House, Clock]]:
    house, clock = open_house(folder)
    try:
        yield house, clock
    finally:
        house.engine.dispose()


@contextmanager
def counting(house: House, die_at: int = 0) -> Iterator[list[int]]:
    """Counts the commits that write; the one numbered `die_at` never comes."""
    count = [0]

    def committing(connection: Connection) -> None:
        if connection.get_execution_options().get("suijian_writing"):
            count[0] += 1
            if count[0] == die_at:
                raise Died

    event.listen(house.engine, "commit", committing)
    try:
        yield count
    finally:
        event.remove(house.engine, "commit", committing)


class Died(BaseException):
    """Not an `Exception`: nothing in the house may catch it, as nothing can catch a kill."""


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> Golden:
    first, second = tmp_path_factory.mktemp("walked"), tmp_path_factory.mktemp("golden")
    with demo_copy("sqlite", first) as (house, clock):
        bind(house)
        deliver(house)
        house.engine.dispose()
        shutil.copy(first / "suijian.db", second / "before-0.db")
        golden = Golden(second, Walker(house, clock).walk())
    shutil.copy(golden.before(0), second / "suijian.db")
    with at_home(second) as (house, clock):
        for number, one in enumerate(golden.steps):
            with counting(house) as count:
                take(house, clock, number, one)
            golden.stands.append(where(house))
            golden.commits.append(count[0])
            _copy(second / "suijian.db", golden.before(number + 1))
    return golden


def _copy(open_one: Path, to: Path) -> None:
    """With what still stands in its write-ahead log."""
    with closing(sqlite3.connect(open_one)) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)


def test_the_walk_is_one_worth_killing(golden: Golden) -> None:
    """It types, taps, sends a place and a photo, in both channels, by two people, and gets to the end of step ④."""
    kinds = {event_type for event_type, *_ in golden.stands[-1]["events"]}  # type: ignore[attr-defined]
    assert {
        "BackgroundNoted",
        "NoticeIssued",
        "EvidenceAttached",
        "FindingDescribed",
        "SummarySigned",
        "ResultPublished",
    } <= kinds
    assert len({one.person for one in golden.steps}) == 2
    assert len(golden.steps) >= 60


def test_a_turn_is_there_whole_or_not_at_all(golden: Golden) -> None:
    """What came in, what it led to, what is shown for it, to whomever: one commit, beside the one that keeps a photo."""
    expected = [2 if one.photo else 1 for one in golden.steps]
    # Once the case is closed its file is packed after the turn, and then ticked off.
    closed = [any(kind == "CaseClosed" for kind, *_ in stand["events"]) for stand in golden.stands]  # type: ignore[attr-defined]
    expected[closed.index(True)] += 1
    assert golden.commits == expected


def test_killed_again_and_again_the_walk_arrives(golden: Golden, tmp_path: Path) -> None:
    shutil.copy(golden.before(0), tmp_path / "suijian.db")
    write(golden.steps, tmp_path / living.STEPS)
    chance, started = random.Random(SEED), time.monotonic()
    kills = 0
    for life in range(KILLS):
        if _life(tmp_path, life, kill_after=chance.uniform(0, 0.09)) == 0:
            break
        kills += 1
        with at_home(tmp_path) as (house, _clock):
            check(house)
            assert set(_noted(tmp_path)) <= acknowledged(house)
        assert time.monotonic() - started < PATIENCE
    else:
        assert _life(tmp_path, KILLS) == 0
    assert kills >= 8
    with at_home(tmp_path) as (house, _clock):
        check(house)
        assert where(house) == golden.stands[-1]
    assert len(set(_noted(tmp_path))) == len(_noted(tmp_path)) == len(golden.steps)


def _noted(folder: Path) -> list[str]:
    """The turns that were answered before the process was killed."""
    done = folder / living.ACKNOWLEDGED
    return done.read_text().split() if done.exists() else []


def _life(folder: Path, life: int, kill_after: float | None = None) -> int | None:
    """One process, killed so many seconds after it began its work; its exit code."""
    (folder / living.ALIVE).unlink(missing_ok=True)
    process = PROCESSES.Process(target=living.live, args=(folder, life))
    process.start()
    if kill_after is not None:
        while not (folder / living.ALIVE).exists() and process.is_alive():
            time.sleep(0.001)
        time.sleep(kill_after)
        process.kill()
    process.join(PATIENCE)
    code = process.exitcode
    process.close()
    return code


def test_dead_at_any_commit_of_any_turn_it_goes_on_as_if_nothing_had_been(
    golden: Golden, tmp_path: Path
) -> None:
    """Between two commits nothing is kept, so dying at each of them, and after the last, is dying at every instant."""
    instants = [(n, at) for n, commits in enumerate(golden.commits) for at in range(1, commits + 2)]
    if not os.environ.get("EXPLORE"):
        instants = random.Random(SEED).sample(instants, SAMPLE)
    wrong = [instant for instant in instants if not _survives(golden, tmp_path, *instant)]
    assert not wrong, [(n, at, golden.steps[n]) for n, at in wrong]


def _survives(golden: Golden, folder: Path, number: int, die_at: int) -> bool:
    """Whether the turn that died there, sent again after a restart, leads where it leads alive.

    After the last commit all is kept, and nobody was told.
    """
    for old in folder.glob("suijian.db*"):
        old.unlink()
    shutil.copy(golden.before(number), folder / "suijian.db")
    shutil.copytree(golden.folder / "evidence", folder / "evidence", dirs_exist_ok=True)
    dies = pytest.raises(Died) if die_at <= golden.commits[number] else nullcontext()
    with at_home(folder) as (house, clock), counting(house, die_at), dies:
        take(house, clock, number, golden.steps[number])
    with at_home(folder) as (house, clock):
        clock.now = golden.steps[number].at + living.PAUSE * 5
        resume(house)
        take(house, clock, number, golden.steps[number])
        check(house)
        return where(house) == golden.stands[number]


def test_the_server_and_a_terminal_deliver_at_once_and_nothing_is_shown_twice(
    golden: Golden, tmp_path: Path
) -> None:
    shutil.copy(golden.before(0), tmp_path / "suijian.db")
    with at_home(tmp_path) as (house, clock):
        case, one, _ = two_of(house)
        before = _shown(house, one)
        with writing(house.engine) as tx:
            for number in range(250):
                outbox.add(tx, f"n{number}", one, "nudge", case.id, f"第{number}位", clock())
        gate = PROCESSES.Barrier(2)
        two = [PROCESSES.Process(target=living.deliver_all, args=(tmp_path, gate)) for _ in range(2)]
        for process in two:
            process.start()
        for process in two:
            process.join(PATIENCE)
        assert [process.exitcode for process in two] == [0, 0]
        assert _shown(house, one) - before == 250 * len(CHANNELS)


def _shown(house: House, person: str) -> int:
    """How many messages this person was ever shown: the rev counts them, also those that have left the screen."""
    with reading(house.engine) as tx:
        return sum(screen.since(tx, channel, f"{channel}-{person}", 0)[-1].rev for channel in CHANNELS)
