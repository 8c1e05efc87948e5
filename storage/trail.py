"""The trail (留痕): every event of every stream in a hash chain, verifiable from the first event on.

hash = SHA-256(previous hash LF canonical JSON of [stream, seq, type, data, by, via, cause, at]); the first
previous hash is the stream's name. A stream's last hash also stands in `streams`, so a cut-off tail is noticed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Text, bindparam, func, select, type_coerce

from storage.documents import encode
from storage.prepared import inserting, prepared, upserting
from storage.schema import events, streams
from workflows.errors import TrailBroken


@dataclass(frozen=True)
class Entry:
    """One line of the trail before it is chained. `cause` is the turn it came from, "channel:account:update"."""

    type: str
    data: str
    by: str
    via: str
    cause: str
    at: datetime


BATCH = 10_000
End = tuple[int, str]  # the last seq and hash of a stream; (0, its name) where it has none yet


class Overtaken(Exception):
    """The stream grew since it was read; whoever raises this has written nothing that stays."""


def link(previous: str, stream: str, seq: int, entry: Entry) -> str:
    moment = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    return _link(previous, [stream, seq, entry.type, entry.data, entry.by, entry.via, entry.cause, moment])


def _link(previous: str, envelope: list[object]) -> str:
    return hashlib.sha256(f"{previous}\n{encode(envelope)}".encode()).hexdigest()


_HEAD = prepared(select(streams.c.seq, streams.c.head).where(streams.c.stream == bindparam("of")))
_MOVE_HEAD = upserting(streams, ["stream"], "seq", "head")
_APPEND = inserting(events, *(column.name for column in events.c))


def head(tx: Connection, stream: str) -> End:
    row = _HEAD.first(tx, of=stream)
    return (row.seq, row.head) if row else (0, stream)


def latest(tx: Connection, stream: str, after: datetime, before: datetime) -> datetime | None:
    """The last moment between these two at which the stream grew; None for none."""
    between = (events.c.stream == stream) & (events.c.at > after) & (events.c.at <= before)
    return tx.execute(select(func.max(events.c.at)).where(between)).scalar()


def append(
    tx: Connection, stream: str, entries: list[Entry], after: int | None = None, end: End | None = None
) -> int:
    """Chains the entries and returns the stream's new last seq; `after` is the last seq they were decided on.

    `end` is its `head` where that has been read since its lock was taken. Raises `Overtaken` where the stream is further
    than `after`, and `sqlalchemy.exc.IntegrityError` where another transaction takes the same seq first: (stream, seq)
    is unique, so whoever loses reads and decides again.
    """
    seq, previous = end or head(tx, stream)
    if after not in (None, seq):
        raise Overtaken(stream)
    for entry in entries:
        seq += 1
        previous = link(previous, stream, seq, entry)
        _APPEND.run(tx, stream=stream, seq=seq, hash=previous, **_columns(entry))
    if entries:
        _MOVE_HEAD.run(tx, stream=stream, seq=seq, head=previous)
    return seq


def _columns(entry: Entry) -> dict[str, object]:
    return {name: getattr(entry, name) for name in ("type", "data", "by", "via", "cause", "at")}


def verify(tx: Connection, stream: str = "") -> int:
    """Recomputes every chain (or one) and returns how many events hold. Raises `TrailBroken`, saying where."""
    ended = select(streams).where(streams.c.stream == stream) if stream else select(streams)
    heads = {row.stream: (row.seq, row.head) for row in tx.execute(ended)}
    count, ends = 0, {}
    # Closed at once where it breaks: behind it stands a database's cursor.
    with closing(_recompute(tx, stream)) as links:
        for name, seq, expected, found in links:
            if expected != found:
                raise TrailBroken(f"留痕校验失败：{name} 第 {seq} 条记录与其校验值不符。")
            ends[name] = (seq, found)
            count += 1
    for name in (*ends, *(heads.keys() - ends.keys())):
        if heads.get(name) != ends.get(name):
            seq = ends.get(name, (0, ""))[0]
            raise TrailBroken(f"留痕校验失败：{name} 在第 {seq} 条之后有记录缺失或多出。")
    return count


def _recompute(tx: Connection, stream: str) -> Generator[tuple[str, int, str, str], None, None]:
    # The moment as the bytes that were kept: read as a time, "2026-09-21 01:00" and "2026-09-21T01:00" are equal.
    kept = [
        type_coerce(column, Text).label(column.name) if column is events.c.at else column
        for column in events.c
    ]
    query = select(*kept).order_by(events.c.stream, events.c.seq)
    if stream:
        query = query.where(events.c.stream == stream)
    previous, name, seq = "", "", 0
    with tx.execute(query.execution_options(yield_per=BATCH)) as rows:
        for row in rows:
            if row.stream != name:
                name, previous, seq = row.stream, row.stream, 0
            seq += 1
            if row.seq != seq:
                raise TrailBroken(f"留痕校验失败：{name} 缺少第 {seq} 条记录。")
            envelope = [name, seq, row.type, row.data, row.by, row.via, row.cause, row.at]
            yield name, seq, _link(previous, envelope), row.hash
            previous = row.hash
