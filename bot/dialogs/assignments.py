"""任务: what is mine, what is due; being told, stepping aside."""

from __future__ import annotations

from datetime import date

from bot.card import Card
from bot.render import block, button, card, text
from bot.talk import Answer, Handler, Talk, ask, look
from storage import projection
from storage.case_facts import overlay
from storage.database import reading
from workflows.calendar import Overlay, working_days_between
from workflows.inspection import commands as c
from workflows.inspection.case import Case, published, step
from workflows.inspection.facts import local_day

PAGE = 4


def home(talk: Talk, case: str = "", page: str = "0") -> list[Card]:
    """The list: 待办, 进行中, 已办, 逾期, each with the days left."""
    with reading(talk.house.engine) as tx:
        mine, years = projection.cases_of(tx, talk.person.id), overlay(tx)
    today = local_day(talk.now)
    rows = sorted((row(one, today, years) for one in mine), key=lambda r: (r["group"] == "已办", r["due"]))
    first = int(page) * PAGE if page.isdecimal() else 0
    shown = rows[first : first + PAGE]
    lines = text("assignments/list", rows=rows, shown=shown, person=talk.person, first=first)
    opens = [button("open", str(r["id"]), label=f"{r['mark']} {r['target']}"[:30]) for r in shown]
    more = [button("home.more", "", str(int(page) + 1))] if len(rows) > first + PAGE else []
    return [card(lines, *opens, *more, key="home")]


def row(case: Case, today: date, years: Overlay) -> dict[str, object]:
    """One line of the list. `left` is working days to the deadline, None where none runs."""
    waiting = [k for d, k in case.clocks.items() if not published(case, d)]
    due = min((k.due for k in waiting), default=case.opened.ends)
    left = working_days_between(today, due, years) if not case.closed_at else 0
    return {
        "id": case.id,
        "target": case.opened.target.name,
        "task": case.opened.task_name,
        "step": step(case),
        "mark": "①②③④⑤✓"[step(case) - 1],
        "due": due,
        "left": left,
        "group": group(case, today, due),
        "confirmed": all(k.confirmed for k in waiting),
    }


def group(case: Case, today: date, due: date) -> str:
    if case.closed_at:
        return "已办"
    if today > due:
        return "逾期"
    return "待办" if step(case) == 1 and not case.sources else "进行中"


def acknowledge(talk: Talk, case: str) -> Answer:
    return c.AcknowledgeAssignment()


def unavailable(talk: Talk, case: str, reason: str = "") -> Answer:
    if not reason:
        return ask(talk, "unavailable", case)
    return c.ReportUnavailable(reason)


def recuse(talk: Talk, case: str, who: str = "", reason: str = "") -> Answer:
    """Oneself for an interest, or a member the party objects to (who is "party" + place in the team)."""
    view = look(talk, case)
    members = list(view.case.members)
    if not who:
        objections = [
            button("recuse", case, f"party{n}", label=block("prompts", "recuse-party", name=m.name)[0])
            for n, m in enumerate(view.case.members.values())
            if m.role == "inspector"
        ]
        own = button("recuse.self", case, "self")
        return [
            card(block("prompts", "recuse"), own, *objections[:4], button("case", case), key=f"case:{case}")
        ]
    if not reason:
        return ask(talk, "recuse", case, who)
    number = who.removeprefix("party")
    person = members[int(number)] if number.isdecimal() and int(number) < len(members) else talk.person.id
    return c.RaiseRecusal(person, reason, by_party=who.startswith("party"))


def show(talk: Talk, case: str, *ignored: str) -> Answer:
    """Opening a case, or leaving a question half asked."""
    return ()


VERBS: dict[str, Handler] = {
    "home": home,
    "open": show,
    "case": show,
    "cancel": show,
    "ack": acknowledge,
    "unavailable": unavailable,
    "recuse": recuse,
}
