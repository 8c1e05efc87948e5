"""A chart as a PNG, for Telegram draws no SVG. Without the drawer or a Chinese font there is none, and bars of characters stand in."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from html import escape

from aiogram.methods import EditMessageMedia, SendPhoto
from aiogram.types import BufferedInputFile, InlineKeyboardMarkup, InputMediaPhoto

from bot.card import Card, Chart
from bot.channels.telegram.faces import CAPTION_UNITS, texts, units
from bot.chart import FONTS, PICTURES, in_svg

ZOOM = 3  # 960 points across: sharp on a phone
PAPER = "#ffffff"
Draw = Callable[[Chart], bytes | None]
# A character everybody's Chinese font has, and one nobody's has.
_CHINESE, _NOBODY_S = "查", "\U0010fffd"
_ONE = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><text y="30" font-size="28" font-family="{}">{}</text></svg>'


def _drawn(svg: str, style: str | None = None, paper: str | None = None, zoom: int | None = None) -> bytes:
    from resvg_py import svg_to_bytes  # noqa: PLC0415

    return bytes(svg_to_bytes(svg_string=svg, style_sheet=style, background=paper, zoom=zoom))


@cache
def can_draw(draw: Callable[[str], bytes] = _drawn) -> bool:
    """Whether the extra that draws is installed and some font has Chinese: else it draws what has no glyph."""
    try:
        return draw(_ONE.format(escape(FONTS), _CHINESE)) != draw(_ONE.format(escape(FONTS), _NOBODY_S))
    except ImportError:
        return False


@lru_cache(maxsize=32)
def png(chart: Chart) -> bytes | None:
    """None where this machine cannot draw it."""
    if not can_draw():
        return None
    style = (PICTURES / "chart.css").read_text(encoding="utf-8")
    return _drawn(in_svg(chart, "chart"), style, PAPER, ZOOM)


def with_picture(card: Card) -> tuple[str, ...]:
    """What stands under the picture, and the messages after it; nothing under it where a caption could not hold it all."""
    pieces = texts(card, pictured=True)
    return pieces if len(pieces) == 1 and units(pieces[0]) <= CAPTION_UNITS else ("", *pieces)


def drawn(account: str, picture: bytes, words: str, keys: InlineKeyboardMarkup | None) -> SendPhoto:
    return SendPhoto(
        chat_id=int(account),
        photo=_file(picture),
        caption=words or None,
        parse_mode="HTML" if words else None,
        reply_markup=keys,
    )


def redrawn(
    account: str, message: int, picture: bytes, words: str, keys: InlineKeyboardMarkup | None
) -> EditMessageMedia:
    media = InputMediaPhoto(media=_file(picture), caption=words or None, parse_mode="HTML" if words else None)
    return EditMessageMedia(chat_id=int(account), message_id=message, media=media, reply_markup=keys)


def _file(picture: bytes) -> BufferedInputFile:
    return BufferedInputFile(picture, "chart.png")
