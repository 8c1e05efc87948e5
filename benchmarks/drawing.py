"""Rows 11 and 12: the draw over a large Parquet directory, each time in a process of its own."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from heapq import nsmallest
from importlib import import_module
from pathlib import Path

from benchmarks.measure import FULL, Row, in_turn, medians, seconds
from storage.engines.choosing import draw
from storage.engines.source import File
from workflows.draw.quota import Quota

MANY = 10_000_000 if FULL else 1_000_000
SOME = 1_000_000 if FULL else 200_000
BOUNDED = 5_000_000 if FULL else 500_000
KEY = "858bb04261a6a2e8c9c2541010313c98c2f484ec1151f9dd5503867f5500eb24"
STRATA = 4


# Libraries are imported where they are used: their memory would count for the other engines, too.


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield from _against_scan(_directory(folder, MANY))
        yield from _against_loop(_directory(folder, SOME))
        yield from _bounded(_directory(folder, BOUNDED))


def _directory(folder: Path, count: int) -> Path:
    """A frozen directory with ids as random as unified social credit codes are, in the order of their bytes."""
    duckdb = import_module("duckdb")
    file = folder / f"{count}.parquet"
    with duckdb.connect() as base:
        base.execute("SET enable_progress_bar = false")
        base.execute(
            f"""COPY (SELECT '91' || lpad((hash(i) % 3200)::VARCHAR, 6, '0') || upper(substr(md5(i::VARCHAR), 1, 10)) AS id,
            'FOOD:' || (i % {STRATA}) AS stratum, 1 + (i % 3)::INT AS weight,
            CASE WHEN i % 50 = 0 THEN 'X:DEREG' ELSE 'E' END AS status
            FROM range({count}) AS t(i) ORDER BY id) TO '{file}' (FORMAT parquet)"""
        )
    return file


def _apart(work: str, file: Path) -> tuple[float, float]:
    """Seconds and peak MB of one piece of work, without what starting Python and importing cost in time."""
    command = [sys.executable, "-m", "benchmarks.drawing", work, str(file)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    took, peak = json.loads(said)
    return took, peak


def _against_scan(file: Path) -> Iterator[Row]:
    peaks: list[float] = []

    def ours() -> float:
        took, peak = _apart("datafusion", file)
        peaks.append(peak)
        return took

    against, own, ratio = medians(in_turn(lambda: _apart("scan", file)[0], ours))
    most, size = max(peaks), f"{MANY:,} ids, Parquet"
    said = (f"{against:.2f} s", f"{own:.2f} s", f"{ratio:.1f} ×")
    yield Row("11", "draw 5 %, DataFusion", size, *said, "≤ 15 ×", ratio <= 15)
    yield Row("11", "the same, peak memory", size, "-", f"{most:.0f} MB", "-", "≤ 500 MB", most <= 500)


def _against_loop(file: Path) -> Iterator[Row]:
    against, own, ratio = medians(
        in_turn(lambda: _apart("loop", file)[0], lambda: _apart("datafusion", file)[0])
    )
    said = (f"{against:.2f} s", f"{own:.2f} s", f"{1 / ratio:.1f} × faster")
    yield Row(
        "12",
        "draw 5 %, against hashlib, heap",
        f"{SOME:,} ids, Parquet",
        *said,
        "≥ 3 × faster",
        1 / ratio >= 3,
    )


def _bounded(file: Path) -> Iterator[Row]:
    for engine in ("python", "duckdb"):
        took, peak = _apart(engine, file)
        said = ("-", f"{peak:.0f} MB", f"{took:.1f} s")
        yield Row("11", f"peak memory, {engine}", f"{BOUNDED:,} ids, once", *said, "≤ 500 MB", peak <= 500)


def _scan(file: Path) -> object:
    """Every byte of every id: a mere count or maximum is answered from the file's statistics."""
    duckdb = import_module("duckdb")
    with duckdb.connect() as base:
        base.execute("SET enable_progress_bar = false")
        return base.execute(f"SELECT max(hash(id)) FROM '{file}'").fetchall()


def _loop(file: Path) -> object:
    """What one would write: hash every eligible id, a heap for each stratum. It checks nothing."""
    columns = import_module("pyarrow.parquet").read_table(file).to_pydict()
    strata: dict[str, list[tuple[int, str]]] = {}
    for id, stratum, weight, status in zip(*columns.values(), strict=True):
        if status == "E":
            strata.setdefault(stratum, []).append((weight, id))
    drawn = {}
    for stratum, own in strata.items():
        places = ((sha256((KEY + id).encode()).hexdigest(), weight, id) for weight, id in own)
        ranks = ((int(ticket[:13], 16) // weight, ticket, id) for ticket, weight, id in places)
        drawn[stratum] = nsmallest(-(-len(own) * 5 // 100), ranks)
    return drawn


def _draw(engine: str, file: Path) -> object:
    wanted = {f"FOOD:{number}": Quota(5, 100, "ceil", reserve=2) for number in range(STRATA)}
    return draw(engine, File(file), KEY, wanted)


def _peak() -> float:
    """MB. Not from getrusage: there a child begins with what its parent had."""
    line = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(line[1]) / 1024 if line else 0.0


def _child(work: str, file: Path) -> None:
    library = {"scan": "duckdb", "loop": "pyarrow.parquet"}.get(work, f"storage.engines.{work}")
    import_module(library)
    peers = {"scan": _scan, "loop": _loop}
    took = seconds(lambda: peers[work](file) if work in peers else _draw(work, file))
    sys.stdout.write(json.dumps([took, _peak()]))


if __name__ == "__main__":
    _child(sys.argv[1], Path(sys.argv[2]))
