"""A card as Telegram text: nothing lost, nothing too long, nothing that reads as a tag by mistake."""

from __future__ import annotations

import re
from html import unescape

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.card import Button, Card
from bot.channels.telegram.faces import MESSAGE_UNITS, keyboard, texts, units

LINES = st.lists(
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60).map(str.strip), max_size=12
)


def spoken(pieces: tuple[str, ...]) -> str:
    return unescape(re.sub(r"</?(b|i|blockquote)>", "", "".join(pieces))).replace("\n", "")


@settings(max_examples=60)
@given(LINES, st.integers(1, 400))
def test_all_is_said_and_every_piece_fits(lines: list[str], times: int) -> None:
    card = Card("标题 <b>&", tuple(line * times for line in lines))
    pieces = texts(card)
    assert all(0 < units(piece) <= MESSAGE_UNITS for piece in pieces)
    said = [line.removeprefix("§ ").removeprefix("> ") for line in card.lines]
    assert spoken(pieces) == "".join([card.title, *said])


def test_a_name_with_signs_stays_a_name() -> None:
    assert texts(Card("A&B <烟酒>"))[0] == "<b>A&amp;B &lt;烟酒&gt;</b>"


def test_the_step_and_the_progress_are_drawn() -> None:
    text = texts(Card("② 某", step=2, done=3, total=12))[0]
    assert "① <b>[②]</b> ③ ④ ⑤" in text
    assert text.endswith("▓▓▓░░░░░░░░░ 3/12")


def test_an_emoji_counts_twice_as_telegram_counts_it() -> None:
    assert units("😀好") == 3


def test_short_buttons_stand_in_pairs_and_carry_their_data_as_it_is() -> None:
    labels = ("符合", "不符合", "不适用", "全部正常，写完这一部门的检查项")
    drawn = keyboard(
        Card("某", buttons=tuple(Button(label, f"answer|{n}|" + "签" * 18) for n, label in enumerate(labels)))
    )
    assert drawn
    assert [[b.text for b in row] for row in drawn.inline_keyboard] == [
        ["符合", "不符合"],
        ["不适用"],
        [labels[3]],
    ]
    data = drawn.inline_keyboard[0][0].callback_data
    assert data == "answer|0|" + "签" * 18
    assert len(data.encode()) == 63


def test_a_card_without_buttons_has_no_keyboard() -> None:
    assert keyboard(Card("某")) is None
