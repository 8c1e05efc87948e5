"""抽取: the organiser publishes the plan, draws a task in one go, and releases it. Until then nobody sees a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.card import Button, Card
from bot.dialogs import ceremony
from bot.dialogs.ceremony_cards import refusal_lines
from bot.dialogs.ceremony_freezing import freezing
from bot.render import block, button, card, text
from bot.talk import Handler, Talk, named, page_from, refusal_card
from storage import ceremonies, draws, planning, plans
from storage import ceremony_steps as steps
from storage.ceremonies import Kept as Ceremony
from storage.ceremony_steps import Answer, Wish
from storage.database import reading, writing
from storage.plans import Kept
from workflows.draw.impossible import DrawImpossible
from workflows.inspection.refusals import Refused, refuse
from workflows.plan import Task

PAGE = 3  # tasks; the plan itself and the ways onward need buttons too
# What a button says of a ceremony at these stages; later ones have left their record.
NEXT = dict.fromkeys(ceremonies.WAITING, "go-on") | {"DRAWN": "release"}


def drawing(talk: Talk, case: str = "", plan: str = "", page: str = "0") -> list[Card]:
    """The tasks of a plan with where each stands."""
    if "organiser" not in talk.person.roles:
        return ceremony.waiting_for(talk) or [_for_the_organiser()]
    with reading(talk.house.engine) as tx:
        kept = plans.current(tx)
        tasks = [(k.plan.id, t.id) for k in kept for t in k.plan.tasks]
        held = {pair: draws.of_task(tx, *pair) for pair in tasks}
        begun = {pair: ceremonies.of_task(tx, *pair) for pair in tasks}
    if not kept:
        return [card(block("drawing/empty", "plans"), button("home"), key="drawing")]
    chosen = _version(kept, plan) or kept[0]
    number = page_from(page, len(chosen.plan.tasks), PAGE)
    publish = [button("publish-plan", "", _name(chosen))]
    ways = _task_ways(chosen, held, begun, number) if chosen.published_at else publish
    return [
        card(
            text("drawing/plan", kept=chosen, held=held, begun=begun),
            *ways,
            *_onward(kept, chosen, number),
            key="drawing",
        )
    ]


def _name(kept: Kept) -> str:
    """A plan as a button names it: with its version, so that an old card's button never draws from a newer plan."""
    return f"{kept.plan.id}.{kept.plan.version}"


def _version(kept: Sequence[Kept], name: str) -> Kept | None:
    return next((one for one in kept if _name(one) == name), None)


def _task_ways(
    chosen: Kept,
    held: Mapping[tuple[str, str], draws.Held | None],
    begun: Mapping[tuple[str, str], Ceremony | None],
    page: int,
) -> list[Button]:
    """A button for each task of the page: to draw it, to go on with its ceremony, or to see what it left."""
    ways = []
    for place, task in list(enumerate(chosen.plan.tasks))[page * PAGE : (page + 1) * PAGE]:
        pair = chosen.plan.id, task.id
        one, under_way = held[pair], begun[pair]
        if under_way and not under_way.ceremony.abandoned:
            name = NEXT.get(under_way.ceremony.stage, "record")
            ways.append(_way("ceremony", name, task, ceremonies.mark_of(under_way.id)))
        elif one is None:
            ways.append(_way("draw", "draw", task, _name(chosen), str(place)))
        elif one.released_at is None:
            ways.append(_way("release", "release", task, _name(chosen), str(place)))
    return ways


