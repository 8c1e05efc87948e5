"""Rows 7 and 8: a whole directory imported, against the bare upsert of its rows, and against reading its workbook."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import openpyxl
from python_calamine import CalamineWorkbook
from stdnum.cn.uscc import calc_check_digit

from benchmarks.measure import FULL, Row, in_turn, medians, seconds
from storage import importing
from storage.database import open_database, writing
from storage.documents import encode
from storage.migrate import migrate
from storage.schema import moment_text
from workflows.directory import Target

TARGETS = 1_000_000 if FULL else 100_000
SHEET = 100_000 if FULL else 10_000
HEADERS = ("企业名称", "统一社会信用代码", "登记状态", "住所", "联系人")
NOW, DAY = datetime(2026, 11, 20, 2, tzinfo=UTC), "2026-11-20"
COLUMNS = (
    "data",
    "imported_at",
    "version",
    "valid_from",
    "source",
    "by",
    "gone_on",
    "gone_source",
    "gone_by",
)
UPSERT = (
    f"""INSERT INTO targets (id, {", ".join(f'"{name}"' for name in COLUMNS)}) VALUES (?, {", ".join("?" * len(COLUMNS))})"""
    f""" ON CONFLICT (id) DO UPDATE SET {", ".join(f'"{name}" = excluded."{name}"' for name in COLUMNS)}"""
)


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield _row("7", "targets from CSV, SQLite", TARGETS, folder, _csv(folder))
        yield _row("8", "targets from .xlsx", SHEET, folder, _xlsx(folder))


def _firms(size: int) -> Iterator[tuple[str, ...]]:
    for number in range(size):
        body = f"91532822MA{number:07d}"
        yield f"勐海第{number}商店", body + calc_check_digit(body), "存续", f"某路{number}号", "张三"


def _csv(folder: Path) -> Path:
    path = folder / "targets.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADERS, *_firms(TARGETS)])
    return path


def _xlsx(folder: Path) -> Path:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for firm in (HEADERS, *_firms(SHEET)):
        sheet.append(firm)
    book.save(folder / "targets.xlsx")
    return folder / "targets.xlsx"


def _row(number: str, work: str, size: int, folder: Path, file: Path) -> Row:
    fresh = count()

    def floor() -> float:
        if file.suffix == ".xlsx":
            return size / seconds(lambda: CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python())
        return size / _upsert(folder / f"floor-{number}-{next(fresh)}.db", list(_entries(size)))

    def ours() -> float:
        return size / _import(folder / f"ours-{number}-{next(fresh)}.db", file, size)

    against, own, ratio = medians(in_turn(floor, ours))
    said = (f"{against:,.0f}/s", f"{own:,.0f}/s", f"{ratio:.2f} × floor")
    return Row(number, work, f"{size:,} rows", *said, "≥ 0.3 × floor", ratio >= 0.3)


def _entries(size: int) -> Iterator[tuple[object, ...]]:
    """The rows the import makes of the file, ready for the driver."""
    at = moment_text(NOW)
    for name, code, _, address, contact in _firms(size):
        data = encode(Target(code, name, address=address, contact=contact))
        yield code, data, at, 1, DAY, "", "", None, None, None


def _upsert(path: Path, entries: list[tuple[object, ...]]) -> float:
    """Into the same table as ours, kept as durably, in one transaction."""
    engine = open_database(f"sqlite:///{path}")
    migrate(engine)

    def write() -> None:
        with writing(engine) as tx:
            tx.connection.cursor().executemany(UPSERT, entries)

    try:
        return seconds(write)
    finally:
        engine.dispose()
        path.unlink()


def _import(path: Path, file: Path, size: int) -> float:
    engine = open_database(f"sqlite:///{path}")
    migrate(engine)

    def load() -> None:
        _, counts = importing.load(engine, "targets", importing.read(file), file.stem, NOW)
        if counts.added != size:
            raise RuntimeError(f"{counts.added} of {size} went in")

    try:
        return seconds(load)
    finally:
        engine.dispose()
        path.unlink()
