"""What the events of ③, ④ and ⑤ change in the case."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from workflows.inspection import events as e
from workflows.inspection.case import Case, Clock, Entry, Extension, Handling, Party, Summary
from workflows.inspection.event import Recorded
from workflows.inspection.fold import Folds, registering

FOLDS: Folds = {}
folds = registering(FOLDS)


@folds(e.SummaryFormed)
def _formed(case: Case, event: e.SummaryFormed, r: Recorded) -> dict[str, object]:
    return {"summary": Summary(event.digest, r.at), "reopened": False}


@folds(e.SummarySigned)
def _signed(case: Case, event: e.SummarySigned, r: Recorded) -> dict[str, object]:
    assert case.summary is not None
    return {"summary": replace(case.summary, signatures=case.summary.signatures | {event.person: r.at})}


@folds(e.PartySigned)
def _party_signed(case: Case, event: e.PartySigned, r: Recorded) -> dict[str, object]:
    assert case.summary is not None
    return {"summary": replace(case.summary, party=Party(event.opinion, event.signer))}


@folds(e.PartyRefused)
def _party_refused(case: Case, event: e.PartyRefused, r: Recorded) -> dict[str, object]:
    assert case.summary is not None
    party = Party(refusal=event.reason, witness=event.witness)
    return {"summary": replace(case.summary, party=party)}


@folds(e.SignatureExcused)
def _excused(case: Case, event: e.SignatureExcused, r: Recorded) -> dict[str, object]:
    return {"excused": case.excused | {event.person: event.reason}}


@folds(e.SummaryCompleted)
def _completed(case: Case, event: e.SummaryCompleted, r: Recorded) -> dict[str, object]:
    assert case.summary is not None
    return {"summary": replace(case.summary, completed=True)}


@folds(e.EntryClockStarted)
def _clock(case: Case, event: e.EntryClockStarted, r: Recorded) -> dict[str, object]:
    clock = Clock(event.started, event.due, event.confirmed, event.calendar)
    return {"clocks": case.clocks | dict.fromkeys(event.departments, clock)}


@folds(e.OutcomeReported)
def _reported(case: Case, event: e.OutcomeReported, r: Recorded) -> dict[str, object]:
    return {"reported_at": r.at}


def _entry(case: Case, department: str, **changes: Any) -> dict[str, object]:
    entry = replace(case.entries.get(department, Entry()), **changes)
    return {"entries": case.entries | {department: entry}}


@folds(e.ResultEntered)
def _entered(case: Case, event: e.ResultEntered, r: Recorded) -> dict[str, object]:
    said = {"results": event.results, "measures": event.measures, "note": event.note, "review": ""}
    return _entry(case, event.department, by=r.by, at=r.at, late_reason=event.late_reason, **said)


@folds(e.ResultReviewed)
def _reviewed(case: Case, event: e.ResultReviewed, r: Recorded) -> dict[str, object]:
    review = "passed" if event.passed else "returned"
    return _entry(case, event.department, review=review, review_opinion=event.opinion)


@folds(e.NonDisclosureRequested)
def _secrecy(case: Case, event: e.NonDisclosureRequested, r: Recorded) -> dict[str, object]:
    return _entry(
        case, event.department, secrecy="requested", ground=event.ground, secrecy_reason=event.reason
    )


@folds(e.NonDisclosureDecided)
def _secrecy_decided(case: Case, event: e.NonDisclosureDecided, r: Recorded) -> dict[str, object]:
    return _entry(case, event.department, secrecy="granted" if event.granted else "denied")


@folds(e.ResultPublished)
def _published(case: Case, event: e.ResultPublished, r: Recorded) -> dict[str, object]:
    late = event.late_reason or case.entries[event.department].late_reason
    return _entry(case, event.department, published_at=r.at, late_reason=late)


def _handling(case: Case, question: str, **changes: Any) -> dict[str, object]:
    return {"handlings": case.handlings | {question: replace(case.handlings[question], **changes)}}


@folds(e.MeasureDecided)
def _measure(case: Case, event: e.MeasureDecided, r: Recorded) -> dict[str, object]:
    state = "done" if event.measure == "corrected" else "decided"
    failed = case.handlings[event.question].failed if event.question in case.handlings else 0
    said = (event.measure, event.owner, event.due, event.recipient, event.note)
    handling = Handling(*said, state, decided_at=r.at, failed=failed)
    return {"handlings": case.handlings | {event.question: handling}}


@folds(e.CorrectionReported)
def _correction(case: Case, event: e.CorrectionReported, r: Recorded) -> dict[str, object]:
    return _handling(case, event.question, state="reported", recheck_due=event.recheck_due)


@folds(e.CorrectionRechecked)
def _rechecked(case: Case, event: e.CorrectionRechecked, r: Recorded) -> dict[str, object]:
    if event.passed:
        return _handling(case, event.question, state="done", reference=event.note)
    before = case.handlings[event.question]
    due, failed = event.due or before.due, before.failed + 1
    return _handling(case, event.question, state="decided", due=due, recheck_due=None, failed=failed)


@folds(e.TransferDecided)
def _transfer(case: Case, event: e.TransferDecided, r: Recorded) -> dict[str, object]:
    if not event.granted:
        # The head said no: the finding needs another measure.
        return {"handlings": {q: h for q, h in case.handlings.items() if q != event.question}}
    return _handling(case, event.question, state="approved", hand_over_by=event.hand_over_by)


@folds(e.HandlingConfirmed)
def _confirmed(case: Case, event: e.HandlingConfirmed, r: Recorded) -> dict[str, object]:
    return _handling(case, event.question, state="done", reference=event.reference)


@folds(e.Extended)
def _extended(case: Case, event: e.Extended, r: Recorded) -> dict[str, object]:
    """The new day stands where the old one stood, so that whatever is counted from it follows."""
    moved = Extension(event.what, event.before, event.until, event.reason, r.by, r.at)
    changes: dict[str, object] = {"extensions": (*case.extensions, moved)}
    if event.what in case.handlings:
        return changes | _handling(case, event.what, due=event.until)
    return changes | {"opened": replace(case.opened, ends=event.until)}


@folds(e.CaseClosed)
def _closed(case: Case, event: e.CaseClosed, r: Recorded) -> dict[str, object]:
    return {"closed_at": r.at}
