"""One turn in progress: who speaks, what they asked, and the few things every dialog does with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import count
from typing import Any, TypeVar

from bot.card import Button, Card
from bot.house import House
from bot.render import SEPARATOR, block, button, card
from bot.turn import Turn
from storage import casebook
from storage.case_facts import gather
from storage.database import reading, writing
from storage.people import Person
from storage.visits import LastVisit, last_visit
from workflows.inspection.case import Case, step
from workflows.inspection.commands import Command
from workflows.inspection.facts import Actor, Facts, local_day
from workflows.inspection.refusals import Refused


@dataclass(frozen=True)
class View:
    """A case as one person may see it now. `visited` reads what was last found at its target, where that is to be shown."""

    case: Case
    facts: Facts
    visited: Callable[[], LastVisit | None] = lambda: None

    @property
    def me(self) -> str:
        return self.facts.actor.person


@dataclass(frozen=True)
class Talk:
    """`numbers` counts the commands of this turn, so that each has a cause of its own. `views` holds what was read."""

    house: House
    person: Person
    turn: Turn
    now: datetime
    numbers: Any = field(default_factory=lambda: count(1))
    views: dict[str, View] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        p = self.person
        return Actor(p.id, p.name, p.department, p.roles, f"{self.turn.channel}:{self.turn.account}")


T = TypeVar("T")
# What a handler answers: cards to show, or commands to execute before the case is shown; () only shows it.
Answer = list[Card] | Command | tuple[Command, ...]
# A verb's handler takes the talk, the case ("" for none) and the words given so far.
Handler = Callable[..., Answer]


def look(talk: Talk, case_id: str) -> View:
    """The case, read once in a turn: what others do to it waits for the turn's end. Raises `NotFound`."""
    if case_id not in talk.views:
        with reading(talk.house.engine) as tx:
            case = casebook.held(tx, case_id)
            facts = gather(tx, talk.house.lawbook, case, talk.actor, talk.now)
        talk.views[case_id] = View(case, facts, partial(_visited, talk.house, case))
    return talk.views[case_id]


def _visited(house: House, case: Case) -> LastVisit | None:
    with reading(house.engine) as tx:
        return last_visit(tx, case.opened.target.id)


def do(talk: Talk, case_id: str, command: Command) -> Refused | None:
    """Executes one command; the refusal, or None where it went through or was already so."""
    cause = f"{talk.turn.channel}:{talk.turn.account}:{talk.turn.update_id}#{next(talk.numbers)}"
    view = look(talk, case_id)
    with writing(talk.house.engine) as tx:
        outcome = casebook.settle(tx, view.case, command, view.facts, cause)
    talk.views[case_id] = replace(view, case=outcome.case)
    return outcome.refused


def beside(view: View, lines: Sequence[str], *buttons: Button, **more: Any) -> list[Card]:
    """A question in the place of the case's card: which target and step it is about stays said."""
    title, *rest = lines
    said = [title, view.case.opened.target.name, *rest]
    more = {"key": f"case:{view.case.id}", "step": min(step(view.case), 5)} | more
    return [card(said, *buttons, **more)]


def ask(
    talk: Talk, verb: str, case_id: str, /, *filled: str, buttons: tuple[Button, ...] = (), **context: Any
) -> list[Card]:
    """Asks for one more word: the next text becomes the verb's next argument, after a restart too."""
    known = {"today": local_day(talk.now), **context}
    prompt = block("prompts", verb if not filled else f"{verb}-{len(filled)}", **known)
    form = SEPARATOR.join((verb, case_id, *filled))
    return beside(look(talk, case_id), prompt, *buttons, button("cancel", case_id), asks="text", form=form)


def named(choices: Sequence[T], number: str) -> T | None:
    """What a button's number stands for, None where it counts nothing: a phone can send back anything."""
    return choices[int(number)] if number.isdecimal() and int(number) < len(choices) else None


def page_from(number: str, rows: int, size: int) -> int:
    """The page a button asks for, counted from 0; the first one where there is no such page."""
    return int(number) if number.isdecimal() and int(number) * size < rows else 0


def refusal_card(refused: Refused, facts: Facts | None, case_id: str) -> Card:
    """What is missing, which clause says so, and the button that helps."""
    lines = block(f"refusals/{refused.rule}", refused.reason, **refused.detail)
    if facts and refused.rule != "form":
        lines.append(f"> {facts.profile.rule(refused.rule).source}")
    helps = (button(refused.remedy, case_id),) if refused.remedy and refused.remedy != "case" else ()
    back = (button("case", case_id),) if case_id else ()
    return card(lines, *helps, *back, key=f"refusal:{case_id}", tone="refusal")
