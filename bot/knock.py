"""Who knocks: an account nobody is known behind gets the way to bind, and nothing else."""

from __future__ import annotations

from bot.accounts import role_line
from bot.card import Card
from bot.house import House
from bot.render import block, button, card
from bot.turn import Turn
from storage import enrolment
from storage.enrolment import Answer, Knock

# The card with the codes: off the screen at the organiser's next turn, off the record at once.
SHOWN_ONCE = "enrolment-code"


def knock(house: House, turn: Turn) -> list[Card]:
    """What an account nobody is known behind is answered: the way to bind, and nothing else."""
    cause = f"{turn.channel}:{turn.account}:{turn.update_id}"
    now = house.clock()
    answer = enrolment.redeem(house.engine, Knock(turn.channel, turn.account, turn.text, cause), now)
    if answer.person is None:
        tone = "notice" if answer.outcome == "unread" else "refusal"
        return [card(told(answer), key="unbound", tone=tone, asks="text")]
    return [card(told(answer), button("home"), button("help"), key="unbound", tone="done")]


def told(answer: Answer) -> list[str]:
    """The sentences for whoever typed: of wrong, used, withdrawn and expired codes the same."""
    if answer.outcome == "unread":
        return block("enrolment/unbound", "unread")
    if answer.outcome == "wait":
        return block("enrolment/unbound", "wait", until=answer.until)
    if answer.person is None:
        return block("enrolment/unbound", "refused")
    name = "bound" if answer.outcome == "bound" else "already"
    return block("enrolment/unbound", name, person=answer.person, role=role_line(answer.person))


def recorded(cards: list[Card]) -> list[Card]:
    """The cards as the record of a turn keeps them: in place of codes, that they were shown."""
    return [_hidden() if one.key == SHOWN_ONCE else one for one in cards]


def _hidden() -> Card:
    return card(block("enrolment/office", "hidden"), button("enrol"), key=SHOWN_ONCE)
