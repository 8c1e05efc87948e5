"""Whom and what a chat platform does not let us reach: accounts nobody is behind any more, channels that were shut.

Kept as marks: few rows, looked up by name before a push and listed when somebody asks how the service is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from storage import marks
from storage.reminders_schema import marks as kept
from storage.schema import inbox

_GONE, _SHUT = "gone", "shut"


@dataclass(frozen=True)
class Lost:
    """An account that cannot be reached `since` then: its person has blocked the bot, or left the platform."""

    channel: str
    account: str
    person: str
    since: datetime


def lose(tx: Connection, channel: str, account: str, person: str, now: datetime) -> bool:
    """Whether this was not known before."""
    name = _name(_GONE, channel, account)
    known = marks.at(tx, name) is not None
    marks.put(tx, name, now, person)
    return not known


def is_lost(tx: Connection, channel: str, account: str) -> bool:
    """Until the person writes again: whoever can write to us can be written to."""
    since = marks.at(tx, _name(_GONE, channel, account))
    if since is None:
        return False
    newer = select(inbox.c.update_id).where(
        inbox.c.channel == channel, inbox.c.account == account, inbox.c.received_at > since
    )
    return tx.execute(newer.limit(1)).first() is None


def find(tx: Connection, channel: str, account: str) -> None:
    """Somebody is there again."""
    marks.forget(tx, _name(_GONE, channel, account))


def lost(tx: Connection) -> tuple[Lost, ...]:
    """The latest first, without those who have written since."""
    rows = tx.execute(select(kept).where(kept.c.name.like(f"{_GONE}:%")).order_by(kept.c.at.desc())).all()
    found = [(*row.name.split(":", 2)[1:], row.data, row.at) for row in rows]
    return tuple(Lost(*one) for one in found if is_lost(tx, *one[:2]))


def shut(tx: Connection, channel: str, now: datetime) -> None:
    """The platform does not know us any more: nothing goes to anybody there until somebody has seen to it."""
    marks.put(tx, _name(_SHUT, channel), now)


def open_again(tx: Connection, channel: str) -> None:
    marks.forget(tx, _name(_SHUT, channel))


def shut_channels(tx: Connection) -> tuple[str, ...]:
    names = tx.execute(select(kept.c.name).where(kept.c.name.like(f"{_SHUT}:%")).order_by(kept.c.name))
    return tuple(name.partition(":")[2] for name in names.scalars())


def _name(*parts: str) -> str:
    return ":".join(parts)
