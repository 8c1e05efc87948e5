"""What a turn leads to, and what of it stays: what the chat then waits for, and what the person has before them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.card import Card
from bot.render import SEPARATOR
from storage import awaiting
from storage.awaiting import Awaiting, Focus

# How the card of the case being looked at stands on the screen: the case's own card; the same with something else
# shown after it; a question in its place that waits for words; anything else in its place.
MAIN, BEHIND = awaiting.DRAWN
FORM, ASIDE = "form", "aside"


@dataclass(frozen=True)
class Reply:
    """`case` is the one the turn was about, "" for none; `kind` is `MAIN` where its own card is shown, else `ASIDE`.

    `left` names the case the person has just gone from.
    """

    case: str
    kind: str
    cards: list[Card]
    left: str = ""


def settle(tx: Connection, person: str, reply: Reply, now: datetime) -> None:
    """Keeps, in the transaction that ends the turn, what the next turn of this person builds on."""
    waiting, seen = awaiting.before(tx, person)
    drawn = next((c for c in reversed(reply.cards) if reply.case and c.key == f"case:{reply.case}"), None)
    free = _free(reply)
    before = Focus() if reply.left or free else seen
    # Other cards leave a question open; only the case's card, drawn anew, ends it or asks the next.
    if drawn and drawn.form:
        awaiting.ask(tx, person, read_form(drawn.form), now)
    elif free:
        awaiting.ask(tx, person, read_form(free.form), now)
    elif waiting and waiting.case in (reply.left, reply.case if drawn else ""):
        awaiting.forget(tx, person)
    shown = before_them(reply.cards[-1]) or before.buttons
    now_seen = Focus(reply.case or before.case, _stands(reply, drawn, before), shown)
    if now_seen != seen:
        awaiting.look_at(tx, person, now_seen)


def _free(reply: Reply) -> Card | None:
    """A question about no case: whoever answers it has left the case they looked at."""
    asking = (one for one in reversed(reply.cards) if one.form and not read_form(one.form).case)
    return None if reply.case else next(asking, None)


def _stands(reply: Reply, drawn: Card | None, before: Focus) -> str:
    if drawn is None:
        same = reply.case in ("", before.case)
        return (BEHIND if before.card == MAIN else before.card) if same else ""
    if reply.kind == MAIN:
        return MAIN
    return FORM if drawn.form else ASIDE


def before_them(shown: Card) -> tuple[tuple[str, str], ...]:
    """(word, button data) of a card. "1" to "6" count its buttons, except where it asks for words: "3" is an answer."""
    labels = tuple((b.label, b.data) for b in shown.buttons)
    numbers = () if shown.form else tuple((str(n), b.data) for n, b in enumerate(shown.buttons, start=1))
    return (*labels, *numbers)


def read_form(form: str) -> Awaiting:
    verb, case, *filled = form.split(SEPARATOR)
    return Awaiting(case, verb, tuple(filled))


def form_text(waiting: Awaiting) -> str:
    return SEPARATOR.join((waiting.verb, waiting.case, *waiting.filled))
