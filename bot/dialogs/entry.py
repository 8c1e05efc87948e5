"""④ 结果录入: the usual result in one tap, any other from the official lists; review, secrecy, publication."""

from __future__ import annotations

from bot.card import Button, Card
from bot.render import block, button, card, short, text
from bot.talk import Answer, Handler, Talk, View, ask, beside, look, named, page_from
from workflows.calendar import working_days_between
from workflows.disclosure import CORRECTED, NO_FINDING, NOTHING_FURTHER, Option
from workflows.inspection import commands as c
from workflows.inspection.case import departments, findings, published
from workflows.inspection.clock import is_overdue
from workflows.inspection.entry import enterable
from workflows.policy.vocabulary import GROUNDS

PAGE = 3
# What a button that names no department of the case comes to: a refusal that says so.
NOTHING_CHOSEN = c.EnterResult("", (), ())
MOST_TICKED = 5  # what a button of 64 bytes can carry; nobody needs more


def step_card(view: View) -> Card:
    case = view.case
    lines = text("entry/overview", case=case, facts=view.facts, rows=rows(view))
    return card(lines, *_ways(view), button("home"), key=f"case:{case.id}", step=4)


def rows(view: View) -> list[dict[str, object]]:
    """A line per department: what it entered, where it stands, the days left on its own clock."""
    case, facts = view.case, view.facts
    return [
        {
            "department": d,
            "entry": case.entries.get(d),
            "clock": case.clocks.get(d),
            "left": working_days_between(facts.today, case.clocks[d].due, facts.overlay)
            if d in case.clocks
            else None,
            "overdue": is_overdue(case, d, facts),
            "published": published(case, d),
            "findings": len(findings(case, d)),
            "results": [
                o.label
                for r in (case.entries[d].results if d in case.entries else ())
                if (o := facts.options.result(r))
            ],
        }
        for d in departments(case)
    ]


def own(view: View) -> int:
    """Which department's result this person enters, as its place in the list; their own, and the first for others."""
    names = departments(view.case)
    theirs = enterable(view.case, view.me) or (view.case.members[view.me].department,)
    waiting = [d for d in theirs if not published(view.case, d)]
    chosen = (waiting or theirs)[0]
    return names.index(chosen) if chosen in names else 0


def _ways(view: View) -> tuple[Button, ...]:
    case, place = view.case, own(view)
    department = departments(case)[place]
    entry = case.entries.get(department)
    if view.me not in case.present:
        return (button("remind", case.id),)
    if published(case, department):
        found = (button("handle", case.id),) if findings(case, department) else ()
        return (*found, button("remind", case.id))
    if entry is None or not entry.results:
        choose = (*_suggestions(view, department, place), button("pick", case.id, str(place)))
        return (*choose, button("corrections", case.id))
    if entry.review == "returned":
        return (*_suggestions(view, department, place), button("pick", case.id, str(place)))
    ways = [button("enter", case.id, str(place))]
    if entry.secrecy != "requested":
        ways.insert(0, button("publish", case.id, str(place)))
    if not entry.secrecy:
        ways.append(button("secrecy", case.id, str(place)))
    if findings(case, department):
        ways.append(button("handle", case.id))
    return tuple(ways)


def _suggestions(view: View, department: str, place: int) -> tuple[Button, ...]:
    """What the answers amount to, ready to tap."""
    case = view.case
    if case.obstacle:
        code = {"not-found": "6", "closed": "7", "refusing": "8"}[case.obstacle.kind]
        return (_suggest(view, place, (code,), ("stop",)),)
    if not findings(case, department):
        return (_suggest(view, place, (NO_FINDING,), (NOTHING_FURTHER,)),)
    corrected = _suggest(view, place, (CORRECTED,), (NOTHING_FURTHER,))
    code = "G" if "公安" in department else "D"
    return (corrected, _suggest(view, place, (code,), ("order",)))


def _suggest(view: View, place: int, results: tuple[str, ...], measures: tuple[str, ...]) -> Button:
    options = view.facts.options
    labels = [o.label for r in results if (o := options.result(r))]
    return button("enter", view.case.id, str(place), "+".join(results), "+".join(measures), label=labels[0])


