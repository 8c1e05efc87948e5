"""Many entries into a directory in one statement: PostgreSQL copies them into a table of the transaction's own first,
SQLite reads them from one text of JSON.

Row by row, a server would answer for each of them, and SQLite would hold up the thread that reads the next ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from storage.documents import encode

_STAGE = (
    """CREATE TEMPORARY TABLE IF NOT EXISTS imported (id text, data text, version integer) ON COMMIT DROP"""
)
_EMPTY = "TRUNCATE imported"
_COPIED = "SELECT id, data, :at, version, NULL FROM imported"
# SQLite wants a WHERE here, lest ON belong to a join.
_READ = "SELECT key, value, :at, :version, NULL FROM json_each(:entries) WHERE true"
_SAVE = """INSERT INTO {directory} (id, data, imported_at, version, gone_on) {found}
ON CONFLICT (id) DO UPDATE SET data = excluded.data, imported_at = excluded.imported_at,
version = excluded.version, gone_on = NULL"""

Rows = Sequence[tuple[str, str, int]]


def put(tx: Connection, directory: str, rows: Rows, at: str) -> None:
    """Rows of (id, canonical JSON, version), written at that moment (`schema.moment_text`)."""
    if rows:
        (_copy if tx.dialect.name == "postgresql" else _hand_over)(tx, directory, rows, at)


def _copy(tx: Connection, directory: str, rows: Rows, at: str) -> None:
    tx.execute(text(_STAGE))
    tx.execute(text(_EMPTY))
    cursor: Any = tx.connection.cursor()
    with cursor.copy("COPY imported (id, data, version) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    tx.execute(text(_SAVE.format(directory=directory, found=_COPIED)), {"at": at})


def _hand_over(tx: Connection, directory: str, rows: Rows, at: str) -> None:
    by_version: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for id, data, version in rows:
        by_version[version][id] = data
    save = text(_SAVE.format(directory=directory, found=_READ))
    for version, entries in by_version.items():
        tx.execute(save, {"entries": encode(entries), "at": at, "version": version})
