"""suijian tickets: the object draw of a frozen directory, computed again by any engine, for whoever wants to check it."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import click

from bot.render import line
from storage.engines.choosing import ENGINES, draw
from storage.engines.contract import Drawn
from storage.engines.source import File, Source, Table
from workflows.draw.quota import Quota, from_list
from workflows.errors import BadInput

COLUMNS = ("stratum", "use", "place", "rank", "ticket", "id")


@click.command("tickets", help=line("cli", "tickets"))
@click.argument("directory")
@click.option("--key", required=True, help=line("cli", "option-key"))
@click.option("--quotas", required=True, type=click.Path(path_type=Path), help=line("cli", "option-quotas"))
@click.option("--engine", type=click.Choice(tuple(ENGINES)), default="python", show_default=True)
@click.option("--table", default="directory", show_default=True, help=line("cli", "option-table"))
@click.option("--out", type=click.Path(path_type=Path), help=line("cli", "option-out"))
def tickets_command(
    directory: str, key: str, quotas: Path, engine: str, table: str, out: Path | None
) -> None:
    """The rows go to `--out` or standard output as CSV, a line for each stratum to standard error."""
    source: Source = Table(directory, table) if "://" in directory else File(Path(directory))
    drawn = draw(engine, source, key, read_quotas(quotas))
    if out is None:
        write(drawn, sys.stdout)
    else:
        with out.open("w", encoding="utf-8", newline="") as opened:
            write(drawn, opened)
    for stratum, one in drawn.items():
        click.echo(line("cli", "tickets-row", stratum=stratum, one=one), err=True)


def read_quotas(file: Path) -> dict[str, Quota]:
    """The plan's `strata`: {"stratum": [num, den, "ceil" | "floor", min, max or null, reserve]}."""
    try:
        strata = json.loads(file.read_text(encoding="utf-8"))
        return {stratum: from_list(fields) for stratum, fields in strata.items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise BadInput(line("cli", "quotas-unreadable", file=file.name)) from error
    except BadInput as error:
        raise BadInput(f"{file.name}：{error}") from error


def write(drawn: Mapping[str, Drawn], opened: IO[str]) -> None:
    writer = csv.writer(opened)
    writer.writerow(COLUMNS)
    for stratum, one in drawn.items():
        for at, place in enumerate(one.selected, 1):
            writer.writerow((stratum, "selected", at, *place))
        for at, place in enumerate(one.reserve, one.k + 1):
            writer.writerow((stratum, "reserve", at, *place))
