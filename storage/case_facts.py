"""Gathering what a decision may know: profile, checklists, calendar, today's directory entries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection, select

from storage.calendars import decode as decode_year
from storage.documents import decode
from storage.lawbook import Lawbook
from storage.schema import calendars, checklists, inspectors
from workflows.calendar import YearTable
from workflows.checklist import Checklist
from workflows.directory import Inspector
from workflows.inspection.case import Case
from workflows.inspection.facts import Actor, Facts


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
    return {row.year: decode_year(row.data) for row in tx.execute(select(calendars))}


def directory(tx: Connection, persons: Iterable[str]) -> dict[str, Inspector]:
    query = select(inspectors.c.id, inspectors.c.data).where(inspectors.c.id.in_(tuple(persons)))
    return {row.id: decode(row.data, Inspector) for row in tx.execute(query)}


def checklists_of(tx: Connection, editions: Iterable[str]) -> dict[str, Checklist]:
    found = {}
    for edition in editions:
        data = tx.execute(select(checklists.c.data).where(checklists.c.edition == edition)).scalar_one()
        found[edition] = _checklist(data)
    return found


@lru_cache(maxsize=512)
def _checklist(data: str) -> Checklist:
    """An edition never changes, so reading it once per process is enough."""
    return decode(data, Checklist)
