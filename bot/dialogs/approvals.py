"""What those who oversee a case see and decide: recusal, secrecy, transfer; and the legal review."""

from __future__ import annotations

from bot.card import Button, Card
from bot.render import button, card, text
from bot.talk import Answer, Handler, Talk, View, ask, look
from workflows.inspection import commands as c
from workflows.inspection.case import CLOSED, departments, step
from workflows.policy.vocabulary import GROUNDS


def overview_card(view: View) -> Card:
    """The case from above: where it stands, and what waits for this person's decision."""
    case, facts = view.case, view.facts
    lines = text("approvals/overview", case=case, facts=facts, grounds=GROUNDS, departments=departments(case))
    waits = _decisions(view)
    tone = "done" if step(case) == CLOSED else "plain"
    return card(lines, *waits[:5], button("home"), key=f"case:{case.id}", step=min(step(case), 5), tone=tone)


def _decisions(view: View) -> list[Button]:
    case, roles = view.case, view.facts.actor.roles
    found: list[Button] = []
    if "supervisor" in roles:
        for place, (person, recusal) in enumerate(case.recusals.items()):
            if not recusal.decided:
                name = case.members[person].name if person in case.members else person
                found += _pair(case.id, "recusal", str(place), name)
        for place, d in enumerate(departments(case)):
            if d in case.entries and case.entries[d].secrecy == "requested":
                found += _pair(case.id, "nondisclosure", str(place), d)
        for question, handling in case.handlings.items():
            if handling.measure == "judiciary" and handling.state == "decided":
                found += _pair(case.id, "transfer", question, question)
    if "legal" in roles:
        for place, d in enumerate(departments(case)):
            entry = case.entries.get(d)
            if entry and entry.results and not entry.published_at and entry.review != "passed":
                found += _pair(case.id, "review", str(place), d)
    return found


def _pair(case: str, verb: str, which: str, name: str) -> list[Button]:
    yes, no = button(f"{verb}.yes", case, which, "y"), button(f"{verb}.no", case, which, "n")
    return [Button(f"{b.label}（{name}）"[:40], b.data, b.style) for b in (yes, no)]


def recusal(talk: Talk, case: str, which: str = "", granted: str = "", reason: str = "") -> Answer:
    persons = list(look(talk, case).case.recusals)
    person = persons[int(which)] if which.isdecimal() and int(which) < len(persons) else ""
    if granted == "n" and not reason:
        return ask(talk, "recusal", case, which, granted)
    return c.DecideRecusal(person, granted == "y", reason)


def nondisclosure(talk: Talk, case: str, which: str = "0", granted: str = "", reason: str = "") -> Answer:
    if granted == "n" and not reason:
        return ask(talk, "nondisclosure", case, which, granted)
    return c.DecideNonDisclosure(_department(talk, case, which), granted == "y", reason)


def transfer(talk: Talk, case: str, which: str = "", granted: str = "", reason: str = "") -> Answer:
    if granted == "n" and not reason:
        return ask(talk, "transfer", case, which, granted)
    return c.DecideTransfer(which, granted == "y", reason)


def review(talk: Talk, case: str, which: str = "0", passed: str = "", opinion: str = "") -> Answer:
    if passed == "n" and not opinion:
        return ask(talk, "review", case, which, passed)
    return c.ReviewResult(_department(talk, case, which), passed == "y", opinion)


def _department(talk: Talk, case: str, which: str) -> str:
    names = departments(look(talk, case).case)
    return names[int(which)] if which.isdecimal() and int(which) < len(names) else ""


VERBS: dict[str, Handler] = {
    "recusal": recusal,
    "nondisclosure": nondisclosure,
    "transfer": transfer,
    "review": review,
}
