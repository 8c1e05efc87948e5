"""The team's case on one card for all of them at once: where it stands and who is awaited, and nothing of what was found."""

from __future__ import annotations

from bot.card import Card
from bot.dialogs.onsite import progress
from bot.render import button, card, text
from bot.talk import View
from workflows.inspection.case import CLOSED, departments, published, step
from workflows.inspection.presence import is_fresh


def members_card(view: View) -> Card:
    """Who goes together, by name, department and certificate: what somebody asks on the way there."""
    case = view.case
    return card(text("team/members", case=case), button("open", case.id), key="free")


def group_card(view: View) -> Card:
    """For a chat of several people. Its button answers whoever taps it by themselves, with their own card."""
    case, now = view.case, step(view.case)
    lines = text(
        "team/group",
        case=case,
        facts=view.facts,
        step=now,
        closed=now == CLOSED,
        published=[one for one in departments(case) if published(case, one)],
        fresh={person: is_fresh(arrival, view.facts) for person, arrival in case.arrivals.items()},
    )
    done, total = progress(view) if now == 2 else (0, 0)
    shown = {"key": f"group:{case.id}", "step": min(now, 5), "done": done, "total": total}
    return card(lines, button("open", case.id), tone="done" if now == CLOSED else "plain", **shown)
