"""From a file to the directories: read, parse, merge with what is known, save. One transaction per file."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from storage import directories, directory_versions
from storage.database import lock, writing
from storage.directory_versions import NOWHERE, TABLES, Change, Origin
from storage.directory_writing import Counts
from storage.importing_catalogue import load_checklist, load_items, unlisted
from storage.importing_deltas import load_libraries, load_status
from storage.importing_directories import absent, load_directory, load_recusals
from storage.importing_plan import load_plan
from storage.intake import rejects
from storage.intake.reading import read_table
from storage.intake.table import Intake, Progress, Table, unwatched

# So many changed entries are shown field by field before anything is written.
SHOWN = 10


@dataclass(frozen=True)
class Wish:
    """How a file is to be taken in. `full`: the table is a whole directory, who is not in it leaves on that day.

    `agreed` is how many somebody agreed to see leave. `profile` and `approval` are a plan's, `prefix` is set before the
    numbers of a list of items.
    """

    profile: str = "national"
    approval: str = ""
    prefix: str = ""
    full: bool = False
    agreed: int | None = None
    origin: Origin = NOWHERE


PLAIN = Wish()


@dataclass(frozen=True)
class Rehearsal:
    """What an import would do. `gone` names, by id, who is in the directory now and not in this full file;
    `standing` is how many are there now, of a list of items those of its departments."""

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
    wish: Wish = PLAIN,
) -> tuple[Intake[Any], Counts]:
    """Parses and saves a table of that kind; a second load of the same file changes nothing.

    GoneChanged where another number would leave than was agreed to.
    """
    with writing(engine) as tx:
        # Two imports at once would merge with what neither has written yet, and lock each other's rows crosswise.
        lock(tx, "directories")
        if kind == "plan":
            return load_plan(tx, table, now, progress, wish.profile, wish.approval)
        if kind == "checklist":
            return load_checklist(tx, table, stem)
        if kind not in TABLES:
            return _DELTAS[kind](tx, table, now, progress, wish.origin)
        if kind == "items":
            intake, counts = load_items(tx, table, now, progress, wish.prefix, wish.origin)
            gone = unlisted(tx, intake, wish.prefix) if wish.full else ()
        else:
            intake, counts, named = load_directory(tx, kind, table, now, progress, wish.origin)
            gone = absent(tx, kind, named, intake.rejected) if wish.full else ()
        if wish.agreed is not None and len(gone) != wish.agreed:
            raise GoneChanged(len(gone))
        directory_versions.close(tx, kind, gone, now, wish.origin)
        return intake, replace(counts, gone=len(gone))


_DELTAS: dict[str, Callable[..., tuple[Intake[Any], Counts]]] = {
    "status": load_status,
    "libraries": load_libraries,
    "recusals": load_recusals,
}


def rehearse(
    engine: Engine, kind: str, table: Table, stem: str, now: datetime, wish: Wish = PLAIN
) -> Rehearsal:
    """What `load` would do, found by doing it and taking it back: the numbers are those of the real run."""
    found = Rehearsal(Intake(()), Counts())
    try:
        with writing(engine) as tx:
            lock(tx, "directories")
            before = _departments(tx, kind)
            intake, counts = load(engine, kind, table, stem, now, wish=wish)
            spoken = {entry.department for _, entry in intake.accepted} if kind == "items" else {""}
            found = Rehearsal(intake, counts, standing=sum(own in spoken for own in before.values()))
            if kind in TABLES:
                after = set(directories.ids_now(tx, TABLES[kind]))
                changes = directory_versions.changes(tx, kind, now, SHOWN)
                found = replace(found, changes=changes, gone=tuple(sorted(before.keys() - after)))
            raise _Rehearsed
    except _Rehearsed:
        return found


def _departments(tx: Connection, kind: str) -> dict[str, str]:
    """Who is there now, by id; of an item also whose list it is on, for a full list speaks for its departments alone."""
    if kind == "items":
        return {id: item.department for id, item in directories.all_items(tx).items()}
    return dict.fromkeys(directories.ids_now(tx, TABLES[kind]), "") if kind in TABLES else {}


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
