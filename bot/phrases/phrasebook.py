"""templates/chat/phrases.toml, read once: the words by their writing and by their sound, and what each intent needs."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bot.phrases.sounds import sounds

_FILE = Path(__file__).resolve().parents[2] / "templates" / "chat" / "phrases.toml"
PADDING = "padding"
_NO_QUESTIONS = frozenset({"can", "not", "yet", "later", "reported"})


@dataclass(frozen=True)
class Intent:
    """`says`: any one of these sets of meanings makes the intent; `room`: meanings that may come with it.

    `tells`: it is what somebody sees or meets with, and no question.
    """

    name: str
    says: tuple[frozenset[str], ...]
    room: frozenset[str]
    takes: frozenset[str]
    acts: bool
    tells: bool


@dataclass(frozen=True)
class Asking:
    """What a short sentence of a question ends with, begins with or holds, what makes it an account, how long it is
    at most; and what is said by who leaves the question unanswered."""

    ends: tuple[str, ...]
    starts: tuple[str, ...]
    words: tuple[str, ...]
    accounts: tuple[str, ...]
    leaves: tuple[str, ...]
    most: int


@dataclass(frozen=True)
class Phrasebook:
    """`written` and `sounding` give the meanings a word may have; `asks` are those of a question
    or a doubt, `questions` those of a question alone."""

    written: dict[str, frozenset[str]]
    sounding: dict[tuple[str, ...], frozenset[str]]
    typed: dict[str, frozenset[str]]
    longest: int
    asks: frozenset[str]
    questions: frozenset[str]
    by: dict[str, str]
    intents: tuple[Intent, ...]
    every_word: str
    sentences: dict[str, list[str]]
    asking: Asking


@cache
def phrasebook() -> Phrasebook:
    with _FILE.open("rb") as file:
        told = tomllib.load(file)
    meanings = {**told["words"], **told["asks"], PADDING: told["padding"]["words"]}
    written: dict[str, frozenset[str]] = {}
    for meaning, words in meanings.items():
        for word in words:
            written[word] = written.get(word, frozenset()) | {meaning}
    sounding: dict[tuple[str, ...], frozenset[str]] = {}
    for word in filter(_is_heard, written):
        # 公示 and 公司 sound alike: what was heard may mean either.
        sounding[sounds(word)] = sounding.get(sounds(word), frozenset()) | written[word]
    return Phrasebook(
        written,
        sounding,
        {"".join(sound): meant for sound, meant in sounding.items()},
        max(map(len, written)),
        frozenset(told["asks"]),
        frozenset(told["asks"]) - _NO_QUESTIONS,
        {word: by for by, words in told["by"].items() for word in words},
        tuple(_intent(name, entry) for name, entry in told["intents"].items()),
        "\n".join((*written, *(word for words in told["by"].values() for word in words))),
        told["sentences"],
        _asking(told["questions"]),
    )


def _asking(told: dict[str, Any]) -> Asking:
    lists = {name: tuple(told[name]) for name in ("ends", "starts", "words", "accounts", "leaves")}
    return Asking(**lists, most=told["most"])


def _is_heard(word: str) -> bool:
    """A single character has too many others that sound like it."""
    return len(word) > 1 and not word.isascii()


def _intent(name: str, entry: dict[str, Any]) -> Intent:
    says = tuple(frozenset(one.split()) for one in entry["says"])
    room, takes = frozenset(entry.get("with", ())), frozenset(entry.get("takes", ()))
    return Intent(name, says, room, takes, entry.get("acts", False), entry.get("tells", False))
