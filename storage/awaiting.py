"""What a person's chat waits for, and what they are looking at. Rows, so that a restart or another app loses nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from storage.documents import decode, encode
from storage.people import hold_chat
from storage.prepared import prepared, upserting
from storage.schema import awaiting, focus, people


@dataclass(frozen=True)
class Awaiting:
    """A form being filled: `verb` is the dialog's, `filled` what was given so far, in order."""

    case: str
    verb: str
    filled: tuple[str, ...]


# How a case's own card stands before somebody who sees it: as the last thing, or with something else shown after it.
DRAWN = ("main", "behind")


@dataclass(frozen=True)
class Focus:
    """`card` is one of `DRAWN` where the case's own card is shown, else "aside". `buttons` are (label, data) as shown."""

    case: str = ""
    card: str = ""
    buttons: tuple[tuple[str, str], ...] = ()


_ASK = upserting(awaiting, ["person"], "case", "verb", "filled", "since")
_ASKED = prepared(select(awaiting).where(awaiting.c.person == bindparam("of")))
_FORGET = prepared(awaiting.delete().where(awaiting.c.person == bindparam("of")))
_LOOK_AT = upserting(focus, ["person"], "case", "card", "buttons")
_SEEN = prepared(select(focus).where(focus.c.person == bindparam("of")))
_BOTH = prepared(
    select(awaiting.c.case.label("asked"), awaiting.c.verb, awaiting.c.filled)
    .add_columns(focus.c.case, focus.c.card, focus.c.buttons)
    .select_from(people)
    .outerjoin(awaiting, awaiting.c.person == people.c.id)
    .outerjoin(focus, focus.c.person == people.c.id)
    .where(people.c.id == bindparam("of"))
)


def ask(tx: Connection, person: str, waiting: Awaiting, now: datetime) -> None:
    hold_chat(tx, person)
    row = {"case": waiting.case, "verb": waiting.verb, "filled": encode(waiting.filled)}
    _ASK.run(tx, person=person, since=now, **row)


def asked(tx: Connection, person: str) -> Awaiting | None:
    row = _ASKED.first(tx, of=person)
    return _awaiting(row.case, row.verb, row.filled) if row else None


def forget(tx: Connection, person: str) -> None:
    hold_chat(tx, person)
    _FORGET.run(tx, of=person)


def look_at(tx: Connection, person: str, seen: Focus) -> None:
    hold_chat(tx, person)
    _LOOK_AT.run(tx, person=person, case=seen.case, card=seen.card, buttons=encode(seen.buttons))


def looking_at(tx: Connection, person: str) -> Focus:
    row = _SEEN.first(tx, of=person)
    return _focus(row) if row else Focus()


def before(tx: Connection, person: str) -> tuple[Awaiting | None, Focus]:
    """What stands before a known person: what is asked of them, and what they look at."""
    row = _BOTH.first(tx, of=person)
    if row is None:
        return None, Focus()
    waiting = _awaiting(row.asked, row.verb, row.filled) if row.verb is not None else None
    return waiting, _focus(row) if row.card is not None else Focus()


def _awaiting(case: str, verb: str, filled: str) -> Awaiting:
    return Awaiting(case, verb, decode(filled, tuple[str, ...]))


def _focus(row: Any) -> Focus:
    return Focus(row.case, row.card, decode(row.buttons, tuple[tuple[str, str], ...]))
