"""任务: what is mine, what is due; being told, stepping aside."""

from __future__ import annotations

from datetime import date

from bot.card import Button, Card
from bot.dialogs.approvals import awaited
from bot.render import block, button, card, short, text
from bot.talk import Answer, Handler, Talk, ask, beside, look, named, page_from
from storage import projection
from storage.case_facts import overlay
from storage.database import reading
from workflows.calendar import Overlay, working_days_between
from workflows.inspection import commands as c
from workflows.inspection.case import Case, published, step
from workflows.inspection.facts import local_day

PAGE = 4


OFFICE = ("supervisor", "legal", "organiser")


def home(talk: Talk, case: str = "", page: str = "0") -> list[Card]:
    """What waits for this person's decision, then the list: 待办, 进行中, 已办, 逾期, each with the days left."""
    with reading(talk.house.engine) as tx:
        mine, years = projection.cases_of(tx, talk.person.id), overlay(tx)
    today = local_day(talk.now)
    office = _office_rows(talk)
    rows = sorted((row(one, today, years) for one in mine), key=lambda r: (r["group"] == "closed", r["due"]))
    number = page_from(page, len(office) + len(rows), PAGE)
    first = number * PAGE
    shown = [*office, *rows][first : first + PAGE]
    said = {"rows": rows, "office": office, "shown": shown, "first": first, "today": today}
    lines = text("assignments/list", **said, person=talk.person, overseer=_oversees(talk))
    ways = [*(_way(one) for one in shown), *_more(number, len(office) + len(rows)), *_doors(talk, shown)]
    return [card(lines, *ways, key="home")]


def _oversees(talk: Talk) -> bool:
    return bool(set(OFFICE) & set(talk.person.roles))


def _office_rows(talk: Talk) -> list[dict[str, object]]:
    """A row for each case that cannot go on without this person's yes or no."""
    if not _oversees(talk):
        return []
    with reading(talk.house.engine) as tx:
        every = projection.all_cases(tx)
    waiting = [
        (one, awaited(one, talk.house.lawbook, talk.person.roles)) for one in every if not one.closed_at
    ]
    return [
        {
            "id": one.id,
            "target": one.opened.target.name,
            "task": one.opened.task_name,
            "decisions": found,
            "due": _due(one),
        }
        for one, found in sorted(waiting, key=lambda pair: (_due(pair[0]) or date.max, pair[0].id))
        if found
    ]


def _due(case: Case) -> date | None:
    """The next day a result of the case has to be out; None while no clock runs."""
    return min((k.due for d, k in case.clocks.items() if not published(case, d)), default=None)


def _way(one: dict[str, object]) -> Button:
    verb, mark = ("oversee", "！") if "decisions" in one else ("open", f"{one['mark']} ")
    return button(verb, str(one["id"]), label=short(f"{mark}{one['target']}"))


def _more(number: int, rows: int) -> list[Button]:
    if rows <= PAGE:
        return []
    return [button("home.more", "", str(page_from(str(number + 1), rows, PAGE)))]


def _doors(talk: Talk, shown: list[dict[str, object]]) -> list[Button]:
    """Where the list leaves room, what office people come for."""
    if not _oversees(talk) or len(shown) == PAGE:
        return []
    return [button("progress"), *([button("drawing")] if "organiser" in talk.person.roles else [])][
        : 6 - len(shown)
    ]


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
        "clock": bool(waiting),
        "confirmed": all(k.confirmed for k in waiting),
    }


def group(case: Case, today: date, due: date) -> str:
    if case.closed_at:
        return "closed"
    if today > due:
        return "late"
    return "new" if step(case) == 1 and not case.sources else "begun"


def acknowledge(talk: Talk, case: str) -> Answer:
    return c.AcknowledgeAssignment()


def unavailable(talk: Talk, case: str, reason: str = "") -> Answer:
    if not reason:
        return ask(talk, "unavailable", case)
    return c.ReportUnavailable(reason)


def recuse(talk: Talk, case: str, who: str = "", reason: str = "") -> Answer:
    """Oneself for an interest, or a member the party objects to (who is "party" + place in the team)."""
    view = look(talk, case)
    members = [m.person for m in view.case.members.values() if m.role == "inspector"]
    number = who.removeprefix("party")
    person = named(members, number) if number != who else talk.person.id if who == "self" else None
    if person is None:
        names = [view.case.members[m].name for m in members]
        objections = [
            button("recuse", case, f"party{n}", label=block("prompts", "recuse-party", name=name)[0])
            for n, name in enumerate(names)
        ]
        own = button("recuse.self", case, "self")
        return beside(view, block("prompts", "recuse"), own, *objections[:4], button("case", case))
    if not reason:
        return ask(talk, "recuse", case, who)
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
