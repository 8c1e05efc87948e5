"""Codes as an Excel sheet of cards to print and cut: name, code, and a QR code that opens the page to bind on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

import segno

from bot.render import line
from storage.people import Person

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

ACROSS = 2  # cards side by side on an A4 page
ROWS = 7  # of one card, the gap below it included
ROW_POINTS, QR_PIXELS = 21, 150
A4 = 9


def sheet(dealt: Sequence[tuple[Person, str]], expires_at: datetime, address: str = "") -> bytes:
    """The workbook's bytes. `address` is the public address of the web chat; without it a QR code holds the code alone."""
    # Loaded with the first sheet that is asked for, not with every start.
    from xlsxwriter import Workbook  # noqa: PLC0415

    kept = BytesIO()
    book = Workbook(kept, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    page = book.add_worksheet(line("enrolment/sheet", "name"))
    page.set_paper(A4)
    page.fit_to_pages(1, 0)
    for column in range(ACROSS):
        page.set_column(column * 3, column * 3, 30)
        page.set_column(column * 3 + 1, column * 3 + 1, 22)
        page.set_column(column * 3 + 2, column * 3 + 2, 2)
    styles = (book.add_format({"bold": True, "font_size": 15}), book.add_format({"font_size": 11}))
    large = book.add_format({"bold": True, "font_size": 20, "font_name": "Consolas"})
    for number, (person, code) in enumerate(dealt):
        _card(page, number, person, code, expires_at, address, (*styles, large))
    # A page break inside a card would cut its QR code in two.
    page.set_h_pagebreaks([n * ROWS for n in range(6, len(dealt) // ACROSS + 1, 6)])
    book.close()
    return kept.getvalue()


def _card(
    page: Worksheet,
    number: int,
    person: Person,
    code: str,
    expires_at: datetime,
    address: str,
    styles: tuple[Format, Format, Format],
) -> None:
    bold, plain, large = styles
    row, column = number // ACROSS * ROWS, number % ACROSS * 3
    lines = (
        (line("enrolment/sheet", "whose", person=person), bold),
        (person.department, plain),
        (code, large),
        (line("enrolment/sheet", "until", expires_at=expires_at), plain),
        (line("enrolment/sheet", "how-by-camera" if address else "how"), plain),
        (line("enrolment/sheet", "private"), plain),
    )
    for offset, (words, style) in enumerate(lines):
        page.set_row(row + offset, ROW_POINTS)
        page.write_string(row + offset, column, words, style)
    drawn = qr(code, address)
    scale = QR_PIXELS / drawn[1]
    page.insert_image(
        row, column + 1, f"{number}.png", {"image_data": drawn[0], "x_scale": scale, "y_scale": scale}
    )


def qr(code: str, address: str) -> tuple[BytesIO, int]:
    """The PNG and its width in pixels; it holds "https://host/bind?code=K7MP-3QX9", or the code."""
    held = f"{address.rstrip('/')}/bind?code={code}" if address else code
    drawn, made = BytesIO(), segno.make_qr(held, error="m")
    made.save(drawn, kind="png", scale=6, border=2)
    drawn.seek(0)
    return drawn, int(made.symbol_size(scale=6, border=2)[0])
