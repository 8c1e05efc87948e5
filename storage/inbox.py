"""The inbox: what a person did is stored before it is acknowledged; the same update id again is the same turn."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select

from storage.database import insert
from storage.schema import inbox


def keep(
    tx: Connection, channel: str, account: str, update_id: str, turn: str, now: datetime
) -> tuple[bool, str | None]:
    """(whether it is new, the recorded reply of a turn that was finished before)."""
    row = {"channel": channel, "account": account, "update_id": update_id}
    statement = insert(tx, inbox).values(**row, turn=turn, received_at=now).on_conflict_do_nothing()
    # RETURNING, since the row count of an insert that met a conflict is not told by every driver.
    if tx.execute(statement.returning(inbox.c.update_id)).first():
        return True, None
    return False, tx.execute(select(inbox.c.reply).where(*_is(channel, account, update_id))).scalar()


def finish(tx: Connection, channel: str, account: str, update_id: str, reply: str, now: datetime) -> None:
    tx.execute(inbox.update().where(*_is(channel, account, update_id)).values(done_at=now, reply=reply))


def unfinished(tx: Connection, channel: str = "", account: str = "") -> tuple[str, ...]:
    """Turns a crash left behind, oldest first, as stored: all, those of a channel, or of one account of it."""
    query = select(inbox.c.turn).where(inbox.c.done_at.is_(None))
    if channel:
        query = query.where(inbox.c.channel == channel)
    if account:
        query = query.where(inbox.c.account == account)
    return tuple(tx.execute(query.order_by(inbox.c.received_at)).scalars())


def _is(channel: str, account: str, update_id: str) -> tuple[ColumnElement[bool], ...]:
    return (inbox.c.channel == channel, inbox.c.account == account, inbox.c.update_id == update_id)
