"""Sending what waits to the accounts of chat platforms, outside any transaction: a platform may take its time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import Connection

from bot.card import Card
from bot.channels.port import Channel, Gone, Later, Shut
from bot.deliver import CHANGED, message, view_of
from bot.dialogs.case import case_card, may_see
from bot.house import House
from bot.reply import MAIN
from bot.service import tell_given_up, tell_lost
from storage import awaiting, casebook, deliveries, people, reach, screen
from storage.database import lock, reading, writing
from storage.deliveries import Delivery

log = logging.getLogger(__name__)
LONGEST_WAIT = timedelta(hours=1)
PATIENCE = 2  # asked to wait so often in a row of sends: one chat may be flooded, two mean us
SHUT_FOR = timedelta(minutes=5)


def push_due(house: House, channels: Mapping[str, Channel]) -> int:
    """Sends what is due and returns how many were sent. What fails waits longer each time and is given up after a day."""
    with writing(house.engine) as tx:
        lock(tx, "deliveries")
        due = deliveries.claim(tx, channels, house.clock())
    return sum(
        _push_all(house, channel, [one for one in due if one.channel == name])
        for name, channel in channels.items()
    )


def _push_all(house: House, channel: Channel, due: Sequence[Delivery]) -> int:
    """One after the other. Where the platform asks twice to wait it means all of us; where it is shut, all wait."""
    sent, asked = 0, 0
    for number, one in enumerate(due, 1):
        try:
            sent += _push(house, channel, one)
        except Later as later:
            pause = timedelta(seconds=later.seconds)
            _fail(house, one, str(later), pause)
            asked += 1
            if asked == PATIENCE:
                _hold(house, due[number:], pause)
                break
        except Shut:
            _hold(house, due[number - 1 :], SHUT_FOR)
            break
    return sent


def _push(house: House, channel: Channel, one: Delivery) -> bool:
    """Whether it was sent. Raises Later and Shut."""
    with reading(house.engine) as tx:
        lost = reach.is_lost(tx, one.channel, one.account)
        said = None if lost else _card(house, tx, one)
    if said is None:
        return _finish(house, one, deliveries.GONE if lost else deliveries.NEEDLESS)
    try:
        asyncio.run(channel.push(one.account, said, f"{one.waiting.id}:{one.account}"))
    except (Later, Shut):
        raise
    except Gone:
        return _lose(house, one)
    except Exception as error:
        log.exception("not sent", extra={"outbox_id": one.waiting.id, "attempt": one.attempt})
        pause = min(timedelta(seconds=15 * 2 ** min(one.attempt, 10)), LONGEST_WAIT)
        return _fail(house, one, type(error).__name__, pause)
    return _finish(house, one, deliveries.SENT)


def _card(house: House, tx: Connection, one: Delivery) -> Card | None:
    """Drawn when it is sent: what was done meanwhile is not said any more, a changed case is shown as it now stands."""
    if one.waiting.kind != CHANGED:
        return message(house, tx, one.waiting)
    person = people.get(tx, one.waiting.person)
    seen, case = awaiting.looking_at(tx, one.waiting.person), casebook.load(tx, one.waiting.case)
    if person is None or (seen.case, seen.card) != (case.id, MAIN) or not may_see(case, person):
        return None
    shown = case_card(view_of(house, tx, case, person))
    return shown if screen.has(tx, one.channel, one.account, shown.key) else None


def _finish(house: House, one: Delivery, outcome: str) -> bool:
    sent = outcome == deliveries.SENT
    with writing(house.engine) as tx:
        deliveries.finish(tx, one, outcome, house.clock())
        if sent:
            reach.find(tx, one.channel, one.account)
    return sent


def _lose(house: House, one: Delivery) -> bool:
    """The account is not tried again until its person writes; the organisers hear of it once."""
    now, person = house.clock(), one.waiting.person
    log.warning("account cannot be reached", extra={"channel": one.channel, "person": person})
    with writing(house.engine) as tx:
        deliveries.drop(tx, one.channel, one.account, now)
        if reach.lose(tx, one.channel, one.account, person, now):
            tell_lost(tx, one.channel, one.account, now)
    return False


def _fail(house: House, one: Delivery, why: str, pause: timedelta) -> bool:
    now = house.clock()
    with writing(house.engine) as tx:
        if deliveries.fail(tx, one, why, now, now + pause):
            tell_given_up(tx, [one.waiting], now)
    return False


def _hold(house: House, many: Sequence[Delivery], pause: timedelta) -> None:
    with writing(house.engine) as tx:
        deliveries.hold(tx, many, house.clock() + pause)
