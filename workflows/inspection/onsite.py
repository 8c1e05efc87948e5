"""② 现场检查, the questions: every item answered or skipped with a reason, every finding with its evidence.

海市监发〔2019〕52号 二(四)2.
"""

from __future__ import annotations

from datetime import date

from workflows.checklist import CONFORMS, VERDICTS, Question, satisfies
from workflows.inspection import commands as c
from workflows.inspection import events as e
from workflows.inspection.arrival import (
    STEP,
    before_answers,
    check_in,
    defer_scan,
    is_place,
    must_have_shown,
    on_site,
    scan_code,
    show_certificates,
    tell_rights,
)
from workflows.inspection.case import Case, department_of, step
from workflows.inspection.clock import started_by
from workflows.inspection.facts import Facts
from workflows.inspection.guards import (
    applies,
    find_question,
    findings_without_evidence,
    first,
    must_be_in_step,
    must_be_inspector,
    must_be_on_team,
    must_fit,
    must_say,
    open_questions,
    unanswered_verdicts,
)
from workflows.inspection.presence import counted, refuse_unless_counting, together_with, two_are_here
from workflows.inspection.refusals import Decision, Refused, refuse
from workflows.inspection.summary import must_be_present

__all__ = ["check_in", "defer_scan", "scan_code", "show_certificates", "tell_rights"]

OBSTACLES = {"not-found": "查无下落", "closed": "已关闭停业", "refusing": "拒绝、阻挠检查"}


def _answering(case: Case, facts: Facts) -> Refused | None:
    if _reopened(case, facts):
        return None
    return on_site(case, facts) or before_answers(case) or must_have_shown(case, facts)


def _reopened(case: Case, facts: Facts) -> bool:
    """A correction after the visit opens the sheet again for those who were there, until the summary is formed anew."""
    return case.reopened and facts.actor.person in case.present


def _not_entered(case: Case, department: str) -> Refused | None:
    """What a department has entered rests on its answers: they stay as they are."""
    if department not in case.entries:
        return None
    return refuse("step-order", "too-late", "case", now=step(case), wanted=3)


def _check_value(case: Case, question: Question, value: str) -> Refused | None:
    """Whether the value fits the question's kind and constraint."""
    if question.kind == "photo" and not _is_photo_of(case, question, value):
        return refuse("form", "unknown-evidence")
    if question.kind == "verdict" and value not in VERDICTS:
        return refuse("form", "unknown-value", value=value)
    if question.kind == "text" and value in VERDICTS:
        # Folded it could not be told from a verdict, and "no" would be a finding.
        return refuse("form", "verdict-code", value=value)
    if question.kind == "number" and not value.removeprefix("-").replace(".", "", 1).isdecimal():
        return refuse("form", "not-number", value=value[:40])
    if question.kind == "date" and not _is_date(value):
        return refuse("form", "not-date", value=value[:40])
    if not satisfies(question, value):
        return refuse("form", "constraint", message=question.constraint_message)
    return must_say(value, "form", "empty")


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is_photo_of(case: Case, question: Question, digest: str) -> bool:
    piece = case.evidence.get(digest)
    return piece is not None and piece.question == question.key


def record_answer(case: Case, command: c.RecordAnswer, facts: Facts) -> Decision:
    refused = first(_answering(case, facts), must_fit(command.note))
    if refused:
        return refused
    found = find_question(case, command.question, facts)
    if found is None or found[0].id in case.skipped:
        return refuse("form", "unknown-question")
    if command.question in case.answers:
        # Two people answering at once: the first stands, a change is a correction with its reason.
        return ()
    item, question = found
    if not applies(case, question):
        return refuse("form", "unknown-question")
    return first(_not_entered(case, item.department), _check_value(case, question, command.value)) or (
        e.AnswerRecorded(question.key, item.id, command.value, command.note.strip()),
    )


def record_all_conforming(case: Case, command: c.RecordAllConforming, facts: Facts) -> Decision:
    refused = _answering(case, facts) or _not_entered(case, command.department)
    if refused:
        return refused
    return tuple(
        e.AnswerRecorded(question.key, item.id, CONFORMS, "")
        for item, question in unanswered_verdicts(case, facts, command.department)
    )


def correct_answer(case: Case, command: c.CorrectAnswer, facts: Facts) -> Decision:
    """On site, or afterwards until the department has entered its result: then the summary is signed anew."""
    refused = _may_correct(case, command.question, facts) or must_say(command.reason, "form", "empty")
    if refused:
        return refused
    found = find_question(case, command.question, facts)
    assert found is not None
    before = case.answers[command.question].value
    if before == command.value:
        return ()
    return _check_value(case, found[1], command.value) or (
        e.AnswerCorrected(command.question, command.value, before, command.reason.strip()),
    )


def _may_correct(case: Case, question: str, facts: Facts) -> Refused | None:
    refused = must_be_on_team(case, facts)
    if refused:
        return refused
    if question not in case.answers:
        return refuse("form", "unknown-question")
    if step(case) == STEP:
        return _answering(case, facts)
    return (
        must_be_in_step(case, 4 if step(case) == 4 else 3)
        or _not_entered(case, department_of(case, question))
        or must_be_present(case, facts)
        or refuse_unless_counting(case, facts)
    )


