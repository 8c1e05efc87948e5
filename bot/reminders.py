"""The sweep: what has fallen due goes into the outbox, once, if it is still to be done. Drawing it: `bot.reminding`."""

from __future__ import annotations

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Connection

from bot.house import House
from bot.service import tell_interruption
from storage import marks, outbox, people, reminders
from storage.case_facts import overlay
from storage.database import reading, writing
from storage.documents import encode
from storage.reminders import BATCH, Claimed, Settled
from workflows.calendar import Overlay
from workflows.inspection.case import Case
from workflows.policy import Profile
from workflows.reminders import LATE_AFTER, Reminder, current, is_late, is_quiet, next_time, wanted
from workflows.reminders import reminders as moments

KIND = "reminders"  # of the outbox rows
BATCHES = 10  # at most so many in a round, so that what is claimed is done long before its lease ends


@dataclass(frozen=True)
class Item:
    """One reminder on its way to a person. `late`: it should have been said at `due_at`, and nobody was there to."""

    case: str
    kind: str
    due_at: datetime
    late: bool


@dataclass(frozen=True)
class Told:
    person: str
    row: int
    item: Item


def sweep(house: House) -> int:
    """Puts what is due into the outbox, one message for each person; how many messages.

    Any number may sweep at once, and each may die at any point: a reminder is settled in the transaction that puts it
    into the outbox, and claimed again by another where that never happened.
    """
    now = house.clock()
    away = _noted(house, now)
    sent = _swept(house, now) if reminders.any_due(house.engine, now) else 0
    if away:
        _close(house, now)
    return sent


def _noted(house: House, now: datetime) -> bool:
    """Writes down that there was a sweep; whether an interruption is still to be told of."""
    with reading(house.engine) as tx:
        last, away = marks.at(tx, marks.SWEPT), marks.at(tx, marks.AWAY)
    if marks.is_noted(last, now):
        return away is not None
    with writing(house.engine) as tx:
        marks.note_sweep(tx, now, LATE_AFTER)
        return marks.at(tx, marks.AWAY) is not None


def _close(house: House, now: datetime) -> None:
    """Tells of an interruption once everything missed in it has been sent, which a night or a holiday puts off."""
    with reading(house.engine) as tx:
        years = overlay(tx)
    if is_quiet(now, years) or reminders.any_due(house.engine, now):
        return
    with writing(house.engine) as tx:
        was = marks.end_interruption(tx)
        if was and was.late:
            tell_interruption(tx, was, now)


def _swept(house: House, now: datetime) -> int:
    with reading(house.engine) as tx:
        years = overlay(tx)
    sent, more = 0, True
    while more:
        told, more = _round(house, years, now)
        sent += told
    return sent


def _round(house: House, years: Overlay, now: datetime) -> tuple[int, bool]:
    """Claims what is due, as much as one round holds, and settles it; how many messages, and whether there is more."""
    owner = uuid.uuid4().hex
    claimed = _claim(house, owner, now, quiet=is_quiet(now, years))
    if not claimed:
        return 0, False
    with reading(house.engine) as tx:
        ended, told = _compose(tx, house, claimed, years, now)
    with writing(house.engine) as tx:
        held = reminders.settle(tx, ended, owner, now)
        said = [one for one in told if one.row in held]
        sent = _tell(tx, said, now)
        late = {one.row for one in said if one.item.late}
        if late:
            marks.count_late(tx, len(late))
    return sent, len(claimed) >= BATCH * BATCHES


def _claim(house: House, owner: str, now: datetime, *, quiet: bool) -> list[Claimed]:
    found: list[Claimed] = []
    with writing(house.engine) as tx:
        for urgent in (True,) if quiet else (True, False):
            while len(found) < BATCH * BATCHES:
                batch = reminders.claim(tx, now, owner, urgent=urgent)
                found += batch
                if len(batch) < BATCH:
                    break
    return found


def _compose(
    tx: Connection, house: House, claimed: Iterable[Claimed], years: Overlay, now: datetime
) -> tuple[list[Settled], list[Told]]:
    """How each reminder ends, by the case as it now stands, and who is to be told."""
    cases, asked = reminders.cases_of(tx, claimed), _Asked(tx)
    ended, told = [], []
    for row in claimed:
        case = cases[row.case]
        profile = house.lawbook.profiles[case.opened.profile]
        reminder = _still(case, profile, years, row, now)
        if reminder is None or reminder.at > now:
            ended.append(Settled(row, "dropped", again=reminder.at if reminder else None))
            continue
        whom = [p for p in asked.persons(reminder) if wanted(row.kind, asked.muted(p), profile)]
        item = Item(row.case, row.kind, row.due_at, is_late(row.due_at, now))
        told += [Told(person, row.id, item) for person in whom]
        ended.append(Settled(row, "sent" if whom else "dropped", next_time(reminder, now, years)))
    return ended, told


def _still(case: Case, profile: Profile, years: Overlay, row: Claimed, now: datetime) -> Reminder | None:
    """The reminder if it is still to be said; with another moment where the calendar has moved it."""
    found = moments(case, profile, years)
    moved = {r.kind: r for r in found if r.at > now}
    return current(found, now).get(row.kind) or moved.get(row.kind)


class _Asked:
    """People and what they do without, each read once in a sweep."""

    def __init__(self, tx: Connection) -> None:
        self._holding: Callable[[str], tuple[str, ...]] = cache(lambda role: people.holding(tx, role))
        self.muted: Callable[[str], frozenset[str]] = cache(lambda person: reminders.muted(tx, person))

    def persons(self, reminder: Reminder) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for one in reminder.whom:
            role = one.removeprefix("role:")
            found.update(dict.fromkeys(self._holding(role) if role != one else (one,)))
        return tuple(found)


def _tell(tx: Connection, told: Iterable[Told], now: datetime) -> int:
    """One row for each person, however much there is to say."""
    by_person: dict[str, list[Item]] = defaultdict(list)
    for one in told:
        by_person[one.person].append(one.item)
    for person, items in by_person.items():
        case = items[0].case if len(items) == 1 else ""
        outbox.add(tx, _dedup(person, items), person, KIND, case, encode(items), now)
    return len(by_person)


def _dedup(person: str, items: list[Item]) -> str:
    """The same reminders of the same moments to the same person are the same message."""
    said = sorted(f"{i.case}|{i.kind}|{i.due_at.isoformat()}" for i in items)
    return f"{KIND}:{person}:{hashlib.sha256(chr(10).join(said).encode()).hexdigest()[:32]}"
