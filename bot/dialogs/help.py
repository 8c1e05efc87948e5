"""帮助, and what is said when words are not understood: the nearest things that can be done."""

from __future__ import annotations

from difflib import get_close_matches

from bot.card import Button, Card
from bot.render import block, button, card, text, words_of
from bot.talk import Answer, Handler, Talk
from workflows.inspection.case import Case
from workflows.inspection.facts import local_day

NEAREST = 3


def help_card(talk: Talk, case: str = "") -> Answer:
    return [card(text("help/help", roles=talk.person.roles), *_doors(talk), key="help")]


def _doors(talk: Talk) -> list[Button]:
    doors = [button("home"), button("progress"), button("preferences")]
    if "organiser" in talk.person.roles:
        doors += [button("drawing"), button("enrol")]
    return doors


def not_understood(talk: Talk, said: str, offered: dict[str, Button]) -> list[Card]:
    """The three things whose words are nearest to what was typed, then the list and help. Numbers are near to nothing."""
    known = {b.data: b for b in (button("home"), button("help"))}
    known_words = {w: b for b in known.values() for w in words_of(b.label)}
    words = {word: b for word, b in offered.items() if not word.isdecimal()} | known_words
    near = [words[word] for word in get_close_matches(said[:40], list(words), n=12, cutoff=0.3)]
    nearest = {b.data: b for b in (*near, *words.values()) if b.data not in known}
    lines = block("help/unknown", "words", said=said[:40])
    return [card(lines, *list(nearest.values())[:NEAREST], *known.values(), key="unknown")]


def asked_instead(talk: Talk, said: str, case: Case | None) -> Card:
    """A question where an account was awaited: it stays out of the record, and what was asked for stays asked."""
    lines = block("help/unknown", "asked", said=said[:40], case=case, today=local_day(talk.now))
    ways = (button("cancel", case.id),) if case else (button("home"),)
    return card(lines, *ways, button("help"), key="unknown", tone="notice")


VERBS: dict[str, Handler] = {"help": help_card}
