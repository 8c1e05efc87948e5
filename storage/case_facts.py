"""Gathering what a decision may know: profile, checklists, calendar, today's directory entries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection, bindparam, select

from storage.calendars import decode as decode_year
from storage.documents import decode
from storage.lawbook import Lawbook
from storage.prepared import prepared
from storage.schema import calendars, checklists, inspectors
from workflows.calendar import YearTable
from workflows.checklist import Checklist
from workflows.directory import Inspector
from workflows.inspection.case import Case
from workflows.inspection.facts import Actor, Facts

_YEARS = prepared(select(calendars.c.year, calendars.c.data))
# So many entries are read in one statement; of fewer, the last is named again.
_AT_ONCE = 6
_ENTRIES = prepared(
    select(inspectors.c.id, inspectors.c.data).where(
        inspectors.c.id.in_(bindparam(f"id{n}") for n in range(_AT_ONCE))
    )
)
_CHECKLIST = prepared(select(checklists.c.data).where(checklists.c.edition == bindparam("of")))


def gather(tx: Connection, lawbook: Lawbook, case: Case, actor: Actor, now: datetime) -> Facts:
    waiting = (p for order in case.opened.substitutes.values() for p in order)
    return Facts(
        actor=actor,
        now=now,
        profile=lawbook.profiles[case.opened.profile],
        options=lawbook.options,
        checklists=checklists_of(tx, {item.edition for item in case.opened.items}),
        overlay=overlay(tx),
        directory=directory(tx, {*case.drawn, *waiting}),
    )


def overlay(tx: Connection) -> dict[int, YearTable]:
    """The years an operator imported."""
    return {row.year: _year(row.data) for row in _YEARS.rows(tx)}


def directory(tx: Connection, persons: Iterable[str]) -> dict[str, Inspector]:
    ids, found = list(persons), dict[str, Inspector]()
    for first in range(0, len(ids), _AT_ONCE):
        named = ids[first : first + _AT_ONCE]
        named += named[-1:] * (_AT_ONCE - len(named))
        rows = _ENTRIES.rows(tx, **{f"id{n}": person for n, person in enumerate(named)})
        found |= {row.id: _inspector(row.data) for row in rows}
    return found


def checklists_of(tx: Connection, editions: Iterable[str]) -> dict[str, Checklist]:
    return {edition: _EDITIONS.get(edition) or _read(tx, edition) for edition in editions}


# An edition is named by the digest of what it says, so one read once need not be read again.
_EDITIONS: dict[str, Checklist] = {}


def _read(tx: Connection, edition: str) -> Checklist:
    found = decode(_CHECKLIST.first(tx, of=edition).data, Checklist)
    if found.edition == edition:
        _EDITIONS[edition] = found
    return found


@lru_cache(maxsize=64)
def _year(data: str) -> YearTable:
    return decode_year(data)


@lru_cache(maxsize=4096)
def _inspector(data: str) -> Inspector:
    return decode(data, Inspector)
