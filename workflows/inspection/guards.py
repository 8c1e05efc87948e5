"""Conditions several commands share. Each gives the refusal that stands in the way, or None."""

from __future__ import annotations

from datetime import date, timedelta

from workflows.checklist import CONFORMS, VIOLATES, Checklist, Question, is_relevant
from workflows.inspection.case import CLOSED, Case, evidence_of, findings, step
from workflows.inspection.events import CaseItem
from workflows.inspection.facts import Facts
from workflows.inspection.refusals import Refused, refuse

TEXT_LIMIT = 1000
# A deadline further ahead is a slip of the pen; and working days are counted only as far as there is a calendar.
FURTHEST_YEARS = 5
_FURTHEST = timedelta(days=366 * FURTHEST_YEARS)


def must_be_on_team(case: Case, facts: Facts) -> Refused | None:
    """Only who was drawn acts on the case (云政办发〔2016〕105号 一(二))."""
    if facts.actor.person in case.members:
        return None
    return refuse("by-machine", "not-on-team", name=facts.actor.name)


def must_be_inspector(case: Case, facts: Facts) -> Refused | None:
    """An expert or assistant on the team helps and decides nothing (国发〔2019〕5号 三(三))."""
    refused = must_be_on_team(case, facts)
    if refused or case.members[facts.actor.person].role == "inspector":
        return refused
    return refuse("inspector-certificate", "not-inspector", name=facts.actor.name)


def must_be_open(case: Case) -> Refused | None:
    """A closed case is a file: nothing is added to it."""
    return refuse("step-order", "closed") if case.closed_at else None


def must_be_in_step(case: Case, wanted: int) -> Refused | None:
    now = step(case)
    if now == wanted:
        return None
    if now == CLOSED:
        return refuse("step-order", "closed")
    return refuse("step-order", "too-early" if now < wanted else "too-late", "case", now=now, wanted=wanted)


def must_hold(role: str, rule: str, reason: str, facts: Facts) -> Refused | None:
    return None if role in facts.actor.roles else refuse(rule, reason)


def must_say(text: str, rule: str, reason: str) -> Refused | None:
    """A written reason is given, and is of a size somebody will read."""
    if not text.strip():
        return refuse(rule, reason)
    return must_fit(text)


def must_fit(*texts: str) -> Refused | None:
    longest = max(map(len, texts))
    if longest <= TEXT_LIMIT:
        return None
    return refuse("form", "too-long", length=longest, limit=TEXT_LIMIT)


def must_be_ahead(day: date, facts: Facts) -> Refused | None:
    """A deadline is today or later, and in a year somebody can have meant."""
    if day < facts.today:
        return refuse("form", "past-date", value=day.isoformat())
    if day - facts.today > _FURTHEST:
        return refuse("form", "too-far", value=day.isoformat(), years=FURTHEST_YEARS)
    return None


def first(*refusals: Refused | None) -> Refused | None:
    return next((r for r in refusals if r), None)


# -- the questions of a case ------------------------------------------------------------------------


def checklist_of(item: CaseItem, facts: Facts) -> Checklist:
    return facts.checklists[item.edition]


def find_question(case: Case, key: str, facts: Facts) -> tuple[CaseItem, Question] | None:
    for item in case.opened.items:
        question = checklist_of(item, facts).find(key)
        if question:
            return item, question
    return None


def values(case: Case) -> dict[str, str]:
    return {key: answer.value for key, answer in case.answers.items()}


def applies(case: Case, question: Question) -> bool:
    """Whether the question is asked, given what was answered so far; most are asked whatever was."""
    return not question.relevant or is_relevant(question, values(case))


def asked(case: Case, item: CaseItem, facts: Facts) -> tuple[Question, ...]:
    """The item's questions that apply, given what was answered so far; none where the item is skipped."""
    if item.id in case.skipped:
        return ()
    so_far = values(case)
    questions = checklist_of(item, facts).questions
    return tuple(q for q in questions if not q.relevant or is_relevant(q, so_far))


def is_settled(case: Case, question: Question) -> bool:
    """Answered; a finding carries its evidence, a photo question its photo."""
    answer = case.answers.get(question.key)
    if answer is None:
        return not question.required
    needs_evidence = answer.value == VIOLATES or question.kind == "photo"
    return not needs_evidence or bool(evidence_of(case, question.key))


def open_questions(case: Case, facts: Facts, department: str = "") -> tuple[tuple[CaseItem, Question], ...]:
    return tuple(
        (item, question)
        for item in case.opened.items
        if not department or item.department == department
        for question in asked(case, item, facts)
        if not is_settled(case, question)
    )


def findings_without_evidence(case: Case) -> tuple[str, ...]:
    return tuple(key for key in findings(case) if not evidence_of(case, key))


def unanswered_verdicts(case: Case, facts: Facts, department: str) -> tuple[tuple[CaseItem, Question], ...]:
    """What "全部正常" would answer, in one pass: verdict questions not answered yet, follow-ups included.

    A follow-up that hangs on 符合 becomes relevant by this very answer, so the pass repeats until nothing new appears.
    """
    found: dict[str, tuple[CaseItem, Question]] = {}
    so_far = values(case)
    grew = True
    while grew:
        grew = False
        for item in case.opened.items:
            if item.department != department or item.id in case.skipped:
                continue
            for q in checklist_of(item, facts).questions:
                if q.kind == "verdict" and q.key not in so_far and is_relevant(q, so_far):
                    found[q.key] = (item, q)
                    so_far[q.key] = CONFORMS
                    grew = True
    return tuple(found.values())
