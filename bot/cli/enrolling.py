"""suijian people codes, accounts, revoke: codes to bind accounts with, on the screen or as cards to print."""

from __future__ import annotations

from pathlib import Path

import click

from bot.bootstrap import open_house
from bot.cli.operator import person_named
from bot.dialogs.bindings import channel_name
from bot.dialogs.enrolment import deal
from bot.enrolment_sheet import sheet
from bot.house import House
from bot.render import line, moment_text
from bot.settings import from_environment
from storage import enrolment
from storage.database import reading
from storage.enrolment import Hand
from storage.people import Person
from workflows.errors import NotFound

HAND = Hand("", "cli")


@click.command("codes", help=line("enrolment/cli", "codes"))
@click.argument("who", nargs=-1)
@click.option("--all", "everybody", is_flag=True, help=line("enrolment/cli", "option-all"))
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help=line("enrolment/cli", "option-out")
)
@click.option("--at", default="", help=line("enrolment/cli", "option-at"))
def codes_command(who: tuple[str, ...], everybody: bool, out: Path | None, at: str) -> None:
    house = open_house()
    those = _without(house) if everybody else _named(house, who)
    if not those:
        raise NotFound(line("enrolment/cli", "nobody"))
    if out:
        # Before a code is dealt that could not be written down; and whoever had the file before, codes are for nobody else.
        out.touch(mode=0o600)
        out.chmod(0o600)
    dealt, expires_at = deal(house, those, HAND)
    if out:
        out.write_bytes(sheet(dealt, expires_at, at or from_environment().origin))
        click.echo(line("enrolment/cli", "written", path=out, count=len(dealt)))
        return
    for person, code in dealt:
        click.echo(f"{code}\t{person.name}\t{person.department}")
    click.echo(line("enrolment/cli", "until", expires_at=expires_at))


def _without(house: House) -> tuple[Person, ...]:
    with reading(house.engine) as tx:
        waiting = {code.person for code in enrolment.open_codes(tx, house.clock())}
        return tuple(p for p in enrolment.without_account(tx) if p.id not in waiting)


def _named(house: House, who: tuple[str, ...]) -> tuple[Person, ...]:
    """Everybody asked for, once each. Raises `NotFound` before any code is issued."""
    with reading(house.engine) as tx:
        return tuple(dict.fromkeys(person_named(tx, name) for name in who))


@click.command("accounts", help=line("enrolment/cli", "accounts"))
def accounts_command() -> None:
    with reading(open_house().engine) as tx:
        for one in enrolment.bindings(tx):
            told = (one.channel, one.account, one.person.name, channel_name(one.channel))
            click.echo("\t".join((*told, moment_text(one.bound_at))))


@click.command("revoke", help=line("enrolment/cli", "revoke"))
@click.argument("channel")
@click.argument("account")
def revoke_command(channel: str, account: str) -> None:
    house = open_house()
    person = enrolment.revoke(house.engine, channel, account, HAND, house.clock())
    if person is None:
        raise NotFound(line("enrolment/cli", "gone", channel=channel, account=account))
    click.echo(line("enrolment/cli", "revoked", person=person, account=account))


COMMANDS = (codes_command, accounts_command, revoke_command)
