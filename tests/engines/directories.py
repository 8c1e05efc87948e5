"""Directories for the engines: made up at random, written in every form, and drawn in the plainest way there is."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from fractions import Fraction
from math import ceil, floor
from pathlib import Path

import pyarrow as pa
from hypothesis import strategies as st
from pyarrow import parquet
from sqlalchemy import create_engine, text

from storage.engines.contract import Drawn
from storage.engines.source import COLUMNS, File, Table
from tests.databases import fresh
from workflows.draw.quota import Quota
from workflows.draw.strata import Place
from workflows.draw.tickets import rank

KEY = "858bb04261a6a2e8c9c2541010313c98c2f484ec1151f9dd5503867f5500eb24"
Row = tuple[str, str, int, str]
STRATA = ("FOOD:5301:A", "餐饮:昆明", 'it\'s \\ "so" %', "B ")
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._:-"

ids = st.one_of(
    st.text(LETTERS, min_size=1, max_size=4),
    st.text(LETTERS, min_size=55, max_size=55),
    st.from_regex(r"9153[0-9]{13}[0-9A-Z]", fullmatch=True),
)
weights = st.one_of(st.integers(1, 12), st.integers(1, 1_000_000), st.sampled_from((1, 9, 10, 1_000_000)))
statuses = st.sampled_from(("E", "E", "E", "X:DEREG", "X:INSPECTED-2026", "X:注销"))


@st.composite
def directories(draw: st.DrawFn) -> list[Row]:
    own = draw(st.lists(ids, unique=True, max_size=60))
    return [
        (id, draw(st.sampled_from(STRATA)), draw(weights), draw(statuses))
        for id in sorted(own, key=str.encode)
    ]


quotas = st.fixed_dictionaries(
    {
        stratum: st.builds(
            Quota,
            num=st.integers(0, 7),
            den=st.integers(1, 9),
            rounding=st.sampled_from(("ceil", "floor")),
            least=st.integers(0, 5),
            most=st.none() | st.integers(0, 20),
            reserve=st.integers(0, 4),
        )
        for stratum in STRATA
    }
)


def plainly(rows: Sequence[Row], quotas: Mapping[str, Quota]) -> dict[str, Drawn]:
    """Everything in memory, fractions for the quota, one sort for each stratum."""
    result = {}
    for stratum, quota in quotas.items():
        own = [(id, weight) for id, name, weight, status in rows if name == stratum and status == "E"]
        order = tuple(sorted(Place(*rank(KEY, id, weight)) for id, weight in own))
        share = Fraction(len(own) * quota.num, quota.den)
        k = max(ceil(share) if quota.rounding == "ceil" else floor(share), quota.least)
        k = min(k, len(own)) if quota.most is None else min(k, len(own), quota.most)
        result[stratum] = Drawn(len(own), order[:k], order[k : k + quota.reserve])
    return result


def parquet_file(rows: Sequence[Row], folder: Path) -> File:
    """In row groups of seven, so that even small directories have several."""
    types = (pa.string(), pa.string(), pa.int32(), pa.string())
    columns = list(zip(*rows, strict=True)) or [()] * len(COLUMNS)
    table = pa.table({n: pa.array(c, t) for n, c, t in zip(COLUMNS, columns, types, strict=True)})
    parquet.write_table(table, folder / "d.parquet", row_group_size=7)
    return File(folder / "d.parquet")


def csv_file(rows: Sequence[Row], folder: Path) -> File:
    with (folder / "d.csv").open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows([COLUMNS, *rows])
    return File(folder / "d.csv")


def lines_file(rows: Sequence[Row], folder: Path) -> File:
    text = "".join(f"{'|'.join(map(str, row))}\n" for row in rows)
    (folder / "d.txt").write_text(text, encoding="utf-8", newline="\n")
    return File(folder / "d.txt")


def sqlite_table(rows: Sequence[Row], folder: Path) -> Table:
    base = sqlite3.connect(folder / "d.db")
    base.executescript("DROP TABLE IF EXISTS directory; CREATE TABLE directory (id, stratum, weight, status)")
    base.executemany("INSERT INTO directory VALUES (?, ?, ?, ?)", rows)
    base.commit()
    base.close()
    return Table(f"sqlite:///{folder / 'd.db'}")


FILES: tuple[Callable[[Sequence[Row], Path], File], ...] = (parquet_file, csv_file, lines_file)


@contextmanager
def postgresql_tables(folder: Path) -> Iterator[Callable[[Sequence[Row]], Table]]:
    """What writes rows, in reverse order, into a table that replaces the one before."""
    with fresh("postgresql", folder) as url:
        engine = create_engine(url)

        def write(rows: Sequence[Row]) -> Table:
            with engine.begin() as tx:
                tx.execute(text("DROP TABLE IF EXISTS directory"))
                tx.execute(text("CREATE TABLE directory (id text, stratum text, weight int, status text)"))
                for row in reversed(rows):
                    tx.execute(
                        text("INSERT INTO directory VALUES (:id, :stratum, :weight, :status)"),
                        dict(zip(COLUMNS, row, strict=True)),
                    )
            return Table(url)

        yield write
        engine.dispose()
