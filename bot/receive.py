"""Taking a turn: stored before it is acknowledged, answered once, the answer on record and on screen together."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from bot.body import Body
from bot.card import Card
from bot.deliver import SCREENED, deliver, deliver_within, pack
from bot.dialogs.ceremony_shares import hushed
from bot.house import House
from bot.knock import SHOWN_ONCE, knock, recorded
from bot.render import block, card
from bot.reply import ASIDE, Reply, settle
from bot.router import answer
from bot.talk import Talk
from bot.turn import Turn
from storage import enrolment, inbox, outbox, people, screen
from storage.casebook import with_retry
from storage.database import one_writer, reading, write
from storage.documents import decode, encode

log = logging.getLogger(__name__)
# Cards that stood in the way, or answered words nobody understood: gone once the case goes on.
PASSING = ("too-long", "unknown", "unused", "error", "forged")
OFF_THE_EARTH = 999.0  # degrees


def receive(house: House, turn: Turn) -> list[Card]:
    """Handles a turn and returns its cards; a turn finished before is answered from the record and does nothing.

    What came in, what it led to and what is shown for it are kept in one transaction. So a turn is there whole or not
    at all, and the channel, which acknowledges it only after this returns, sends again what is not there.
    """
    turn = storable(turn)
    try:
        cards, files = _kept(house, turn, _answered)
    except Exception:
        # The person is told, and the turn stays on record; raising here would have the channel send it for ever.
        log.exception("turn failed", extra={"channel": turn.channel, "update_id": turn.update_id})
        cards, files = _kept(house, turn, _failed)
    if not one_writer(house.engine):
        deliver(house)
    pack(house, files, house.clock())
    return cards


Files = tuple[outbox.Waiting, ...]
Answering = Callable[[House, Turn, people.Person | None], Reply]


def _kept(house: House, turn: Turn, answering: Answering) -> tuple[list[Card], Files]:
    return with_retry(lambda: write(house.engine, lambda tx: _taken(house, tx, turn, answering)))


def _taken(house: House, tx: Connection, turn: Turn, answering: Answering) -> tuple[list[Card], Files]:
    """What is shown, and the files of closed cases that wait to be packed."""
    now = house.clock()
    fresh, reply = inbox.keep(tx, turn.channel, turn.account, turn.update_id, encode(turn), now)
    if not fresh and reply is not None:
        return decode(reply, list[Card]), ()
    if turn.channel in SCREENED and fresh:
        _echo(house, tx, hushed(turn))
    person = people.behind(tx, turn.channel, turn.account)
    led_to = answering(house, turn, person)
    _settle(tx, turn, person, led_to, now)
    inbox.finish(tx, turn.channel, turn.account, turn.update_id, encode(recorded(led_to.cards)), now)
    # Elsewhere a delivery's locks, held behind those of the turn, would be waited for in a circle.
    return led_to.cards, deliver_within(house, tx) if one_writer(tx) else ()


def _settle(tx: Connection, turn: Turn, person: people.Person | None, led_to: Reply, now: datetime) -> None:
    if person:
        settle(tx, person.id, led_to, now)
    if turn.channel in SCREENED:
        _show(tx, turn, led_to, now)
    # What a stranger typed may be somebody's code, mistyped by one letter.
    silent = replace(turn, text="") if person is None else hushed(turn)
    if silent != turn:
        enrolment.forget_words(tx, turn.channel, turn.account, turn.update_id, encode(silent))


def storable(turn: Turn) -> Turn:
    """The turn as it can be written and read again: half a character is none, a place that is no number is off the earth."""
    text, tapped = (said.encode(errors="replace").decode() for said in (turn.text, turn.button))
    place = turn.location
    if place is not None:
        place = tuple(x if abs(x) <= 180 else OFF_THE_EARTH for x in place)  # type: ignore[assignment]
    fits = (text, tapped, place) == (turn.text, turn.button, turn.location)
    return turn if fits else replace(turn, text=text, button=tapped, location=place)


def _answered(house: House, turn: Turn, person: people.Person | None) -> Reply:
    if person is None:
        return Reply("", ASIDE, knock(house, turn))
    return answer(Talk(house, person, turn, house.clock()))


def _failed(house: House, turn: Turn, person: people.Person | None) -> Reply:
    return Reply("", ASIDE, [card(block("notices", "error"), key="error", tone="refusal")])


def _show(tx: Connection, turn: Turn, led_to: Reply, now: datetime) -> None:
    keys = {one.key for one in led_to.cards}
    passed = [] if SHOWN_ONCE in keys else [SHOWN_ONCE]
    if f"case:{led_to.case}" in keys:
        passed += [f"refusal:{led_to.case}", *PASSING]
    for one in led_to.cards:
        screen.show(tx, turn.channel, turn.account, one.key, body_of(one), now, instead=passed)
        passed = []
    screen.remove(tx, turn.channel, turn.account, passed)


def resume(house: House, channel: str = "", account: str = "") -> int:
    """Handles the turns kept but not answered: all, those of a channel, or of one account of it; returns how many.

    Turns of an older version, which kept them first and answered them in transactions of their own.
    """
    with reading(house.engine) as tx:
        left = inbox.unfinished(tx, channel, account)
    for turn in left:
        receive(house, decode(turn, Turn))
    deliver(house)
    return len(left)


def body_of(shown: Card) -> str:
    return encode({"card": shown})


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
