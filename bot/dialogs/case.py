"""The case on one card: whose step it is, for whom. Every dialog ends here."""

from __future__ import annotations

from bot.card import Card
from bot.dialogs import approvals, entry, handling, onsite, precheck, summary
from bot.render import button, card, text
from bot.talk import Talk, View, look, refusal_card
from storage import awaiting
from storage.database import writing
from storage.people import Person
from workflows.inspection.case import CLOSED, Case, step
from workflows.inspection.guards import must_be_on_team

STEP_CARDS = {
    1: precheck.step_card,
    2: onsite.step_card,
    3: summary.step_card,
    4: entry.step_card,
    5: handling.step_card,
}
OVERSEERS = ("supervisor", "legal", "organiser")


def show(talk: Talk, case_id: str) -> list[Card]:
    """The case as it stands, for this person; whatever was half asked is dropped."""
    view = look(talk, case_id)
    if not may_see(view.case, talk.person):
        refused = must_be_on_team(view.case, view.facts)
        assert refused is not None
        return [refusal_card(refused, view.facts, "")]
    with writing(talk.house.engine) as tx:
        awaiting.forget(tx, talk.person.id)
    return [case_card(view)]


def form_of(talk: Talk, case_id: str) -> str:
    """The form of the case's own card as it would be shown to this person, "" where it asks for no words."""
    view = look(talk, case_id)
    return case_card(view).form if may_see(view.case, talk.person) else ""


def may_see(case: Case, person: Person) -> bool:
    """The team, and those who oversee it; nobody else, whatever button they hold."""
    return person.id in case.members or bool(set(person.roles) & set(OVERSEERS))


def case_card(view: View) -> Card:
    case = view.case
    if view.me not in case.members:
        return approvals.overview_card(view)
    if step(case) == CLOSED:
        lines = text("case/closed", case=case, facts=view.facts)
        return card(lines, button("home"), key=f"case:{case.id}", step=5, tone="done")
    return STEP_CARDS[step(case)](view)
