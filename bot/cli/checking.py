"""suijian check, profile, trail, archive: is the service well, the bureau's file right, the trail whole; a case's file."""

from __future__ import annotations

from pathlib import Path

import click

from bot.bootstrap import open_house
from bot.case_file import write_case_file
from bot.render import block, line
from storage import deliveries, outbox, people, reach, trail
from storage.database import reading, writing
from storage.health import given_up as all_given_up
from storage.health import health
from storage.policies import load_profiles, read_profile
from workflows.inspection.facts import local_day


@click.command("check", help=line("cli", "check"))
@click.option("--again", is_flag=True, help=line("cli", "option-again"))
def check_command(again: bool) -> None:
    """Exit code 1 where somebody should look."""
    house = open_house()
    now = house.clock()
    if again:
        with writing(house.engine) as tx:
            count = outbox.try_again(tx) + deliveries.try_again(tx, now)
        click.echo(line("cli", "taken-up", count=count))
    with reading(house.engine) as tx:
        found, given_up = health(tx, now), all_given_up(tx)
        lost = [(one, people.get(tx, one.person)) for one in reach.lost(tx)]
    for said in block("cli", "checked", found=found, today=local_day(now)):
        click.echo(said)
    for one in given_up:
        click.echo(line("cli", "given-up", one=one, today=local_day(now)))
    for account, who in lost:
        click.echo(line("cli", "lost", one=account, name=who.name if who else "", today=local_day(now)))
    if not found.is_well(now):
        raise SystemExit(1)


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
        path = write_case_file(house, tx, case, file or Path(f"{case}.zip"))
    click.echo(line("cli", "archived", path=path.name))
