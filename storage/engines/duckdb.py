"""The draw in DuckDB, over a Parquet or CSV file of any size: what does not fit into memory goes to a temporary folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import astuple
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from storage.engines.contract import Drawn, check_key
from storage.engines.cutting import Cut, cuts
from storage.engines.source import COLUMNS, File, Source, file_of
from storage.engines.sql import Cutting, Dialect, draw_by
from workflows.draw.quota import Quota
from workflows.errors import BadInput

MEMORY = "400MB"
FETCHED = 20_000


def draw(
    source: Source, key: str, quotas: Mapping[str, Quota], *, cutting: Cutting = cuts
) -> dict[str, Drawn]:
    """As `storage.engines.python.draw`; the file's rows may come in any order."""
    check_key(key)
    file = file_of(source, "DuckDB")
    dialect = Dialect(
        directory=_scan(file),
        cuts="cuts",
        raw="sha256('{key}' || id)",
        u="CAST('0x' || substr(ticket, 1, 13) AS BIGINT)",
        over="{u} // weight",
    )
    with TemporaryDirectory() as folder, duckdb.connect() as base:
        base.execute(f"SET memory_limit = '{MEMORY}'; SET temp_directory = '{folder}'")
        # A bar on standard output would stand among the rows that are written there.
        base.execute("SET preserve_insertion_order = false; SET enable_progress_bar = false")

        def ask(text: str, kept: list[Cut]) -> Iterator[Any]:
            base.execute(
                "CREATE OR REPLACE TEMP TABLE cuts (stratum VARCHAR, digits INT, highest BIGINT, mark VARCHAR, need BIGINT)"
            )
            if kept:
                base.executemany("INSERT INTO cuts VALUES (?, ?, ?, ?, ?)", [astuple(one) for one in kept])
            cursor = base.execute(text)
            while several := cursor.fetchmany(FETCHED):
                yield from several

        try:
            return draw_by(ask, dialect, key, quotas, cutting=cutting)
        except (duckdb.ConversionException, duckdb.InvalidInputException, duckdb.BinderException) as error:
            raise BadInput(f"“{file.path.name}”不能读成 {'、'.join(COLUMNS)} 四列：{error}") from error


def _scan(file: File) -> str:
    kind = file.kind
    path = "'" + str(file.path).replace("'", "''") + "'"
    if kind == "parquet":
        return f"read_parquet({path})"
    columns = "{'id': 'VARCHAR', 'stratum': 'VARCHAR', 'weight': 'BIGINT', 'status': 'VARCHAR'}"
    if kind == "csv":
        return f"read_csv({path}, header = true, delim = ',', quote = '\"', types = {columns})"
    form = "header = false, delim = '|', quote = '', escape = '', auto_detect = false"
    return f"read_csv({path}, {form}, columns = {columns})"
