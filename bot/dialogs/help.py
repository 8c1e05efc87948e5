"""帮助, and what is said when words are not understood: the nearest things that can be done."""

from __future__ import annotations

from difflib import get_close_matches

from bot.card import Button, Card
from bot.render import block, button, card, text
from bot.talk import Answer, Handler, Talk


def help_card(talk: Talk, case: str = "") -> Answer:
    return [card(text("help/help", roles=talk.person.roles), *_doors(talk), key="help")]


def _doors(talk: Talk) -> list[Button]:
    doors = [button("home"), button("progress")]
    if "organiser" in talk.person.roles:
        doors.append(button("drawing"))
    return doors


def not_understood(talk: Talk, said: str, offered: tuple[tuple[str, Button], ...]) -> list[Card]:
    """Up to three buttons whose words are nearest to what was typed, then the list and help."""
    labels = dict(offered)
    near = get_close_matches(said, list(labels), n=3, cutoff=0.3) or list(labels)[:3]
    buttons = [labels[label] for label in near]
    lines = block("help/unknown", "words", said=said[:40])
    return [card(lines, *buttons, button("home"), button("help"), key="unknown")]


VERBS: dict[str, Handler] = {"help": help_card}
