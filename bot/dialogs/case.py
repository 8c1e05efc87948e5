"""The case on one card: whose step it is, for whom. Every dialog ends here."""

from __future__ import annotations

from bot.card import Card
from bot.dialogs import approvals, entry, handling, onsite, precheck, summary
from bot.render import button, card, text
from bot.talk import View
from storage.people import Person
from workflows.inspection.case import CLOSED, Case, step

STEP_CARDS = {
    1: precheck.step_card,
    2: onsite.step_card,
    3: summary.step_card,
    4: entry.step_card,
    5: handling.step_card,
}
OVERSEERS = ("supervisor", "legal", "organiser")


def may_see(case: Case, person: Person) -> bool:
    """The team, and those who oversee it; nobody else, whatever button they hold."""
    return person.id in case.members or bool(set(person.roles) & set(OVERSEERS))


def case_card(view: View) -> Card:
    """The case as it stands, for this person."""
    case = view.case
    if view.me not in case.members:
        return approvals.overview_card(view)
    if step(case) == CLOSED:
        lines = text("case/closed", case=case, facts=view.facts)
        return card(
            lines, button("archive", case.id), button("home"), key=f"case:{case.id}", step=5, tone="done"
        )
    return STEP_CARDS[step(case)](view)
