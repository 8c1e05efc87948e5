"""Who sits at the machine: nobody of the directory, allowed what the organiser is; and whom they name."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.render import line
from storage import people
from storage.people import Person
from workflows.errors import NotFound
from workflows.inspection.facts import Actor

OPERATOR = Actor("", "", "", ("organiser",), "cli")


def person_named(tx: Connection, who: str) -> Person:
    """The one of that name or id; raises `NotFound` where there is none, or several."""
    found = people.named(tx, who)
    if len(found) != 1:
        raise NotFound(line("cli", "who", who=who, found=found))
    return found[0]
