"""From a file to the directories: read, parse, merge with what is known, save. One transaction per file."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from storage import directories, directory_versions, phrases, plans
from storage.database import lock, writing
from storage.directory_versions import NOWHERE, TABLES, Change, Origin
from storage.directory_writing import Counts
from storage.importing_deltas import load_libraries, load_status
from storage.importing_targets import load_targets
from storage.intake import checklists, inspectors, items, plan, rejects, ties
from storage.intake.cells import half_width
from storage.intake.gather import each_row
from storage.intake.reading import read_table
from storage.intake.table import Intake, Progress, Rejected, Table, unwatched
from workflows.directory import Inspector, Target
from workflows.errors import NotFound
from workflows.plan import Plan

# So many changed entries are shown field by field before anything is written.
SHOWN = 10


@dataclass(frozen=True)
class Rehearsal:
    """What an import would do. `gone` names, by id, who is in the directory now and not in this full file;
    `standing` is how many are there now."""

    intake: Intake[Any]
    counts: Counts
    changes: tuple[Change, ...] = ()
    gone: tuple[str, ...] = ()
    standing: int = 0


class GoneChanged(Exception):
    """Between the question and the import others wrote: not so many would leave as were agreed to. Nothing is kept."""


class _Rehearsed(Exception):
    """Takes back everything a rehearsal wrote."""


def read(file: Path) -> Table:
    """Raises `BadFile` with a sentence for what is not a table."""
    return read_table(file)


def load(
    engine: Engine,
    kind: str,
    table: Table,
    stem: str,
    now: datetime,
    progress: Progress = unwatched,
    *,
    profile: str = "national",
    approval: str = "",
    prefix: str = "",
    origin: Origin = NOWHERE,
    full: bool = False,
    agreed: int | None = None,
) -> tuple[Intake[Any], Counts]:
    """Parses and saves a table of that kind; a second load of the same file changes nothing.

    `full` says the table is a whole directory: who is not in it leaves the directory on that day. `agreed` is how many
    somebody agreed to see leave; GoneChanged where it would be another number.
    """
    with writing(engine) as tx:
        # Two imports at once would merge with what neither has written yet, and lock each other's rows crosswise.
        lock(tx, "directories")
        if kind == "plan":
            return _load_plan(tx, table, now, progress, profile, approval)
        if kind == "checklist":
            return _load_checklist(tx, table, stem)
        if kind not in TABLES:
            return _DELTAS[kind](tx, table, now, progress, origin)
        if kind == "items":
            intake, counts = _load_items(tx, table, now, progress, prefix, origin)
            gone = unlisted(tx, intake, prefix) if full else ()
        else:
            intake, counts, named = _load_directory(tx, kind, table, now, progress, origin)
            gone = absent(tx, kind, named, intake.rejected) if full else ()
        if agreed is not None and len(gone) != agreed:
            raise GoneChanged(len(gone))
        directory_versions.close(tx, kind, gone, now, origin)
        return intake, replace(counts, gone=len(gone))


def rehearse(
    engine: Engine, kind: str, table: Table, stem: str, now: datetime, *, full: bool = False, **more: Any
) -> Rehearsal:
    """What `load` would do, found by doing it and taking it back: the numbers are those of the real run."""
    found = Rehearsal(Intake(()), Counts())
    try:
        with writing(engine) as tx:
            lock(tx, "directories")
            before = frozenset(directories.ids_now(tx, TABLES[kind])) if kind in TABLES else frozenset()
            intake, counts = load(engine, kind, table, stem, now, full=full, **more)
            found = Rehearsal(intake, counts, standing=len(before))
            if kind in TABLES:
                after = set(directories.ids_now(tx, TABLES[kind]))
                changes = directory_versions.changes(tx, kind, now, SHOWN)
                found = replace(found, changes=changes, gone=tuple(sorted(before - after)))
            raise _Rehearsed
    except _Rehearsed:
        return found


def absent(
    tx: Connection, kind: str, named: Collection[str], rejected: Iterable[Rejected]
) -> tuple[str, ...]:
    """Who is in the directory and not in the file. A row refused for another reason still speaks of its entry."""
    spoken: set[str] = set()
    for row in rejected:
        for cell in row.values:
            number = "".join(half_width(cell).upper().split())
            spoken |= {number, f"R:{number}", f"P:{number}"}
    return tuple(id for id in directories.ids_now(tx, TABLES[kind]) if id not in named and id not in spoken)


def unlisted(tx: Connection, intake: Intake[Any], prefix: str) -> tuple[str, ...]:
    """Items of the departments the file speaks for, which it does not name: a list is one department's as a rule."""
    entries = [entry for _, entry in intake.accepted]
    named, departments = {entry.id for entry in entries}, {entry.department for entry in entries}
    refused = {prefix + half_width(cell) for row in intake.rejected for cell in row.values if cell}
    return tuple(
        item.id
        for item in directories.all_items(tx).values()
        if item.department in departments
        and item.id not in named
        and not refused & {item.id, _number(item.id)}
    )


