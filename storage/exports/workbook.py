"""Tables to an Excel file. Words stay words: a cell that begins with "=" is text, never a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from fractions import Fraction
from io import BytesIO
from itertools import chain, count, islice
from typing import Any

from workflows.inspection.facts import CHINA

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cell = str | int | date | datetime | Fraction | None
WIDEST = 60  # characters
MOST_ROWS = 1_048_576  # of a page; the library writes nothing below them, and says nothing
_FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "head": {"bold": True, "bg_color": "#E8EEF4", "border": 1, "text_wrap": True},
    "text": {"text_wrap": True, "valign": "top"},
    "day": {"num_format": "yyyy-mm-dd", "align": "left", "valign": "top"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left", "valign": "top"},
    "share": {"num_format": "0.0%", "valign": "top"},
}


@dataclass(frozen=True)
class Sheet:
    """`notes` stand under the title: what the table rests on. Moments are written as the time in China."""

    title: str
    headings: tuple[str, ...]
    rows: Iterable[Sequence[Cell]]
    notes: tuple[str, ...] = field(default=())


def workbook(sheets: Iterable[Sheet], made_at: datetime) -> bytes:
    """The bytes of one .xlsx; the same tables at the same moment give the same bytes."""
    # Loaded with the first table that is asked for, not with every start.
    from xlsxwriter import Workbook  # noqa: PLC0415

    target = BytesIO()
    book = Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": made_at.astimezone(UTC).replace(tzinfo=None)})
    formats = {name: book.add_format(look) for name, look in _FORMATS.items()}
    for sheet in sheets:
        _write(book, sheet, formats)
    book.close()
    return target.getvalue()


def _write(book: Any, sheet: Sheet, formats: dict[str, Any]) -> None:
    """What a page has no room for goes on under the same headings on the next."""
    waiting, room = iter(sheet.rows), MOST_ROWS - len(sheet.notes) - 2
    _page(book, replace(sheet, rows=islice(waiting, room)), formats)
    for number, first in zip(count(2), waiting):
        rest = chain([first], islice(waiting, room - 1))
        _page(book, replace(sheet, title=f"{sheet.title}（{number}）", rows=rest), formats)


def _page(book: Any, sheet: Sheet, formats: dict[str, Any]) -> None:
    page = book.add_worksheet(_tab(sheet.title))
    page.write_string(0, 0, sheet.title, formats["title"])
    for number, note in enumerate(sheet.notes, start=1):
        page.write_string(number, 0, note)
    top = len(sheet.notes) + 1
    for column, heading in enumerate(sheet.headings):
        page.write_string(top, column, heading, formats["head"])
    page.freeze_panes(top + 1, 0)
    widths = [_width(heading) for heading in sheet.headings]
    last = top
    for last, row in enumerate(sheet.rows, start=top + 1):
        for column, cell in enumerate(row):
            _cell(page, last, column, cell, formats)
            widths[column] = max(widths[column], _width(cell))
    for column, width in enumerate(widths):
        page.set_column(column, column, min(width + 2, WIDEST))
    if last > top:
        page.autofilter(top, 0, last, len(sheet.headings) - 1)


def _tab(title: str) -> str:
    """Excel takes 31 characters and none of these signs."""
    return title.translate(dict.fromkeys(map(ord, "[]:*?/\\'"), " "))[:31]


def _cell(page: Any, row: int, column: int, cell: Cell, formats: dict[str, Any]) -> None:
    match cell:
        case None | "":
            pass
        case datetime():
            local = cell.astimezone(CHINA).replace(tzinfo=None)
            page.write_datetime(row, column, local, formats["moment"])
        case date():
            page.write_datetime(row, column, cell, formats["day"])
        case Fraction():
            page.write_number(row, column, float(cell), formats["share"])
        case int():
            page.write_number(row, column, cell)
        case _:
            page.write_string(row, column, cell, formats["text"])


def _width(cell: Cell) -> int:
    """In half-width characters."""
    if isinstance(cell, str):
        return sum(2 if ord(sign) > 0x2E7F else 1 for sign in cell)
    return 19 if isinstance(cell, datetime) else 10
