"""What a person's chat waits for, and what they are looking at. Rows, so that a restart or another app loses nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from storage.database import insert
from storage.documents import decode, encode
from storage.people import hold_chat
from storage.schema import awaiting, focus


@dataclass(frozen=True)
class Awaiting:
    """A form being filled: `verb` is the dialog's, `filled` what was given so far, in order."""

    case: str
    verb: str
    filled: tuple[str, ...]


def ask(tx: Connection, person: str, waiting: Awaiting, now: datetime) -> None:
    hold_chat(tx, person)
    row = {"case": waiting.case, "verb": waiting.verb, "filled": encode(waiting.filled), "since": now}
    statement = insert(tx, awaiting).values(person=person, **row)
    tx.execute(statement.on_conflict_do_update(index_elements=["person"], set_=row))


def asked(tx: Connection, person: str) -> Awaiting | None:
    row = tx.execute(select(awaiting).where(awaiting.c.person == person)).first()
    return Awaiting(row.case, row.verb, decode(row.filled, tuple[str, ...])) if row else None


def forget(tx: Connection, person: str) -> None:
    hold_chat(tx, person)
    tx.execute(awaiting.delete().where(awaiting.c.person == person))


@dataclass(frozen=True)
class Focus:
    """`card` is "main" for the case's own card, else "aside". `buttons` are (label, data) as last shown."""

    case: str = ""
    card: str = ""
    buttons: tuple[tuple[str, str], ...] = ()


def look_at(tx: Connection, person: str, seen: Focus) -> None:
    hold_chat(tx, person)
    row = {"case": seen.case, "card": seen.card, "buttons": encode(seen.buttons)}
    statement = insert(tx, focus).values(person=person, **row)
    tx.execute(statement.on_conflict_do_update(index_elements=["person"], set_=row))


def looking_at(tx: Connection, person: str) -> Focus:
    row = tx.execute(select(focus).where(focus.c.person == person)).first()
    if row is None:
        return Focus()
    return Focus(row.case, row.card, decode(row.buttons, tuple[tuple[str, str], ...]))
