"""The names on the cases, closed ones too, for who may mention any of them: read anew only of a case that moved.

Kept for each engine. The sign of a case is the last hash of its trail, which nothing that is rolled back leaves behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, func, literal, select

from storage.documents import decode
from storage.schema import cases, items, plans, streams

BATCH = 500
_SIGNS = select(cases.c.id, streams.c.head).outerjoin(
    streams, streams.c.stream == literal("case:") + cases.c.id
)
_READ = select(cases.c.id, cases.c.due, cases.c.opened_at, cases.c.state)


@dataclass(frozen=True)
class Member:
    person: str
    name: str
    department: str


@dataclass(frozen=True)
class Listed:
    """An item as the case calls it."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Named:
    """What of a case may be mentioned."""

    case: str
    due: str | None
    opened_at: datetime
    target: str
    region: str
    plan: str
    plan_name: str
    items: tuple[Listed, ...]
    members: tuple[Member, ...]


# As much of a case's state as is read here; the rest is passed over.
@dataclass(frozen=True)
class _Target:
    name: str
    region: str = ""


@dataclass(frozen=True)
class _Opened:
    plan: str
    plan_name: str
    target: _Target
    items: tuple[Listed, ...]


@dataclass(frozen=True)
class _State:
    opened: _Opened
    members: dict[str, Member]


@dataclass(frozen=True)
class _Kept:
    signs: dict[str, str | None]
    ordered: tuple[Named, ...]


_kept: WeakKeyDictionary[Engine, _Kept] = WeakKeyDictionary()


def named(tx: Connection) -> tuple[Named, ...]:
    """The most urgent first; the very same tuple as long as no case moved."""
    signs: dict[str, str | None] = dict(tx.execute(_SIGNS).all())
    before = _kept.get(tx.engine, _Kept({}, ()))
    if signs == before.signs:
        return before.ordered
    moved = [case for case, head in signs.items() if head is None or before.signs.get(case) != head]
    found = {one.case: one for one in before.ordered if one.case in signs} | _read(tx, moved)
    ordered = tuple(sorted(found.values(), key=_urgency))
    _kept[tx.engine] = _Kept(signs, ordered)
    return ordered


def listed_sign(tx: Connection) -> tuple[tuple[Any, ...], ...]:
    """Equal as long as the catalogue and the plans say what they said; a plan's version never changes."""
    catalogue = select(items.c.id, items.c.data, items.c.gone_on).order_by(items.c.id)
    newest = select(plans.c.id, func.max(plans.c.version)).group_by(plans.c.id).order_by(plans.c.id)
    return tuple(tuple(row) for query in (catalogue, newest) for row in tx.execute(query))


def _urgency(one: Named) -> tuple[bool, str, datetime, str]:
    return one.due is None, one.due or "", one.opened_at, one.case


def _read(tx: Connection, moved: Sequence[str]) -> dict[str, Named]:
    # A few hundred people and items stand on thousands of cases: each is kept once.
    same: dict[Any, Any] = {}
    found = {}
    for at in range(0, len(moved), BATCH):
        for row in tx.execute(_READ.where(cases.c.id.in_(moved[at : at + BATCH]))):
            state = decode(row.state, _State)
            opened = state.opened
            found[row.id] = Named(
                row.id,
                row.due,
                row.opened_at,
                opened.target.name,
                opened.target.region,
                same.setdefault(opened.plan, opened.plan),
                same.setdefault(opened.plan_name, opened.plan_name),
                tuple(same.setdefault(one, one) for one in opened.items),
                tuple(same.setdefault(one, one) for one in state.members.values()),
            )
    return found
