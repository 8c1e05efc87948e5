"""A ceremony from its first tap on: while its list is frozen beside the conversation there is a card, and no ceremony yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from bot.card import Card
from bot.dialogs.ceremony_cards import ceremony_card, key_of, may_watch, refusal_lines
from bot.house import House
from bot.render import button, card, text
from storage import ceremonies, ceremony_runs, draws, people
from storage.ceremonies import Kept
from storage.ceremony_runs import Wish
from storage.ceremony_steps import Answer
from storage.people import Person
from workflows.draw.impossible import DrawImpossible
from workflows.errors import NotFound


def card_for(house: House, tx: Connection, draw_id: str, person: Person, now: datetime) -> Card | None:
    """The ceremony's card or that of its freeze, None for who may see neither."""
    kept = _kept(tx, draw_id)
    if kept is None:
        return freezing_card(house, tx, draw_id) if "organiser" in person.roles else None
    return ceremony_card(tx, kept, person, now) if may_watch(kept, person) else None


def _kept(tx: Connection, draw_id: str) -> Kept | None:
    try:
        return ceremonies.load(tx, draw_id)
    except NotFound:
        return None


def freezing_card(house: House, tx: Connection, draw_id: str) -> Card | None:
    """How far it is, or why nothing was frozen, as a turn would have said it. It stands where the ceremony's will."""
    run = ceremony_runs.of(tx, draw_id)
    if run is None or run.wish is None:
        return None
    plan, _ = ceremonies.plan_of(tx, run.wish.plan)
    task = draws.task_of(plan, run.wish.task)
    # The buttons of a plan name its version and the place of the task in it.
    name, place = f"{plan.id}.{plan.version}", str(plan.tasks.index(task))
    back, key = button("drawing", "", name), key_of(draw_id)
    if not run.failed:
        lines = text("ceremony/freezing", plan=plan, task=task, run=run)
        on = button("draft.freezing", "", name, place)
        return card(lines, on, back, key=key, done=run.done, total=100)
    again = button("draw" if run.simply else "draft", "", name, place)
    lines = list(run.said) or text("ceremony/freezing", plan=plan, task=task, run=run)
    return card(lines, again, back, key=key, tone="refusal")


def said_of(house: House, tx: Connection, wish: Wish, answer: Answer) -> tuple[str, ...]:
    """Why nothing was frozen, in the lines a turn would have answered with; () where it was."""
    if isinstance(answer, DrawImpossible):
        return tuple(text("drawing/impossible", why=answer))
    if answer.refused is None:
        return ()
    plan, _ = ceremonies.plan_of(tx, wish.plan)
    return tuple(refusal_lines(answer.refused, house.lawbook, plan.profile))


def freezing(house: House, tx: Connection, plan: str, task: str) -> Card | None:
    """The card of a freeze under way, None where there is none."""
    draw_id = ceremonies.next_id(tx, plan, task)
    run = ceremony_runs.of(tx, draw_id)
    return freezing_card(house, tx, draw_id) if run and not run.failed else None


def notice(house: House, tx: Connection, who: str, draw_id: str) -> Card | None:
    """The card as it comes by itself; nothing of a ceremony that has ended since."""
    person, kept = people.get(tx, who), _kept(tx, draw_id)
    if person is None or (kept and kept.ceremony.stage == "CLOSED"):
        return None
    shown = card_for(house, tx, draw_id, person, house.clock())
    return replace(shown, tone="notice") if shown else None
