"""The catalogue and the two directories as they now stand. A second import updates and never duplicates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TypeVar

from sqlalchemy import Connection, Table, select

from storage import people
from storage.database import insert
from storage.documents import decode, encode
from storage.schema import checklists, inspectors, items, targets
from workflows.catalogue import Item
from workflows.checklist import Checklist
from workflows.directory import Inspector, Target

BATCH = 1000
T = TypeVar("T", Target, Inspector, Item)


@dataclass(frozen=True)
class Counts:
    added: int = 0
    changed: int = 0
    same: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.added + other.added, self.changed + other.changed, self.same + other.same)


Progress = Callable[[int], None]


def save_targets(
    tx: Connection, entries: Iterable[Target], now: datetime, progress: Progress = lambda n: None
) -> Counts:
    return _save(tx, targets, entries, now, progress)


def save_inspectors(
    tx: Connection, entries: Iterable[Inspector], now: datetime, progress: Progress = lambda n: None
) -> Counts:
    """Each becomes a person too, who can then be given a chat account."""
    rows = list(entries)
    for entry in rows:
        known = people.get(tx, entry.id)
        others = (
            tuple(r for r in known.roles if r not in ("inspector", "expert", "assistant")) if known else ()
        )
        people.save(tx, people.Person(entry.id, entry.name, entry.department, (entry.role, *others)))
    return _save(tx, inspectors, rows, now, progress)


def save_items(tx: Connection, entries: Iterable[tuple[Item, Checklist | None]], now: datetime) -> Counts:
    """Items with their checklist, or None to keep the checklist they have."""
    total = Counts()
    for item, checklist in entries:
        edition = _save_checklist(tx, checklist) if checklist else edition_of(tx, item.id)
        total += _save(tx, items, [item], now, lambda n: None, edition=edition)
    return total


def _save_checklist(tx: Connection, checklist: Checklist) -> str:
    row = {"edition": checklist.edition, "data": encode(checklist)}
    tx.execute(insert(tx, checklists).values(**row).on_conflict_do_nothing())
    return checklist.edition


def set_checklist(tx: Connection, checklist: Checklist) -> bool:
    """A new edition for an item's future cases; open cases keep theirs. False where the item is not in the catalogue."""
    edition = _save_checklist(tx, checklist)
    changed = tx.execute(items.update().where(items.c.id == checklist.item).values(edition=edition))
    return bool(changed.rowcount)


def edition_of(tx: Connection, item: str) -> str:
    """The item's current checklist edition; "" where it has none."""
    return tx.execute(select(items.c.edition).where(items.c.id == item)).scalar() or ""


def _save(
    tx: Connection, table: Table, entries: Iterable[T], now: datetime, progress: Progress, **more: str
) -> Counts:
    total = Counts()
    waiting = iter(entries)
    while batch := list(islice(waiting, BATCH)):
        total += _save_batch(tx, table, batch, now, more)
        progress(len(batch))
    return total


def _save_batch(
    tx: Connection, table: Table, batch: Sequence[T], now: datetime, more: dict[str, str]
) -> Counts:
    new = {entry.id: encode(entry) for entry in batch}
    query = select(table.c.id, table.c.data, *(table.c[name] for name in more)).where(table.c.id.in_(new))
    old, told = {}, {}
    for row in tx.execute(query):
        old[row.id] = row.data
        told[row.id] = {name: getattr(row, name) for name in more}
    differs = {id: data for id, data in new.items() if old.get(id) != data or told[id] != more}
    rows = [{"id": id, "data": data, "imported_at": now, **more} for id, data in differs.items()]
    if rows:
        statement = insert(tx, table)
        update = {name: statement.excluded[name] for name in ("data", "imported_at", *more)}
        tx.execute(statement.on_conflict_do_update(index_elements=["id"], set_=update), rows)
    added = len(new.keys() - old.keys())
    changed = sum(1 for id, data in new.items() if id in old and old[id] != data)
    return Counts(added, changed, len(new) - added - changed)


def all_targets(tx: Connection) -> tuple[Target, ...]:
    return tuple(decode(data, Target) for data in tx.execute(select(targets.c.data)).scalars())


def all_inspectors(tx: Connection) -> tuple[Inspector, ...]:
    return tuple(decode(data, Inspector) for data in tx.execute(select(inspectors.c.data)).scalars())


def all_items(tx: Connection) -> dict[str, Item]:
    query = select(items.c.data).order_by(items.c.id)
    return {item.id: item for item in (decode(data, Item) for data in tx.execute(query).scalars())}


def get_target(tx: Connection, target: str) -> Target | None:
    data = tx.execute(select(targets.c.data).where(targets.c.id == target)).scalar()
    return decode(data, Target) if data else None
