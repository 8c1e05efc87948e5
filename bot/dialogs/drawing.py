"""抽取: the organiser publishes the plan, draws a task in one go, and releases it. Until then nobody sees a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.card import Button, Card
from bot.render import block, button, card, text
from bot.talk import Handler, Talk, named, page_from, refusal_card
from storage import ceremonies, draws, planning, plans
from storage import ceremony_steps as steps
from storage.ceremony_steps import Hand, Wish
from storage.database import reading, writing
from storage.plans import Kept
from workflows.draw.ceremony.commands import Sign
from workflows.draw.impossible import DrawImpossible
from workflows.inspection.refusals import Refused, refuse
from workflows.plan import Task

PAGE = 3  # tasks; the plan itself and the ways onward need buttons too


def drawing(talk: Talk, case: str = "", plan: str = "", page: str = "0") -> list[Card]:
    """The tasks of a plan with where each stands."""
    if "organiser" not in talk.person.roles:
        return [_for_the_organiser()]
    with reading(talk.house.engine) as tx:
        kept = plans.current(tx)
        held = {(k.plan.id, t.id): draws.of_task(tx, k.plan.id, t.id) for k in kept for t in k.plan.tasks}
    if not kept:
        return [card(block("drawing/empty", "plans"), button("home"), key="drawing")]
    chosen = _version(kept, plan) or kept[0]
    number = page_from(page, len(chosen.plan.tasks), PAGE)
    publish = [button("publish-plan", "", _name(chosen))]
    ways = _task_ways(chosen, held, number) if chosen.published_at else publish
    return [
        card(
            text("drawing/plan", kept=chosen, held=held), *ways, *_onward(kept, chosen, number), key="drawing"
        )
    ]


def _name(kept: Kept) -> str:
    """A plan as a button names it: with its version, so that an old card's button never draws from a newer plan."""
    return f"{kept.plan.id}.{kept.plan.version}"


def _version(kept: Sequence[Kept], name: str) -> Kept | None:
    return next((one for one in kept if _name(one) == name), None)


def _task_ways(chosen: Kept, held: Mapping[tuple[str, str], draws.Held | None], page: int) -> list[Button]:
    """A button for each task of the page that is still to be drawn or released."""
    ways = []
    for place, task in list(enumerate(chosen.plan.tasks))[page * PAGE : (page + 1) * PAGE]:
        one = held[chosen.plan.id, task.id]
        if one is None:
            label = block("drawing/empty", "draw", task=task)[0]
            ways.append(button("draw", "", _name(chosen), str(place), label=label))
        elif one.released_at is None:
            label = block("drawing/empty", "release", task=task)[0]
            ways.append(button("release", "", _name(chosen), str(place), label=label))
    return ways


def _onward(kept: Sequence[Kept], chosen: Kept, page: int) -> list[Button]:
    following = page_from(str(page + 1), len(chosen.plan.tasks), PAGE)
    more = (
        [button("drawing.more", "", _name(chosen), str(following))] if len(chosen.plan.tasks) > PAGE else []
    )
    after = kept[(kept.index(chosen) + 1) % len(kept)]
    others = [button("drawing.next", "", _name(after))] if after != chosen else []
    return [*more, *others]


def _for_the_organiser() -> Card:
    return refusal_card(refuse("by-machine", "not-organiser"), None, "")


def publish_plan(talk: Talk, case: str = "", plan: str = "") -> list[Card]:
    with reading(talk.house.engine) as tx:
        kept = _version(plans.current(tx), plan)
    if kept and "organiser" in talk.person.roles:
        with writing(talk.house.engine) as tx:
            done = planning.publish(tx, talk.house.lawbook, kept.plan.id, talk.actor, talk.now)
        if isinstance(done, Refused):
            return [refused_card(talk, done, kept.plan.profile)]
    return drawing(talk, "", plan)


def draw(talk: Talk, case: str = "", plan: str = "", task: str = "", sure: str = "") -> list[Card]:
    """Asks first; then draws targets and teams in one go from fresh random bytes, which are recorded."""
    found = _chosen(talk, plan, task)
    if found is None:
        return drawing(talk, "", plan)
    kept, chosen = found
    back = button("drawing", "", plan)
    if sure != "yes":
        lines = text("drawing/confirm", plan=kept.plan, task=chosen)
        return [card(lines, button("draw.sure", "", plan, task, "yes"), back, key="drawing")]
    house, hand = talk.house, Hand(talk.actor, talk.now, talk.house.draw_seed)
    done = steps.at_once(house.engine, house.lawbook, Wish(kept.plan.id, chosen.id), hand)
    if isinstance(done, DrawImpossible):
        return [card(text("drawing/impossible", why=done), back, key="drawing", tone="refusal")]
    if done.refused:
        return [refused_card(talk, done.refused, kept.plan.profile)]
    with reading(house.engine) as tx:
        held = draws.of_task(tx, kept.plan.id, chosen.id)
    if held is None:
        return drawing(talk, "", plan)
    if held.released_at:
        return drawing(talk, "", plan)
    return [
        card(
            text("drawing/held", held=held, task=chosen),
            button("release", "", plan, task),
            back,
            key="drawing",
        )
    ]


def release(talk: Talk, case: str = "", plan: str = "", task: str = "") -> list[Card]:
    """Opens the assignments to those concerned, all at once."""
    found = _chosen(talk, plan, task)
    if found is None:
        return drawing(talk, "", plan)
    kept, chosen = found
    with reading(talk.house.engine) as tx:
        held = draws.of_task(tx, kept.plan.id, chosen.id)
    if held is None:
        return drawing(talk, "", plan)
    house, hand = talk.house, Hand(talk.actor, talk.now, talk.house.draw_seed)
    with reading(house.engine) as tx:
        record = ceremonies.load(tx, held.id).ceremony.held
    assert record
    ceremonies.execute(house.engine, house.lawbook, held.id, Sign(record.record), talk.actor, talk.now)
    steps.release(house.engine, house.lawbook, held.id, hand)
    lines = text("drawing/released", held=held, task=chosen)
    return [card(lines, button("drawing", "", plan), key="drawing", tone="done")]


def _chosen(talk: Talk, plan: str, task: str) -> tuple[Kept, Task] | None:
    """The plan and task a button names; None for anybody but the organiser, and where there is no such task."""
    if "organiser" not in talk.person.roles:
        return None
    with reading(talk.house.engine) as tx:
        kept = _version(plans.current(tx), plan)
    chosen = named(kept.plan.tasks, task) if kept else None
    return (kept, chosen) if kept and chosen else None


def refused_card(talk: Talk, refused: Refused, profile: str) -> Card:
    """A refusal outside any case, with the clause of the plan's profile."""
    lines = block(f"refusals/{refused.rule}", refused.reason, **refused.detail)
    lines.append(f"> {talk.house.lawbook.profiles[profile].rule(refused.rule).source}")
    return card(lines, button("drawing"), key="drawing", tone="refusal")


VERBS: dict[str, Handler] = {
    "drawing": drawing,
    "publish-plan": publish_plan,
    "draw": draw,
    "release": release,
}
