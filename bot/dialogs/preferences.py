"""提醒设置: which reminders a person does without, as far as the profile of their cases leaves it to them."""

from __future__ import annotations

from bot.card import Button, Card
from bot.render import button, card, line, text
from bot.talk import Answer, Handler, Talk, page_from
from storage import projection, reminders
from storage.database import reading, writing
from workflows.reminders import optional

PAGE = 4
OFF, ON = "off", "on"
ORDER = ("visit", "appointment", "entry")


def preferences(talk: Talk, case: str = "", kind: str = "", to: str = "", page: str = "0") -> Answer:
    """Shows the switches, after throwing one where a button says which and to where; a second tap changes nothing."""
    kinds = _kinds(talk)
    with writing(talk.house.engine) as tx:
        off = reminders.muted(tx, talk.person.id)
        if kind in kinds and to in (OFF, ON):
            off = off | {kind} if to == OFF else off - {kind}
            reminders.mute(tx, talk.person.id, off)
    return [_card(kinds, off, page)]


def _kinds(talk: Talk) -> tuple[str, ...]:
    """What the profiles of the person's open cases leave open, those of the house where they have none."""
    with reading(talk.house.engine) as tx:
        own = {c.opened.profile for c in projection.cases_of(tx, talk.person.id) if not c.closed_at}
    profiles = talk.house.lawbook.profiles
    found = dict.fromkeys(k for p in sorted(own or profiles) for k in optional(profiles[p]))
    return tuple(sorted(found, key=_order))


def _order(kind: str) -> tuple[int, int]:
    what, _, days = kind.partition("-")
    return ORDER.index(what), -int(days)


def _card(kinds: tuple[str, ...], off: frozenset[str], page: str) -> Card:
    size = PAGE if len(kinds) > PAGE + 1 else PAGE + 1
    number = page_from(page, len(kinds), size)
    rows = [(_name(kind), kind not in off) for kind in kinds]
    shown = kinds[number * size : (number + 1) * size]
    following = page_from(str(number + 1), len(kinds), size)
    more = [button("preferences.more", "", "", "", str(following))] if len(kinds) > size else []
    ways = (*(_switch(kind, kind not in off, number) for kind in shown), *more, button("home"))
    return card(text("preferences/overview", rows=rows), *ways, key="preferences")


def _switch(kind: str, on: bool, page: int) -> Button:
    label = line("preferences/words", "switch", name=_name(kind), on=on)
    return button("preferences", "", kind, OFF if on else ON, str(page), label=label)


def _name(kind: str) -> str:
    what, _, days = kind.partition("-")
    return line("preferences/words", what, days=int(days))


VERBS: dict[str, Handler] = {"preferences": preferences}
# Understood at any step.
WORDS = {"提醒设置": "preferences", "设置提醒": "preferences"}
