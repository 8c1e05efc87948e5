"""Many entries into a directory in one statement: PostgreSQL copies them into a table of the transaction's own first,
SQLite reads them from one text of JSON.

Row by row, a server would answer for each of them, and SQLite would hold up the thread that reads the next ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, TextClause, text

from storage.documents import encode
from storage.schema import moment_text

_STAGE = (
    """CREATE TEMPORARY TABLE IF NOT EXISTS imported (id text, data text, version integer) ON COMMIT DROP"""
)
_EMPTY = "TRUNCATE imported"
_COLUMNS = (
    "id",
    "data",
    "version",
    "imported_at",
    "valid_from",
    "source",
    "by",
    "gone_on",
    "gone_source",
    "gone_by",
)
_LEFT = ":at, :day, :source, :by, NULL, NULL, NULL"
_COPIED = f"SELECT id, data, version, {_LEFT} FROM imported"
# SQLite wants a WHERE here, lest ON belong to a join.
_READ = f"SELECT key, value, :version, {_LEFT} FROM json_each(:entries) WHERE true"
_SAVE = """INSERT INTO {directory} ({columns}) {found} ON CONFLICT (id) DO UPDATE SET {changed}"""

Rows = Sequence[tuple[str, str, int]]


def put(tx: Connection, directory: str, rows: Rows, now: datetime, day: str, origin: tuple[str, str]) -> None:
    """Rows of (id, canonical JSON, version), standing from that day on; `origin` is the source and by whom."""
    same = {"at": moment_text(now), "day": day, "source": origin[0], "by": origin[1]}
    if rows:
        (_copy if tx.dialect.name == "postgresql" else _hand_over)(tx, directory, rows, same)


def _copy(tx: Connection, directory: str, rows: Rows, same: dict[str, str]) -> None:
    tx.execute(text(_STAGE))
    tx.execute(text(_EMPTY))
    cursor: Any = tx.connection.cursor()
    with cursor.copy("COPY imported (id, data, version) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    tx.execute(_save(directory, _COPIED), same)


def _hand_over(tx: Connection, directory: str, rows: Rows, same: dict[str, str]) -> None:
    by_version: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for id, data, version in rows:
        by_version[version][id] = data
    for version, entries in by_version.items():
        given = {**same, "entries": encode(entries), "version": version}
        tx.execute(_save(directory, _READ), given)


def _save(directory: str, found: str) -> TextClause:
    changed = ", ".join(f'"{name}" = excluded."{name}"' for name in _COLUMNS if name != "id")
    columns = ", ".join(f'"{name}"' for name in _COLUMNS)
    return text(_SAVE.format(directory=directory, columns=columns, found=found, changed=changed))
