"""What the two directories said on any day: every change is a dated version, and none is overwritten.

The latest version of an entry is the one in its directory, and not written a second time: its row here holds the days
and the origin, with `data` empty, until the next version takes its place and it is moved here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, case, func, literal, null, or_, select

from storage import in_bulk
from storage.among import among
from storage.documents import decode
from storage.prepared import prepared
from storage.schema import directory_versions as versions
from storage.schema import inspectors, moment_text, targets
from workflows.directory import Inspector, Target
from workflows.inspection.facts import local_day

TABLES = {"targets": targets, "inspectors": inspectors}
KINDS: dict[str, type[Target] | type[Inspector]] = {"targets": Target, "inspectors": Inspector}


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
    entry: Target | Inspector
    since: date
    until: date | None
    origin: Origin
    recorded_at: datetime
    closed: Origin | None = None


@dataclass(frozen=True, slots=True)
class Directories:
    targets: tuple[Target, ...]
    inspectors: tuple[Inspector, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one entry, before and after."""

    id: str
    name: str
    field: str
    before: object
    after: object


def as_of(tx: Connection, day: date) -> Directories:
    """Who was in the directories on that day, with what entry."""
    return Directories(
        tuple(decode(data, Target) for data in _standing(tx, "targets", day)),
        tuple(decode(data, Inspector) for data in _standing(tx, "inspectors", day)),
    )


def _standing(tx: Connection, directory: str, day: date) -> Iterator[str]:
    on, until = day.isoformat(), versions.c.valid_until
    stood = _all(directory).where(versions.c.valid_from <= on, or_(until.is_(None), until > on))
    yield from (row.entry for row in tx.execute(stood.order_by(versions.c.id)))


def _all(directory: str) -> Select[Any]:
    """Every version of the directory, `entry` being its JSON wherever that lies."""
    table = TABLES[directory]
    entry = case((versions.c.data == "", table.c.data), else_=versions.c.data).label("entry")
    own = and_(table.c.id == versions.c.id, table.c.version == versions.c.version)
    return select(versions, entry).outerjoin(table, own).where(versions.c.directory == directory)


def history(tx: Connection, directory: str, id: str) -> tuple[Version, ...]:
    """Every version of one entry of "targets" or "inspectors", the first one first; () for one never known."""
    query = _all(directory).where(versions.c.id == id)
    return tuple(
        Version(
            row.version,
            decode(row.entry, KINDS[directory]),
            date.fromisoformat(row.valid_from),
            date.fromisoformat(row.valid_until) if row.valid_until else None,
            Origin(row.source, row.by),
            row.recorded_at,
            Origin(row.gone_source, row.gone_by) if row.gone_source is not None else None,
        )
        for row in tx.execute(query.order_by(versions.c.version))
    )


_END = prepared(
    versions.update()
    .where(
        versions.c.directory == bindparam("of"),
        versions.c.id == bindparam("one"),
        versions.c.valid_until.is_(None),
    )
    .values(valid_until=bindparam("day"), gone_source=bindparam("file"), gone_by=bindparam("who")),
    *("day", "file", "who", "of", "one"),
)
_MOVE = {
    name: prepared(
        versions.update()
        .where(
            versions.c.directory == name,
            versions.c.id == bindparam("one"),
            versions.c.version == bindparam("number"),
        )
        .values(
            valid_until=func.coalesce(versions.c.valid_until, bindparam("day")),
            data=select(table.c.data).where(table.c.id == versions.c.id).scalar_subquery(),
        ),
        *("day", "one", "number"),
    )
    for name, table in TABLES.items()
}


def put(
    tx: Connection, directory: str, rows: Sequence[tuple[str, str, int]], now: datetime, origin: Origin
) -> None:
    """Writes entries as (id, canonical JSON, number of the version), and ends the versions before."""
    day, at = local_day(now).isoformat(), moment_text(now)
    _MOVE[directory].run_many(tx, [(day, id, number - 1) for id, _, number in rows if number > 1])
    in_bulk.put(tx, directory, rows, at)
    _record(tx, directory, [id for id, _, _ in rows], day, origin)


def _record(tx: Connection, directory: str, ids: Sequence[str], day: str, origin: Origin) -> None:
    """What has just been written of these is their latest version from that day on."""
    table = TABLES[directory]
    same = (literal(text) for text in (directory, day, origin.source, origin.by))
    of, since, source, by = same
    entries = select(
        of, table.c.id, table.c.version, since, null(), literal(""), source, by, table.c.imported_at
    ).where(table.c.id.in_(among(tx, ids)))
    columns = (
        "directory",
        "id",
        "version",
        "valid_from",
        "valid_until",
        "data",
        "source",
        "by",
        "recorded_at",
    )
    tx.execute(versions.insert().from_select(columns, entries))


def close(
    tx: Connection, directory: str, ids: Collection[str], now: datetime, origin: Origin = NOWHERE
) -> None:
    """These are in the directory no longer, from that day on; their entries and their history stay."""
    day, table = local_day(now).isoformat(), TABLES[directory]
    if ids:
        gone = table.update().where(table.c.id == bindparam("one")).values(gone_on=day)
        tx.execute(gone, [{"one": id} for id in ids])
        _END.run_many(tx, [(day, origin.source, origin.by, directory, id) for id in ids])


def changes(tx: Connection, directory: str, now: datetime, most: int) -> tuple[Change, ...]:
    """What the import of that moment changed, field by field, for the first `most` entries."""
    query = select(versions.c.id).where(
        versions.c.directory == directory, versions.c.recorded_at == now, versions.c.version > 1
    )
    ids = tx.execute(query.distinct().order_by(versions.c.id).limit(most)).scalars().all()
    return tuple(change for id in ids for change in _differences(history(tx, directory, id)[-2:]))


def _differences(pair: tuple[Version, ...]) -> Iterator[Change]:
    before, after = (version.entry for version in pair)
    for field in fields(after):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if old != new:
            yield Change(after.id, after.name, field.name, old, new)
