"""What this channel has put where in a chat, so that a restart draws on: rows of the screens table under "telegram"."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import Connection

from storage import screen
from storage.documents import decode, encode

CHANNEL = "telegram"
# Keys of no card: turns whose answer is drawn; the request for a place; pictures in the chat; where a group went;
# the case a group shows.
ANSWERED, PLACE, PICTURES, MOVED, TIED = "#answered", "#place", "#pictures", "#moved", "#case"
# The word of a card whose first message is a picture of its chart.
PICTURED = "pictured"
MOST_MARKS = 1000
MOST_WORDS = 200


class Mark(msgspec.Struct, frozen=True):
    """`messages` are the ids of the messages a card became, first to last; `words` is what the other keys keep,
    and of a card how its first message is made."""

    key: str
    messages: tuple[int, ...] = ()
    words: tuple[str, ...] = ()


def marks_of(tx: Connection, account: str) -> dict[str, Mark]:
    rows = screen.since(tx, CHANNEL, account, 0, limit=MOST_MARKS)
    return {mark.key: mark for mark in (decode(row.body, Mark) for row in rows)}


def put(tx: Connection, account: str, mark: Mark, now: datetime) -> None:
    screen.show(tx, CHANNEL, account, mark.key, encode(mark), now)


def add_words(tx: Connection, account: str, key: str, words: tuple[str, ...], now: datetime) -> None:
    """Further words under a key, the newest of them kept."""
    known = marks_of(tx, account).get(key, Mark(key)).words
    fresh = tuple(word for word in words if word not in known)
    if fresh:
        put(tx, account, Mark(key, words=(*known, *fresh)[-MOST_WORDS:]), now)


def forget(tx: Connection, account: str, key: str) -> None:
    screen.remove(tx, CHANNEL, account, [key])


def move(tx: Connection, group: str, to: str, now: datetime) -> None:
    """The group became a supergroup, which has another id and none of the old messages; what it shows it keeps showing."""
    shows = marks_of(tx, group).get(TIED)
    put(tx, group, Mark(MOVED, words=(to,)), now)
    if shows:
        forget(tx, group, TIED)
        # Its third word says what is drawn, and there nothing is.
        put(tx, to, Mark(TIED, words=(*shows.words[:2], "")), now)


def key_of(marks: dict[str, Mark], message: int) -> str:
    """The key of the card this message is part of, or ""."""
    return next((mark.key for mark in marks.values() if message in mark.messages), "")
