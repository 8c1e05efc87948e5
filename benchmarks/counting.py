"""Row 9: a supervisor's table by department and status: kept counters against a GROUP BY."""

from __future__ import annotations

import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from statistics import median

from sqlalchemy import Engine

from benchmarks.chats import load_demo, open_house
from benchmarks.measure import Row, in_turn, medians, p99, seconds
from storage import progress
from storage.database import reading, writing
from storage.progress_cut import EVERYTHING, Cut
from storage.progress_names import Scope
from storage.progress_schema import counts, dues, shares
from workflows.progress import AXES, STATES, Share, Standing

CASES = 1_000_000  # never fewer: how much faster counters are depends on the size alone
DEPARTMENTS = 12
ASKED = 200  # times in each run
PEER_ASKED = 10
TODAY = date(2026, 11, 20)
CHUNK = 10_000


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as name:
        house = open_house(Path(name))
        load_demo(house)
        _fill(house.engine)
        peer = _peer(Path(name) / "peer.db")
        yield from _asking(house.engine, peer)
        peer.close()
        house.engine.dispose()


def _share(number: int) -> Share:
    department = f"部门{number % DEPARTMENTS:02}"
    state = tuple(STATES)[number % len(STATES)]
    out = state == "published"
    due = None if out else TODAY + timedelta(days=number % 60 - 10)
    return Share(
        case=f"c{number:07}",
        department=department,
        lead=department,
        plan="P",
        task="T",
        target=f"t{number}",
        target_name="某店",
        region=f"勐海县{number % 100:02}",
        month=f"2026-{number % 10 + 1:02}",
        items=("SJ-01",),
        persons=(f"P:{number % 500}",),
        leader=f"P:{number % 500}",
        standing=Standing(state, due, out and number % 8 == 3, out and number % 3 == 0),
    )


def _fill(engine: Engine) -> None:
    """The rows as the counters keep them; written in bulk, as a case at a time would take an hour."""
    counted: Counter[progress.Key] = Counter()
    owed: Counter[progress.Key] = Counter()
    numbers = iter(range(CASES))
    with writing(engine) as tx:
        for table in (counts, dues, shares):
            tx.execute(table.delete())
        while several := [_share(number) for number in islice(numbers, CHUNK)]:
            tx.execute(shares.insert(), [progress.row_of(one) for one in several])
            for one in several:
                counted.update(progress.keys(one))
                owed.update(progress.due_keys(one))
        for table, found in ((counts, counted), (dues, owed)):
            names = [column.name for column in table.primary_key]
            tx.execute(
                table.insert(), [dict(zip(names, k, strict=True)) | {"n": n} for k, n in found.items()]
            )


def _peer(file: Path) -> sqlite3.Connection:
    """The same cases with the index that covers the question, which leaves nothing to read but the index."""
    peer = sqlite3.connect(file)
    peer.execute("CREATE TABLE cases (id TEXT PRIMARY KEY, department TEXT, status TEXT, due TEXT)")
    every = (_share(number) for number in range(CASES))
    lines = ((s.case, s.department, s.standing.state, str(s.standing.due or "")) for s in every)
    peer.executemany("INSERT INTO cases VALUES (?, ?, ?, ?)", lines)
    peer.execute("CREATE INDEX progress ON cases (department, status)")
    peer.execute("ANALYZE")
    peer.commit()
    return peer


def _asking(engine: Engine, peer: sqlite3.Connection) -> Iterator[Row]:
    samples: list[float] = []

    def grouped() -> float:
        query = "SELECT department, status, count(*) FROM cases GROUP BY department, status"
        return median(seconds(peer.execute(query).fetchall) for _ in range(PEER_ASKED))

    def kept() -> float:
        mine = [seconds(lambda: _table(engine)) for _ in range(ASKED)]
        samples.extend(mine)
        return median(mine)

    against, own, ratio = medians(in_turn(grouped, kept))
    last, size = p99(samples), f"{CASES:,} cases"
    said = (f"{against * 1e3:.1f} ms", f"{own * 1e3:.2f} ms", f"{1 / ratio:.1f} × faster")
    yield Row("9", "progress by department × status", size, *said, "≥ 20 × faster", 1 / ratio >= 20)
    said = ("-", f"{last * 1e3:.1f} ms", "-")
    yield Row("9", "the same, p99", f"{len(samples)} times", *said, "≤ 10 ms", last <= 0.010)
    yield from _slices(engine)


def _slices(engine: Engine) -> Iterator[Row]:
    """Every other table, and the parts the counters answer: a department's people, a region's departments."""
    department = Cut("部门03")
    asked = [(f"progress by {axis}", axis, EVERYTHING) for axis in AXES if axis != "department"]
    asked += [(f"a department's {axis}", axis, department) for axis in ("person", "item", "month")]
    asked += [("a region's departments", "department", Cut(region="勐海县01"))]
    for named, axis, cut in asked:
        spent = median(seconds(lambda axis=axis, cut=cut: _by(engine, axis, cut)) for _ in range(20))
        said = ("-", f"{spent * 1e3:.1f} ms", "-")
        yield Row("9", named, f"{CASES:,} cases", *said, "≤ 10 ms", spent <= 0.010)


def _by(engine: Engine, axis: str, cut: Cut) -> None:
    with reading(engine) as tx:
        progress.by(tx, axis, Scope(), TODAY, cut)


def _table(engine: Engine) -> None:
    with reading(engine) as tx:
        lines = progress.by(tx, "department", Scope(), TODAY)
    if progress.total(lines).total != CASES:
        raise RuntimeError("the counters do not add up to the cases")
