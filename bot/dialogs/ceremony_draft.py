"""准备抽取: who watches, which public random event, whether one side only; then everything is frozen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.card import Button, Card
from bot.dates import read_moment
from bot.dialogs.ceremony import hand_of, is_beside, shown
from bot.dialogs.ceremony_cards import refusal_lines
from bot.dialogs.drawing import before_a_draw, chosen_of, drawing, freezing_now
from bot.render import SEPARATOR, block, button, card, short, text
from bot.talk import Handler, Talk
from storage import ceremonies, ceremony_drafts, evidence, people
from storage import ceremony_steps as steps
from storage.ceremony_drafts import Draft
from storage.ceremony_steps import Answer, Wish
from storage.database import reading, writing
from storage.plans import Kept
from workflows.draw.announced import SIDES, Source
from workflows.draw.impossible import DrawImpossible
from workflows.inspection.facts import CHINA, local_day
from workflows.plan import Task

PAGE = 4
# Lotteries drawn every day: kind, name, hour and minute in China.
LOTTERIES = {"kl8": ("unordered", "快乐8", (21, 30)), "pl5": ("ordered", "排列5", (21, 25))}
# The drand chain "quicknet": its first round (seconds since 1970) and the seconds between two.
QUICKNET, GENESIS, PERIOD = "quicknet", 1692803367, 3
SOON = timedelta(minutes=10)
ONE_SIDE = ("inspectors",)
APPROVAL = "draft-approval"


def draft(talk: Talk, case: str = "", plan: str = "", task: str = "") -> list[Card]:
    """What is chosen so far, and what is still to be chosen; once frozen, the ceremony's own card."""
    found = before_a_draw(talk, plan, task)
    if isinstance(found, list):
        return found
    kept, chosen = found
    with reading(talk.house.engine) as tx:
        now = ceremony_drafts.get(tx, _id(kept, chosen), talk.person.id)
        named = {one.id: one.name for one in people.everybody(tx)}
    where = plan, task
    waits = now.sides == ONE_SIDE and not now.approval
    lines = text(
        "ceremony/draft", plan=kept.plan, task=chosen, draft=now, named=named, today=local_day(talk.now)
    )
    ways = [
        button("draft-witness", "", *where),
        button("draft-source", "", *where),
        (
            button("draft-side.both", "", *where, "both")
            if now.sides == ONE_SIDE
            else button("draft-side", "", *where)
        ),
        button(APPROVAL, "", *where) if waits else button("freeze", "", *where),
        button("drawing", "", plan),
    ]
    return [card(lines, *ways, key="drawing")]


def _id(kept: Kept, chosen: Task) -> str:
    return f"{kept.plan.id}/{chosen.id}"


def _changed(talk: Talk, kept: Kept, chosen: Task, **change: object) -> None:
    with writing(talk.house.engine) as tx:
        before = ceremony_drafts.get(tx, _id(kept, chosen), talk.person.id)
        after = replace(before, **change)  # type: ignore[arg-type]
        ceremony_drafts.put(tx, _id(kept, chosen), after, talk.person.id, talk.now)


def witness(
    talk: Talk, case: str = "", plan: str = "", task: str = "", mark: str = "", page: str = "0"
) -> list[Card]:
    """Everybody with the role, each a switch."""
    found = chosen_of(talk, plan, task)
    if found is None:
        return drawing(talk, "", plan)
    with reading(talk.house.engine) as tx:
        able = [one for one in people.everybody(tx) if "witness" in one.roles and one.id != talk.person.id]
        now = ceremony_drafts.get(tx, _id(*found), talk.person.id)
    switched = next((one.id for one in able if ceremonies.mark_of(one.id) == mark), "")
    if switched:
        kept = [one for one in now.witnesses if one != switched]
        most = kept if switched in now.witnesses else [*kept, switched][: ceremony_drafts.MOST_WITNESSES]
        _changed(talk, *found, witnesses=tuple(most))
        now = replace(now, witnesses=tuple(most))
    at = int(page) if page.isdecimal() and int(page) * PAGE < len(able) else 0
    ways = [_switch(one, now, plan, task, at) for one in able[at * PAGE : (at + 1) * PAGE]]
    if len(able) > PAGE:
        following = str(at + 1) if (at + 1) * PAGE < len(able) else "0"
        ways.append(button("draft-witness.more", "", plan, task, "", following))
    lines = block("ceremony/choosing", "witnesses", able=able, draft=now)
    return [card(lines, *ways, button("draft", "", plan, task), key="drawing")]


def _switch(one: people.Person, now: Draft, plan: str, task: str, page: int) -> Button:
    name = "in" if one.id in now.witnesses else "out"
    label = short("".join(block("ceremony/choosing", name, one=one)), 14)
    return button("draft-witness", "", plan, task, ceremonies.mark_of(one.id), str(page), label=label)


def source(
    talk: Talk, case: str = "", plan: str = "", task: str = "", kind: str = "", said: str = ""
) -> list[Card]:
    """A lottery with its draw number and hour, or a round of drand; announced before anything is known of it."""
    found = chosen_of(talk, plan, task)
    if found is None:
        return drawing(talk, "", plan)
    if kind == "drand":
        return _announced(talk, found, drand_at(talk.now + SOON), plan, task)
    if kind == "none":
        _changed(talk, *found, sources=())
        return draft(talk, "", plan, task)
    if kind not in LOTTERIES:
        names = ("kl8", "pl5", "drand", "none")
        ways = [button(f"draft-source.{name}", "", plan, task, name) for name in names]
        lines = block("ceremony/choosing", "sources", draft=_draft(talk, found))
        return [card(lines, *ways, button("draft", "", plan, task), key="drawing")]
    announced = lottery(kind, said, talk.now)
    if announced is None:
        form = SEPARATOR.join(("draft-source", "", plan, task, kind))
        lines = block("ceremony/choosing", "number", name=LOTTERIES[kind][1], wrong=bool(said))
        back = button("draft", "", plan, task)
        return [card(lines, back, key="drawing", asks="text", form=form)]
    return _announced(talk, found, announced, plan, task)


