"""Targets, inspectors and who keeps away from whom into the directories, and who is not in a full file."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from storage import directories
from storage.directory_versions import TABLES, Origin
from storage.directory_writing import Counts
from storage.importing_targets import load_targets
from storage.intake import inspectors, ties
from storage.intake.cells import half_width
from storage.intake.gather import each_row
from storage.intake.table import Intake, Progress, Rejected, Table
from workflows.directory import Inspector, Target


def load_directory(
    tx: Connection, kind: str, table: Table, now: datetime, progress: Progress, origin: Origin
) -> tuple[Intake[Any], Counts, Collection[str]]:
    """Also returns the ids the file names."""
    if kind == "targets":
        return load_targets(tx, table, now, progress, origin)
    firms = _firms(tx, (fields["recusals"] for _, fields in each_row(table, kind)))
    colleagues = directories.ever(tx, TABLES[kind], Inspector)
    people = [(one.name, one.id) for one in colleagues.values()]
    intake = inspectors.parse_inspectors(table, firms, progress, people)
    counts = directories.save_inspectors(tx, _merged(intake, colleagues), now, origin=origin)
    return intake, counts, {entry.id for _, entry in intake.accepted}


def _firms(tx: Connection, cells: Iterable[str]) -> list[tuple[str, str]]:
    """Name and id of the targets these cells may mean: most files name none, and the directory is long."""
    mentioned = ties.mentioned(cells)
    return [pair for pair in directories.names_now(tx) if pair[0] in mentioned] if mentioned else []


def load_recusals(
    tx: Connection, table: Table, now: datetime, progress: Progress, origin: Origin
) -> tuple[Intake[Any], Counts]:
    """What the sheet says is added to what stands; the same again changes nothing."""
    people = {one.id: one for one in directories.all_inspectors(tx)}
    firms = _firms(tx, (fields["whom"] for _, fields in each_row(table, "recusals")))
    among = ties.known(firms, ((one.name, one.id) for one in people.values()))
    intake = ties.parse_recusals(table, among, progress)
    spoken = dict.fromkeys(who for _, (who, _) in intake.accepted)
    for _, (who, said) in intake.accepted:
        kept = {tie.whom: tie for tie in (*people[who].ties, *said)}
        targets = (whom for whom in kept if not whom.startswith("P:"))
        recusals = tuple(dict.fromkeys((*people[who].recusals, *targets)))
        people[who] = replace(people[who], ties=tuple(kept.values()), recusals=recusals)
    return intake, directories.save_inspectors(tx, [people[who] for who in spoken], now, origin=origin)


def _merged(intake: Intake[Any], known: dict[str, Any]) -> list[Any]:
    """An update touches only the columns the file has: a list without 登记状态 brings nobody back from 注销."""
    return [_merge(entry, known.get(entry.id), intake.columns) for _, entry in intake.accepted]


def _merge(entry: Target | Inspector, before: Any, columns: Iterable[str]) -> Any:
    if before is None:
        return entry
    return replace(before, **{name: getattr(entry, name) for name in columns})


def absent(
    tx: Connection, kind: str, named: Collection[str], rejected: Collection[Rejected]
) -> tuple[str, ...]:
    """Who is in the directory and not in the file.

    A row refused for another reason still speaks of its entry: by its number, or by its name where that is wrong.
    """
    cells = {cell for row in rejected for cell in row.values if cell}
    spoken: set[str] = set()
    for cell in cells:
        number = "".join(half_width(cell).upper().split())
        spoken |= {number, f"R:{number}", f"P:{number}"}
    if cells:
        spoken |= {id for name, id in _names(tx, kind) if name in cells}
    return tuple(id for id in directories.ids_now(tx, TABLES[kind]) if id not in named and id not in spoken)


def _names(tx: Connection, kind: str) -> Iterable[tuple[str, str]]:
    """Name and id of everybody in that directory now."""
    if kind == "targets":
        return directories.names_now(tx)
    return ((one.name, one.id) for one in directories.all_inspectors(tx))
