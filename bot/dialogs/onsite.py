"""② 现场检查: arriving together, then one question at a time."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from bot.card import Button, Card
from bot.dates import read_day
from bot.render import SEPARATOR, block, button, card, text
from bot.talk import Answer, Handler, Talk, View, ask, beside, look
from workflows.checklist import VERDICTS, VIOLATES, Question
from workflows.inspection import commands as c
from workflows.inspection.arrival import SCAN_GROUNDS, before_answers
from workflows.inspection.case import Case, evidence_of, step
from workflows.inspection.events import CaseItem
from workflows.inspection.facts import local_day
from workflows.inspection.guards import asked, find_question, open_questions, unanswered_verdicts
from workflows.inspection.onsite import OBSTACLES
from workflows.inspection.presence import is_fresh, refuse_unless_two


def step_card(view: View) -> Card:
    case, me = view.case, view.case.members[view.me]
    if me.role != "inspector":
        return _expert_card(view)
    refused = refuse_unless_two(case, view.facts)
    if refused and refused.rule == "two-on-site":
        return _arrival_card(view)
    if before_answers(case):
        return _opening_card(view)
    waiting = current_question(view)
    if case.obstacle or waiting is None:
        return _finish_card(view)
    return question_card(view, *waiting)


def current_question(view: View) -> tuple[CaseItem, Question] | None:
    """The first open question, one's own department's first: each begins with what they came for."""
    own = view.case.members[view.me].department if view.me in view.case.members else ""
    mine = open_questions(view.case, view.facts, own) if own else ()
    rest = mine or open_questions(view.case, view.facts)
    return rest[0] if rest else None


def _key(case: Case) -> str:
    return f"case:{case.id}"


def _arrival_card(view: View) -> Card:
    case = view.case
    fresh = {p: is_fresh(a, view.facts) for p, a in case.arrivals.items()}
    here = fresh.get(view.me, False)
    lines = text("onsite/arrival", case=case, facts=view.facts, fresh=fresh, here=here, early=_early(view))
    aside = (button("remind", case.id), button("aside", case.id), button("home"))
    buttons = aside if here else (button("checkin", case.id), *aside)
    return card(lines, *buttons, key=_key(case), step=2, asks="" if here else "location")


def _early(view: View) -> bool:
    """Whether the day the party was told is still to come: no rule forbids it, but the record will show today."""
    notice = view.case.notice
    return notice is not None and local_day(notice.visit_at) > view.facts.today


def _opening_card(view: View) -> Card:
    """Certificates, rights, code: in that order, one at a time."""
    refused = before_answers(view.case)
    assert refused is not None
    case = view.case
    lines = block("onsite/opening", refused.rule, case=case, facts=view.facts, early=_early(view))
    ways = {
        "show-certificate": (button("certificates", case.id, "yes"),),
        "rights-told": (button("rights", case.id, "yes"),),
        "scan-on-entry": (
            button("scan", case.id),
            *(button(f"scan-later.{g}", case.id, g) for g in SCAN_GROUNDS),
        ),
    }[refused.rule]
    return card(lines, *ways, button("trouble", case.id), key=_key(case), step=2)


def question_card(view: View, item: CaseItem, question: Question) -> Card:
    case = view.case
    done, total = progress(view)
    answer = case.answers.get(question.key)
    lines = text(
        "onsite/question",
        case=case,
        item=item,
        question=question,
        answer=answer,
        number=done + 1,
        total=total,
        verdicts=VERDICTS,
    )
    if answer and answer.value == VIOLATES:
        buttons: tuple[Button, ...] = (
            button("describe", case.id, question.key),
            button("correct", case.id, question.key),
        )
        asks = "photo"
    else:
        buttons, asks = _answer_buttons(view, item, question)
    more = button("trouble", case.id)
    photos = evidence_of(case, question.key)
    form = SEPARATOR.join(("answer", case.id, question.key)) if asks == "text" else ""
    shown = {"asks": asks, "form": form, "done": done, "total": total, "photos": photos}
    return card(lines, *buttons, more, key=_key(case), step=2, **shown)


def _answer_buttons(view: View, item: CaseItem, question: Question) -> tuple[tuple[Button, ...], str]:
    case = view.case
    if question.kind == "photo":
        return (), "photo"
    if question.kind != "verdict":
        return (), "text"
    verdicts = tuple(button(f"answer.{v}", case.id, question.key, v) for v in VERDICTS)
    left = len(unanswered_verdicts(case, view.facts, item.department))
    every = button("all-fine", case.id, item.id, label=block("prompts", "all-fine-label", left=left)[0])
    return (*verdicts, every) if left > 1 else verdicts, ""


def progress(view: View) -> tuple[int, int]:
    """(settled, all) questions that apply just now; one that may be left open counts when it is answered."""
    case = view.case
    apply = (q for item in case.opened.items for q in asked(case, item, view.facts))
    total = sum(q.required or q.key in case.answers for q in apply)
    return total - len(open_questions(view.case, view.facts)), total


def _finish_card(view: View) -> Card:
    case = view.case
    lines = text("onsite/finish", case=case, facts=view.facts, obstacles=OBSTACLES, progress=progress(view))
    asks = "photo" if case.obstacle and not case.evidence else ""
    buttons = (button("finish", case.id), button("corrections", case.id), button("trouble", case.id))
    done, total = progress(view)
    return card(lines, *buttons, key=_key(case), step=2, asks=asks, done=done, total=total)


def _expert_card(view: View) -> Card:
    lines = text(
        "onsite/expert",
        case=view.case,
        me=view.case.members[view.me],
        opinion=view.case.opinions.get(view.me, ""),
    )
    buttons = (button("checkin", view.case.id), button("opinion", view.case.id), button("home"))
    return card(lines, *buttons, key=_key(view.case), step=2)


# -- verbs ------------------------------------------------------------------------------------------


def checkin(talk: Talk, case: str, *ignored: str) -> Answer:
    return beside(look(talk, case), block("prompts", "checkin"), button("case", case), asks="location")


def certificates(talk: Talk, case: str, said: str = "") -> Answer:
    return c.ShowCertificates() if said else ()


def rights(talk: Talk, case: str, said: str = "") -> Answer:
    return c.TellRights() if said else ()


def scan(talk: Talk, case: str, code: str = "") -> Answer:
    return c.ScanCode(code) if code else ask(talk, "scan", case, case=look(talk, case).case)


def scan_later(talk: Talk, case: str, ground: str = "", reason: str = "") -> Answer:
    if ground in SCAN_GROUNDS and not reason:
        return ask(talk, "scan-later", case, ground)
    return c.DeferScan(ground, reason)


def answer(talk: Talk, case: str, question: str = "", value: str = "") -> Answer:
    view = look(talk, case)
    found = find_question(view.case, question, view.facts)
    if not value and found:
        return ask(talk, "answer", case, question, question=found[1])
    return c.RecordAnswer(question, as_recorded(found[1], value, talk.now) if found else value)


def as_recorded(question: Question, said: str, now: datetime) -> str:
    """What people say for a verdict, a number or a day, as it is recorded. A day without a year is the last such day."""
    plain = unicodedata.normalize("NFKC", said).strip()
    if question.kind == "verdict":
        return next((v for v, label in VERDICTS.items() if label == plain), plain)
    if question.kind == "date":
        day = read_day(plain, now, past=True)
        return day.isoformat() if day else plain
    return plain if question.kind == "number" else said.strip()


def all_fine(talk: Talk, case: str, item: str = "", sure: str = "") -> Answer:
    """Asks first: it answers for everything the department has left."""
    view = look(talk, case)
    department = next((i.department for i in view.case.opened.items if i.id == item), "")
    left = unanswered_verdicts(view.case, view.facts, department)
    if sure or not left:
        return c.RecordAllConforming(department)
    lines = block("prompts", "all-fine", department=department, left=len(left))
    return beside(view, lines, button("all-fine.sure", case, item, "yes"), button("case", case))


def opinion(talk: Talk, case: str, said: str = "") -> Answer:
    return c.GiveExpertOpinion(said) if said else ask(talk, "opinion", case)


def finish(talk: Talk, case: str) -> Answer:
    return c.FinishOnsite()


def next_question(talk: Talk, case: str) -> Answer:
    return ()


def question_for_a_file(view: View) -> str:
    """Where a photo just sent belongs: the finding or question being asked, else the last answered, else the visit.

    After the visit it shows a correction: to the one finding on its way, where there is just one.
    """
    if step(view.case) >= 4:
        on_the_way = [key for key, handling in view.case.handlings.items() if handling.state != "done"]
        return on_the_way[0] if len(on_the_way) == 1 else ""
    if view.case.obstacle:
        return ""
    waiting = current_question(view)
    return waiting[1].key if waiting else next(reversed(view.case.answers), "")


VERBS: dict[str, Handler] = {
    "checkin": checkin,
    "certificates": certificates,
    "rights": rights,
    "scan": scan,
    "scan-later": scan_later,
    "answer": answer,
    "all-fine": all_fine,
    "opinion": opinion,
    "finish": finish,
    "next": next_question,
}
