"""A year's table as the text the `calendars` table keeps."""

from __future__ import annotations

from datetime import date

import msgspec

from workflows.calendar import YearTable


class _Row(msgspec.Struct, forbid_unknown_fields=True):
    year: int
    holidays: list[date]
    workdays: list[date]
    source: str


def encode(table: YearTable) -> str:
    """Canonical JSON: equal tables give equal text."""
    row = _Row(table.year, sorted(table.holidays), sorted(table.workdays), table.source)
    return msgspec.json.encode(row).decode()


def decode(text: str) -> YearTable:
    """Raises `msgspec.ValidationError` for text `encode` did not write."""
    row = msgspec.json.decode(text, type=_Row)
    return YearTable(row.year, frozenset(row.holidays), frozenset(row.workdays), row.source)
