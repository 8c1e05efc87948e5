"""Rows 7 and 8: a whole directory imported, against the bare upsert of its rows, and against reading its workbook."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path

import openpyxl
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine
from stdnum.cn.uscc import calc_check_digit

from benchmarks.measure import FULL, Row, in_turn, medians, seconds
from benchmarks.postgres import empty
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
NAMES = ", ".join(f'"{name}"' for name in COLUMNS)
MERGED = "ON CONFLICT (id) DO UPDATE SET " + ", ".join(f'"{name}" = excluded."{name}"' for name in COLUMNS)
Place = Callable[[], AbstractContextManager[str]]
_numbers = count()


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = _csv(folder)
        lite = partial(_lite, folder)
        yield _row("7", "targets from CSV, SQLite", TARGETS, partial(_upsert, lite, TARGETS), lite, file)
        yield _row("7", "targets from CSV, PostgreSQL", TARGETS, partial(_merge, TARGETS), empty, file)
        sheet = _xlsx(folder)
        yield _row("8", "targets from .xlsx", SHEET, partial(_read, sheet), lite, sheet)


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


def _row(number: str, work: str, size: int, floor: Callable[[], float], place: Place, file: Path) -> Row:
    def ours() -> float:
        return size / _import(place, file, size)

    against, own, ratio = medians(in_turn(lambda: size / floor(), ours))
    said = (f"{against:,.0f}/s", f"{own:,.0f}/s", f"{ratio:.2f} × floor")
    return Row(number, work, f"{size:,} rows", *said, "≥ 0.3 × floor", ratio >= 0.3)


@contextmanager
def _lite(folder: Path) -> Iterator[str]:
    """A SQLite file of its own, gone afterwards."""
    path = folder / f"{next(_numbers)}.db"
    try:
        yield f"sqlite:///{path}"
    finally:
        path.unlink()


@contextmanager
def _migrated(place: Place) -> Iterator[Engine]:
    with place() as url:
        engine = open_database(url)
        try:
            migrate(engine)
            yield engine
        finally:
            engine.dispose()


def _entries(size: int) -> Iterator[tuple[object, ...]]:
    """The rows the import makes of the file, ready for the driver."""
    at = moment_text(NOW)
    for name, code, _, address, contact in _firms(size):
        data = encode(Target(code, name, address=address, contact=contact))
        yield code, data, at, 1, DAY, "", "", None, None, None


def _upsert(place: Place, size: int) -> float:
    """Into the same table as ours, kept as durably, in one transaction."""
    entries = list(_entries(size))
    sql = f"INSERT INTO targets (id, {NAMES}) VALUES (?, {', '.join('?' * len(COLUMNS))}) {MERGED}"

    def write(engine: Engine) -> None:
        with writing(engine) as tx:
            tx.connection.cursor().executemany(sql, entries)

    with _migrated(place) as engine:
        return seconds(lambda: write(engine))


def _merge(size: int) -> float:
    """The same for PostgreSQL: the rows are copied into a table beside, and merged from there."""
    entries = list(_entries(size))

    def write(engine: Engine) -> None:
        with writing(engine) as tx:
            cursor = tx.connection.cursor()
            cursor.execute("CREATE TEMPORARY TABLE staged (LIKE targets) ON COMMIT DROP")
            with cursor.copy(f"COPY staged (id, {NAMES}) FROM STDIN") as copy:
                for entry in entries:
                    copy.write_row(entry)
            cursor.execute(f"INSERT INTO targets (id, {NAMES}) SELECT id, {NAMES} FROM staged {MERGED}")

    with _migrated(empty) as engine:
        return seconds(lambda: write(engine))


def _read(sheet: Path) -> float:
    return seconds(lambda: CalamineWorkbook.from_path(sheet).get_sheet_by_index(0).to_python())


def _import(place: Place, file: Path, size: int) -> float:
    def load(engine: Engine) -> None:
        _, counts = importing.load(engine, "targets", importing.read(file), file.stem, NOW)
        if counts.added != size:
            raise RuntimeError(f"{counts.added} of {size} went in")

    with _migrated(place) as engine:
        return seconds(lambda: load(engine))
