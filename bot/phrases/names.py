"""Persons, targets, departments, items, plans and regions in a sentence: whole, by a part, or by the sound of one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.phrases.meaning import Known, Names
from bot.phrases.phrasebook import Phrasebook
from bot.phrases.sounds import sounds

PART = 2
# Items and plans are named in words everybody uses, so two characters of them say nothing yet.
_LONGER_PART = {"item": 3, "plan": 3}
HEARD_PART = 4
HEARD_PERSON = 3
# A part that so many names share, 有限公司 or 歌厅, tells none of them apart.
_SHARED = 8
_OF_DATES = "0123456789年度月日号"
_OFFICE = re.compile(r"[一-鿿]{2,7}?(?=[局委办所队院])[局委办所队院]")
_FAMILIAR = re.compile(r"[老小]([一-鿿])")


@dataclass(frozen=True)
class Mention:
    kind: str
    names: tuple[str, ...]
    start: int
    end: int


def mentions(text: str, known: Known, book: Phrasebook) -> tuple[Mention, ...]:
    """From left to right the longest each time; where two kinds share a part, the kind whose whole name it is."""
    found: list[Mention] = []
    at = 0
    while at < len(text) - 1:
        here = max(_here(text, at, known, book), key=lambda m: _rank(m, text), default=None)
        if here:
            found.append(here)
        at = here.end if here else at + 1
    return tuple(found)


def _rank(one: Mention, text: str) -> tuple[int, bool]:
    return one.end - one.start, text[one.start : one.end] in one.names


def _here(text: str, at: int, known: Known, book: Phrasebook) -> Iterator[Mention]:
    for kind, names in known.by_kind.items():
        if kind == "person":
            yield from _person(text, at, names)
            continue
        if kind == "department":
            yield from _office(text, at, names)
        yield from _part(text, at, kind, names, book)
        yield from _heard(text, at, kind, names, book)


def _person(text: str, at: int, names: Names) -> Iterator[Mention]:
    for name in names.names:
        size = len(name)
        said = text[at : at + size]
        if said == name.lower() or (
            size >= HEARD_PERSON and len(said) == size and sounds(said) == sounds(name)
        ):
            yield Mention("person", (name,), at, at + size)
    familiar = _FAMILIAR.match(text, at)
    if familiar:
        meant = tuple(name for name in names.names if name.startswith(familiar[1]))
        if len(meant) == 1:
            yield Mention("person", meant, at, familiar.end())


def _office(text: str, at: int, names: Names) -> Iterator[Mention]:
    """文旅局 for 县文化和旅游局: its characters in their order, down to the last."""
    match = _OFFICE.match(text, at)
    meant = tuple(n for n in names.names if match and n[-1] == match[0][-1] and _in_order(match[0], n))
    if match and len(meant) == 1:
        yield Mention("department", meant, at, match.end())


def _in_order(short: str, name: str) -> bool:
    rest = iter(name)
    return all(character in rest for character in short)


def _part(text: str, at: int, kind: str, names: Names, book: Phrasebook) -> Iterator[Mention]:
    end = at + PART
    while end <= len(text) and text[at:end] in names.written and "\n" not in text[at:end]:
        end += 1
    part = text[at : end - 1]
    if len(part) < _LONGER_PART.get(kind, PART) or part in book.every_word or not part.strip(_OF_DATES):
        return
    meant = names.with_part(part)
    if 0 < len(meant) <= _SHARED:
        yield Mention(kind, meant, at, end - 1)


def _heard(text: str, at: int, kind: str, names: Names, book: Phrasebook) -> Iterator[Mention]:
    """云物茶山 for 云雾茶山."""
    end = at + HEARD_PART
    while end <= len(text) and _sounding(text[at:end]) in names.sounding:
        end += 1
    part = text[at : end - 1]
    if len(part) < HEARD_PART or part in book.every_word:
        return
    meant = names.sounding_like(_sounding(part))
    if 0 < len(meant) <= _SHARED:
        yield Mention(kind, meant, at, end - 1)


def _sounding(part: str) -> str:
    return " ".join(("", *sounds(part), ""))
