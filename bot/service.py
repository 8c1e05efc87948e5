"""What the service says of itself: that it was away and has made up for it, that messages could not be delivered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, select

from bot.card import Card
from bot.house import House
from bot.render import block, button, card
from storage import outbox, people
from storage.database import reading
from storage.documents import decode, encode
from storage.health import health
from storage.marks import Interruption
from storage.outbox import Waiting
from storage.schema import cases
from workflows.inspection.facts import local_day

UNDELIVERED, INTERRUPTED = "undelivered", "interrupted"  # kinds of outbox rows
KINDS = (UNDELIVERED, INTERRUPTED)
MOST_LINES = 8


def tell_given_up(tx: Connection, rows: Sequence[Waiting], now: datetime) -> None:
    """The organisers hear once of what was given up together; never of such a message itself, or it would go on."""
    told = [row.id for row in rows if row.kind != UNDELIVERED]
    for person in people.holding(tx, "organiser") if told else ():
        outbox.add(tx, f"{UNDELIVERED}:{max(told)}:{person}", person, UNDELIVERED, "", "", now)


def tell_interruption(tx: Connection, was: Interruption, now: datetime) -> None:
    for person in people.holding(tx, "supervisor"):
        dedup = f"{INTERRUPTED}:{was.until.isoformat()}:{person}"
        outbox.add(tx, dedup, person, INTERRUPTED, "", encode(was), now)


def report(house: House) -> dict[str, object]:
    """What /health says. `status` is "attention" where somebody should run `suijian check`; moments as RFC 3339."""
    now = house.clock()
    with reading(house.engine) as tx:
        found = health(tx, now)
    return {"status": "ok" if found.is_well(now) else "attention"} | {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(found).items()
    }


def service_card(tx: Connection, row: Waiting) -> Card | None:
    """None where what was given up has been taken up again."""
    if row.kind == INTERRUPTED:
        was = decode(row.detail, Interruption)
        lines = block(
            "service", INTERRUPTED, was=was, lost=said_span(was.seconds), today=local_day(was.until)
        )
        return card(lines, button("home"), key=row.kind, tone="notice")
    given_up = outbox.given_up(tx)
    if not given_up:
        return None
    shown = given_up[:MOST_LINES]
    lines = block("service", UNDELIVERED, rows=shown, names=_targets(tx, shown), total=len(given_up))
    return card(lines, button("home"), key=row.kind, tone="notice")


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
