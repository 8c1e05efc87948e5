"""What the service says of itself: that it was away and has made up for it, what could not be delivered, and to whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from bot.card import Card
from bot.house import House
from bot.render import block, button, card
from storage import outbox, people, reach
from storage.database import reading, writing
from storage.documents import decode, encode
from storage.health import Health, given_up, health
from storage.marks import Interruption
from storage.outbox import Waiting
from storage.schema import cases
from workflows.inspection.facts import local_day

UNDELIVERED, INTERRUPTED, LOST = "undelivered", "interrupted", "lost"  # kinds of outbox rows
KINDS = (UNDELIVERED, INTERRUPTED, LOST)
MOST_LINES = 8
# So long after its start a service that has not swept yet is starting.
SETTLES = timedelta(minutes=1)
OK, STARTING, ATTENTION = "ok", "starting", "attention"


def tell_given_up(tx: Connection, rows: Sequence[Waiting], now: datetime) -> None:
    """The organisers hear once in an hour of what was given up; never of such a message itself, or it would go on."""
    told = [row.id for row in rows if row.kind != UNDELIVERED]
    for person in people.holding(tx, "organiser") if told else ():
        outbox.add(tx, f"{UNDELIVERED}:{now:%Y-%m-%dT%H}:{person}", person, UNDELIVERED, "", "", now)


def tell_lost(tx: Connection, channel: str, account: str, now: datetime) -> None:
    """An account that cannot be reached any more: the organisers know whom to ring."""
    for person in people.holding(tx, "organiser"):
        dedup = f"{LOST}:{channel}:{account}:{now.isoformat()}:{person}"
        outbox.add(tx, dedup, person, LOST, "", encode((channel, account)), now)


def tell_interruption(tx: Connection, was: Interruption, now: datetime) -> None:
    for person in people.holding(tx, "supervisor"):
        dedup = f"{INTERRUPTED}:{was.until.isoformat()}:{person}"
        outbox.add(tx, dedup, person, INTERRUPTED, "", encode(was), now)


def report(house: House, started: datetime | None = None) -> dict[str, object]:
    """What /health says of a service that runs since `started`; moments as RFC 3339.

    `status` is "ok", "starting" until the first sweep, or "attention" where somebody should run `suijian check`.
    """
    now = house.clock()
    with reading(house.engine) as tx:
        found = health(tx, now)
    return {"status": _status(found, started, now)} | {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(found).items()
    }


def _status(found: Health, started: datetime | None, now: datetime) -> str:
    if found.is_well(now):
        return OK
    young = started is not None and timedelta() <= now - started < SETTLES
    waits_for_the_first = found.swept_at is None or (started is not None and found.swept_at < started)
    return STARTING if young and waits_for_the_first else ATTENTION


def serves_only(house: House, channels: Iterable[str]) -> None:
    """At a start: a channel that was shut and is no longer wanted is nobody's trouble."""
    with writing(house.engine) as tx:
        for name in set(reach.shut_channels(tx)) - set(channels):
            reach.open_again(tx, name)


def service_card(tx: Connection, row: Waiting) -> Card | None:
    """None where what was given up has been taken up again, or who was lost has come back."""
    if row.kind == INTERRUPTED:
        was = decode(row.detail, Interruption)
        lines = block(
            "service", INTERRUPTED, was=was, lost=said_span(was.seconds), today=local_day(was.until)
        )
    elif row.kind == LOST:
        lines = _lost(tx, row)
    else:
        lines = _undelivered(tx)
    key = f"{row.kind}:{row.detail}" if row.kind == LOST else row.kind
    return card(lines, button("home"), key=key, tone="notice") if lines else None


def _lost(tx: Connection, row: Waiting) -> list[str]:
    channel, account = decode(row.detail, tuple[str, str])
    gone = {(one.channel, one.account): one for one in reach.lost(tx)}
    found = gone.get((channel, account))
    who = people.get(tx, found.person) if found else None
    if who is None:
        return []
    others = [one for one in people.accounts_of(tx, who.id) if one not in gone]
    return block("service", LOST, name=who.name, department=who.department, channel=channel, others=others)


def _undelivered(tx: Connection) -> list[str]:
    found = given_up(tx)
    shown = found[:MOST_LINES]
    if not found:
        return []
    return block("service", UNDELIVERED, rows=shown, names=_targets(tx, shown), total=len(found))


def _targets(tx: Connection, rows: Sequence[outbox.GivenUp]) -> dict[str, str]:
    ids = {one.waiting.case for one in rows}
    return {
        r.id: r.target_name
        for r in tx.execute(select(cases.c.id, cases.c.target_name).where(cases.c.id.in_(ids)))
    }


def said_span(seconds: int) -> str:
    """3天2小时, 3小时, 45分钟: the two largest parts, rounded down."""
    minutes = seconds // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [(days, "天"), (hours, "小时"), (minutes if not days else 0, "分钟")]
    return "".join(f"{n}{unit}" for n, unit in parts if n) or "不到1分钟"
