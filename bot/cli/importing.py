"""suijian import items|targets|inspectors|plan|checklist FILE: what is right goes in, the rest to a file with reasons."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from bot.bootstrap import open_house
from bot.house import House
from bot.render import line
from storage import directories, importing
from storage.intake.table import Intake, Table
from workflows.errors import BadInput

KINDS = ("items", "targets", "inspectors", "plan", "checklist")
# From so many rows on, somebody waits long enough to want a progress bar.
LONG = 500


@click.command("import", help=line("cli", "import"))
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--profile", default="national", show_default=True, help=line("cli", "option-profile"))
@click.option("--approval", default="", help=line("cli", "option-approval"))
@click.option("--prefix", default="", help=line("cli", "option-prefix"))
def import_command(kind: str, files: tuple[Path, ...], profile: str, approval: str, prefix: str) -> None:
    house = open_house()
    if kind == "plan" and profile not in house.lawbook.profiles:
        raise BadInput(
            line("cli", "unknown-profile", profile=profile, known="、".join(house.lawbook.profiles))
        )
    taken = [
        import_file(house, kind, file, profile=profile, approval=approval, prefix=prefix) for file in files
    ]
    if not all(counts.added + counts.changed + counts.same for counts in taken):
        raise SystemExit(1)


def import_file(
    house: House,
    kind: str,
    file: Path,
    *,
    profile: str = "national",
    approval: str = "",
    prefix: str = "",
    quiet: bool = False,
) -> directories.Counts:
    """Imports one file and says what became of it; rejected rows go to a file, with row number and reason.

    `quiet` keeps the warnings about rows that went in to itself.
    """
    table = importing.read(file)
    with _bar(len(table.rows), kind) as progress:
        intake, counts = importing.load(
            house.engine,
            kind,
            table,
            file.stem,
            house.clock(),
            progress,
            profile=profile,
            approval=approval,
            prefix=prefix,
        )
    click.echo(line("cli", "imported", file=file.name, counts=counts, rejected=len(intake.rejected)))
    if not quiet:
        _warn(table, intake)
    _reject(file, table, intake)
    return counts


def _warn(table: Table, intake: Intake[Any]) -> None:
    for warning in (*table.warnings, *(_warning(w) for w in intake.warnings[:5])):
        click.echo(f"  {warning}")
    if len(intake.warnings) > 5:
        click.echo(line("cli", "more-warnings", count=len(intake.warnings) - 5))


def _warning(warned: Any) -> str:
    return line("cli", "warning", row=warned.row, text=warned.text)


def _reject(file: Path, table: Table, intake: Intake[Any]) -> None:
    if intake.rejected:
        path = importing.reject(Path.cwd() / f"{file.stem}.rejected.csv", table, intake)
        click.echo(line("cli", "rejected", path=path.name, count=len(intake.rejected)))


class _Quiet:
    def __enter__(self) -> Callable[[int], None]:
        return lambda rows: None

    def __exit__(self, *args: object) -> None:
        pass


def _bar(rows: int, kind: str) -> Any:
    return _Bar(rows, line("cli", f"kind-{kind}")) if rows >= LONG else _Quiet()


class _Bar:
    """Click's progress bar, moved to the row the reader has reached."""

    def __init__(self, rows: int, label: str) -> None:
        self.bar = click.progressbar(length=rows, label=label)

    def __enter__(self) -> Callable[[int], None]:
        self.bar.__enter__()
        return lambda done: self.bar.update(max(0, done - self.bar.pos))

    def __exit__(self, *args: Any) -> None:
        self.bar.__exit__(*args)
