"""What the catalogue and the two directories said on any day: every change is a dated version, and none is overwritten.

The latest version of an entry stands in its directory, with its days and its origin, and nowhere else: when the next
one takes its place it is moved to `directory_versions`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Subquery,
    Table,
    delete,
    func,
    literal,
    or_,
    select,
    union_all,
)

from storage import in_bulk
from storage.among import among
from storage.documents import decode
from storage.schema import directory_versions as versions
from storage.schema import inspectors, items, targets
from workflows.catalogue import Item
from workflows.directory import Inspector, Target
from workflows.inspection.facts import local_day

Entry = Target | Inspector | Item
T = TypeVar("T", Target, Inspector, Item)
TABLES = {"targets": targets, "inspectors": inspectors, "items": items}
KINDS: dict[str, type[Entry]] = {"targets": Target, "inspectors": Inspector, "items": Item}
# What a version is; two of them have other names while it is the latest.
_COLUMNS = [column.name for column in versions.c if column.name != "directory"]
_NAMES = {"valid_until": "gone_on", "recorded_at": "imported_at"}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a change comes from: the file's name, and who imported it."""

    source: str = ""
    by: str = ""


NOWHERE = Origin()


@dataclass(frozen=True, slots=True)
class Version:
    """`entry` stood from the day `since` until the day before `until`; None stands still. Two changes on one day leave
    the first with `since` == `until`: it is kept, and stood on no day. `closed` says which import found that the entry
    had left the directory."""

    number: int
    entry: Entry
    since: date
    until: date | None
    origin: Origin
    recorded_at: datetime
    closed: Origin | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one entry, before and after."""

    id: str
    name: str
    field: str
    before: object
    after: object


def standing(tx: Connection, table: Table, kind: type[T], day: date) -> tuple[T, ...]:
    """What stood in the directory on that day, in the order of the ids."""
    return tuple(decode(data, kind) for data in _standing(tx, table.name, day))


def _standing(tx: Connection, directory: str, day: date) -> Iterator[str]:
    on, every = day.isoformat(), _all(directory).c
    stood = select(every.data).where(
        every.valid_from <= on, or_(every.valid_until.is_(None), every.valid_until > on)
    )
    yield from tx.execute(stood.order_by(every.id)).scalars()


def _all(directory: str) -> Subquery:
    """Every version of the directory, the latest ones too, under the names of `directory_versions`."""
    before = select(*(versions.c[name] for name in _COLUMNS)).where(versions.c.directory == directory)
    return union_all(before, select(*_latest(directory))).subquery()


def _latest(directory: str) -> list[ColumnElement[Any]]:
    table = TABLES[directory]
    return [table.c[_NAMES.get(name, name)] for name in _COLUMNS]


def history(tx: Connection, directory: str, id: str) -> tuple[Version, ...]:
    """Every version of one entry of "targets", "inspectors" or "items", the first one first; () for one never known."""
    every = _all(directory)
    query = select(every).where(every.c.id == id).order_by(every.c.version)
    return tuple(_version(directory, row) for row in tx.execute(query))


def _version(directory: str, row: Any) -> Version:
    return Version(
        row.version,
        decode(row.data, KINDS[directory]),
        date.fromisoformat(row.valid_from),
        date.fromisoformat(row.valid_until) if row.valid_until else None,
        Origin(row.source, row.by),
        row.recorded_at,
        Origin(row.gone_source, row.gone_by) if row.gone_source is not None else None,
    )


def put(
    tx: Connection, directory: str, rows: Sequence[tuple[str, str, int]], now: datetime, origin: Origin
) -> None:
    """Writes entries as (id, canonical JSON, number of the version); what they said before is moved to the versions."""
    day = local_day(now).isoformat()
    _move(tx, directory, [id for id, _, number in rows if number > 1], day)
    in_bulk.put(tx, directory, rows, now, day, (origin.source, origin.by))


def _move(tx: Connection, directory: str, ids: Collection[str], day: str) -> None:
    """Who had left has its last day already."""
    if ids:
        table = TABLES[directory]
        until = func.coalesce(table.c.gone_on, literal(day))
        ended = [until if column is table.c.gone_on else column for column in _latest(directory)]
        entries = select(literal(directory), *ended).where(table.c.id.in_(among(tx, ids)))
        tx.execute(versions.insert().from_select(["directory", *_COLUMNS], entries))


def close(
    tx: Connection, directory: str, ids: Collection[str], now: datetime, origin: Origin = NOWHERE
) -> None:
    """These are in the directory no longer, from that day on; their entries and their history stay."""
    if ids:
        table = TABLES[directory]
        gone = {"gone_on": local_day(now).isoformat(), "gone_source": origin.source, "gone_by": origin.by}
        tx.execute(
            table.update().where(table.c.id.in_(among(tx, ids)), table.c.gone_on.is_(None)).values(gone)
        )


def restore(tx: Connection, directory: str, id: str) -> Version | None:
    """Puts what was moved last of an entry back in the place of its latest version; None where there is nothing before."""
    table = TABLES[directory]
    own = versions.c.directory == directory, versions.c.id == id
    row = tx.execute(select(versions).where(*own).order_by(versions.c.version.desc()).limit(1)).first()
    if row is None:
        return None
    # One that an import had closed had left the directory, and is there no longer again.
    kept = row._asdict() | {"valid_until": row.valid_until if row.gone_source is not None else None}
    before = {_NAMES.get(name, name): kept[name] for name in _COLUMNS}
    tx.execute(table.update().where(table.c.id == id).values(before))
    tx.execute(delete(versions).where(*own, versions.c.version == row.version))
    return _version(directory, row)


def changes(tx: Connection, directory: str, now: datetime, most: int) -> tuple[Change, ...]:
    """What the import of that moment changed, field by field, for the first `most` entries."""
    table = TABLES[directory]
    query = select(table.c.id).where(table.c.imported_at == now, table.c.version > 1)
    ids = tx.execute(query.order_by(table.c.id).limit(most)).scalars().all()
    return tuple(change for id in ids for change in _differences(history(tx, directory, id)[-2:]))


def _differences(pair: tuple[Version, ...]) -> Iterator[Change]:
    before, after = (version.entry for version in pair)
    for field in fields(after):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if old != new:
            yield Change(after.id, after.name, field.name, old, new)
