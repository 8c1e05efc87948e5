"""suijian workdays, suijian calendar: the working-day calendar from the shell."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import click

from bot.bootstrap import open_house
from bot.render import line
from storage import calendars, year_tables
from storage.case_facts import overlay
from storage.database import reading
from workflows.calendar import add_working_days, imported, parse_notice
from workflows.errors import BadFile


@click.command("workdays", help=line("cli", "workdays"))
@click.argument("start", type=click.DateTime(["%Y-%m-%d"]))
@click.argument("days", type=click.IntRange(0, 10_000))
def workdays_command(start: datetime, days: int) -> None:
    with reading(open_house().engine) as tx:
        years = overlay(tx)
    deadline = add_working_days(date(start.year, start.month, start.day), days, years)
    click.echo(f"{deadline.date.isoformat()}{'' if deadline.confirmed else line('cli', 'unconfirmed')}")


@click.group("calendar", help=line("cli", "calendar"))
def calendar_command() -> None:
    pass


@calendar_command.command("import", help=line("cli", "calendar-import"))
@click.argument("file", type=click.Path(path_type=Path))
def calendar_import(file: Path) -> None:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile(line("cli", "unreadable", file=file.name)) from error
    house = open_house()
    table = imported(parse_notice(text), datetime.now(UTC).date())
    restated = year_tables.save(house.engine, house.lawbook, table, calendars.encode(table), house.clock())
    click.echo(
        line(
            "cli",
            "calendar-imported",
            year=table.year,
            holidays=len(table.holidays),
            workdays=len(table.workdays),
            restated=restated,
        )
    )
