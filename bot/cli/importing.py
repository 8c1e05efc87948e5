"""suijian import KIND FILE: what is right goes in, the rest to a file with reasons."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, TextIO

import click

from bot.bootstrap import open_house
from bot.cli import import_hints
from bot.cli.chinese import sure
from bot.house import House
from bot.render import line
from storage import importing
from storage.directory_versions import TABLES, Origin
from storage.directory_writing import Counts
from storage.importing import PLAIN, Wish
from storage.intake.table import Intake, Table
from storage.people import ROLES
from workflows.catalogue import CATEGORIES
from workflows.directory import TARGET_KINDS, TARGET_STATUSES
from workflows.errors import BadInput

KINDS = ("items", "targets", "status", "libraries", "inspectors", "recusals", "plan", "checklist")
# A full file without so great a share of the directory is more likely the wrong file.
MOST_GONE = 0.2
# From so many rows on, somebody waits long enough to want a progress bar.
LONG = 500
SHOWN = importing.SHOWN
WORDS = TARGET_KINDS | TARGET_STATUSES | ROLES | CATEGORIES


@click.command("import", help="\n\n".join((line("cli", "import"), line("cli", "import-kinds"))))
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--profile", default="national", show_default=True, help=line("cli", "option-profile"))
@click.option("--approval", default="", help=line("cli", "option-approval"))
@click.option("--prefix", default="", help=line("cli", "option-prefix"))
@click.option("--dry-run", is_flag=True, help=line("cli", "option-dry-run"))
@click.option("--full", is_flag=True, help=line("cli", "option-full"))
@click.option("--yes", is_flag=True, help=line("cli", "option-yes"))
@click.option("--hints", "everything", is_flag=True, help=line("cli", "option-hints"))
def import_command(
    kind: str, files: tuple[Path, ...], dry_run: bool, yes: bool, everything: bool, **wished: Any
) -> None:
    house, wish, hints = open_house(), Wish(**wished), "all" if everything else "some"
    if wish.full and (kind not in TABLES or len(files) > 1):
        raise BadInput(line("cli", "full-alone"))
    known = house.lawbook.profiles
    if kind == "plan" and wish.profile not in known:
        raise BadInput(line("cli", "unknown-profile", profile=wish.profile, known="、".join(known)))
    if dry_run:
        for file in files:
            _rehearse(house, kind, file, wish, hints)
        return
    if wish.full and not yes:
        taken = [_asked(house, kind, files[0], wish, hints)]
    else:
        taken = [import_file(house, kind, file, wish, hints) for file in files]
    if not all(counts.added + counts.changed + counts.same for counts in taken):
        raise SystemExit(1)


def import_file(house: House, kind: str, file: Path, wish: Wish = PLAIN, hints: str = "some") -> Counts:
    """Imports one file and says what became of it; rejected rows go to a file, with row number and reason.

    `hints`: "all" tells every warning and every row, "none" keeps those about rows that went in to itself.
    """
    table, own = importing.read(file), replace(wish, origin=Origin(file.name, getpass.getuser()))
    with progress_bar(table.about, kind) as progress:
        intake, counts = importing.load(house.engine, kind, table, file.stem, house.clock(), progress, own)
    click.echo(line("cli", "imported", file=file.name, counts=counts, rejected=len(intake.rejected)))
    if hints != "none":
        import_hints.tell_warnings(table, intake, hints == "all")
    _reject(file, table, intake, hints == "all")
    import_hints.tell_if_wrong(kind, table, intake, counts.added + counts.changed + counts.same, KINDS)
    return counts


def _rehearse(house: House, kind: str, file: Path, wish: Wish, hints: str) -> None:
    """Says what the import would do; nothing is written, no rejects file either."""
    table = importing.read(file)
    found = importing.rehearse(house.engine, kind, table, file.stem, house.clock(), wish)
    rejected = found.intake.rejected
    click.echo(line("cli", "rehearsed", file=file.name, counts=found.counts, rejected=len(rejected)))
    for change in found.changes:
        before, after = (_value(value) for value in (change.before, change.after))
        click.echo(line("cli", "would-change", change=change, before=before, after=after))
    for one in found.gone[:SHOWN]:
        click.echo(line("cli", "would-go", id=one))
    import_hints.tell_warnings(table, found.intake, hints == "all")
    import_hints.tell_reasons(rejected, hints == "all")
    counts = found.counts
    import_hints.tell_if_wrong(kind, table, found.intake, counts.added + counts.changed + counts.same, KINDS)
    click.echo(line("cli", "nothing-written"))


def _value(value: object) -> str:
    """A field's value as people read it."""
    if value is None or value == "":
        return line("cli", "value-none")
    if isinstance(value, bool):
        return line("cli", "value-yes" if value else "value-no")
    if isinstance(value, tuple):
        return "；".join(map(_value, value)) or line("cli", "value-none")
    if is_dataclass(value):
        said = (getattr(value, field.name) for field in fields(value))
        return " ".join(_value(one) for one in said if one not in ("", None, ()))
    return WORDS.get(str(value), str(value))


def _asked(house: House, kind: str, file: Path, wish: Wish, hints: str) -> Counts:
    """Imports a full file once it is agreed how many leave; asks again where others changed that meanwhile."""
    while True:
        agreed = _confirm(house, kind, file, wish)
        try:
            return import_file(house, kind, file, replace(wish, agreed=agreed), hints)
        except importing.GoneChanged:
            click.echo(line("cli", "gone-changed"))


def _confirm(house: House, kind: str, file: Path, wish: Wish) -> int:
    """Asks before anybody leaves the directory; how many. Raises BadInput where too many would."""
    table = importing.read(file)
    found = importing.rehearse(house.engine, kind, table, file.stem, house.clock(), wish)
    gone, standing = len(found.gone), found.standing
    if gone > standing * MOST_GONE:
        raise BadInput(line("cli", "too-many-gone", gone=gone, standing=standing))
    if gone:
        sure(line("cli", "confirm-gone", gone=gone, standing=standing))
    return gone


def _reject(file: Path, table: Table, intake: Intake[Any], everything: bool) -> None:
    if intake.rejected:
        import_hints.tell_reasons(intake.rejected, everything)
        path = importing.reject(Path.cwd() / f"{file.stem}.rejected.csv", table, intake)
        click.echo(line("cli", "rejected", path=path.name, count=len(intake.rejected)))


class _Quiet:
    def __enter__(self) -> Callable[[int], None]:
        return lambda rows: None

    def __exit__(self, *args: object) -> None:
        pass


def progress_bar(rows: int, kind: str, onto: TextIO | None = None) -> Any:
    """A bar where somebody watches: on standard error, and only on a terminal."""
    out = onto or sys.stderr
    return _Bar(rows, line("cli", f"kind-{kind}"), out) if rows >= LONG and out.isatty() else _Quiet()


class _Bar:
    """Click's progress bar, moved to the row the reader has reached."""

    def __init__(self, rows: int, label: str, onto: TextIO) -> None:
        self.bar = click.progressbar(length=rows, label=label, file=onto)

    def __enter__(self) -> Callable[[int], None]:
        self.bar.__enter__()
        return lambda done: self.bar.update(max(0, done - self.bar.pos))

    def __exit__(self, *args: Any) -> None:
        self.bar.__exit__(*args)