def _way(verb: str, label: str, task: Task, *args: str) -> Button:
    return button(verb, "", *args, label=block("drawing/empty", label, task=task)[0])


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
    """Asks first: with witnesses and a public random event, or at once where the profile leaves that open."""
    found = chosen_of(talk, plan, task)
    if found is None:
        return drawing(talk, "", plan)
    kept, chosen = found
    under_way = freezing_now(talk, kept, chosen)
    if under_way:
        return under_way
    back = button("drawing", "", plan)
    if sure != "yes":
        watched = talk.house.lawbook.profiles[kept.plan.profile].blocks("witnesses")
        lines = text("drawing/confirm", plan=kept.plan, task=chosen, watched=watched)
        if watched:
            return [card(lines, button("draft", "", plan, task), back, key="drawing")]
        # The public way is offered, and the quick one is what was tapped for: one of them is the green one.
        at_once = button("draw.sure", "", plan, task, "yes")
        return [card(lines, button("draft.open", "", plan, task), at_once, back, key="drawing")]
    done = _at_once(talk, Wish(kept.plan.id, chosen.id))
    if isinstance(done, DrawImpossible):
        return [card(text("drawing/impossible", why=done), back, key="drawing", tone="refusal")]
    if done.refused:
        return [refused_card(talk, done.refused, kept.plan.profile)]
    mark, stands = ceremonies.mark_of(done.id), done.ceremony
    if stands is None:
        return freezing_now(talk, kept, chosen)
    left = stands.stage == "BEACON"
    return ceremony.hold(talk, "", mark) if left else ceremony.ceremony(talk, "", mark)


def _at_once(talk: Talk, wish: Wish) -> Answer:
    """A large one is only asked for: no ceremony yet. One that stands goes on from where it is."""
    house, hand = talk.house, ceremony.hand_of(talk)
    if ceremony.is_beside(talk):
        asked = steps.ask(house.engine, house.lawbook, wish, hand, simply=True)
        if asked.ceremony is None:
            return asked
    return steps.at_once(house.engine, house.lawbook, wish, hand)


def freezing_now(talk: Talk, kept: Kept, chosen: Task) -> list[Card]:
    """The card of the task's freeze while it is under way."""
    with reading(talk.house.engine) as tx:
        shown = freezing(talk.house, tx, kept.plan.id, chosen.id)
    return [shown] if shown else []


def release(talk: Talk, case: str = "", plan: str = "", task: str = "") -> list[Card]:
    """Opens the assignments of a draw from before there were ceremonies; any other is released on its own card."""
    found = before_a_draw(talk, plan, task)
    if isinstance(found, list):
        return found
    kept, chosen = found
    with reading(talk.house.engine) as tx:
        held = draws.of_task(tx, kept.plan.id, chosen.id)
    if held is None:
        return drawing(talk, "", plan)
    draws.release(talk.house.engine, talk.house.lawbook, held.id, talk.actor, talk.now)
    lines = text("drawing/released", held=held, task=chosen)
    return [card(lines, button("drawing", "", plan), key="drawing", tone="done")]


def chosen_of(talk: Talk, plan: str, task: str) -> tuple[Kept, Task] | None:
    """The plan and task a button names; None for anybody but the organiser, and where there is no such task."""
    if "organiser" not in talk.person.roles:
        return None
    with reading(talk.house.engine) as tx:
        kept = _version(plans.current(tx), plan)
    chosen = named(kept.plan.tasks, task) if kept else None
    return (kept, chosen) if kept and chosen else None


def before_a_draw(talk: Talk, plan: str, task: str) -> tuple[Kept, Task] | list[Card]:
    """The plan and task a button names; instead of them the ceremony's own card where one is under way."""
    found = chosen_of(talk, plan, task)
    if found is None:
        return drawing(talk, "", plan)
    with reading(talk.house.engine) as tx:
        under_way = ceremonies.of_task(tx, found[0].plan.id, found[1].id)
    if under_way is None or under_way.ceremony.abandoned:
        return freezing_now(talk, *found) or found
    return ceremony.shown(talk, under_way)


def refused_card(talk: Talk, refused: Refused, profile: str) -> Card:
    """A refusal outside any case, with the clause of the plan's profile."""
    lines = refusal_lines(refused, talk.house.lawbook, profile)
    return card(lines, button("plan"), button("drawing"), key="drawing", tone="refusal")


VERBS: dict[str, Handler] = {
    "drawing": drawing,
    "publish-plan": publish_plan,
    "draw": draw,
    "release": release,
}
