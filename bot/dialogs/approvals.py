"""What those who oversee cases see and decide: recusal, secrecy, transfer; and the legal review."""

from __future__ import annotations

from dataclasses import dataclass

from bot.card import Button, Card
from bot.dialogs.summary import found
from bot.render import button, card, short, text
from bot.talk import Answer, Handler, Talk, View, ask, look, named
from storage.lawbook import Lawbook
from workflows.inspection import commands as c
from workflows.inspection.case import CLOSED, Case, departments, evidence_of, findings, step
from workflows.policy.vocabulary import GROUNDS

YES_NO = ("y", "n")
MOST_PHOTOS = 6
AT_ONCE = 2  # decisions on one card: each takes two buttons


@dataclass(frozen=True)
class Decision:
    """Something of a case that waits for somebody's yes or no. `which` is what its button carries."""

    verb: str
    which: str
    name: str
    role: str = "supervisor"


def decisions(case: Case) -> list[Decision]:
    """All that waits, in the order of the steps."""
    waiting = [
        Decision("recusal", str(place), case.members[person].name if person in case.members else "")
        for place, (person, recusal) in enumerate(case.recusals.items())
        if not recusal.decided
    ]
    for place, department in enumerate(departments(case)):
        entry = case.entries.get(department)
        if entry and entry.results and not entry.published_at and not entry.review:
            waiting.append(Decision("review", str(place), department, "legal"))
        if entry and entry.secrecy == "requested":
            waiting.append(Decision("nondisclosure", str(place), department))
    return waiting + [
        Decision("transfer", question, handling.recipient)
        for question, handling in case.handlings.items()
        if handling.measure == "judiciary" and handling.state == "decided"
    ]


def awaited(case: Case, lawbook: Lawbook, roles: tuple[str, ...]) -> list[Decision]:
    """What the case cannot go on without, from people of these roles: a review only where the profile asks for one."""
    reviewed = lawbook.profiles[case.opened.profile].blocks("legal-review")
    return [d for d in decisions(case) if d.role in roles and (reviewed or d.verb != "review")]


def overview_card(view: View) -> Card:
    """The case from above: where it stands, and what waits for this person's decision."""
    case, facts = view.case, view.facts
    problems = {department: found(view, department) for department in departments(case)}
    said = {"case": case, "facts": facts, "grounds": GROUNDS, "departments": departments(case)}
    lines = text("approvals/overview", **said, problems=problems)
    mine = [] if case.closed_at else [d for d in decisions(case) if d.role in facts.actor.roles]
    ways = [way for d in mine[:AT_ONCE] for way in _yes_or_no(case.id, d)]
    ways += [button("archive", case.id)] if step(case) == CLOSED else []
    tone = "done" if step(case) == CLOSED else "plain"
    steers = "supervisor" in facts.actor.roles and not case.closed_at
    doors = [button("steer", case.id)] if steers else []
    return card(
        lines,
        *ways,
        *doors,
        button("home"),
        key=f"case:{case.id}",
        step=min(step(case), 5),
        tone=tone,
        photos=_photos(case, mine),
    )


def _photos(case: Case, mine: list[Decision]) -> tuple[str, ...]:
    """The evidence of the findings a result to be decided on rests on, as far as one card shows pictures."""
    of = [d.name for d in mine if d.verb in ("review", "nondisclosure")]
    digests = (
        one for department in of for key in findings(case, department) for one in evidence_of(case, key)
    )
    return tuple(dict.fromkeys(digests))[:MOST_PHOTOS]


def _yes_or_no(case: str, decision: Decision) -> list[Button]:
    verb, which = decision.verb, decision.which
    yes, no = button(f"{verb}.yes", case, which, "y"), button(f"{verb}.no", case, which, "n")
    return [Button(short(f"{b.label}（{decision.name}）", 40), b.data, b.style) for b in (yes, no)]


def oversee(talk: Talk, case: str) -> Answer:
    """From above, also for who is on the team: the head may be drawn, and decides on others all the same."""
    return [overview_card(look(talk, case))]


def recusal(talk: Talk, case: str, which: str = "", granted: str = "", reason: str = "") -> Answer:
    person = named(list(look(talk, case).case.recusals), which) or ""
    if granted == "n" and not reason:
        return ask(talk, "recusal", case, which, granted)
    return c.DecideRecusal(person, granted == "y", reason) if granted in YES_NO else ()


def nondisclosure(talk: Talk, case: str, which: str = "", granted: str = "", reason: str = "") -> Answer:
    department = named(departments(look(talk, case).case), which) or ""
    if granted == "n" and not reason:
        return ask(talk, "nondisclosure", case, which, granted)
    return c.DecideNonDisclosure(department, granted == "y", reason) if granted in YES_NO else ()


def transfer(talk: Talk, case: str, which: str = "", granted: str = "", reason: str = "") -> Answer:
    if granted == "n" and not reason:
        return ask(talk, "transfer", case, which, granted)
    return c.DecideTransfer(which, granted == "y", reason) if granted in YES_NO else ()


def review(talk: Talk, case: str, which: str = "", passed: str = "", opinion: str = "") -> Answer:
    department = named(departments(look(talk, case).case), which) or ""
    if passed == "n" and not opinion:
        return ask(talk, "review", case, which, passed)
    return c.ReviewResult(department, passed == "y", opinion) if passed in YES_NO else ()


VERBS: dict[str, Handler] = {
    "oversee": oversee,
    "recusal": recusal,
    "nondisclosure": nondisclosure,
    "transfer": transfer,
    "review": review,
}
