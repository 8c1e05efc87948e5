"""suijian target CODE: what the directory said of a target on a day, and what was last found there."""

from __future__ import annotations

from datetime import datetime

import click

from bot.bootstrap import open_house
from bot.render import block, line
from storage.database import reading
from storage.directory_versions import history
from storage.visits import last_visit
from workflows.errors import NotFound
from workflows.identity import parse_identity
from workflows.inspection.facts import local_day


@click.command("target", help=line("cli", "target"))
@click.argument("code")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help=line("cli", "option-on"))
def target_command(code: str, on: datetime | None) -> None:
    house = open_house()
    day = on.date() if on else local_day(house.clock())
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
