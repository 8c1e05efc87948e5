"""One turn in progress: who speaks, what they asked, and the few things every dialog does with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from bot.card import Button, Card
from bot.house import House
from bot.render import block, button, card
from bot.turn import Turn
from storage import awaiting, casebook
from storage.case_facts import gather
from storage.database import reading, writing
from storage.people import Person
from workflows.inspection.case import Case
from workflows.inspection.commands import Command
from workflows.inspection.facts import Actor, Facts
from workflows.inspection.refusals import Refused


@dataclass(frozen=True)
class Talk:
    """`numbers` counts the commands of this turn, so that each has a cause of its own."""

    house: House
    person: Person
    turn: Turn
    now: datetime
    numbers: Any = field(default_factory=lambda: count(1))

    @property
    def actor(self) -> Actor:
        p = self.person
        return Actor(p.id, p.name, p.department, p.roles, f"{self.turn.channel}:{self.turn.account}")


@dataclass(frozen=True)
class View:
    """A case as one person may see it now."""

    case: Case
    facts: Facts

    @property
    def me(self) -> str:
        return self.facts.actor.person


# What a handler answers: cards to show, or commands to execute before the case is shown; () only shows it.
Answer = list[Card] | Command | tuple[Command, ...]
# A verb's handler takes the talk, the case ("" for none) and the words given so far.
Handler = Callable[..., Answer]


def look(talk: Talk, case_id: str) -> View:
    """Raises `NotFound` where there is no such case."""
    with reading(talk.house.engine) as tx:
        case = casebook.load(tx, case_id)
        return View(case, gather(tx, talk.house.lawbook, case, talk.actor, talk.now))


def do(talk: Talk, case_id: str, command: Command) -> Refused | None:
    """Executes one command; the refusal, or None where it went through or was already so."""
    cause = f"{talk.turn.channel}:{talk.turn.account}:{talk.turn.update_id}#{next(talk.numbers)}"
    house = talk.house
    return casebook.execute(
        house.engine, house.lawbook, case_id, command, talk.actor, talk.now, cause
    ).refused


def ask(
    talk: Talk, verb: str, case_id: str, /, *filled: str, buttons: tuple[Button, ...] = (), **context: Any
) -> list[Card]:
    """Asks for one more word: the next text becomes the verb's next argument, after a restart too."""
    with writing(talk.house.engine) as tx:
        awaiting.ask(tx, talk.person.id, awaiting.Awaiting(case_id, verb, filled), talk.now)
    prompt = block("prompts", verb if not filled else f"{verb}-{len(filled)}", **context)
    back = button("cancel", case_id)
    return [card(prompt, *buttons, back, key=f"case:{case_id}", asks="text")]


def refusal_card(refused: Refused, facts: Facts | None, case_id: str) -> Card:
    """What is missing, which clause says so, and the button that helps."""
    lines = block(f"refusals/{refused.rule}", refused.reason, **refused.detail)
    if facts and refused.rule != "form":
        rule = facts.profile.rule(refused.rule)
        lines.append(f"> {rule.source}")
    helps = (button(refused.remedy, case_id),) if refused.remedy and refused.remedy != "case" else ()
    back = (button("case", case_id),) if case_id else ()
    return card(lines, *helps, *back, key=f"refusal:{case_id}", tone="refusal")
