"""What the service remembers of itself: when it last swept, how long it was away, that it armed older cases."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, select

from storage.database import lock
from storage.documents import decode, encode
from storage.prepared import prepared, upserting
from storage.reminders_schema import marks

# ARMED has a new name with every kind of reminder that older cases have to be given.
SWEPT, AWAY, ARMED = "swept", "away", "armed-visits"
# A sweep is written down no more often than this; it comes every few seconds.
EVERY = timedelta(minutes=1)

_GET = prepared(select(marks.c.at, marks.c.data).where(marks.c.name == bindparam("of")))
_SET = upserting(marks, ["name"], "at", "data")
_FORGET = prepared(marks.delete().where(marks.c.name == bindparam("of")))


@dataclass(frozen=True)
class Interruption:
    """Nobody swept for `seconds` between `since` and `until`; `late` reminders have been sent for it so far."""

    since: datetime
    until: datetime
    seconds: int
    late: int = 0


def at(tx: Connection, name: str) -> datetime | None:
    found = _GET.first(tx, of=name)
    return found.at if found else None


def put(tx: Connection, name: str, now: datetime, data: str = "") -> None:
    _SET.run(tx, name=name, at=now, data=data)


def forget(tx: Connection, name: str) -> None:
    _FORGET.run(tx, of=name)


def is_noted(last: datetime | None, now: datetime) -> bool:
    """Whether a sweep at `now` need not be written down; one that lies ahead is from a clock since set back."""
    return last is not None and timedelta() <= now - last < EVERY


def note_sweep(tx: Connection, now: datetime, longest: timedelta) -> None:
    """Writes the sweep down; where more than `longest` has passed since the last one, the interruption too.

    Interruptions nobody has been told of become one: from the first to the last, as long as both together.
    """
    lock(tx, "marks")
    last = at(tx, SWEPT)
    if last is not None and now - last > longest:
        before, lost = interruption(tx), int((now - last).total_seconds())
        was = Interruption(last, now, lost)
        if before:
            was = replace(before, until=now, seconds=before.seconds + lost)
        put(tx, AWAY, now, encode(was))
    put(tx, SWEPT, now)


def interruption(tx: Connection) -> Interruption | None:
    found = _GET.first(tx, of=AWAY)
    return decode(found.data, Interruption) if found else None


def count_late(tx: Connection, late: int) -> None:
    """So many reminders were sent late; it counts only after an interruption."""
    lock(tx, "marks")
    was = interruption(tx)
    if was:
        put(tx, AWAY, was.until, encode(replace(was, late=was.late + late)))


def end_interruption(tx: Connection) -> Interruption | None:
    """What is to be told of it, once."""
    lock(tx, "marks")
    was = interruption(tx)
    if was:
        _FORGET.run(tx, of=AWAY)
    return was
