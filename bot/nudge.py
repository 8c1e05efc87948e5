"""提醒搭档: a message to those the case waits for, at most once in a quarter of an hour each."""

from __future__ import annotations

from bot.render import block, button, card
from bot.talk import Answer, Talk, View, look
from storage import outbox
from storage.database import writing
from workflows.inspection.case import departments, published, step
from workflows.inspection.presence import counted
from workflows.inspection.summary import unsigned

MINUTES = 15


def remind(talk: Talk, case: str) -> Answer:
    view = look(talk, case)
    people = waited_for(view)
    quarter = int(talk.now.timestamp()) // (MINUTES * 60)
    with writing(talk.house.engine) as tx:
        for person in people:
            outbox.add(
                tx, f"{case}:nudge:{person}:{quarter}", person, "nudge", case, talk.person.name, talk.now
            )
    names = "、".join(view.case.members[p].name for p in people)
    return [
        card(
            block("prompts", "reminded", names=names), button("case", case), key=f"case:{case}", tone="notice"
        )
    ]


def waited_for(view: View) -> tuple[str, ...]:
    """Who has to act before the case can go on, by its step."""
    case = view.case
    inspectors = [p for p, m in case.members.items() if m.role == "inspector"]
    missing: list[str] = {
        1: [p for p in inspectors if p not in case.acknowledged],
        2: [p for p in inspectors if p not in counted(case, view.facts)],
        3: list(unsigned(case)),
    }.get(step(case), [p for p in inspectors if _owes_entry(view, p)])
    return tuple(p for p in missing or inspectors if p != view.me and p in case.members)


def _owes_entry(view: View, person: str) -> bool:
    open_ones = [d for d in departments(view.case) if not published(view.case, d)]
    return view.case.members[person].department in open_ones
