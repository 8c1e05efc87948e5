"""Entries on their way into a directory, as JSON: compared with what stands, written with their versions, in batches."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select

from storage import directory_versions
from storage.among import among
from storage.directory_versions import KINDS, TABLES, Entry, Origin
from storage.documents import decode, encode


@dataclass(frozen=True)
class Counts:
    added: int = 0
    changed: int = 0
    same: int = 0
    gone: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.added + other.added,
            self.changed + other.changed,
            self.same + other.same,
            self.gone + other.gone,
        )

    def __sub__(self, other: Counts) -> Counts:
        return self + Counts(-other.added, -other.changed, -other.same, -other.gone)


def write(
    tx: Connection,
    directory: str,
    new: Mapping[str, str],
    now: datetime,
    origin: Origin,
    columns: Collection[str] | None = None,
    *,
    first: bool = False,
) -> Counts:
    """Writes entries (id -> canonical JSON) of "targets", "inspectors" or "items" where they differ from what stands.

    Of one already known only `columns` are taken over, where they are named: a list without 登记状态 brings nobody back
    from 注销. Who had left the directory and is in a file again is added, under the next version. `first` says that none
    of these has ever been in the directory, so that none is looked for.
    """
    old = {} if first else _standing(tx, directory, new)
    added, changed = 0, 0
    rows: list[tuple[str, str, int]] = []
    # Neighbours in the index one after the other.
    for id, data in sorted(new.items()):
        before = old.get(id)
        if before is None:
            rows.append((id, data, 1))
            added += 1
            continue
        after = data if before.data == data else _merged(directory, before.data, data, columns)
        if before.gone_on is not None:
            rows.append((id, after, before.version + 1))
            added += 1
        elif after != before.data:
            rows.append((id, after, before.version + 1))
            changed += 1
    directory_versions.put(tx, directory, rows, now, origin)
    return Counts(added, changed, len(new) - added - changed)


def is_empty(tx: Connection, directory: str) -> bool:
    """Whether nobody has ever been in the directory."""
    return tx.execute(select(TABLES[directory].c.id).limit(1)).first() is None


def _standing(tx: Connection, directory: str, ids: Iterable[str]) -> dict[str, Any]:
    table = TABLES[directory]
    query = select(table.c.id, table.c.data, table.c.version, table.c.gone_on)
    return {row.id: row for row in tx.execute(query.where(table.c.id.in_(among(tx, ids))))}


def _merged(directory: str, old: str, new: str, columns: Collection[str] | None) -> str:
    """The old entry with the fields the file speaks of; the very text of the old one where nothing is different."""
    kind: type[Entry] = KINDS[directory]
    # As entries and not as text: one written before a field was there lacks it.
    before, fresh = decode(old, kind), decode(new, kind)
    if columns is None:
        return old if fresh == before else new
    after = replace(before, **{name: getattr(fresh, name) for name in columns})
    return old if after == before else encode(after)


def forget(tx: Connection, directory: str, ids: Collection[str], now: datetime) -> Counts:
    """Takes back what the import of that moment has written of these, and returns how they had been counted.

    A file that names one of them again says something else of it: the first time is then as if it had not been.
    """
    table, total = TABLES[directory], Counts()
    for id in ids:
        if not tx.execute(select(table.c.id).where(table.c.id == id, table.c.imported_at == now)).first():
            total += Counts(same=1)
            continue
        before = directory_versions.restore(tx, directory, id)
        if before is None:
            tx.execute(delete(table).where(table.c.id == id))
        total += Counts(changed=1) if before and before.closed is None else Counts(added=1)
    return total
