"""suijian chat --as NAME: the same conversation in a terminal."""

from __future__ import annotations

import click

from bot.bootstrap import open_house
from bot.channels.terminal import chat
from bot.cli.operator import person_named
from bot.render import line
from storage import people
from storage.database import writing


@click.command("chat", help=line("cli", "chat"))
@click.option("--as", "who", required=True, help=line("cli", "option-as"))
def chat_command(who: str) -> None:
    house = open_house()
    with writing(house.engine) as tx:
        person = person_named(tx, who)
        people.bind(tx, "terminal", person.id, person.id, house.clock())
    chat(house, person)
