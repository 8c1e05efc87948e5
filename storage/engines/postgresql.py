"""The draw inside PostgreSQL: only what is drawn leaves the database."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import astuple
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError

from storage.database import reading
from storage.engines.contract import Drawn, check_key
from storage.engines.cutting import Cut, cuts
from storage.engines.source import Source, Table, refuse_table
from storage.engines.sql import Cutting, Dialect, draw_by
from workflows.draw.quota import Quota
from workflows.errors import BadInput

# As one value rather than a temporary table, so that a read-only account or replica will do.
CUTS = (
    "jsonb_to_recordset(CAST(%(cuts)s AS jsonb))"
    " AS cuts(stratum text, digits int, highest bigint, mark text, need bigint)"
)
NAMES = ("stratum", "digits", "highest", "mark", "need")
FETCHED = 20_000


def draw(
    source: Source, key: str, quotas: Mapping[str, Quota], *, cutting: Cutting = cuts
) -> dict[str, Drawn]:
    """As `storage.engines.python.draw`, over a table of a PostgreSQL database; everything read is of one moment."""
    check_key(key)
    if not isinstance(source, Table) or not source.url.startswith("postgresql"):
        raise BadInput("请给出 PostgreSQL 数据库的地址，以 postgresql 开头，并说明名录所在的表。")
    dialect = Dialect(
        directory=source.quoted,
        cuts=CUTS,
        raw="sha256(convert_to('{key}' || id, 'UTF8'))",
        ticket="encode(raw, 'hex')",
        mark="decode(mark, 'hex')",
        u="CAST(CAST('x000' || substr(ticket, 1, 13) AS bit(64)) AS bigint)",
        bytewise='{column} COLLATE "C"',
    )
    engine = create_engine(source.url)
    try:
        with reading(engine) as tx:

            def ask(text: str, kept: list[Cut]) -> Iterator[Any]:
                lines = [dict(zip(NAMES, astuple(one), strict=True)) for one in kept]
                streamed = tx.execution_options(yield_per=FETCHED)
                # The driver reads a bare % as the beginning of a value's name.
                doubled = text.replace("%", "%%").replace("%%(cuts)s", "%(cuts)s")
                yield from streamed.exec_driver_sql(doubled, {"cuts": json.dumps(lines)})

            return draw_by(ask, dialect, key, quotas, cutting=cutting)
    except DBAPIError as error:
        raise refuse_table(source, error) from error
    finally:
        engine.dispose()
