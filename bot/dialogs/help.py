"""帮助, and what is said when words are not understood: the nearest things that can be done."""

from __future__ import annotations

from difflib import get_close_matches

from bot.card import MOST_BUTTONS, Button, Card
from bot.dialogs.ceremony import under_way_for
from bot.dialogs.onsite import progress
from bot.render import SEPARATOR, block, button, card, short, text, words_of
from bot.talk import Answer, Handler, Talk, View
from storage.ceremonies import mark_of
from workflows.inspection.case import step
from workflows.inspection.facts import local_day

NEAREST = 3


def help_card(talk: Talk, case: str = "") -> Answer:
    if talk.person.roles == ("witness",):
        return [_for_a_witness(talk)]
    return [card(text("help/help", roles=talk.person.roles), *_doors(talk), key="help")]


def _for_a_witness(talk: Talk) -> Card:
    """What a witness can do now, draw by draw; of the rest of the house they have no use."""
    mine = under_way_for(talk)
    lines = text("help/witness", mine=mine, now=talk.now, today=local_day(talk.now))
    ways = [button("ceremony", "", mark_of(one.id), label=short(one.task.name, 14)) for one, _ in mine]
    return card(lines, *ways, button("preferences"), key="help")


# The likeliest first; who has several offices gets as many as a card holds.
DOORS = {
    "organiser": ("drawing", "plan", "ad-hoc", "risk", "enrol"),
    "supervisor": ("progress", "warned", "bulletin"),
    "witness": ("drawing",),
}
EVERYBODY_S = ("home", "progress", "preferences")


def _doors(talk: Talk) -> list[Button]:
    own = [door for role, doors in DOORS.items() if role in talk.person.roles for door in doors]
    first = ["home", *own] if own else []
    return [button(door) for door in dict.fromkeys((*first, *EVERYBODY_S))][:MOST_BUTTONS]


def _doors_of_others(talk: Talk) -> set[str]:
    """What only another office does: near in words or not, it helps this person nowhere."""
    own = {door for role in talk.person.roles for door in DOORS.get(role, ())}
    return {door for doors in DOORS.values() for door in doors} - own - set(EVERYBODY_S)


def not_understood(talk: Talk, said: str, offered: dict[str, Button]) -> list[Card]:
    """The three things whose words are nearest to what was typed, then the list and help. Numbers are near to nothing."""
    known = {b.data: b for b in (button("home"), button("help"))}
    known_words = {w: b for b in known.values() for w in words_of(b.label)}
    others = _doors_of_others(talk)
    words = {
        word: b
        for word, b in offered.items()
        if not word.isdecimal() and b.data.partition(SEPARATOR)[0] not in others
    } | known_words
    near = [words[word] for word in get_close_matches(said[:40], list(words), n=12, cutoff=0.3)]
    nearest = {b.data: b for b in (*near, *words.values()) if b.data not in known}
    lines = block("help/unknown", "words", said=said[:40])
    return [card(lines, *list(nearest.values())[:NEAREST], *known.values(), key="unknown")]


def asked_instead(talk: Talk, said: str, view: View | None) -> Card:
    """A question where an account was awaited: it stays out of the record, and what was asked for stays asked."""
    known = {"case": view.case if view else None, "left": _left(view) if view else ()}
    lines = block("help/unknown", "asked", said=said[:40], today=local_day(talk.now), **known)
    ways = (button("cancel", view.case.id),) if view else (button("home"),)
    return card(lines, *ways, button("help"), key="unknown", tone="notice")


def _left(view: View) -> tuple[int, ...]:
    """(step, unanswered, all) while questions are open; (step,) before and after."""
    now = min(step(view.case), 5)
    done, every = progress(view) if now == 2 or view.case.onsite_at else (0, 0)
    return (now, every - done, every) if done < every else (now,)


VERBS: dict[str, Handler] = {"help": help_card}
