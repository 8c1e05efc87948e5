"""A sentence taken apart: what it names goes into slots, the rest becomes words of the phrase book."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from bot.phrases.meaning import Known, Slots
from bot.phrases.names import Mention, mentions
from bot.phrases.periods import periods
from bot.phrases.phrasebook import Phrasebook
from bot.phrases.segment import Word, words

# How a name or a date stands among the meanings an intent asks for.
MARKS = {
    "person": "PERSON",
    "targets": "TARGET",
    "department": "DEPARTMENT",
    "region": "REGION",
    "item": "ITEM",
    "plan": "PLAN",
    "period": "PERIOD",
    "by": "BY",
}
_NAMED = 2
_SPLIT = re.compile(r"(?:按照?|分|各个?|每一?个?)")
_KINDLY = re.compile("帮我|帮忙|麻烦|劳驾")


@dataclass(frozen=True)
class Read:
    """`kindly`: asked as a favour, 帮我…好吗, which asks for the deed and not about it."""

    words: tuple[Word, ...]
    slots: Slots
    kindly: bool


@dataclass(frozen=True)
class _Piece:
    start: int
    end: int
    slots: dict[str, object]


def read(plain: str, today: date, known: Known, book: Phrasebook) -> Read:
    """Names come first: the 2026年度 of a plan's name is no date. Of two pieces in one place the first named stays."""
    named = mentions(plain, known, book)
    pieces = [_Piece(m.start, m.end, {m.kind: m.names if m.kind == "targets" else m.names[0]}) for m in named]
    pieces += [_Piece(f.start, f.end, {"period": f.period}) for f in periods(plain, today)]
    pieces += _splits(plain, book)
    kept: list[_Piece] = []
    for piece in pieces:
        if all(piece.end <= one.start or piece.start >= one.end for one in kept):
            kept.append(piece)
    kept.sort(key=lambda piece: piece.start)
    return Read(_words(plain, kept, book), _slots(kept, named), bool(_KINDLY.search(plain)))


def _splits(plain: str, book: Phrasebook) -> list[_Piece]:
    found = []
    for match in _SPLIT.finditer(plain):
        after = [word for word in book.by if plain.startswith(word, match.end())]
        if after:
            longest = max(after, key=len)
            found.append(_Piece(match.start(), match.end() + len(longest), {"by": book.by[longest]}))
    return found


def _words(plain: str, pieces: Iterable[_Piece], book: Phrasebook) -> tuple[Word, ...]:
    found: list[Word] = []
    at = 0
    for piece in pieces:
        found += words(plain[at : piece.start], book)
        found += [Word(frozenset({MARKS[kind]}), _NAMED) for kind in piece.slots]
        at = piece.end
    return (*found, *words(plain[at:], book))


def _slots(pieces: Iterable[_Piece], named: Iterable[Mention]) -> Slots:
    """The first of each kind; of targets, those that fit every part typed."""
    slots = Slots()
    for piece in reversed(list(pieces)):
        slots = replace(slots, **piece.slots)  # type: ignore[arg-type]
    for mention in named:
        if mention.kind == "targets":
            both = tuple(name for name in slots.targets if name in mention.names)
            slots = replace(slots, targets=both or slots.targets)
    return slots
