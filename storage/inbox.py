"""The inbox: what a person did is stored before it is acknowledged; the same update id again is the same turn.

With the turn stands what the chat waited for as it came in. A turn that a crash cut short may have ended the question
it answers, or asked the next one, before its answer was on the trail: taken up again from where the chat then stood,
the person's words would answer nothing, or the wrong question. So it is taken up from where the chat stood before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select

from storage import awaiting, people
from storage.awaiting import Awaiting, Focus
from storage.database import insert
from storage.documents import decode, encode
from storage.schema import inbox


@dataclass(frozen=True)
class Before:
    """`asked` is what the chat waited for, `seen` what the person looked at."""

    asked: Awaiting | None
    seen: Focus


def keep(
    tx: Connection, channel: str, account: str, update_id: str, turn: str, now: datetime
) -> tuple[bool, str | None]:
    """(whether it is new, the recorded reply of a turn that was finished before).

    A turn that was kept and not finished finds the chat as it was when the turn first came.
    """
    person = people.behind(tx, channel, account)
    before = Before(awaiting.asked(tx, person.id), awaiting.looking_at(tx, person.id)) if person else None
    row = {"channel": channel, "account": account, "update_id": update_id, "turn": turn, "received_at": now}
    statement = insert(tx, inbox).values(**row, before=encode(before) if before else None)
    # RETURNING, since the row count of an insert that met a conflict is not told by every driver.
    if tx.execute(statement.on_conflict_do_nothing().returning(inbox.c.update_id)).first():
        return True, None
    kept = tx.execute(select(inbox).where(*_is(channel, account, update_id))).one()
    if kept.reply is None and kept.before and person:
        _go_back(tx, person.id, decode(kept.before, Before), now)
    return False, kept.reply


def _go_back(tx: Connection, person: str, before: Before, now: datetime) -> None:
    if before.asked:
        awaiting.ask(tx, person, before.asked, now)
    else:
        awaiting.forget(tx, person)
    awaiting.look_at(tx, person, before.seen)


def finish(tx: Connection, channel: str, account: str, update_id: str, reply: str, now: datetime) -> None:
    tx.execute(inbox.update().where(*_is(channel, account, update_id)).values(done_at=now, reply=reply))


def unfinished(tx: Connection) -> tuple[str, ...]:
    """Turns a crash left behind, oldest first, as stored."""
    query = select(inbox.c.turn).where(inbox.c.done_at.is_(None)).order_by(inbox.c.received_at)
    return tuple(tx.execute(query).scalars())


def _is(channel: str, account: str, update_id: str) -> tuple[ColumnElement[bool], ...]:
    return (inbox.c.channel == channel, inbox.c.account == account, inbox.c.update_id == update_id)
