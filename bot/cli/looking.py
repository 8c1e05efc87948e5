"""suijian target CODE, suijian item ID, suijian directory KIND FILE: what stood on a day, of one or altogether."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from bot.bootstrap import open_house
from bot.dates import read_day
from bot.house import House
from bot.render import block, line
from storage.database import reading
from storage.directory_versions import KINDS, TABLES, Version, history, standing
from storage.exports.directory import inspectors_sheet, items_sheet, targets_sheet
from storage.exports.workbook import Sheet, workbook
from storage.visits import last_visit
from workflows.catalogue import CATEGORIES
from workflows.errors import BadInput, NotFound
from workflows.identity import parse_identity
from workflows.inspection.facts import local_day

SHEETS: Mapping[str, Callable[..., Sheet]] = {
    "targets": targets_sheet,
    "inspectors": inspectors_sheet,
    "items": items_sheet,
}
ON = click.option("--on", default="", metavar=line("cli", "day"), help=line("cli", "option-on"))


@click.command("target", help=line("cli", "target"))
@click.argument("code")
@ON
def target_command(code: str, on: str) -> None:
    house = open_house()
    day = _day(house, on)
    id = code if code.startswith("R:") else parse_identity(code).id
    with reading(house.engine) as tx:
        known = history(tx, "targets", id)
        visit = last_visit(tx, id, day)
    version = _on(known, day)
    if version is None:
        raise NotFound(line("cli", "target-unknown", code=code, day=day, known=known))
    results = house.lawbook.options.result
    _show("target", day, target=version.entry, version=version, last=visit, results=results)


@click.command("item", help=line("cli", "item"))
@click.argument("item")
@ON
def item_command(item: str, on: str) -> None:
    house = open_house()
    day = _day(house, on)
    with reading(house.engine) as tx:
        known = history(tx, "items", item)
    version = _on(known, day)
    if version is None:
        raise NotFound(line("cli", "item-unknown", item=item, day=day, known=known))
    _show("item", day, item=version.entry, version=version, versions=known, categories=CATEGORIES)


@click.command("directory", help=line("cli", "directory"))
@click.argument("kind", type=click.Choice([*SHEETS]))
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@ON
def directory_command(kind: str, out: Path, on: str) -> None:
    house = open_house()
    day = _day(house, on)
    with reading(house.engine) as tx:
        stood: Sequence[Any] = standing(tx, TABLES[kind], KINDS[kind], day)
    out.write_bytes(workbook([SHEETS[kind](stood, day)], house.clock()))
    click.echo(line("cli", "directory-written", day=day, number=len(stood), name=out.name, kind=kind))


def _on(known: Sequence[Version], day: date) -> Version | None:
    return next((one for one in known if one.since <= day and (one.until is None or day < one.until)), None)


def _show(template: str, day: date, **shown: object) -> None:
    for said in block(template, "entry", day=day, **shown):
        click.echo(said.removeprefix("§ "))


def _day(house: House, on: str) -> date:
    """The day meant, as in the chat: 9月21日 is the last one. BadInput, with the ways to write one, where none is read."""
    now = house.clock()
    day = read_day(on, now, past=True) if on else local_day(now)
    if day is None:
        raise BadInput(line("cli", "not-a-day", said=on))
    return day
