"""调整安排: what the leading office changes in a case under way, always with the reason: the team, a signature, a day."""

from __future__ import annotations

from datetime import date

from bot.card import Button
from bot.dates import read_day
from bot.render import block, button, line, words
from bot.talk import Answer, Handler, Talk, View, ask, beside, look, named
from workflows.calendar import add_working_days
from workflows.inspection import commands as c
from workflows.inspection.extending import ENTRY, WINDOW, correctable
from workflows.inspection.guards import find_question, must_be_ahead
from workflows.inspection.summary import entering, unsigned

CHOICES = 5  # a card holds six buttons, and one leads back
OFFERED = (5, 10)  # working days


def steer(talk: Talk, case: str) -> Answer:
    view = look(talk, case)
    ways = (button("reassign", case), button("excuse", case), button("extend", case))
    return beside(view, block("prompts", "steer"), *ways, button("case", case))


def _of_persons(talk: Talk, verb: str, case: str, persons: tuple[str, ...]) -> Answer:
    """By their place among all ever drawn, which never changes, so that a stale button means whom it meant."""
    view = look(talk, case)
    ways = [
        button(verb, case, str(view.case.drawn.index(p)), label=_named(view, p)) for p in persons[:CHOICES]
    ]
    said = block("prompts", verb, anybody=bool(ways), entering=bool(entering(view.case)))
    return beside(view, said, *ways, button("case", case))


def _named(view: View, person: str) -> str:
    member = view.case.members[person]
    return line("prompts", "steer-person", member=member)


def reassign(talk: Talk, case: str, which: str = "", reason: str = "") -> Answer:
    view = look(talk, case)
    if not which:
        return _of_persons(
            talk, "reassign", case, tuple(view.case.members) if not view.case.onsite_at else ()
        )
    person = named(view.case.drawn, which) or ""
    if person in view.case.members and not view.case.onsite_at and not reason:
        usual = tuple(button(f"reassign.{g}", case, which, g) for g in ("leave", "illness", "transfer"))
        return ask(talk, "reassign", case, which, buttons=usual, name=view.case.members[person].name)
    return c.ReplaceMember(person, _reason(f"reassign.{reason}", reason))


def _reason(name: str, said: str) -> str:
    """The words of the button that was tapped, or what was typed."""
    return str(words()[name]["label"]) if name in words() else said


def excuse(talk: Talk, case: str, which: str = "", reason: str = "") -> Answer:
    view = look(talk, case)
    if not which:
        return _of_persons(talk, "excuse", case, _waited_for(view))
    person = named(view.case.drawn, which) or ""
    if person in _waited_for(view) and not reason:
        name = view.case.members[person].name
        return ask(talk, "excuse", case, which, name=name, entering=bool(entering(view.case)))
    return c.ExcuseSignature(person, reason)


def _waited_for(view: View) -> tuple[str, ...]:
    """Whose signature the summary waits for, or after it whose result."""
    return (*unsigned(view.case), *entering(view.case))


def extend(talk: Talk, case: str, what: str = "", until: str = "", reason: str = "") -> Answer:
    view = look(talk, case)
    if not what:
        return _extendable(view)
    day = read_day(until, talk.now) if until else None
    if what == ENTRY:
        return c.Extend(what, view.facts.today, reason)
    before = _before(view, what)
    if day is None:
        wrong = {"wrong": until} if until else {}
        return ask(talk, "extend", case, what, buttons=_later(view, what), **wrong)
    if day <= before:
        return ask(talk, "extend", case, what, buttons=_later(view, what), early=day, before=before)
    refused = must_be_ahead(day, view.facts)
    if refused and refused.reason == "too-far":
        return ask(talk, "extend", case, what, buttons=_later(view, what), far=day)
    if not reason:
        return ask(talk, "extend", case, what, day.isoformat(), day=day)
    return c.Extend(what, day, reason)


def _extendable(view: View) -> Answer:
    case = view.case
    open_window = [button("extend.window", case.id, WINDOW)] if not case.onsite_at else []
    corrections = [button("extend", case.id, q, label=_asked(view, q)) for q in correctable(case)]
    entry = [button("extend.entry", case.id, ENTRY)] if case.clocks else []
    ways = [*open_window, *corrections, *entry][:CHOICES]
    return beside(view, block("prompts", "extend", anything=bool(ways)), *ways, button("case", case.id))


def _asked(view: View, question: str) -> str:
    which = find_question(view.case, question, view.facts)
    return line("prompts", "extend-correction", label=which[1].label[:18] if which else "")


def _before(view: View, what: str) -> date:
    """The day that is to be moved."""
    case = view.case
    due = case.handlings[what].due if what in case.handlings else None
    return due or case.opened.ends


def _later(view: View, what: str) -> tuple[Button, ...]:
    case, facts = view.case, view.facts
    first = max(_before(view, what), facts.today)
    days = (add_working_days(first, n, facts.overlay).date for n in OFFERED)
    return tuple(
        button(
            "extend",
            case.id,
            what,
            day.isoformat(),
            label=line("prompts", "extend-day", day=day, today=facts.today),
        )
        for day in days
    )


VERBS: dict[str, Handler] = {"steer": steer, "reassign": reassign, "excuse": excuse, "extend": extend}
