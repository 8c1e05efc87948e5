"""A list of items and a checklist into the catalogue, and which items a full list no longer has."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from storage import directories, phrases
from storage.directory_versions import Origin
from storage.directory_writing import Counts
from storage.intake import checklists, items
from storage.intake.cells import half_width
from storage.intake.table import Intake, Progress, Table
from workflows.errors import NotFound


def load_items(
    tx: Connection, table: Table, now: datetime, progress: Progress, prefix: str, origin: Origin
) -> tuple[Intake[Any], Counts]:
    intake = items.parse_items(table, prefix=prefix, progress=progress)
    entries = [entry for _, entry in intake.accepted]
    counts = directories.save_items(tx, entries, now, origin=origin)
    phrases.keep(tx, entries, now)
    return intake, counts


def load_checklist(tx: Connection, table: Table, item: str) -> tuple[Intake[Any], Counts]:
    intake = checklists.parse_checklist(table, item)
    total = Counts()
    for _, checklist in intake.accepted:
        before = directories.edition_of(tx, item)
        if not directories.set_checklist(tx, checklist):
            raise NotFound(
                f"抽查事项清单中没有编号为 {item} 的事项：检查表的文件名须是事项编号，请先导入清单。"
            )
        same = before == checklist.edition
        total += Counts(same=1) if same else Counts(changed=1) if before else Counts(added=1)
    return intake, total


def unlisted(tx: Connection, intake: Intake[Any], prefix: str) -> tuple[str, ...]:
    """Items of the departments the file speaks for, which it does not name: a list is one department's as a rule.

    A row refused for another reason still speaks of its item: by its number, or by its name where it has none.
    """
    entries = [entry for _, entry in intake.accepted]
    named, departments = {entry.id for entry in entries}, {entry.department for entry in entries}
    cells = {cell for row in intake.rejected for cell in row.values if cell}
    numbers = {prefix + "".join(half_width(cell).split()) for cell in cells}
    names = {" ".join(cell.split("\n")) for cell in cells}
    return tuple(
        item.id
        for item in directories.all_items(tx).values()
        if item.department in departments
        and item.id not in named
        and not numbers & {item.id, _number(item.id)}
        and not any(item.name == name or item.name.startswith(f"{name}：") for name in names)
    )


def _number(item: str) -> str:
    """The number that several parts of an item share: "11" of "11-2"."""
    return item.rpartition("-")[0]
