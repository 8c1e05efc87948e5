"""A table of targets into the directory: read, checked and written in batches, so that no file is too long."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from storage.directory_versions import Origin
from storage.directory_writing import Counts, forget, is_empty, write
from storage.intake.ahead import in_batches
from storage.intake.gather import refuse
from storage.intake.table import Intake, Progress, Table
from storage.intake.targets import Encoded, stream_targets
from workflows.directory import Target

BATCH = 2000


def load_targets(
    tx: Connection, table: Table, now: datetime, progress: Progress, origin: Origin
) -> tuple[Intake[Target], Counts, Mapping[str, int]]:
    """Also returns the row each target stands in, the last where there are several: all that is held of a file."""
    stream = stream_targets(table)
    rows: dict[str, int] = {}
    earlier: list[tuple[int, str]] = []
    total, done = Counts(), 0
    first = is_empty(tx, "targets")
    for batch in in_batches(stream, BATCH):
        again = _again(batch, rows, earlier)
        if again:
            total -= forget(tx, "targets", again, now)
        new = {id: data for _, id, data in batch}
        # What the file itself had written of them before is forgotten by now.
        total += write(tx, "targets", new, now, origin, stream.columns, first=first)
        done += len(batch)
        progress(done + len(stream.rejected))
    progress(done + len(stream.rejected))
    intake: Intake[Target] = Intake((), tuple(stream.rejected), tuple(stream.warnings), stream.columns)
    reasons = {row: f"与第 {rows[id]} 行是同一个（{id}），以后一行为准" for row, id in earlier}
    return (refuse(table, intake, reasons) if reasons else intake), total, rows


def _again(batch: list[Encoded], rows: dict[str, int], earlier: list[tuple[int, str]]) -> set[str]:
    """Notes the rows of a batch, and the earlier rows of the same target; returns who stood in an earlier batch."""
    new = {id: row for row, id, _ in batch}
    if len(new) == len(batch) and rows.keys().isdisjoint(new):
        rows.update(new)
        return set()
    first = batch[0][0]
    again: set[str] = set()
    for row, id, _ in batch:
        before = rows.get(id)
        if before is not None:
            earlier.append((before, id))
            if before < first:
                again.add(id)
        rows[id] = row
    return again
