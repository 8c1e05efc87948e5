"""录入开奖号码: each source typed by two persons, whichever was drawn first."""

from __future__ import annotations

from datetime import datetime

from bot.card import Card
from bot.dialogs.ceremony import asking, find, shown, told
from bot.dialogs.ceremony_cards import key_of
from bot.render import block, button, card, line, short
from bot.talk import Handler, Talk
from storage import ceremonies
from storage.ceremonies import Kept
from workflows.draw import beacon
from workflows.draw.announced import Source
from workflows.draw.ceremony import commands as c
from workflows.draw.ceremony.state import agreed
from workflows.errors import BadInput

# How many numbers a lottery draws, and the highest of them.
SHAPES = {"快乐8": (20, 80), "排列5": (5, 9)}
# Where a round of a drand chain is published, and the field of the answer that is its value (drand's HTTP API, /public).
CHAINS = {
    "quicknet": "https://api.drand.sh/52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971/public/"
}
VALUE = "randomness"


def enter_beacon(talk: Talk, case: str = "", mark: str = "", at: str = "", said: str = "") -> list[Card]:
    """Asks for the numbers of one source; entries that differ are shown to both, and a third person decides."""
    kept = find(talk, mark)
    if isinstance(kept, list):
        return kept
    sources = kept.ceremony.plan.sources
    if kept.ceremony.stage != "NONCES" or not sources:
        return shown(talk, kept)
    drawn = [place for place, source in enumerate(sources) if talk.now >= source.at]
    if not drawn:
        return told(talk, kept, c.EnterBeacon(("",) * len(sources)))
    waiting = [place for place in drawn if not agreed(kept.ceremony.entries, place)]
    place = int(at) if at.isascii() and at.isdecimal() and len(at) < 3 else -1
    if place not in waiting:
        if len(waiting) != 1:
            return _which(kept, waiting, talk.now)
        place, said = waiting[0], ""
    typed = read_source(sources[place], said)
    if not typed:
        source = sources[place]
        many, _ = SHAPES.get(source.name, (0, 0))
        where = CHAINS[source.name] + source.draw if source.name in CHAINS else ""
        said_of = {"source": source, "wrong": bool(said), "many": many, "where": where, "field": VALUE}
        return asking(kept, "enter-beacon", "beacon", str(place), **said_of)
    only = tuple(typed if one == place else "" for one in range(len(sources)))
    return told(talk, kept, c.EnterBeacon(only))


def _which(kept: Kept, waiting: list[int], now: datetime) -> list[Card]:
    mark, sources = ceremonies.mark_of(kept.id), kept.ceremony.plan.sources
    later = [source for place, source in enumerate(sources) if place not in waiting]
    ways = [
        button("enter-beacon.one", "", mark, str(place), label=short(_name(sources[place]), 14))
        for place in waiting
    ]
    lines = block("ceremony/asking", "which-beacon", kept=kept, waiting=waiting, later=later, now=now)
    return [card(lines, *ways, button("ceremony", "", mark), key=key_of(kept.id))]


def _name(source: Source) -> str:
    return line("ceremony/asking", "source", source=source)


def read_source(source: Source, said: str) -> str:
    """What was typed as the beacon writes it, "" where it cannot be that source's."""
    words = said.replace("，", " ").replace(",", " ").replace("、", " ").split()
    try:
        if source.kind == "unordered":
            numbers = [int(word) for word in words]
            return beacon.unordered(numbers) if _fits(source, numbers) else ""
        if source.kind == "ordered":
            digits = "".join(words)
            return beacon.ordered(digits) if _fits(source, digits) else ""
        return beacon.drand(source.name, int(source.draw), "".join(words).lower())
    except (ValueError, BadInput):
        return ""


def _fits(source: Source, drawn: str | list[int]) -> bool:
    """As many as that lottery draws: a number left out or typed twice is asked for again, not left to the second person.

    Digits may come twice, numbers may not.
    """
    many, highest = SHAPES.get(source.name, (len(drawn), 10**6))
    numbers = isinstance(drawn, str) or (
        len(set(drawn)) == len(drawn) and all(1 <= one <= highest for one in drawn)
    )
    return len(drawn) == many and numbers


VERBS: dict[str, Handler] = {"enter-beacon": enter_beacon}
