"""Looking up many ids at once: one parameter, however many there are, and one plan for all."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Text, bindparam, cast, func, literal_column, select
from sqlalchemy import literal as said


def among(tx: Connection, ids: Iterable[str]) -> Any:
    """These ids as a subquery for `in_`."""
    return _told(tx.dialect.name, said(listed(ids), Text))


def among_given(dialect: str) -> Any:
    """The same for a statement that is prepared: its parameter is `ids`, to be given as `listed`."""
    return _told(dialect, bindparam("ids", type_=Text))


def listed(ids: Iterable[str]) -> str:
    return json.dumps(list(ids), ensure_ascii=False)


def _told(dialect: str, words: Any) -> Any:
    if dialect == "postgresql":
        return select(func.jsonb_array_elements_text(cast(words, Text).op("::")(literal_column("jsonb"))))
    return select(func.json_each(words).table_valued("value").c.value)
