"""The inbox: what a person did is stored before it is acknowledged; the same update id again is the same turn."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from storage.among import among
from storage.prepared import prepared, writing_once
from storage.schema import accounts, inbox

_IS = (
    inbox.c.channel == bindparam("of"),
    inbox.c.account == bindparam("whose"),
    inbox.c.update_id == bindparam("update"),
)
# What is told of a row says that it was written: the row count of an insert that met a conflict not every driver tells.
_KEEP = writing_once(
    inbox, "channel", "account", "update_id", "turn", "received_at", told=[inbox.c.update_id]
)
_REPLY = prepared(select(inbox.c.reply).where(*_IS))
_FINISH = prepared(inbox.update().where(*_IS).values(done_at=bindparam("done"), reply=bindparam("answer")))


def keep(
    tx: Connection, channel: str, account: str, update_id: str, turn: str, now: datetime
) -> tuple[bool, str | None]:
    """(whether it is new, the recorded reply of a turn that was finished before)."""
    row = {"channel": channel, "account": account, "update_id": update_id}
    if _KEEP.first(tx, **row, turn=turn, received_at=now):
        return True, None
    return False, _REPLY.first(tx, of=channel, whose=account, update=update_id).reply


def finish(tx: Connection, channel: str, account: str, update_id: str, reply: str, now: datetime) -> None:
    _FINISH.run(tx, of=channel, whose=account, update=update_id, done=now, answer=reply)


def unfinished(tx: Connection, channel: str = "", account: str = "") -> tuple[str, ...]:
    """Turns kept but not answered, oldest first, as stored: all, those of a channel, or of one account of it."""
    query = select(inbox.c.turn).where(inbox.c.done_at.is_(None))
    if channel:
        query = query.where(inbox.c.channel == channel)
    if account:
        query = query.where(inbox.c.account == account)
    return tuple(tx.execute(query.order_by(inbox.c.received_at)).scalars())


def latest(tx: Connection, persons: Collection[str], after: datetime, before: datetime) -> datetime | None:
    """The last moment between these two at which one of these persons did anything in a chat; None for none."""
    theirs = (accounts.c.channel == inbox.c.channel) & (accounts.c.account == inbox.c.account)
    query = select(func.max(inbox.c.received_at)).select_from(accounts).join(inbox, theirs)
    between = (inbox.c.received_at > after) & (inbox.c.received_at <= before)
    return tx.execute(query.where(accounts.c.person.in_(among(tx, persons)), between)).scalar()
