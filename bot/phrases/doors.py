"""Which door of 进度 a question opens, and at which part: what the sentence names, as the buttons would name it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from bot.dialogs.case import OVERSEERS
from bot.dialogs.oversight import coded, coded_days, mark, persons_in
from bot.phrases.meaning import Known, Slots, Understood
from bot.talk import Talk
from storage import awaiting, directories, people, plans, projection
from storage.database import reading
from workflows.regions import region_name

_NAMED = ("department", "item", "plan", "region", "person")
_MONTH = 31  # days


@dataclass(frozen=True)
class Speaker:
    """The names somebody may mention: `cases` of each target, and by kind and name what is counted under it."""

    known: Known
    cases: dict[str, list[str]]
    ids: dict[str, dict[str, str]] = field(default_factory=dict)


def speaker(talk: Talk) -> Speaker:
    """An overseer may mention everything, an inspector what is on their own cases, nobody else's."""
    office = bool(set(talk.person.roles) & set(OVERSEERS))
    with reading(talk.house.engine) as tx:
        cases = projection.all_cases(tx) if office else projection.cases_of(tx, talk.person.id)
        everybody = people.everybody(tx) if office else ()
        listed = directories.all_items(tx).values() if office else ()
        planned = plans.current(tx) if office else ()
    named: dict[str, list[str]] = defaultdict(list)
    for one in cases:
        named[one.opened.target.name].append(one.id)
    members = [m for one in cases for m in one.members.values()]
    departments = {p.department for p in everybody} | {m.department for m in members}
    ids = {
        "person": {m.name: m.person for m in members} | {p.name: p.id for p in everybody},
        "department": {d: d for d in sorted(departments)},
        "item": {i.name: i.id for one in cases for i in one.opened.items} | {i.name: i.id for i in listed},
        "plan": {c.opened.plan_name: c.opened.plan for c in cases}
        | {k.plan.name: k.plan.id for k in planned},
        "region": {region_name(code): code for c in cases if (code := c.opened.target.region)},
    }
    known = Known(
        persons=tuple(sorted(ids["person"])),
        targets=tuple(named),
        departments=tuple(ids["department"]),
        items=tuple(sorted(ids["item"])),
        plans=tuple(sorted(ids["plan"])),
        regions=tuple(sorted(ids["region"])),
    )
    return Speaker(known, named, ids)


def on_screen(talk: Talk, who: Speaker) -> str:
    """The name of the one other person the last card is about, as its buttons tell; "" for none or several."""
    with reading(talk.house.engine) as tx:
        shown = awaiting.looking_at(tx, talk.person.id).buttons
    marks = {one for _, data in shown for one in persons_in(data)}
    others = {n: p for n, p in who.ids.get("person", {}).items() if p != talk.person.id}
    names = [name for name, person in others.items() if mark(person) in marks]
    return names[0] if len(names) == 1 else ""


def way(meant: Understood, who: Speaker) -> tuple[str, ...]:
    """The verb and its words; () where the intent has but one door and names no part."""
    slots, part = meant.slots, _part(meant.slots, who)
    if meant.intent == "export":
        return _file(slots, part)
    if slots.by:
        return ("slice", slots.by, "0", part)
    if meant.intent == "progress":
        return ("progress", part)
    if meant.intent in ("overdue", "unsigned"):
        return ("listing", meant.intent, part)
    if meant.intent == "due":
        return ("listing", "due" if slots.period else "week", part)
    if meant.intent == "inspecting" and slots.person:
        return ("listing", "on", part)
    return _duty(slots, who) if meant.intent == "duty" else ()


def _part(slots: Slots, who: Speaker) -> str:
    code = ""
    for kind in _NAMED:
        name = getattr(slots, kind)
        if name in who.ids.get(kind, {}):
            code = coded(kind, who.ids[kind][name], code)
    return code + (coded_days(*slots.period) if slots.period else "")


def _file(slots: Slots, part: str) -> tuple[str, ...]:
    """The list asked for as Excel; what has no list of its own is the card that offers them all."""
    if slots.what == "progress":
        return ("export", "axis", slots.by or "department", part)
    if slots.what == "due":
        return ("export", "due" if slots.period else "week", part)
    if slots.what in ("overdue", "unsigned"):
        return ("export", slots.what, part)
    if slots.what == "inspecting" and slots.person:
        return ("export", "on", part)
    return ("export", "warned") if slots.what == "warnings" else ("progress", part)


def _duty(slots: Slots, who: Speaker) -> tuple[str, ...]:
    """Somebody's record or one's own; of a month where the period is no longer."""
    whose = who.ids["person"].get(slots.person, "")
    short = slots.period and (slots.period[1] - slots.period[0]).days < _MONTH
    return ("duty", mark(whose) if whose else "", "month" if short else "year")
