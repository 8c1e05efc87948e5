"""suijian people: those who are in no directory of inspectors, and the links by which anybody enters the web chat."""

from __future__ import annotations

import click

from bot.accounts import issue_link, role_line
from bot.bootstrap import open_house
from bot.cli import enrolling
from bot.cli.address import public
from bot.cli.operator import person_named
from bot.render import line
from bot.settings import from_environment
from storage import people
from storage.database import reading, writing
from storage.people import ROLES


@click.group("people", help=line("cli", "people"))
def people_command() -> None:
    pass


@people_command.command("list", help=line("cli", "people-list"))
def people_list() -> None:
    with reading(open_house().engine) as tx:
        for person in people.everybody(tx):
            click.echo(f"{person.id}\t{person.name}\t{role_line(person)}")


@people_command.command("add", help=line("cli", "people-add"))
@click.argument("number")
@click.argument("name")
@click.argument("department")
@click.argument(
    "roles", nargs=-1, required=True, metavar="角色...", type=click.Choice([*ROLES, *ROLES.values()])
)
def people_add(number: str, name: str, department: str, roles: tuple[str, ...]) -> None:
    """A role is told by its Chinese name or its word. An id that is known already is told with who it was."""
    words = {said: word for word, said in ROLES.items()}
    own = tuple(words.get(role, role) for role in roles)
    person = people.Person(f"P:{number.removeprefix('P:')}", name, department, own)
    with writing(open_house().engine) as tx:
        before = people.get(tx, person.id)
        people.save(tx, person)
    was = role_line(before) if before else ""
    click.echo(line("cli", "person-added", person=person, does=role_line(person), before=before, was=was))


@people_command.command("link", help=line("cli", "people-link"))
@click.argument("who")
@click.option("--at", default="", help=line("cli", "option-at"))
def people_link(who: str, at: str) -> None:
    house = open_house()
    with writing(house.engine) as tx:
        token = issue_link(tx, person_named(tx, who).id, house.clock())
    click.echo(f"{(at or public(from_environment())).rstrip('/')}/enter/{token}")


for command in enrolling.COMMANDS:
    people_command.add_command(command)
