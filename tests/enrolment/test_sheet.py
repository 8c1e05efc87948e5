"""The sheet of cards: opened by a reader nobody here wrote, its QR codes read from their pixels."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook
from PIL import Image

from bot.enrolment_sheet import qr, sheet
from storage.people import Person
from workflows.enrolment import code_from

UNTIL = datetime(2026, 9, 22, 1, 0, tzinfo=UTC)
DEALT = [(Person(f"P:{n}", f"=人员{n}", "县公安局", ("inspector",)), code_from(7**n)) for n in range(1, 14)]


def test_every_person_has_a_card_with_name_code_and_picture() -> None:
    page = load_workbook(BytesIO(sheet(DEALT, UNTIL, "https://suijian.example"))).worksheets[0]
    cells = [str(cell.value) for row in page for cell in row if cell.value is not None]
    for person, code in DEALT:
        assert cells.count(person.name) == 1, "a name beginning with = is a name, no formula"
        assert cells.count(code) == 1
    assert sum("9月22日（周二）09:00前有效" in cell for cell in cells) == len(DEALT)
    assert len(page._images) == len(DEALT)
    assert len({(image.anchor._from.row, image.anchor._from.col) for image in page._images}) == len(DEALT)


def test_no_card_is_cut_in_two_by_the_end_of_a_page() -> None:
    page = load_workbook(BytesIO(sheet(DEALT, UNTIL))).worksheets[0]
    breaks = [one.id for one in page.row_breaks.brk]
    starts = {image.anchor._from.row for image in page._images}
    assert breaks
    assert set(breaks) <= starts


@pytest.mark.parametrize("address", ["", "https://suijian.example", "https://suijian.example/"])
def test_a_picture_is_as_wide_as_it_says_and_sharp_enough_to_scan(address: str) -> None:
    drawn, width = qr("K7MP-3QX9", address)
    with Image.open(drawn) as image:
        assert image.size == (width, width)
        assert set(image.convert("L").tobytes()) == {0, 255}


def test_the_picture_holds_the_page_to_bind_on_with_the_code() -> None:
    """Drawn again from the words it should hold, dot by dot the same."""
    import segno

    drawn, _ = qr("K7MP-3QX9", "https://suijian.example/")
    again = BytesIO()
    segno.make_qr("https://suijian.example/bind?code=K7MP-3QX9", error="m").save(
        again, kind="png", scale=6, border=2
    )
    with Image.open(drawn) as one, Image.open(again) as other:
        assert one.tobytes() == other.tobytes()
