"""The organiser's doors in words: whose account, which draw, which target a sentence means; never the deed itself."""

from __future__ import annotations

from bot.dialogs import bindings, ceremony
from bot.phrases.meaning import Slots
from bot.render import SEPARATOR
from bot.talk import Talk, look
from storage import ceremonies, enrolment
from storage.database import reading

STAGES = (*ceremonies.WAITING, "DRAWN")


def door(talk: Talk, intent: str, slots: Slots, person: str, cases: tuple[str, ...]) -> tuple[str, ...]:
    """The verb and its words; () for what has no more than its plain door. `person` is the id of who was named."""
    if intent == "bindings" and person:
        return _account(talk, person)
    if intent == "abandon-draw":
        return _draw(talk)
    if intent == "risk-why" and slots.targets and len(cases) == 1:
        return ("risk-why", look(talk, cases[0]).case.opened.target.id)
    return ()


def _account(talk: Talk, person: str) -> tuple[str, ...]:
    """The question whether to end the one account somebody has; with several, all of them to choose from."""
    if not bindings.organises(talk):
        return ()
    with reading(talk.house.engine) as tx:
        own = enrolment.bindings(tx, person)
    return ("revoke", bindings.mark(own[0].channel, own[0].account)) if len(own) == 1 else ()


def _draw(talk: Talk) -> tuple[str, ...]:
    """The question why, of the one draw this person may still declare void."""
    with reading(talk.house.engine) as tx:
        running = ceremonies.everywhere(tx, *STAGES)
    shown = [card for kept in running for card in ceremony.shown(talk, kept)]
    offered = {
        b.data for card in shown for b in card.buttons if b.data.startswith(f"abandon-draw{SEPARATOR}")
    }
    if len(offered) != 1:
        return ()
    verb, _, mark = offered.pop().split(SEPARATOR)
    return (verb, mark)
