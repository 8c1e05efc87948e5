"""suijian profile, trail, archive: is the bureau's file right, does the trail hold, what is in a case's file."""

from __future__ import annotations

from pathlib import Path

import click

from bot.bootstrap import open_house
from bot.render import line
from storage import trail
from storage.archive import write_archive
from storage.database import reading
from storage.policies import load_profiles, read_profile


@click.group("profile", help=line("cli", "profile"))
def profile_command() -> None:
    pass


@profile_command.command("check", help=line("cli", "profile-check"))
@click.argument("file", type=click.Path(path_type=Path))
def profile_check(file: Path) -> None:
    profile = read_profile(file, load_profiles())
    click.echo(line("cli", "profile-good", profile=profile))


@click.group("trail", help=line("cli", "trail"))
def trail_command() -> None:
    pass


@trail_command.command("verify", help=line("cli", "trail-verify"))
def trail_verify() -> None:
    with reading(open_house().engine) as tx:
        count = trail.verify(tx)
    click.echo(line("cli", "trail-holds", count=count))


@click.command("archive", help=line("cli", "archive"))
@click.argument("case")
@click.argument("file", type=click.Path(path_type=Path), required=False)
def archive_command(case: str, file: Path | None) -> None:
    house = open_house()
    with reading(house.engine) as tx:
        path = write_archive(tx, house.evidence, case, file or Path(f"{case}.zip"))
    click.echo(line("cli", "archived", path=path.name))
