"""Sending what waits to the accounts of chat platforms, outside any transaction: a platform may take its time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import Connection

from bot.card import Card
from bot.channels.port import Channel, Gone, Later
from bot.deliver import CHANGED, message, view_of
from bot.dialogs.case import case_card, may_see
from bot.house import House
from bot.reply import MAIN
from storage import awaiting, casebook, deliveries, people, screen
from storage.database import lock, reading, writing
from storage.deliveries import Delivery

log = logging.getLogger(__name__)
LONGEST_WAIT = timedelta(hours=1)


def push_due(house: House, channels: Mapping[str, Channel]) -> int:
    """Sends what is due and returns how many were sent. What fails waits longer each time and is never dropped."""
    with writing(house.engine) as tx:
        lock(tx, "deliveries")
        due = deliveries.claim(tx, channels, house.clock())
    return sum(_push(house, channels[one.channel], one) for one in due)


def _push(house: House, channel: Channel, one: Delivery) -> bool:
    with reading(house.engine) as tx:
        said = _card(house, tx, one)
    if said is None:
        return _finish(house, one, "needless")
    try:
        asyncio.run(channel.push(one.account, said, f"{one.waiting.id}:{one.account}"))
    except Later as later:
        _postpone(house, one, timedelta(seconds=later.seconds))
        return False
    except Gone:
        log.warning("account cannot be reached", extra={"channel": one.channel, "person": one.waiting.person})
        return _finish(house, one, "gone")
    except Exception:
        log.exception("not sent", extra={"outbox_id": one.waiting.id, "attempt": one.attempt})
        _postpone(house, one, min(timedelta(seconds=15 * 2 ** min(one.attempt, 10)), LONGEST_WAIT))
        return False
    return _finish(house, one, "sent")


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
    with writing(house.engine) as tx:
        deliveries.finish(tx, one, outcome, house.clock())
    return outcome == "sent"


def _postpone(house: House, one: Delivery, wait: timedelta) -> None:
    with writing(house.engine) as tx:
        deliveries.postpone(tx, one, house.clock() + wait)