def _number(item: str) -> str:
    """The number that several parts of an item share: "11" of "11-2"."""
    return item.rpartition("-")[0]


def _load_directory(
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


def _load_recusals(
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


_DELTAS: dict[str, Callable[..., tuple[Intake[Any], Counts]]] = {
    "status": load_status,
    "libraries": load_libraries,
    "recusals": _load_recusals,
}


def _load_items(
    tx: Connection, table: Table, now: datetime, progress: Progress, prefix: str, origin: Origin
) -> tuple[Intake[Any], Counts]:
    intake = items.parse_items(table, prefix=prefix, progress=progress)
    entries = [entry for _, entry in intake.accepted]
    counts = directories.save_items(tx, entries, now, origin=origin)
    phrases.keep(tx, entries, now)
    return intake, counts


def _load_plan(
    tx: Connection, table: Table, now: datetime, progress: Progress, profile: str, approval: str
) -> tuple[Intake[Any], Counts]:
    intake = plan.parse_plan(table, directories.all_items(tx).values(), progress)
    tasks = tuple(task for _, task in intake.accepted)
    if not tasks:
        return intake, Counts()
    name = plan.plan_name(table)
    year = plan.plan_year(name, tasks)
    plan_id = plan_id_of(name, year)
    before = {kept.plan.id: kept.plan.version for kept in plans.current(tx)}
    saved = plans.save(tx, Plan(plan_id, name, year, 0, profile, tasks, approval), "", now)
    if plan_id not in before:
        return intake, Counts(added=len(tasks))
    changed = saved.version != before[plan_id]
    return intake, Counts(changed=len(tasks)) if changed else Counts(same=len(tasks))


def plan_id_of(name: str, year: int) -> str:
    """The same name and year are the same plan: importing it again makes a version, not a second plan."""
    return f"{year}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"


def _load_checklist(tx: Connection, table: Table, item: str) -> tuple[Intake[Any], Counts]:
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


def reject(path: Path, table: Table, intake: Intake[Any]) -> Path:
    """Writes the rejects file and returns where: `path`, or the next free name beside it ("….2.csv").

    Nothing that stands there is ever overwritten, since it may be somebody's own file, or an earlier rejects file
    half mended by hand. The same rejects a second time are found there and not written again.
    """
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / path.name
        rejects.write_rejects(draft, intake.rejected, table.headers)
        content = draft.read_bytes()
    for place in _places(path):
        try:
            with place.open("xb") as file:
                file.write(content)
            return place
        except FileExistsError:
            if place.is_file() and place.read_bytes() == content:
                return place
    raise AssertionError("unreachable")


def _places(path: Path) -> Iterator[Path]:
    yield path
    yield from (path.with_suffix(f".{number}{path.suffix}") for number in count(2))
