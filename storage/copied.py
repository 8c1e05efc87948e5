"""Many entries into PostgreSQL: copied into a table of the transaction's own, and taken over from there in one statement.

Row by row there would be an answer of the server for each of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

_STAGE = (
    """CREATE TEMPORARY TABLE IF NOT EXISTS imported (id text, data text, version integer) ON COMMIT DROP"""
)
_EMPTY = "TRUNCATE imported"
_SAVE = """INSERT INTO {directory} (id, data, imported_at, version, gone_on)
SELECT id, data, :at, version, NULL FROM imported
ON CONFLICT (id) DO UPDATE SET data = excluded.data, imported_at = excluded.imported_at,
version = excluded.version, gone_on = NULL"""


def put(tx: Connection, directory: str, rows: Sequence[tuple[str, str, int]], at: str) -> None:
    """Rows of (id, canonical JSON, version), written at that moment (`schema.moment_text`)."""
    if not rows:
        return
    tx.execute(text(_STAGE))
    tx.execute(text(_EMPTY))
    cursor: Any = tx.connection.cursor()
    with cursor.copy("COPY imported (id, data, version) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    tx.execute(text(_SAVE.format(directory=directory)), {"at": at})
