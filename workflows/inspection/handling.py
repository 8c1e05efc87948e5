"""⑤ 问题处理: every finding ends in a measure with an owner and a date; the case closes when all have.

海市监发〔2019〕52号 二(四)5.
"""

from __future__ import annotations

from datetime import timedelta

from workflows.calendar import add_working_days
from workflows.disclosure import NOTHING_FURTHER
from workflows.inspection import commands as c
from workflows.inspection import events as e
from workflows.inspection.case import Case, Handling, department_of, departments, findings, published
from workflows.inspection.evolve import evolve
from workflows.inspection.facts import Facts
from workflows.inspection.guards import (
    first,
    must_be_ahead,
    must_be_inspector,
    must_be_on_team,
    must_be_open,
    must_fit,
    must_hold,
    must_say,
)
from workflows.inspection.presence import refuse_unless_counting
from workflows.inspection.refusals import Decision, Refused, refuse

MEASURES = {
    "corrected": "当场改正",
    "ordered": "责令限期改正",
    "transferred": "移交有关部门",
    "filed": "立案查处",
    "judiciary": "涉嫌犯罪，移送司法机关",
}
ELSEWHERE = ("transferred", "judiciary")


def _handler(case: Case, question: str, facts: Facts) -> Refused | None:
    """On the team and counting; the finding exists and its department has entered the result (step ④ before ⑤)."""
    refused = must_be_on_team(case, facts)
    if refused:
        return refused
    closed = must_be_open(case)
    if closed:
        return closed
    if question not in findings(case):
        return refuse("handle", "no-finding", "case")
    if not case.entries.get(department_of(case, question)):
        return refuse("step-order", "not-entered", "enter")
    return refuse_unless_counting(case, facts)


def decide_measure(case: Case, command: c.DecideMeasure, facts: Facts) -> Decision:
    texts = (command.note, command.owner, command.recipient)
    refused = first(_handler(case, command.question, facts), must_fit(*texts)) or _complete(
        case, command, facts
    )
    if refused:
        return refused
    before = case.handlings.get(command.question)
    if before and not _may_turn(before, command.measure):
        return ()
    decided = e.MeasureDecided(
        command.question,
        command.measure,
        command.owner.strip(),
        command.due,
        command.recipient.strip(),
        command.note.strip(),
    )
    return (decided, *closing(case, facts, decided))


def _may_turn(before: Handling, measure: str) -> bool:
    """A decided measure stands, whoever taps again; after a re-check that failed another one may follow."""
    return before.state == "decided" and before.failed > 0 and before.measure != measure


def _complete(case: Case, command: c.DecideMeasure, facts: Facts) -> Refused | None:
    if command.measure not in MEASURES:
        return refuse("form", "unknown-value", value=command.measure)
    entry = case.entries[department_of(case, command.question)]
    if command.measure != "corrected" and NOTHING_FURTHER in entry.measures:
        nothing = facts.options.measure(NOTHING_FURTHER)
        return refuse(
            "no-finding-excludes", "measure-not-alone", "enter", option=nothing.label if nothing else ""
        )
    if not command.owner.strip():
        return refuse("handle", "owner-missing", "handle")
    if command.measure in ELSEWHERE and not command.recipient.strip():
        return refuse("handle", "recipient-missing", "handle")
    return must_be_ahead(command.due, facts)


def report_correction(case: Case, command: c.ReportCorrection, facts: Facts) -> Decision:
    refused = _handler(case, command.question, facts) or must_say(command.note, "form", "empty")
    if refused:
        return refused
    handling = case.handlings.get(command.question)
    if handling is None or handling.measure != "ordered":
        return refuse("re-check", "not-ordered", "handle")
    if handling.state != "decided":
        return ()
    due = add_working_days(facts.today, facts.profile.number("re-check"), facts.overlay)
    return (e.CorrectionReported(command.question, command.note.strip(), due.date),)


def recheck_correction(case: Case, command: c.RecheckCorrection, facts: Facts) -> Decision:
    refused = _handler(case, command.question, facts) or must_say(command.note, "form", "empty")
    if refused:
        return refused
    handling = case.handlings.get(command.question)
    if handling is None or handling.measure != "ordered":
        return refuse("re-check", "not-ordered", "handle")
    if handling.state == "done":
        return ()
    if handling.state != "reported":
        return refuse("re-check", "not-reported", "handle")
    refused = must_be_ahead(command.due, facts) if command.due and not command.passed else None
    if refused:
        return refused
    checked = e.CorrectionRechecked(command.question, command.passed, command.note.strip(), command.due)
    return (checked, *closing(case, facts, checked))


def decide_transfer(case: Case, command: c.DecideTransfer, facts: Facts) -> Decision:
    """The head decides within three days, then the case goes over within 24 hours (行政执法机关移送涉嫌犯罪案件的规定)."""
    refused = first(must_hold("supervisor", "criminal", "not-head", facts), must_fit(command.reason))
    if refused:
        return refused
    handling = case.handlings.get(command.question)
    if handling is None or handling.measure != "judiciary" or handling.state != "decided":
        return ()
    hours = facts.profile.number("criminal", "hours")
    by = facts.now + timedelta(hours=hours) if command.granted else None
    return (e.TransferDecided(command.question, command.granted, command.reason.strip(), by),)


def confirm(case: Case, command: c.ConfirmHandling, facts: Facts) -> Decision:
    refused = _handler(case, command.question, facts) or must_say(command.reference, "form", "empty")
    if refused:
        return refused
    handling = case.handlings.get(command.question)
    if handling is None or handling.measure == "ordered":
        return refuse("handle", "unhandled", "handle", count=1)
    if handling.state == "done":
        return ()
    if handling.measure == "judiciary" and handling.state != "approved":
        return refuse("criminal", "not-decided", "remind")
    done = e.HandlingConfirmed(command.question, command.reference.strip())
    return (done, *closing(case, facts, done))


def close(case: Case, command: c.CloseCase, facts: Facts) -> Decision:
    refused = must_be_inspector(case, facts)
    if refused or case.closed_at:
        return refused or ()
    return not_closable(case) or (e.CaseClosed(),)


def not_closable(case: Case) -> Refused | None:
    """What keeps the case open: a result, a finding, or a scan that was put off."""
    unpublished = [d for d in departments(case) if not published(case, d)]
    if unpublished:
        return refuse("handle", "not-published", "case", departments="、".join(unpublished))
    left = [q for q in findings(case) if not _handled(case, q)]
    if left:
        return refuse("handle", "unhandled", "handle", count=len(left))
    put_off = case.scan is not None and not case.scan.code and case.scan.ground == "network"
    return refuse("scan-on-entry", "not-scanned", "scan") if put_off and not case.obstacle else None


def _handled(case: Case, question: str) -> bool:
    handling = case.handlings.get(question)
    return handling is not None and handling.state == "done"


def closing(case: Case, facts: Facts, *happened: e.Event) -> tuple[e.Event, ...]:
    """The closing event, when what the same command makes happen was the last thing the case waited for."""
    for event in happened:
        case = evolve(case, e.Recorded(case.seq + 1, event, facts.actor.person, facts.actor.via, facts.now))
    return () if case.closed_at or not_closable(case) else (e.CaseClosed(),)
