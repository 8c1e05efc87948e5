"""Rows of a directory, one after the other, in bounded memory; counted and checked on the way."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from importlib import import_module
from typing import IO, Any

from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from storage.engines.contract import Band
from storage.engines.source import (
    COLUMNS,
    File,
    Source,
    Table,
    refuse_id,
    refuse_order,
    refuse_row,
    refuse_table,
    refuse_twice,
)
from workflows.draw.lines import MOST_WEIGHT, WEIGHT
from workflows.draw.tickets import ID
from workflows.errors import BadInput

Row = tuple[str, str, int, str]
STRATUM = re.compile(r"[^|\n]+")
STATUS = re.compile(r"E|X:[^|\n]+")
BATCH = 20_000


def rows(source: Source) -> Generator[Row, None, None]:
    """As they lie in a file; from a table in the order of the ids' bytes. Unchecked: see `survey`."""
    if isinstance(source, Table):
        return _from_table(source)
    return {"parquet": _from_parquet, "csv": _from_csv, "lines": _from_lines}[source.kind](source)


def _from_parquet(file: File) -> Generator[Row, None, None]:
    found: Generator[Row, None, None] = import_module("storage.engines.parquet").rows(file, COLUMNS)
    return found


@contextmanager
def _opened(file: File, encoding: str, newline: str) -> Iterator[IO[str]]:
    try:
        with file.path.open(encoding=encoding, newline=newline) as opened:
            yield opened
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadInput(f"“{file.path.name}”读不成 UTF-8 编码的文本表格，请另存后重试。") from error


def _from_csv(file: File) -> Generator[Row, None, None]:
    with _opened(file, "utf-8-sig", "") as opened:
        reader = csv.DictReader(opened)
        if not set(COLUMNS) <= set(reader.fieldnames or ()):
            raise BadInput(f"“{file.path.name}”的首行应有 {'、'.join(COLUMNS)} 四列。")
        for line in reader:
            yield line["id"], line["stratum"], _number(line["weight"]), line["status"]


def _from_lines(file: File) -> Generator[Row, None, None]:
    with _opened(file, "utf-8", "\n") as opened:
        for line in opened:
            fields = line.removesuffix("\n").split("|")
            if len(fields) != len(COLUMNS):
                raise refuse_row(line.strip(), "", "")
            yield fields[0], fields[1], _number(fields[2]), fields[3]


def _number(written: str | None) -> int:
    """0, which no row may have, for what is no plain number."""
    return int(written) if written and WEIGHT.fullmatch(written) else 0


def _from_table(table: Table) -> Generator[Row, None, None]:
    engine = create_engine(table.url)
    # SQLite compares bytes unless told otherwise, PostgreSQL only when told so.
    order = 'id COLLATE "C"' if engine.dialect.name == "postgresql" else "id COLLATE BINARY"
    query = text(f"SELECT {', '.join(COLUMNS)} FROM {table.quoted} ORDER BY {order}")
    try:
        with engine.connect() as tx, closing(tx.execution_options(yield_per=BATCH).execute(query)) as found:
            for row in found:
                yield row[0], row[1], row[2], row[3]
    except DBAPIError as error:
        raise refuse_table(table, error) from error
    finally:
        engine.dispose()


def survey(source: Source) -> list[Band]:
    """Counts every row and checks it; what is not as DR-1 has it is BadInput, naming what is wrong."""
    counts: Counter[tuple[str, int, str]] = Counter()
    # Closed at once when a row is refused: behind it may stand a database's cursor.
    with closing(rows(source)) as found:
        for _, stratum, weight, status in rising(found):
            counts[stratum, weight, status] += 1
    return fold((*key, n) for key, n in counts.items())


def rising(found: Iterable[Row]) -> Iterator[Row]:
    """The same rows, each id well formed and after the one before it by bytes, so that none occurs twice."""
    last = ""
    for row in found:
        id = row[0]
        if not (isinstance(id, str) and ID.fullmatch(id)):
            raise refuse_id(id)
        if id <= last:
            raise refuse_twice(id) if id == last else refuse_order(id)
        last = id
        yield row


def fold(groups: Iterable[Any]) -> list[Band]:
    """(stratum, weight, status, rows) of a whole directory, each checked, into bands."""
    bands: dict[tuple[str, int], Band] = {}
    for stratum, weight, status, rows in groups:
        if not well_formed(stratum, weight, status):
            raise refuse_row(stratum, weight, status)
        whole = int(weight)
        own = (stratum, len(str(whole)))
        band = bands.get(own, Band(*own, n=0, total=0, lightest=MOST_WEIGHT, heaviest=1))
        if status == "E":
            band = Band(
                *own,
                n=band.n + rows,
                total=band.total + whole * rows,
                lightest=min(band.lightest, whole),
                heaviest=max(band.heaviest, whole),
            )
        bands[own] = band
    return list(bands.values())


def well_formed(stratum: Any, weight: Any, status: Any) -> bool:
    return (
        isinstance(stratum, str)
        and isinstance(status, str)
        and isinstance(weight, int)
        and 1 <= weight <= MOST_WEIGHT
        and bool(STRATUM.fullmatch(stratum) and STATUS.fullmatch(status))
    )
