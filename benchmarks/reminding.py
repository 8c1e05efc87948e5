"""Row 6: the reminders, with a great many pending."""

from __future__ import annotations

import sqlite3
import tempfile
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import Engine

from benchmarks.measure import FULL, RUNS, Row, in_turn, medians, seconds
from storage import reminders
from storage.database import open_database, writing
from storage.migrate import migrate
from storage.reminders import BATCH, Claimed, Settled

PENDING = 1_000_000 if FULL else 100_000  # not due before the last run
DRAINED = 100_000 if FULL else 5_000  # due in each half of a run
SWEEPS = 200
ROUND = 10 * BATCH  # claimed in batches, settled together, as the sweep of the bot does
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
STEP = timedelta(seconds=1)  # between two reminders
INSERT = (
    'INSERT INTO reminders (id, "case", kind, armed_for, due_at, urgent, status, owner)'
    " VALUES (?, ?, 'entry-3', ?, ?, 0, 'pending', '')"
)
CLAIM = (
    "UPDATE reminders SET owner = ?, lease_until = ? WHERE id IN (SELECT id FROM reminders"
    " WHERE status = 'pending' AND urgent = 0 AND due_at <= ? AND lease_until IS NULL"
    " ORDER BY due_at LIMIT 100) RETURNING id"
)
MARK = "UPDATE reminders SET status = 'sent', owner = '', lease_until = NULL WHERE id = ?"


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "suijian.db"
        engine = open_database(f"sqlite:///{file}")
        migrate(engine)
        bare = sqlite3.connect(file, isolation_level=None)
        _fill(bare)
        yield _sweeping(engine, bare)
        yield _draining(engine, bare)
        bare.close()
        engine.dispose()


def _fill(bare: sqlite3.Connection) -> None:
    bare.execute("PRAGMA synchronous=FULL")
    bare.execute("BEGIN")
    bare.executemany(INSERT, (_row(number) for number in range(PENDING + 2 * RUNS * DRAINED)))
    bare.execute("COMMIT")
    bare.execute("ANALYZE")


def _row(number: int) -> tuple[int, str, str, str]:
    due = _text(_due(number))
    return number + 1, f"c{number}", due, due


def _due(number: int) -> datetime:
    return BEGIN + STEP * number


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")


def _sweeping(engine: Engine, bare: sqlite3.Connection) -> Row:
    """Nothing is due yet: what asking costs, every few seconds."""
    early = BEGIN - STEP

    def floor() -> float:
        return median(seconds(lambda: _claimed(bare, early)) for _ in range(SWEEPS))

    def ours() -> float:
        return median(seconds(lambda: reminders.any_due(engine, early)) for _ in range(SWEEPS))

    against, own, ratio = medians(in_turn(floor, ours))
    size = f"{PENDING + 2 * RUNS * DRAINED:,} pending"
    said = (f"{against * 1e3:.3f} ms", f"{own * 1e3:.3f} ms", f"{ratio:.2f} × floor")
    return Row("6", "reminders: empty sweep", size, *said, "≤ 3 × floor", ratio <= 3)


def _draining(engine: Engine, bare: sqlite3.Connection) -> Row:
    """Each half of a run finds the next ones due."""
    moments = (_due(DRAINED * half - 1) for half in range(1, 2 * RUNS + 1))
    against, own, ratio = medians(
        in_turn(
            lambda: DRAINED / _drained_bare(bare, next(moments)),
            lambda: DRAINED / _drained(engine, next(moments)),
        )
    )
    size = f"{DRAINED:,} of {PENDING:,} and more"
    said = (f"{against:,.0f}/s", f"{own:,.0f}/s", f"{ratio:.2f} × floor")
    return Row("6", "reminders: drain, claim and mark", size, *said, "≥ 0.5 × floor", ratio >= 0.5)


def _claimed(bare: sqlite3.Connection, now: datetime) -> list[tuple[int]]:
    lease = _text(now + reminders.LEASE)
    return bare.execute(CLAIM, (uuid.uuid4().hex, lease, _text(now))).fetchall()


def _drained_bare(bare: sqlite3.Connection, now: datetime) -> float:
    def work() -> int:
        done = 0
        while ids := [row for _ in range(ROUND // BATCH) for row in _claimed(bare, now)]:
            bare.execute("BEGIN IMMEDIATE")
            bare.executemany(MARK, ids)
            bare.execute("COMMIT")
            done += len(ids)
        return done

    return _timed(work)


def _drained(engine: Engine, now: datetime) -> float:
    def work() -> int:
        done, owner = 0, uuid.uuid4().hex
        while claimed := [one for _ in range(ROUND // BATCH) for one in _batch(engine, now, owner)]:
            with writing(engine) as tx:
                held = reminders.settle(tx, [Settled(one, "sent") for one in claimed], owner, now)
            done += len(held)
        return done

    return _timed(work)


def _batch(engine: Engine, now: datetime, owner: str) -> tuple[Claimed, ...]:
    with writing(engine) as tx:
        return reminders.claim(tx, now, owner)


def _timed(work: Callable[[], int]) -> float:
    """Seconds of a drain; one that left something, or took too much, measured nothing."""
    done = 0

    def drain() -> None:
        nonlocal done
        done = work()

    spent = seconds(drain)
    if done != DRAINED:
        raise RuntimeError(f"drained {done}, not {DRAINED}")
    return spent
