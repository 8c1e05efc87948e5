"""`make bench`: every row measured, and whether it is met. Nothing here fails: the figures are for reading."""

from __future__ import annotations

import gc
import os
import platform
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import click

from benchmarks import counting, deciding, drawing, importing, matching, merkle, reminding, starting, turns
from benchmarks.measure import FULL, RUNS, Row

PARTS: tuple[Callable[[], Iterator[Row]], ...] = (
    turns.rows,
    deciding.rows,
    reminding.rows,
    counting.rows,
    drawing.rows,
    merkle.rows,
    matching.rows,
    importing.rows,
    starting.rows,
)
WIDTHS = (3, 36, 38, 12, 12, 15, 14)
HEAD = ("row", "work", "size", "floor/peer", "ours", "ratio", "reach")


def main() -> None:
    begun = time.perf_counter()
    size = "the sizes of the table" if FULL else "scaled down; FULL=1 takes the sizes of the table"
    click.echo(f"{datetime.now(UTC):%Y-%m-%d}, {_machine()}; {size}; medians of {RUNS} runs")
    click.echo(_line(HEAD, "met"))
    for part in PARTS:
        # As the service does after its start: what is loaded for other rows is not this one's to look through.
        gc.collect()
        gc.freeze()
        for row in part():
            cells = (row.number, row.work, row.size, row.against, row.ours, row.ratio, row.reach)
            click.echo(_line(cells, "met" if row.met else "not met"))
    # So that what libraries count at the end has been put away.
    gc.unfreeze()
    click.echo(f"measured in {time.perf_counter() - begun:.0f} s")


def _machine() -> str:
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}"
    )


def _line(cells: tuple[str, ...], last: str) -> str:
    return "  ".join([*(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True)), last])


if __name__ == "__main__":
    main()
