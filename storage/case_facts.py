"""Gathering what a decision may know: profile, checklists, calendar, today's directory entries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection, bindparam, select

from storage.among import among_given, listed
from storage.calendars import decode as decode_year
from storage.documents import decode
from storage.lawbook import Lawbook
from storage.prepared import Prepared, prepared
from storage.schema import calendars, checklists, inspectors
from workflows.calendar import YearTable
from workflows.checklist import Checklist
from workflows.directory import Inspector
from workflows.inspection.case import Case
from workflows.inspection.facts import Actor, Facts

_YEARS = prepared(select(calendars.c.year, calendars.c.data))
_ENTRIES = Prepared(
    lambda dialect: select(inspectors.c.id, inspectors.c.data).where(
        inspectors.c.id.in_(among_given(dialect))
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
    return {row.id: _inspector(row.data) for row in _ENTRIES.rows(tx, ids=listed(persons))}


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
