"""专项、临时检查: opened by the office for a complaint, a clue or a campaign; the team is drawn by the machine."""

from __future__ import annotations

from dataclasses import replace

from bot.card import Button, Card
from bot.dates import read_day
from bot.dialogs.planning import office_only
from bot.dialogs.risk import MOST_NAMED, mark, profile_of, search
from bot.render import SEPARATOR, block, button, card, line
from bot.talk import Handler, Talk, page_from
from storage import ad_hoc, directories
from storage.ad_hoc import Kept
from storage.case_facts import overlay
from storage.database import reading, writing
from workflows.ad_hoc import KINDS, MOST_TARGETS, AdHoc, missing
from workflows.calendar import add_working_days
from workflows.catalogue import Item
from workflows.directory import Target
from workflows.draw.impossible import DrawImpossible
from workflows.inspection.facts import local_day
from workflows.inspection.refusals import Refused

SHOWN = 3
PAGE = 3  # items; the way onward and the way out need buttons too
OFFERED = (5, 10)  # working days
WRITTEN = ("source", "reason")


def overview(talk: Talk, case: str = "") -> list[Card]:
    """What was opened and what is half filled in; a button for each kind."""
    stranger = office_only(talk)
    if stranger:
        return stranger
    with reading(talk.house.engine) as tx:
        found = ad_hoc.recent(tx)
        names = {one.id: one.name for one in directories.all_targets(tx)}
    draft = next((one for one in found if one.opened_at is None and one.by == talk.person.id), None)
    source = profile_of(talk).clause("ad-hoc")
    context = {"kinds": KINDS, "names": names, "source": source, "today": local_day(talk.now)}
    lines = block("planning/ad-hoc", "overview", found=found[:SHOWN], total=len(found), **context)
    ways = [button("ad-hoc-new", "", kind, label=name) for kind, name in KINDS.items()]
    again = [button("ad-hoc-edit", "", draft.id)] if draft else []
    return [card(lines, *again, *ways, button("home"), key="ad-hoc")]


def new(talk: Talk, case: str = "", kind: str = "") -> list[Card]:
    stranger = office_only(talk)
    if stranger or kind not in KINDS:
        return stranger or overview(talk)
    with writing(talk.house.engine) as tx:
        kept = ad_hoc.begin(tx, kind, talk.actor, talk.now)
    return [_next(talk, kept)]


def edit(talk: Talk, case: str = "", id: str = "") -> list[Card]:
    """Shows the task and asks for what is still missing."""
    kept = _draft(talk, id)
    return [_next(talk, kept)] if isinstance(kept, Kept) else kept


def _draft(talk: Talk, id: str) -> Kept | list[Card]:
    """A task still being filled in; raises `NotFound` where there is none of that number."""
    stranger = office_only(talk)
    if stranger:
        return stranger
    with reading(talk.house.engine) as tx:
        kept = ad_hoc.get(tx, id)
    return kept if kept.opened_at is None else overview(talk)


def _next(talk: Talk, kept: Kept, wrong: str = "") -> Card:
    field = missing(kept.task)
    if field == "items":
        return _item_card(talk, kept, 0)
    back = button("ad-hoc")
    if not field:
        lines = _said(talk, kept, "")
        again = [button("ad-hoc-say.again", "", kept.id, name, label=_label(name)) for name in WRITTEN]
        return card(lines, button("ad-hoc-open", "", kept.id), *again, back, key="ad-hoc")
    lines = [*_said(talk, kept, field), *block("planning/ad-hoc", "ask", field=field, wrong=wrong)]
    return _asking(kept, field, lines, *(_days(talk, kept) if field == "ends" else ()), back)


def _asking(kept: Kept, field: str, lines: list[str], *ways: Button) -> Card:
    form = SEPARATOR.join(("ad-hoc-say", "", kept.id, field))
    return card(lines, *ways, key="ad-hoc", asks="text", form=form)


def _label(name: str) -> str:
    return line("planning/ad-hoc", "again", field=name)


def _days(talk: Talk, kept: Kept) -> tuple[Button, ...]:
    with reading(talk.house.engine) as tx:
        years = overlay(tx)
    today = local_day(talk.now)
    days = (add_working_days(today, n, years).date for n in OFFERED)
    labelled = ((day.isoformat(), line("prompts", "extend-day", day=day, today=today)) for day in days)
    return tuple(button("ad-hoc-say", "", kept.id, "ends", day, label=label) for day, label in labelled)


def _said(talk: Talk, kept: Kept, field: str) -> list[str]:
    with reading(talk.house.engine) as tx:
        items = directories.all_items(tx)
        names = {one.id: one.name for one in directories.all_targets(tx)}
    context = {"task": kept.task, "kinds": KINDS, "names": names, "items": items, "field": field}
    source, today = profile_of(talk).clause("ad-hoc"), local_day(talk.now)
    return block("planning/ad-hoc", "draft", **context, source=source, today=today)


def say(talk: Talk, case: str = "", id: str = "", field: str = "", words: str = "") -> list[Card]:
    """What was typed for a field, or for a button to ask it again."""
    kept = _draft(talk, id)
    if not isinstance(kept, Kept):
        return kept
    if field == "targets" and words:
        return _targets(talk, kept, words)
    if field == "ends" and words:
        day = read_day(words, talk.now)
        if day is None or day < local_day(talk.now):
            return [_next(talk, kept, words)]
        return [_put(talk, kept, replace(kept.task, ends=day))]
    if field in WRITTEN and words.strip():
        own = words.strip()
        task = replace(kept.task, source=own) if field == "source" else replace(kept.task, reason=own)
        return [_put(talk, kept, task)]
    if field in WRITTEN:
        lines = block("planning/ad-hoc", "ask", field=field, wrong="")
        return [_asking(kept, field, lines, button("ad-hoc-edit", "", kept.id))]
    return [_next(talk, kept)]