def describe_finding(case: Case, command: c.DescribeFinding, facts: Facts) -> Decision:
    refused = _may_correct(case, command.question, facts) or must_say(command.note, "form", "empty")
    if refused:
        return refused
    if case.answers[command.question].note == command.note.strip():
        return ()
    return (e.FindingDescribed(command.question, command.note.strip()),)


def attach_evidence(case: Case, command: c.AttachEvidence, facts: Facts) -> Decision:
    """To a question on site; to a finding while it is being put right. A photo question is answered by its photo."""
    refused = _may_attach(case, command.question, facts)
    if refused:
        return refused
    found = find_question(case, command.question, facts) if command.question else None
    if command.question and found is None:
        return refuse("form", "unknown-question")
    if command.digest in case.evidence:
        return ()
    known = is_place(command.latitude, command.longitude)
    place = (command.latitude, command.longitude) if known else (None, None)
    piece = e.EvidenceAttached(command.question, command.digest, command.name, command.mime, *place)
    return (piece, *_photo_answer(case, command.question, command.digest, facts))


def _photo_answer(case: Case, key: str, digest: str, facts: Facts) -> tuple[e.AnswerRecorded, ...]:
    """The answer a photo gives by being there; none where the question has its photo, or is not asked."""
    found = find_question(case, key, facts) if key else None
    if found is None or found[1].kind != "photo" or found[0].id in case.skipped:
        return ()
    answer = case.answers.get(key)
    if not applies(case, found[1]) or (answer and _is_photo_of(case, found[1], answer.value)):
        return ()
    return (e.AnswerRecorded(key, found[0].id, digest, ""),)


def _may_attach(case: Case, question: str, facts: Facts) -> Refused | None:
    if question in case.handlings and case.handlings[question].state != "done":
        return must_be_inspector(case, facts)
    if not _reopened(case, facts):
        return on_site(case, facts)
    found = find_question(case, question, facts) if question else None
    return _not_entered(case, found[0].department) if found else None


def move_evidence(case: Case, command: c.MoveEvidence, facts: Facts) -> Decision:
    refused = on_site(case, facts)
    if refused:
        return refused
    if command.digest not in case.evidence:
        return refuse("form", "unknown-evidence")
    if command.question and find_question(case, command.question, facts) is None:
        return refuse("form", "unknown-question")
    if case.evidence[command.digest].question == command.question:
        return ()
    answered = _photo_answer(case, command.question, command.digest, facts)
    return (e.EvidenceMoved(command.digest, command.question), *answered)


def skip_item(case: Case, command: c.SkipItem, facts: Facts) -> Decision:
    refused = on_site(case, facts) or must_say(command.reason, "all-items", "reason-missing")
    if refused:
        return refused
    if command.item not in {item.id for item in case.opened.items}:
        return refuse("form", "unknown-question")
    return () if command.item in case.skipped else (e.ItemSkipped(command.item, command.reason.strip()),)


def report_obstacle(case: Case, command: c.ReportObstacle, facts: Facts) -> Decision:
    """Not found, closed, or refusing: the visit ends here, recorded by two with evidence."""
    refused = on_site(case, facts) or must_say(command.note, "all-items", "reason-missing")
    if refused:
        return refused
    if command.kind not in OBSTACLES:
        return refuse("form", "unknown-value", value=command.kind)
    said = (command.kind, command.note.strip())
    if case.obstacle and (case.obstacle.kind, case.obstacle.note) == said:
        return ()
    return (e.ObstacleReported(*said),)


def give_expert_opinion(case: Case, command: c.GiveExpertOpinion, facts: Facts) -> Decision:
    """An expert assists and never counts (国发〔2019〕5号 三(三)): the opinion is kept beside the answers."""
    refused = (
        first(must_be_on_team(case, facts), must_be_in_step(case, STEP))
        or two_are_here(case, facts)
        or must_say(command.opinion, "form", "empty")
    )
    if refused:
        return refused
    if case.opinions.get(facts.actor.person) == command.opinion.strip():
        return ()
    return (e.ExpertOpinionGiven(command.opinion.strip()),)


def finish(case: Case, command: c.FinishOnsite, facts: Facts) -> Decision:
    if case.onsite_at:
        return must_be_on_team(case, facts) or ()
    refused = on_site(case, facts) or _unfinished(case, facts)
    if refused:
        return refused
    done = e.OnsiteFinished(_who_was_here(case, facts))
    return (done, *started_by("check-ends", case, facts))


def _who_was_here(case: Case, facts: Facts) -> tuple[str, ...]:
    """Whoever is there now, and members who recorded something and went ahead: all of them sign."""
    now, here = together_with(case, facts, facts.actor.person), counted(case, facts)
    wrote = {a.by for a in case.answers.values()} | {p.by for p in case.evidence.values()}
    also = (p for p, m in case.members.items() if m.role == "inspector" and (p in here or p in wrote))
    return (*now, *(p for p in also if p not in now))


def _unfinished(case: Case, facts: Facts) -> Refused | None:
    bare = findings_without_evidence(case)
    if bare:
        return refuse("evidence", "finding-without", "next", question=bare[0], count=len(bare))
    if case.obstacle:
        return None if case.evidence else refuse("evidence", "finding-without", "case", question="", count=1)
    waiting = open_questions(case, facts)
    return first(
        before_answers(case),
        refuse("all-items", "open-questions", "next", count=len(waiting)) if waiting else None,
        refuse("scan-on-entry", "before-leaving", "scan")
        if case.scan and case.scan.ground == "emergency" and not case.scan.code
        else None,
    )
