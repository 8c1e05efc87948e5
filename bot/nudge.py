"""提醒搭档: a message to those the case waits for, at most once in a quarter of an hour each."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.dialogs.approvals import awaited
from bot.render import block, button
from bot.talk import Answer, Talk, View, beside, look
from storage import outbox
from storage.database import writing
from storage.people import ROLES, holding
from workflows.inspection.case import CLOSED, departments, published, step
from workflows.inspection.presence import counted
from workflows.inspection.summary import unsigned

MINUTES = 15
# What the office is told again when a case waits for its decision, by the decision's verb.
OFFICE_NOTICES = {
    "recusal": "recusal-raised",
    "review": "review-wanted",
    "nondisclosure": "secrecy-requested",
    "transfer": "transfer-wanted",
}


def remind(talk: Talk, case: str) -> Answer:
    view = look(talk, case)
    people = waited_for(view)
    decisions = awaited(view.case, talk.house.lawbook, ("supervisor", "legal"))
    with writing(talk.house.engine) as tx:
        for person in people:
            _tell(talk, tx, case, person, "nudge")
        for decision in decisions:
            for person in holding(tx, decision.role):
                _tell(talk, tx, case, person, OFFICE_NOTICES[decision.verb])
    names = [view.case.members[p].name for p in people] + [
        ROLES[r] for r in dict.fromkeys(d.role for d in decisions)
    ]
    return beside(view, block("prompts", "reminded", names="、".join(names)), button("case", case))


def _tell(talk: Talk, tx: Connection, case: str, person: str, kind: str) -> None:
    quarter = int(talk.now.timestamp()) // (MINUTES * 60)
    outbox.add(tx, f"{case}:{kind}:{person}:{quarter}", person, kind, case, talk.person.name, talk.now)


def waited_for(view: View) -> tuple[str, ...]:
    """Who has to act before the case can go on, by its step."""
    case = view.case
    inspectors = [p for p, m in case.members.items() if m.role == "inspector"]
    owing = {
        1: [p for p in inspectors if p not in case.acknowledged] or inspectors,
        2: [p for p in inspectors if p not in counted(case, view.facts)],
        3: list(unsigned(case)),
        4: [p for p in inspectors if _owes_entry(view, p)],
        5: inspectors,
        CLOSED: [],
    }[step(case)]
    return tuple(p for p in owing if p != view.me and p in case.members)


def _owes_entry(view: View, person: str) -> bool:
    department = view.case.members[person].department
    return department in departments(view.case) and not published(view.case, department)
