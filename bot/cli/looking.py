"""suijian target CODE, suijian directory KIND FILE: what the directories said on a day, of one target or altogether."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from bot.bootstrap import open_house
from bot.house import House
from bot.render import block, line
from storage.database import reading
from storage.directory_versions import as_of, history
from storage.exports.directory import inspectors_sheet, targets_sheet
from storage.exports.workbook import workbook
from storage.visits import last_visit
from workflows.errors import NotFound
from workflows.identity import parse_identity
from workflows.inspection.facts import local_day

ON = click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help=line("cli", "option-on"))


@click.command("target", help=line("cli", "target"))
@click.argument("code")
@ON
def target_command(code: str, on: datetime | None) -> None:
    house = open_house()
    day = _day(house, on)
    id = code if code.startswith("R:") else parse_identity(code).id
    with reading(house.engine) as tx:
        known = history(tx, "targets", id)
        visit = last_visit(tx, id, day)
    version = next(
        (one for one in known if one.since <= day and (one.until is None or day < one.until)), None
    )
    if version is None:
        raise NotFound(line("cli", "target-unknown", code=code, day=day, known=known))
    shown = {
        "target": version.entry,
        "version": version,
        "last": visit,
        "results": house.lawbook.options.result,
    }
    for said in block("target", "entry", day=day, **shown):
        click.echo(said.removeprefix("§ "))


@click.command("directory", help=line("cli", "directory"))
@click.argument("kind", type=click.Choice(["targets", "inspectors"]))
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@ON
def directory_command(kind: str, out: Path, on: datetime | None) -> None:
    house = open_house()
    day = _day(house, on)
    with reading(house.engine) as tx:
        stood = as_of(tx, day)
    sheet = (
        targets_sheet(stood.targets, day) if kind == "targets" else inspectors_sheet(stood.inspectors, day)
    )
    out.write_bytes(workbook([sheet], house.clock()))
    number = len(stood.targets if kind == "targets" else stood.inspectors)
    click.echo(line("cli", "directory-written", day=day, number=number, name=out.name))


def _day(house: House, on: datetime | None) -> date:
    return on.date() if on else local_day(house.clock())
