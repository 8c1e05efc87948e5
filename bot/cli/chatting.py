"""suijian chat --as NAME: the same conversation in a terminal."""

from __future__ import annotations

import click

from bot.bootstrap import open_house
from bot.channels.terminal import chat
from bot.render import line
from storage import people
from storage.database import writing
from workflows.errors import NotFound


@click.command("chat", help=line("cli", "chat"))
@click.option("--as", "who", required=True, help=line("cli", "option-as"))
def chat_command(who: str) -> None:
    house = open_house()
    with writing(house.engine) as tx:
        found = people.named(tx, who)
        if len(found) != 1:
            raise NotFound(line("cli", "who", who=who, found=found))
        people.bind(tx, "terminal", found[0].id, found[0].id, house.clock())
    chat(house, found[0])
