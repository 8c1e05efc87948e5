"""Which door of 进度 a question opens, and at which part: what the sentence names, as the buttons would name it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine

from bot.dialogs.case import OVERSEERS
from bot.dialogs.oversight import coded, coded_days, mark, persons_in
from bot.phrases.meaning import Known, Slots, Understood
from bot.talk import Talk
from storage import awaiting, directories, named, people, plans, projection
from storage.database import reading
from storage.named import Listed, Member, Named
from storage.people import Person
from workflows.catalogue import Item
from workflows.inspection.case import Case
from workflows.plan import Plan
from workflows.regions import region_name

_NAMED = ("department", "item", "plan", "region", "person")
_MONTH = 31  # days


@dataclass(frozen=True)
class Speaker:
    """The names somebody may mention: `cases` of each target, the most urgent first, and by kind and name what is
    counted under it."""

    known: Known
    cases: dict[str, list[str]]
    ids: dict[str, dict[str, str]] = field(default_factory=dict)


# What everybody of the office may mention is the same; it is gathered again once a part of it changed.
_offices: WeakKeyDictionary[Engine, tuple[object, Speaker]] = WeakKeyDictionary()


def speaker(talk: Talk) -> Speaker:
    """An overseer may mention everything, an inspector what is on their own cases, nobody else's."""
    with reading(talk.house.engine) as tx:
        if not set(talk.person.roles) & set(OVERSEERS):
            return _speaker(map(_named, projection.cases_of(tx, talk.person.id)))
        sign = (named.named(tx), people.everybody(tx), named.listed_sign(tx))
        kept = _offices.get(tx.engine)
        if kept is None or kept[0] != sign:
            kept = _offices[tx.engine] = (sign, _office(tx, *sign[:2], kept[1] if kept else None))
        return kept[1]


def _office(
    tx: Connection, cases: Iterable[Named], everybody: Iterable[Person], before: Speaker | None
) -> Speaker:
    listed, planned = directories.all_items(tx).values(), plans.current(tx)
    new = _speaker(cases, everybody, listed, [k.plan for k in planned])
    # The names of a case that only moved are those there were, and so is their index.
    return replace(new, known=before.known) if before and before.known == new.known else new


def _named(case: Case) -> Named:
    opened = case.opened
    return Named(
        case.id,
        None,
        case.opened_at,
        opened.target.name,
        opened.target.region,
        opened.plan,
        opened.plan_name,
        tuple(Listed(i.id, i.name) for i in opened.items),
        tuple(Member(m.person, m.name, m.department) for m in case.members.values()),
    )


def _speaker(
    cases: Iterable[Named],
    everybody: Iterable[Person] = (),
    listed: Iterable[Item] = (),
    planned: Iterable[Plan] = (),
) -> Speaker:
    """Who and what stands on the cases goes by its present name too, where the directories have one."""
    of_target: dict[str, list[str]] = defaultdict(list)
    members, items = dict[Member, None](), dict[Listed, None]()
    regions, of_plans = set[str](), dict[str, str]()
    for one in cases:
        of_target[one.target].append(one.case)
        members.update(dict.fromkeys(one.members))
        items.update(dict.fromkeys(one.items))
        regions.add(one.region)
        of_plans[one.plan_name] = one.plan
    departments = {p.department for p in everybody} | {m.department for m in members}
    ids = {
        "person": {m.name: m.person for m in members} | {p.name: p.id for p in everybody},
        "department": {d: d for d in sorted(departments)},
        "item": {i.name: i.id for i in items} | {i.name: i.id for i in listed},
        "plan": of_plans | {plan.name: plan.id for plan in planned},
        "region": {region_name(code): code for code in regions if code},
    }
    known = Known(
        persons=tuple(sorted(ids["person"])),
        targets=tuple(sorted(of_target)),
        departments=tuple(ids["department"]),
        items=tuple(sorted(ids["item"])),
        plans=tuple(sorted(ids["plan"])),
        regions=tuple(sorted(ids["region"])),
    )
    return Speaker(known, of_target, ids)


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