def _announced(talk: Talk, found: tuple[Kept, Task], one: Source, plan: str, task: str) -> list[Card]:
    """Beside those chosen before; the same lottery again takes the place of the first."""
    before = _draft(talk, found).sources
    names = [source.name for source in before]
    kept = [one if source.name == one.name else source for source in before]
    _changed(talk, *found, sources=tuple(kept if one.name in names else [*kept, one]))
    return draft(talk, "", plan, task)


def _draft(talk: Talk, found: tuple[Kept, Task]) -> Draft:
    with reading(talk.house.engine) as tx:
        return ceremony_drafts.get(tx, _id(*found), talk.person.id)


def lottery(kind: str, said: str, now: datetime) -> Source | None:
    """ "2026234" or "2026234 今天21:30"; without an hour the next usual one. None for what is no draw to come."""
    number, _, hour = said.strip().partition(" ")
    shape, name, (h, m) = LOTTERIES[kind]
    usual = now.astimezone(CHINA).replace(hour=h, minute=m, second=0, microsecond=0)
    at = read_moment(hour, now) if hour.strip() else usual if usual > now else usual + timedelta(days=1)
    if not (number.isascii() and number.isdecimal() and 3 <= len(number) <= 8) or at is None or at <= now:
        return None
    return Source(shape, name, number, at)


def drand_at(moment: datetime) -> Source:
    """The first round at or after that moment."""
    round = -(-(int(moment.timestamp()) - GENESIS) // PERIOD) + 1
    at = datetime.fromtimestamp(GENESIS + (round - 1) * PERIOD, UTC).astimezone(CHINA)
    return Source("drand", QUICKNET, str(round), at)


def side(talk: Talk, case: str = "", plan: str = "", task: str = "", both: str = "") -> list[Card]:
    """Inspectors alone are drawn, every target is visited: only with the approval (both-random)."""
    found = chosen_of(talk, plan, task)
    if found is None:
        return drawing(talk, "", plan)
    if both:
        _changed(talk, *found, sides=SIDES, approval="")
        return draft(talk, "", plan, task)
    _changed(talk, *found, sides=ONE_SIDE)
    return approval(talk, "", plan, task)


def approval(talk: Talk, case: str = "", plan: str = "", task: str = "", digest: str = "") -> list[Card]:
    """Waits for the approval document as a photo or file."""
    found = chosen_of(talk, plan, task)
    if found is None:
        return drawing(talk, "", plan)
    if digest and _handed_in(talk, digest):
        _changed(talk, *found, sides=ONE_SIDE, approval=digest)
        return draft(talk, "", plan, task)
    clause = talk.house.lawbook.profiles[found[0].plan.profile].clause("both-random")
    lines = [*block("ceremony/choosing", "approval", wrong=bool(digest)), f"> {clause}"]
    form = SEPARATOR.join((APPROVAL, "", plan, task))
    back = button("draft-side.both", "", plan, task, "both")
    return [card(lines, back, key="drawing", asks="file", form=form)]


def _handed_in(talk: Talk, digest: str) -> bool:
    """Whether it came as a file with this very turn: a digest typed is no document, whosever file it is of."""
    if talk.turn.file is None or talk.turn.file[0] != digest:
        return False
    # Kept under whoever sent these bytes first, which may have been a colleague.
    with reading(talk.house.engine) as tx:
        return evidence.keeper(tx, digest) != ""


def freeze(talk: Talk, case: str = "", plan: str = "", task: str = "") -> list[Card]:
    found = chosen_of(talk, plan, task)
    if found is None:
        return drawing(talk, "", plan)
    kept, chosen = found
    with reading(talk.house.engine) as tx:
        now = ceremony_drafts.get(tx, _id(kept, chosen), talk.person.id)
        heads = [one for one in people.holding(tx, "supervisor") if one != talk.person.id]
    others = list(dict.fromkeys((*heads[:1], *now.witnesses)))
    keepers = tuple(others[:3]) if len(others) >= 3 and heads else ()
    chosen_so = now.witnesses, now.sources, now.sides, now.approval
    wish = Wish(kept.plan.id, chosen.id, *chosen_so, keepers)
    step = steps.ask if is_beside(talk) else steps.freeze
    done: Answer = step(talk.house.engine, talk.house.lawbook, wish, hand_of(talk))
    back = button("draft", "", plan, task)
    if isinstance(done, DrawImpossible):
        lines = text("drawing/impossible", why=done)
        return [card(lines, back, button("drawing", "", plan), key="drawing", tone="refusal")]
    if done.refused:
        lines = refusal_lines(done.refused, talk.house.lawbook, kept.plan.profile)
        return [card(lines, back, key="drawing", tone="refusal")]
    if done.ceremony is None:
        return freezing_now(talk, kept, chosen)
    with reading(talk.house.engine) as tx:
        frozen = ceremonies.load(tx, done.id)
    return shown(talk, frozen)


VERBS: dict[str, Handler] = {
    "draft": draft,
    "draft-witness": witness,
    "draft-source": source,
    "draft-side": side,
    APPROVAL: approval,
    "freeze": freeze,
}