def _put(talk: Talk, kept: Kept, task: AdHoc) -> Card:
    with writing(talk.house.engine) as tx:
        return _next(talk, ad_hoc.put(tx, kept.id, task))


def _targets(talk: Talk, kept: Kept, words: str) -> list[Card]:
    with reading(talk.house.engine) as tx:
        active = tuple(one for one in directories.all_targets(tx) if one.status == "active")
    found = [one for one in search(active, words) if one.id not in kept.task.targets]
    if len(found) == 1:
        return [_added(talk, kept, found[0])]
    if 1 < len(found) <= MOST_NAMED:
        ways = [button("ad-hoc-target", "", kept.id, mark(one), label=one.name[:28]) for one in found]
        lines = block("planning/office", "risk-which", count=len(found))
        return [card(lines, *ways, button("ad-hoc-edit", "", kept.id), key="ad-hoc")]
    lines = block("planning/ad-hoc", "not-found", words=words, count=len(found))
    return [_asking(kept, "targets", lines, button("ad-hoc-edit", "", kept.id), button("ad-hoc"))]


def target(talk: Talk, case: str = "", id: str = "", which: str = "") -> list[Card]:
    """The target a button names; without one, asks for a further target."""
    kept = _draft(talk, id)
    if not isinstance(kept, Kept):
        return kept
    with reading(talk.house.engine) as tx:
        active = [one for one in directories.all_targets(tx) if one.status == "active" and mark(one) == which]
    if active:
        return [_added(talk, kept, active[0])]
    lines = block("planning/ad-hoc", "ask", field="targets", wrong="")
    return [_asking(kept, "targets", lines, button("ad-hoc-edit", "", kept.id))]


def _added(talk: Talk, kept: Kept, one: Target) -> Card:
    room = len(kept.task.targets) < MOST_TARGETS and one.id not in kept.task.targets
    targets = (*kept.task.targets, one.id) if room else kept.task.targets
    return _put(talk, kept, replace(kept.task, targets=targets))


def item(talk: Talk, case: str = "", id: str = "", which: str = "", page: str = "0") -> list[Card]:
    """Puts an item in or out; the list goes on until somebody says it is done."""
    kept = _draft(talk, id)
    if not isinstance(kept, Kept):
        return kept
    if which == "." and kept.task.items:
        return [_next(talk, kept)]
    with reading(talk.house.engine) as tx:
        listed = directories.all_items(tx)
    if which in listed:
        own = kept.task.items
        items = tuple(i for i in own if i != which) if which in own else (*own, which)
        with writing(talk.house.engine) as tx:
            kept = ad_hoc.put(tx, kept.id, replace(kept.task, items=items))
    return [_item_card(talk, kept, page_from(page, len(listed), PAGE))]


def _item_card(talk: Talk, kept: Kept, page: int) -> Card:
    with reading(talk.house.engine) as tx:
        whose = [one for id in kept.task.targets if (one := directories.get_target(tx, id))]
        listed = sorted(directories.all_items(tx).values(), key=lambda item: not _means(item, whose))
    shown = listed[page * PAGE : (page + 1) * PAGE]
    following = page_from(str(page + 1), len(listed), PAGE)
    ways = [
        button(
            "ad-hoc-item",
            "",
            kept.id,
            one.id,
            str(page),
            label=f"{'☑' if one.id in kept.task.items else '☐'} {one.name}"[:28],
        )
        for one in shown
    ]
    more = [button("ad-hoc-item.more", "", kept.id, "", str(following))] if len(listed) > PAGE else []
    done = button("ad-hoc-item.done", "", kept.id, ".") if kept.task.items else button("ad-hoc")
    further = [button("ad-hoc-target", "", kept.id, label=line("planning/ad-hoc", "further"))]
    return card(_said(talk, kept, "items"), *ways, *more, done, *further, key="ad-hoc")


def _means(item: Item, targets: list[Target]) -> bool:
    """Whether the item names one of these among whom it inspects: such items are offered first."""
    return any(tag and tag in item.targets for one in targets for tag in one.tags)


def open_now(talk: Talk, case: str = "", id: str = "") -> list[Card]:
    """Draws the teams and opens the cases."""
    kept = _draft(talk, id)
    if not isinstance(kept, Kept):
        return kept
    house, profile = talk.house, profile_of(talk)
    seeds = (house.draw_seed(), house.draw_seed())
    opened = ad_hoc.open_task(house.engine, house.lawbook, id, profile.id, seeds, talk.actor, talk.now)
    back = button("ad-hoc-edit", "", id)
    if isinstance(opened, Refused):
        lines = block(f"refusals/{opened.rule}", opened.reason, **opened.detail)
        lines.append(f"> {profile.clause(opened.rule)}")
        return [card(lines, back, button("ad-hoc"), key="ad-hoc", tone="refusal")]
    if isinstance(opened, DrawImpossible):
        lines = block("planning/ad-hoc", "impossible", why=opened)
        return [card(lines, back, button("ad-hoc"), key="ad-hoc", tone="refusal")]
    lines = block("planning/ad-hoc", "opened", task=kept.task, kinds=KINDS, opened=opened)
    return [card(lines, button("ad-hoc"), button("home"), key="ad-hoc", tone="done")]


VERBS: dict[str, Handler] = {
    "ad-hoc": overview,
    "ad-hoc-new": new,
    "ad-hoc-edit": edit,
    "ad-hoc-say": say,
    "ad-hoc-target": target,
    "ad-hoc-item": item,
    "ad-hoc-open": open_now,
}
WORDS = {"专项": "ad-hoc", "专项检查": "ad-hoc", "临时检查": "ad-hoc"}
