"""A sentence cut into the words of the phrase book: the reading that explains the most characters."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from bot.phrases.phrasebook import Phrasebook
from bot.phrases.sounds import alike, sounds

# A word as written counts whole, and a long one more than its parts; one only heard counts less than as written.
_JOINED = 0.1
_HEARD = 0.7
# Of two readings alike, the one that asks: 整改｜了没 and not 整改了｜没.
_ASKING = 0.05
_LETTERS = re.compile(r"[a-z]+")
_DIGITS = re.compile(r"\d+")
_SIGNS = re.compile(r"[^\w?]|_")
# 签到没有 and 签到没 ask what 签到了没 asks.
_OR_NOT = re.compile(r"(?<![了过还])没有?[啊呀呢?]*$")


@dataclass(frozen=True)
class Word:
    """Its meanings, none where the phrase book does not hold it; its weight in characters."""

    meanings: frozenset[str]
    weight: int


def written(text: str) -> str:
    """Half-width, small letters, without spaces, signs and emoji; the question mark stays, as it asks."""
    plain = _SIGNS.sub("", unicodedata.normalize("NFKC", text).lower())
    return _OR_NOT.sub("了没", plain)


def words(text: str, book: Phrasebook) -> list[Word]:
    """The best cut of `text`, found from its end: for each place the best word to begin there."""
    best: list[tuple[float, int, frozenset[str]]] = [(0.0, 0, frozenset())] * (len(text) + 1)
    heard = sounds(text)
    for at in range(len(text) - 1, -1, -1):
        options = [(best[at + 1][0], 1, frozenset[str]()), *_options(text, heard, at, book)]
        best[at] = max(
            (
                (gain if size == 1 and not meanings else gain + best[at + size][0], size, meanings)
                for gain, size, meanings in options
            ),
            key=lambda option: option[:2],
        )
    return _read(text, best)


def _options(
    text: str, heard: tuple[str, ...], at: int, book: Phrasebook
) -> list[tuple[float, int, frozenset[str]]]:
    letters = _LETTERS.match(text, at) if at == 0 or not _LETTERS.match(text[at - 1]) else None
    found = []
    if letters and (spelt := book.typed.get(alike(letters[0]))):
        found.append((_HEARD * len(letters[0]), len(letters[0]), spelt))
    for size in range(1, min(book.longest, len(text) - at) + 1):
        if meanings := book.written.get(text[at : at + size]):
            asking = _ASKING if meanings & book.questions else 0.0
            found.append((size + _JOINED * (size - 1) + asking, size, meanings))
        elif size > 1 and (meanings := book.sounding.get(heard[at : at + size])):
            found.append((_HEARD * size, size, meanings))
    return found


def _read(text: str, best: list[tuple[float, int, frozenset[str]]]) -> list[Word]:
    """Letters or digits in a row that mean nothing count as one thing unexplained."""
    found: list[Word] = []
    at = 0
    while at < len(text):
        _, size, meanings = best[at]
        run = None if meanings else _LETTERS.match(text, at) or _DIGITS.match(text, at)
        size = len(run[0]) if run else size
        found.append(Word(meanings, min(size, 4) if meanings else 1))
        at += size
    return found
