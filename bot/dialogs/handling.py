"""⑤ 问题处理: each finding gets a measure, an owner and a date, and is followed to its end."""

from __future__ import annotations

from datetime import date, timedelta

from bot.card import BUTTON_BYTES, Button, Card
from bot.dates import read_day
from bot.render import SEPARATOR, button, card, day_text, short, text
from bot.talk import Answer, Handler, Talk, View, ask, look, page_from
from workflows.inspection import commands as c
from workflows.inspection.case import department_of, findings
from workflows.inspection.guards import find_question
from workflows.inspection.handling import ELSEWHERE, MEASURES, not_closable

DUE_CHOICES = (7, 15, 30)
PAGE = 3


def step_card(view: View, page: str = "0") -> Card:
    """What nobody has decided on yet comes first, then what is on its way."""
    case = view.case
    lines = text("handling/overview", case=case, facts=view.facts, rows=rows(view), measures=MEASURES)
    left = [r for r in rows(view) if not r["handling"] or r["handling"].state != "done"]  # type: ignore[attr-defined]
    left.sort(key=lambda r: r["handling"] is not None)
    number = page_from(page, len(left), PAGE)
    opens = [
        button("handle", case.id, str(r["question"]), label=short(f"{r['number']}. {r['label']}"))
        for r in left[number * PAGE : (number + 1) * PAGE]
    ]
    following = page_from(str(number + 1), len(left), PAGE)
    more = [button("handle.more", case.id, "", str(following))] if len(left) > PAGE else []
    close = [] if not_closable(case) else [button("close", case.id)]
    ways = (*opens, *more, *close) if case.members[view.me].role == "inspector" else ()
    return card(lines, *ways, button("home"), key=f"case:{case.id}", step=5)


def rows(view: View) -> list[dict[str, object]]:
    case = view.case
    found = []
    for number, key in enumerate(findings(case), start=1):
        which = find_question(case, key, view.facts)
        assert which is not None
        found.append(
            {
                "number": number,
                "question": key,
                "label": which[1].label,
                "department": department_of(case, key),
                "handling": case.handlings.get(key),
            }
        )
    return found


def handle(talk: Talk, case: str, question: str = "", page: str = "0") -> Answer:
    """One finding: its measure to choose, or the next thing its measure asks for."""
    view = look(talk, case)
    if not question:
        return [step_card(view, page)] if view.me in view.case.members else ()
    if question not in findings(view.case):
        return c.DecideMeasure(question, "", "", view.facts.today)
    handling = view.case.handlings.get(question)
    which = find_question(view.case, question, view.facts)
    assert which is not None
    lines = text(
        "handling/finding",
        case=view.case,
        facts=view.facts,
        item=which[0],
        question=which[1],
        answer=view.case.answers[question],
        handling=handling,
        measures=MEASURES,
        people={p: m.name for p, m in view.case.members.items()},
    )
    ways = _ways(view, question)
    return [card(lines, *ways, button("handle.back", case), key=f"case:{case}", step=5)]


def _ways(view: View, question: str) -> tuple[Button, ...]:
    case, handling = view.case, view.case.handlings.get(question)
    if handling is None:
        return tuple(button("decide", case.id, question, m, label=label) for m, label in MEASURES.items())
    if handling.state == "done":
        return ()
    if handling.measure == "ordered":
        if handling.state == "decided":
            return (button("corrected", case.id, question),)
        return (
            button("recheck.passed", case.id, question, "y"),
            button("recheck.failed", case.id, question, "n"),
        )
    if handling.measure == "judiciary" and handling.state == "decided":
        return (button("remind", case.id),)
    return (button("confirm", case.id, question),)


def decide(
    talk: Talk, case: str, question: str = "", measure: str = "", third: str = "", fourth: str = ""
) -> Answer:
    """Corrected on the spot needs what was done; the others a date, and those that go elsewhere a recipient first."""
    view, me = look(talk, case), talk.person.id
    if measure not in MEASURES or question not in findings(view.case):
        return c.DecideMeasure(question, measure, me, view.facts.today)
    if measure == "corrected":
        if not third:
            return ask(talk, "decide", case, question, measure, measure=measure)
        return c.DecideMeasure(question, measure, me, view.facts.today, "", third)
    if not third:
        dues = () if measure in ELSEWHERE else _dues(view, case, question, measure)
        return ask(talk, "decide", case, question, measure, buttons=dues, measure=measure)
    if measure not in ELSEWHERE:
        return _decided(talk, view, question, measure, third, "")
    if not fourth:
        dues = _dues(view, case, question, measure, third)
        return ask(talk, "decide", case, question, measure, third, buttons=dues, measure=measure)
    return _decided(talk, view, question, measure, fourth, third)


def _decided(talk: Talk, view: View, question: str, measure: str, due: str, recipient: str) -> Answer:
    day = read_day(due, talk.now)
    if day is None:
        filled = (question, measure, recipient) if recipient else (question, measure)
        dues = _dues(view, view.case.id, question, *filled[1:])
        return ask(talk, "decide", view.case.id, *filled, buttons=dues, measure=measure, wrong=due)
    return c.DecideMeasure(question, measure, talk.person.id, day, recipient)


def _dues(view: View, case: str, question: str, *filled: str) -> tuple[Button, ...]:
    """A few likely days; none where what is filled in already leaves no room on a button."""
    today = view.facts.today
    if len(SEPARATOR.join(("decide", case, question, *filled, str(today))).encode()) > BUTTON_BYTES:
        return ()
    days = [today + timedelta(days=n) for n in DUE_CHOICES]
    return tuple(button("decide", case, question, *filled, str(d), label=day_text(d, today)) for d in days)


def corrected(talk: Talk, case: str, question: str = "", note: str = "") -> Answer:
    return c.ReportCorrection(question, note) if note else ask(talk, "corrected", case, question)


def recheck(
    talk: Talk, case: str, question: str = "", passed: str = "", note: str = "", due: str = ""
) -> Answer:
    if passed not in ("y", "n"):
        return handle(talk, case, question)
    if not note:
        return ask(talk, "recheck", case, question, passed, passed=passed == "y")
    if passed == "y":
        return c.RecheckCorrection(question, True, note)
    day: date | None = read_day(due, talk.now) if due else None
    if day is None:
        return ask(talk, "recheck", case, question, passed, note, wrong=due)
    return c.RecheckCorrection(question, False, note, day)


def confirm(talk: Talk, case: str, question: str = "", reference: str = "") -> Answer:
    handling = look(talk, case).case.handlings.get(question)
    if reference or handling is None:
        return c.ConfirmHandling(question, reference)
    return ask(talk, "confirm", case, question, measure=handling.measure)


def close(talk: Talk, case: str) -> Answer:
    return c.CloseCase()


VERBS: dict[str, Handler] = {
    "handle": handle,
    "decide": decide,
    "corrected": corrected,
    "recheck": recheck,
    "confirm": confirm,
    "close": close,
}
