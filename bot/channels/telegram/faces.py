"""How a card looks in Telegram: text in its HTML, cut to what a message holds, and a keyboard under the last piece."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, ReplyKeyboardMarkup

from bot.card import Button, Card
from bot.chart import in_characters, told
from bot.render import line

# Telegram counts UTF-16 code units after reading the tags; counting the tags too is never too much.
MESSAGE_UNITS, CAPTION_UNITS = 4096, 1024
ROOM_FOR_TAGS = 64
DOCUMENT_BYTES = 50 * 1024 * 1024  # the most a bot may send
SHORT_LABEL = 7
BAR_CELLS = 12
STEPS = "①②③④⑤"
STYLES = {"primary": "primary", "danger": "danger"}


def texts(card: Card, pictured: bool = False) -> tuple[str, ...]:
    """The messages a card becomes, at least one, each within Telegram's limit; `pictured` where a picture draws its chart."""
    pieces = [""]
    for part in _parts(card, pictured):
        longer = f"{pieces[-1]}\n{part}" if pieces[-1] else part
        if units(longer) <= MESSAGE_UNITS:
            pieces[-1] = longer
        else:
            pieces.append(part)
    return tuple(pieces)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _parts(card: Card, pictured: bool) -> Iterator[str]:
    yield from _tagged(card.title, "b")
    if card.step:
        yield " ".join(f"<b>[{s}]</b>" if n == card.step else s for n, s in enumerate(STEPS, 1))
    if card.chart:
        yield from [told(card.chart)] if pictured else in_characters(card.chart)
    for said in card.lines:
        if said.startswith("§ "):
            yield from _tagged(said.removeprefix("§ "), "b")
        elif said.startswith("> "):
            yield from _tagged(said.removeprefix("> "), "blockquote")
        else:
            yield from _cut(said)
    if card.total:
        filled = round(BAR_CELLS * min(card.done / card.total, 1))
        yield f"{'▓' * filled}{'░' * (BAR_CELLS - filled)} {card.done}/{card.total}"
    for file in card.files:
        if file.size > DOCUMENT_BYTES:
            yield from _cut(
                line("telegram", "file-too-big", name=file.name, most=DOCUMENT_BYTES // 1024 // 1024)
            )
    if card.asks:
        yield from _tagged(line("telegram", f"asks-{card.asks}"), "i")


def _tagged(text: str, tag: str) -> Iterator[str]:
    return (f"<{tag}>{piece}</{tag}>" for piece in _cut(text))


def _cut(text: str) -> Iterator[str]:
    """The escaped text in pieces that fit a message with their tags; no escape and no character is cut in two."""
    piece, length = "", 0
    for character in text:
        escaped = escape(character, quote=False)
        if length + units(escaped) > MESSAGE_UNITS - ROOM_FOR_TAGS:
            yield piece
            piece, length = "", 0
        piece, length = piece + escaped, length + units(escaped)
    yield piece


def keyboard(card: Card) -> InlineKeyboardMarkup | None:
    """Short labels two in a row, for a thumb; the data as it is."""
    rows: list[list[Button]] = []
    for button in card.buttons:
        if rows and len(rows[-1]) == 1 and len(rows[-1][0].label) <= SHORT_LABEL >= len(button.label):
            rows[-1].append(button)
        else:
            rows.append([button])
    drawn = [[_drawn(button) for button in row] for row in rows]
    return InlineKeyboardMarkup(inline_keyboard=drawn) if drawn else None


def _drawn(button: Button) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=button.label, callback_data=button.data, style=STYLES.get(button.style))


def place_keyboard() -> ReplyKeyboardMarkup:
    """The button that sends where the phone is; only a private chat may have it."""
    here = KeyboardButton(text=line("telegram", "place-button"), request_location=True)
    return ReplyKeyboardMarkup(
        keyboard=[[here]],
        resize_keyboard=True,
        one_time_keyboard=True,
        input_field_placeholder=line("telegram", "place-hint"),
    )
