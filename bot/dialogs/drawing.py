"""抽取: the organiser publishes the plan, draws a task in one go, and releases it. Until then nobody sees a name."""

from __future__ import annotations

from bot.card import Button, Card
from bot.render import block, button, card, text
from bot.talk import Answer, Handler, Talk, refusal_card
from storage import draws, plans
from storage.database import reading, writing
from workflows.draw.impossible import DrawImpossible
from workflows.inspection.refusals import Refused, refuse

PAGE = 4


def drawing(talk: Talk, case: str = "", plan: str = "0", page: str = "0") -> Answer:
    """The tasks of a plan with where each stands. `plan` is its place in the list."""
    if "organiser" not in talk.person.roles:
        return [refusal_card(refuse("by-machine", "not-organiser"), None, "")]
    with reading(talk.house.engine) as tx:
        kept = plans.current(tx)
        held = {(k.plan.id, t.id): draws.of_task(tx, k.plan.id, t.id) for k in kept for t in k.plan.tasks}
    if not kept:
        return [card(block("drawing/empty", "plans"), button("home"), key="drawing")]
    number = int(plan) if plan.isdecimal() and int(plan) < len(kept) else 0
    chosen = kept[number]
    lines = text("drawing/plan", kept=chosen, held=held)
    first = (int(page) if page.isdecimal() else 0) * PAGE
    ways: list[Button] = []
    if chosen.published_at is None:
        ways.append(button("publish-plan", "", str(number)))
    for place, task in list(enumerate(chosen.plan.tasks))[first : first + PAGE]:
        one = held[chosen.plan.id, task.id]
        if one is None:
            ways.append(
                button(
                    "draw", "", str(number), str(place), label=block("drawing/empty", "draw", task=task)[0]
                )
            )
        elif one.released_at is None:
            ways.append(
                button(
                    "release",
                    "",
                    str(number),
                    str(place),
                    label=block("drawing/empty", "release", task=task)[0],
                )
            )
    others = [button("drawing.next", "", str((number + 1) % len(kept)))] if len(kept) > 1 else []
    return [card(lines, *ways[:5], *others, key="drawing")]


def publish_plan(talk: Talk, case: str = "", plan: str = "0") -> Answer:
    if "organiser" in talk.person.roles:
        with writing(talk.house.engine) as tx:
            kept = plans.current(tx)
            plans.publish(tx, kept[_place(plan, len(kept))].plan.id, talk.person.id, talk.now)
    return drawing(talk, "", plan)


def draw(talk: Talk, case: str = "", plan: str = "0", task: str = "0", sure: str = "") -> Answer:
    """Asks first; then draws targets and teams in one go from fresh random bytes, which are recorded."""
    with reading(talk.house.engine) as tx:
        kept = plans.current(tx)[_place(plan, None)]
    chosen = kept.plan.tasks[_place(task, len(kept.plan.tasks))]
    if not sure:
        lines = text("drawing/confirm", plan=kept.plan, task=chosen)
        return [
            card(
                lines, button("draw.sure", "", plan, task, "yes"), button("drawing", "", plan), key="drawing"
            )
        ]
    house = talk.house
    held = draws.hold_draw(
        house.engine,
        house.lawbook,
        kept.plan.id,
        chosen.id,
        house.draw_seed(),
        house.draw_seed(),
        talk.actor,
        talk.now,
    )
    if isinstance(held, Refused):
        return [refused_card(talk, held, kept.plan.profile)]
    if isinstance(held, DrawImpossible):
        lines = text("drawing/impossible", why=held)
        return [card(lines, button("drawing", "", plan), key="drawing", tone="refusal")]
    ways = (button("release", "", plan, task), button("drawing", "", plan))
    return [card(text("drawing/held", held=held, task=chosen), *ways, key="drawing")]


def release(talk: Talk, case: str = "", plan: str = "0", task: str = "0") -> Answer:
    """Opens the assignments to those concerned, all at once."""
    if "organiser" not in talk.person.roles:
        return [refusal_card(refuse("by-machine", "not-organiser"), None, "")]
    with reading(talk.house.engine) as tx:
        kept = plans.current(tx)[_place(plan, None)]
        chosen = kept.plan.tasks[_place(task, len(kept.plan.tasks))]
        held = draws.of_task(tx, kept.plan.id, chosen.id)
    if held is None:
        return drawing(talk, "", plan)
    draws.release(talk.house.engine, talk.house.lawbook, held.id, talk.actor, talk.now)
    return [
        card(
            text("drawing/released", held=held, task=chosen),
            button("drawing", "", plan),
            key="drawing",
            tone="done",
        )
    ]


def refused_card(talk: Talk, refused: Refused, profile: str) -> Card:
    """A refusal outside any case, with the clause of the plan's profile."""
    lines = block(f"refusals/{refused.rule}", refused.reason, **refused.detail)
    lines.append(f"> {talk.house.lawbook.profiles[profile].rule(refused.rule).source}")
    return card(lines, button("drawing"), key="drawing", tone="refusal")


def _place(word: str, size: int | None) -> int:
    number = int(word) if word.isdecimal() else 0
    return number if size is None or number < size else 0


VERBS: dict[str, Handler] = {
    "drawing": drawing,
    "publish-plan": publish_plan,
    "draw": draw,
    "release": release,
}
