"""Taking a turn: stored before it is acknowledged, answered once, the answer on record and on screen together."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from bot.card import Card
from bot.deliver import SCREENED, deliver
from bot.house import House
from bot.knock import SHOWN_ONCE, knock, recorded
from bot.render import block, card
from bot.reply import ASIDE, Reply, settle
from bot.router import answer
from bot.talk import Talk
from bot.turn import Turn
from storage import enrolment, inbox, people, screen
from storage.database import reading, writing
from storage.documents import decode, encode

log = logging.getLogger(__name__)
# Cards that stood in the way, or answered words nobody understood: gone once the case goes on.
PASSING = ("too-long", "unknown", "unused", "error", "forged")
OFF_THE_EARTH = 999.0  # degrees


def receive(house: House, turn: Turn) -> list[Card]:
    """Handles a turn and returns its cards; a turn finished before is answered from the record and does nothing.

    What the turn leads to is kept in two parts: its commands, each once whatever happens (`casebook.execute`), and
    everything else - the screen, what the chat waits for, the reply on record - in the one transaction that ends it.
    """
    turn, now = storable(turn), house.clock()
    with writing(house.engine) as tx:
        fresh, reply = inbox.keep(tx, turn.channel, turn.account, turn.update_id, encode(turn), now)
        if not fresh and reply is not None:
            return decode(reply, list[Card])
        if turn.channel in SCREENED and fresh:
            _echo(house, tx, turn)
    with reading(house.engine) as tx:
        person = people.behind(tx, turn.channel, turn.account)
    led_to = _answered(house, turn, person)
    with writing(house.engine) as tx:
        if person:
            settle(tx, person.id, led_to, now)
        if turn.channel in SCREENED:
            _show(tx, turn, led_to, now)
        if person is None:
            # What a stranger typed may be somebody's code, mistyped by one letter.
            silent = encode(replace(turn, text=""))
            enrolment.forget_words(tx, turn.channel, turn.account, turn.update_id, silent)
        inbox.finish(tx, turn.channel, turn.account, turn.update_id, encode(recorded(led_to.cards)), now)
    deliver(house)
    return led_to.cards


def storable(turn: Turn) -> Turn:
    """The turn as it can be written and read again: half a character is none, a place that is no number is off the earth."""
    text, tapped = (said.encode(errors="replace").decode() for said in (turn.text, turn.button))
    place = turn.location
    if place is not None:
        place = tuple(x if abs(x) <= 180 else OFF_THE_EARTH for x in place)  # type: ignore[assignment]
    return replace(turn, text=text, button=tapped, location=place)


def _answered(house: House, turn: Turn, person: people.Person | None) -> Reply:
    try:
        if person is None:
            return Reply("", ASIDE, knock(house, turn))
        return answer(Talk(house, person, turn, house.clock()))
    except Exception:
        # The turn stays on record and the person is told; swallowing it here keeps one bad turn from ending the rest.
        log.exception("turn failed", extra={"channel": turn.channel, "update_id": turn.update_id})
        return Reply("", ASIDE, [card(block("notices", "error"), key="error", tone="refusal")])


def _show(tx: Connection, turn: Turn, led_to: Reply, now: datetime) -> None:
    for one in led_to.cards:
        screen.show(tx, turn.channel, turn.account, one.key, body_of(one), now)
    if all(one.key != SHOWN_ONCE for one in led_to.cards):
        screen.remove(tx, turn.channel, turn.account, SHOWN_ONCE)
    if any(one.key == f"case:{led_to.case}" for one in led_to.cards):
        for key in (f"refusal:{led_to.case}", *PASSING):
            screen.remove(tx, turn.channel, turn.account, key)


def resume(house: House, channel: str = "", account: str = "") -> int:
    """Handles the turns a crash left unfinished: all, those of a channel, or of one account of it; returns how many.

    Where several processes run, each takes up its own only: a turn another running process has in hand is not left unfinished.
    """
    with reading(house.engine) as tx:
        left = inbox.unfinished(tx, channel, account)
    for turn in left:
        receive(house, decode(turn, Turn))
    deliver(house)
    return len(left)


def body_of(shown: Card) -> str:
    return encode({"card": shown})


class Body(msgspec.Struct):
    """A message on a screen: a card, or what the person said or sent."""

    card: Card | None = None
    text: str = ""
    photo: str = ""


def _echo(house: House, tx: Connection, turn: Turn) -> None:
    """What the person did, as their own bubble. A tap shows the button's label by its redrawn card, so it has none."""
    if turn.button:
        return
    if turn.file:
        body = Body(photo=turn.file[0], text=turn.file[1])
    elif turn.location:
        body = Body(
            text="".join(block("notices", "my-place", latitude=turn.location[0], longitude=turn.location[1]))
        )
    else:
        body = Body(text=turn.text)
    screen.show(tx, turn.channel, turn.account, "", encode(body), house.clock(), mine=True)