def enter(
    talk: Talk, case: str, place: str = "0", results: str = "", measures: str = "", late: str = ""
) -> Answer:
    view = look(talk, case)
    department = named(departments(view.case), place)
    if department is None:
        return NOTHING_CHOSEN
    if not results:
        ways = (
            *_suggestions(view, department, int(place)),
            button("pick", case, place),
            button("case", case),
        )
        return beside(view, block("prompts", "enter", department=department), *ways)
    if is_overdue(view.case, department, view.facts) and not late:
        clock = view.case.clocks[department]
        return ask(talk, "enter", case, place, results, measures, clock=clock, department=department)
    return c.EnterResult(department, *_chosen(view, results, measures), "", late)


def _chosen(view: View, results: str, measures: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    options = view.facts.options
    return _codes(results, options.results), _codes(measures, options.measures)


def pick(talk: Talk, case: str, place: str = "0", chosen: str = "", page: str = "0") -> Answer:
    """Ticking results from the list; each button carries what is ticked so far, so nothing is held anywhere."""
    view = look(talk, case)
    if named(departments(view.case), place) is None:
        return NOTHING_CHOSEN
    ticked = _codes(chosen, view.facts.options.results)
    done = (button("measure", case, place, "+".join(ticked)),) if ticked else ()
    choices = _ticking("pick", (case, place), view.facts.options.results, ticked, page)
    lines = block("prompts", "pick", labels=_labels(view.facts.options.results, ticked))
    return beside(view, lines, *choices, *done, button("case", case))


def measure(
    talk: Talk, case: str, place: str = "0", results: str = "", chosen: str = "", page: str = "0"
) -> Answer:
    view = look(talk, case)
    options = view.facts.options
    if named(departments(view.case), place) is None:
        return NOTHING_CHOSEN
    picked, ticked = "+".join(_codes(results, options.results)), _codes(chosen, options.measures)
    done = (button("enter.done", case, place, picked, "+".join(ticked)),) if ticked else ()
    choices = _ticking("measure", (case, place, picked), options.measures, ticked, page)
    lines = block("prompts", "measure", labels=_labels(options.measures, ticked))
    return beside(view, lines, *choices, *done, button("case", case))


def _labels(options: tuple[Option, ...], ticked: tuple[str, ...]) -> list[str]:
    return [o.label for o in options if o.code in ticked]


def _ticking(
    verb: str, before: tuple[str, ...], options: tuple[Option, ...], ticked: tuple[str, ...], page: str
) -> list[Button]:
    """One page of the list, each entry with a box, and the way to the next page."""
    number = page_from(page, len(options), PAGE)
    buttons = []
    for option in options[number * PAGE : (number + 1) * PAGE]:
        after = [t for t in ticked if t != option.code] if option.code in ticked else [*ticked, option.code]
        mark = "☑ " if option.code in ticked else "☐ "
        joined = "+".join(after[:MOST_TICKED])
        buttons.append(button(verb, *before, joined, str(number), label=mark + short(option.label)))
    following = page_from(str(number + 1), len(options), PAGE)
    return [*buttons, button(f"{verb}.more", *before, "+".join(ticked), str(following))]


def secrecy(talk: Talk, case: str, place: str = "0", ground: str = "", reason: str = "") -> Answer:
    view = look(talk, case)
    department = named(departments(view.case), place)
    if department is None:
        return NOTHING_CHOSEN
    if ground not in view.facts.profile.words("secrecy"):
        grounds = view.facts.profile.words("secrecy")
        choices = [button("secrecy", case, place, g, label=GROUNDS[g]) for g in grounds]
        return beside(view, block("prompts", "secrecy"), *choices, button("case", case))
    if not reason:
        return ask(talk, "secrecy", case, place, ground)
    return c.RequestNonDisclosure(department, ground, reason)


def publish(talk: Talk, case: str, place: str = "0", late: str = "") -> Answer:
    view = look(talk, case)
    department = named(departments(view.case), place)
    if department is None:
        return NOTHING_CHOSEN
    entry = view.case.entries.get(department)
    if is_overdue(view.case, department, view.facts) and not late and not (entry and entry.late_reason):
        return ask(talk, "publish", case, place, clock=view.case.clocks[department], department=department)
    return c.PublishResult(department, late)


def _codes(joined: str, options: tuple[Option, ...]) -> tuple[str, ...]:
    """The chosen codes a button carries, those that are on the list."""
    return tuple(o.code for o in options if o.code in joined.split("+"))[:MOST_TICKED]


VERBS: dict[str, Handler] = {
    "enter": enter,
    "pick": pick,
    "measure": measure,
    "secrecy": secrecy,
    "publish": publish,
}
