"""The catalogue and the two directories as they now stand. A second import updates and never duplicates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TypeVar

from sqlalchemy import Connection, Table, select

from storage import people
from storage.database import insert
from storage.directory_versions import NOWHERE, Entry, Origin
from storage.directory_writing import Counts, write
from storage.documents import decode, encode
from storage.intake.table import Progress, unwatched
from storage.schema import checklists, inspectors, items, targets
from workflows import directory
from workflows.catalogue import Item
from workflows.checklist import Checklist
from workflows.directory import Inspector, Target

BATCH = 1000
T = TypeVar("T", Target, Inspector, Item)


def save_targets(
    tx: Connection,
    entries: Iterable[Target],
    now: datetime,
    progress: Progress = unwatched,
    origin: Origin = NOWHERE,
) -> Counts:
    return _save(tx, "targets", entries, now, progress, origin)


def save_inspectors(
    tx: Connection,
    entries: Iterable[Inspector],
    now: datetime,
    progress: Progress = unwatched,
    origin: Origin = NOWHERE,
) -> Counts:
    """Each becomes a person too, who can then be given a chat account."""
    rows = list(entries)
    for entry in rows:
        known = people.get(tx, entry.id)
        others = (
            tuple(r for r in known.roles if r not in ("inspector", "expert", "assistant")) if known else ()
        )
        people.save(tx, people.Person(entry.id, entry.name, entry.department, (entry.role, *others)))
    return _save(tx, "inspectors", rows, now, progress, origin)


def save_items(
    tx: Connection,
    entries: Iterable[Item],
    now: datetime,
    origin: Origin = NOWHERE,
) -> Counts:
    """Each keeps the checklist it has."""
    return _save(tx, "items", entries, now, unwatched, origin)


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
    tx: Connection,
    name: str,
    entries: Iterable[Entry],
    now: datetime,
    progress: Progress,
    origin: Origin,
) -> Counts:
    total = Counts()
    waiting = iter(entries)
    while batch := list(islice(waiting, BATCH)):
        total += write(tx, name, {entry.id: encode(entry) for entry in batch}, now, origin)
        progress(len(batch))
    return total


def all_targets(tx: Connection) -> tuple[Target, ...]:
    """Who is in the directory now."""
    query = select(targets.c.data).where(targets.c.gone_on.is_(None))
    return tuple(decode(data, Target) for data in tx.execute(query).scalars())


def all_inspectors(tx: Connection) -> tuple[Inspector, ...]:
    """Who is in the directory now."""
    query = select(inspectors.c.data).where(inspectors.c.gone_on.is_(None))
    return tuple(decode(data, Inspector) for data in tx.execute(query).scalars())


def conflicts(tx: Connection) -> frozenset[tuple[str, str]]:
    """The pairs of inspectors who never share a team, each pair sorted: for the draw's `Conditions`."""
    return directory.conflicts(all_inspectors(tx))


def ever(tx: Connection, table: Table, kind: type[T]) -> dict[str, T]:
    """Every entry there has been, by id, as it last stood: those that left the directory too."""
    return {row.id: decode(row.data, kind) for row in tx.execute(select(table.c.id, table.c.data))}


def ids_now(tx: Connection, table: Table) -> Iterator[str]:
    """Who is in the directory now, in the order of their ids."""
    query = select(table.c.id).where(table.c.gone_on.is_(None)).order_by(table.c.id)
    yield from tx.execute(query.execution_options(yield_per=10_000)).scalars()


@dataclass(frozen=True, slots=True)
class _Called:
    name: str


def names_now(tx: Connection) -> Iterator[tuple[str, str]]:
    """Name and id of every target in the directory now; nothing else of an entry is read."""
    query = select(targets.c.id, targets.c.data).where(targets.c.gone_on.is_(None))
    for row in tx.execute(query.execution_options(yield_per=10_000)):
        yield decode(row.data, _Called).name, row.id


def all_items(tx: Connection) -> dict[str, Item]:
    """What is on the list now."""
    query = select(items.c.data).where(items.c.gone_on.is_(None)).order_by(items.c.id)
    return {item.id: item for item in (decode(data, Item) for data in tx.execute(query).scalars())}


def ever_items(tx: Connection) -> dict[str, Item]:
    """Every item there has been, as it last stood: what was inspected goes on under its name."""
    return ever(tx, items, Item)


def get_target(tx: Connection, target: str) -> Target | None:
    """The entry as it last stood, also of one that left the directory: its open cases go on."""
    data = tx.execute(select(targets.c.data).where(targets.c.id == target)).scalar()
    return decode(data, Target) if data else None
