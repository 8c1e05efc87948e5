"""Draws the chat page and its messages from `templates/web/`."""

from __future__ import annotations

import hashlib
import re
import secrets
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from bot.accounts import TOKEN_BYTES
from bot.channels.web.desk import Message, Seat
from bot.channels.web.sentences import SENTENCES
from bot.channels.web.uploads import FILE_BYTES
from bot.chart import in_svg
from bot.render import pages_in

STATIC = Path(__file__).resolve().parent / "static"
HERE = ZoneInfo("Asia/Shanghai")
MOST_CHARACTERS = 2_000
PAGE_MESSAGES = 100
STEPS = ("预查对比", "现场检查", "情况汇总", "结果录入", "问题处理")

pages = pages_in("web")


def _edition() -> str:
    """Changes whenever a static file does, so that a phone never mixes two editions."""
    files = sorted(STATIC.iterdir())
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:10]


def blocks(lines: tuple[str, ...]) -> list[tuple[str, list[str]]]:
    """Card lines as runs of one kind: quote (after "> "), label (after "§ ") or plain."""
    marked = [_marked(line) for line in lines]
    return [(kind, [text for _, text in run]) for kind, run in groupby(marked, key=lambda pair: pair[0])]


def _marked(line: str) -> tuple[str, str]:
    if line.startswith("> "):
        return "quote", line[2:]
    if line.startswith("§ "):
        return "label", line[2:]
    return "plain", line


# A day with its weekday and hour, a certificate's number, a count with its unit, a rate or a count with its name:
# torn over two lines they read badly.
_WHOLE = re.compile(
    r"(?:\d{4}年)?\d{1,2}月\d{1,2}日(?:（周.）)?(?:\d\d:\d\d)?|[A-Z]{2}-\d[\d-]+|\d+ (?:个工作日|[天项户份个人件])"
    r"|[一-鿿]{2,3} (?:\d+(?:\.\d+)?%|—|\d+(?![\d. ]))"
)


def unbroken(text: str) -> Markup:
    """The text, escaped, in which no such piece is broken over two lines."""
    return Markup(_WHOLE.sub(r'<span class="whole">\g<0></span>', str(escape(text))))


def size_text(size: int) -> str:
    """423 字节, 12.3 KB, 1.2 MB; a KB is 1024 bytes, as a phone's file list counts."""
    if size < 1024:
        return f"{size} 字节"
    return f"{size / 1024:.1f} KB" if size < 1024**2 else f"{size / 1024**2:.1f} MB"


pages.filters.update(unbroken=unbroken, size_text=size_text)
pages.globals.update(
    picture_of=in_svg,
    blocks=blocks,
    edition=_edition(),
    here=HERE,
    most_bytes=FILE_BYTES,
    most_characters=MOST_CHARACTERS,
    sentences=SENTENCES,
    steps=STEPS,
)


def on_screen(messages: list[Message]) -> list[Message]:
    """By `id`; of several messages with one card key only the newest, for a card replaces its namesake."""
    newest: dict[str, int] = {}
    for message in messages:
        if message.card and message.card.key:
            newest[message.card.key] = max(newest.get(message.card.key, 0), message.id)
    kept = [m for m in messages if not (m.card and m.card.key) or newest[m.card.key] == m.id]
    return sorted(kept, key=lambda message: message.id)


def render_chat(seat: Seat, messages: list[Message], whole: bool) -> str:
    """The page with its newest messages; all of them when `whole`."""
    shown = on_screen(messages)
    visible = shown if whole else shown[-PAGE_MESSAGES:]
    rev = max((message.rev for message in messages), default=0)
    facts = {"messages": visible, "rev": rev, "earlier": len(visible) < len(shown)}
    return pages.get_template("chat.html").render(facts, seat=seat, account=seat.account)


def render_message(message: Message, account: str) -> str:
    """One message of that account's chat."""
    return pages.get_template("message.html").render(message=message, account=account)


def render_seats(seats: list[Seat]) -> str:
    return pages.get_template("seats.html").render(seats=seats)


def render_unbound(code: str = "", said: str = "") -> str:
    """The page to bind on: `code` stands in the form already, `said` is why the last one did not open.

    The token of the link to come is in the form, so that a form sent twice binds once.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    return pages.get_template("unbound.html").render(code=code, said=said, token=token)


def render_missing(*, public: bool) -> str:
    """`public`: there are pages for everybody too."""
    return pages.get_template("missing.html").render(public=public)
