"""Folding events into a case. Pure and total: replay of the same events gives the same case, byte for byte."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from workflows.inspection import events as e
from workflows.inspection.case import (
    Answer,
    Arrival,
    Case,
    Clock,
    Entry,
    Evidence,
    Handling,
    Notice,
    Obstacle,
    Party,
    Recusal,
    Scan,
    Summary,
)

Fold = Callable[[Case, Any, e.Recorded], dict[str, object]]
_FOLDS: dict[type[e.Event], Fold] = {}


def evolve(case: Case | None, recorded: e.Recorded) -> Case:
    """The case after one more event. Only `InspectionOpened` may come first."""
    event = recorded.event
    if isinstance(event, e.InspectionOpened):
        return _open(event, recorded)
    assert case is not None, f"{type(event).__name__} before InspectionOpened"
    changes = _FOLDS[type(event)](case, event, recorded)
    return replace(case, seq=recorded.seq, **changes)  # type: ignore[arg-type]


def replay(history: Iterable[e.Recorded]) -> Case | None:
    case: Case | None = None
    for recorded in history:
        case = evolve(case, recorded)
    return case


def _open(event: e.InspectionOpened, recorded: e.Recorded) -> Case:
    members = {m.person: m for m in event.members}
    return Case(event.case, recorded.seq, event, recorded.at, members, drawn=tuple(members))


def _folds(kind: type[e.Event]) -> Callable[[Fold], Fold]:
    def register(fold: Fold) -> Fold:
        _FOLDS[kind] = fold
        return fold

    return register


@_folds(e.CommandRefused)
@_folds(e.SubstituteMissing)
def _nothing(case: Case, event: e.Event, r: e.Recorded) -> dict[str, object]:
    return {}


@_folds(e.AssignmentAcknowledged)
def _acknowledged(case: Case, event: e.AssignmentAcknowledged, r: e.Recorded) -> dict[str, object]:
    return {"acknowledged": (*case.acknowledged, r.by)}


@_folds(e.RecusalRaised)
def _recusal(case: Case, event: e.RecusalRaised, r: e.Recorded) -> dict[str, object]:
    return {"recusals": case.recusals | {event.person: Recusal(event.reason, event.by_party, r.by)}}


@_folds(e.RecusalDecided)
def _recusal_decided(case: Case, event: e.RecusalDecided, r: e.Recorded) -> dict[str, object]:
    recusal = replace(case.recusals[event.person], decided="granted" if event.granted else "denied")
    changes: dict[str, object] = {"recusals": case.recusals | {event.person: recusal}}
    return changes | (_leave(case, event.person, "recused") if event.granted else {})


@_folds(e.InspectorUnavailable)
def _unavailable(case: Case, event: e.InspectorUnavailable, r: e.Recorded) -> dict[str, object]:
    return _leave(case, event.person, "unavailable")


def _leave(case: Case, person: str, why: str) -> dict[str, object]:
    return {
        "members": {p: m for p, m in case.members.items() if p != person},
        "gone": case.gone | {person: why},
        "arrivals": {p: a for p, a in case.arrivals.items() if p != person},
    }


@_folds(e.SubstituteDrawn)
def _substitute(case: Case, event: e.SubstituteDrawn, r: e.Recorded) -> dict[str, object]:
    member = event.member
    return {"members": case.members | {member.person: member}, "drawn": (*case.drawn, member.person)}


@_folds(e.SourceConsulted)
def _source(case: Case, event: e.SourceConsulted, r: e.Recorded) -> dict[str, object]:
    return {"sources": case.sources | {event.source: event.note}}


@_folds(e.BackgroundNoted)
def _background(case: Case, event: e.BackgroundNoted, r: e.Recorded) -> dict[str, object]:
    return {"background": case.background | {event.aspect: event.note}}


@_folds(e.MethodDecided)
def _method(case: Case, event: e.MethodDecided, r: e.Recorded) -> dict[str, object]:
    return {"methods": event.methods, "procedure": event.procedure}


@_folds(e.ItemsConfirmed)
def _items(case: Case, event: e.ItemsConfirmed, r: e.Recorded) -> dict[str, object]:
    return {"items_confirmed": True}


@_folds(e.NoticeIssued)
def _notice(case: Case, event: e.NoticeIssued, r: e.Recorded) -> dict[str, object]:
    return {"notice": Notice(event.visit_at, event.materials, r.at)}


@_folds(e.PrecheckCompleted)
def _precheck(case: Case, event: e.PrecheckCompleted, r: e.Recorded) -> dict[str, object]:
    return {"precheck_at": r.at}


@_folds(e.CheckedIn)
def _checked_in(case: Case, event: e.CheckedIn, r: e.Recorded) -> dict[str, object]:
    arrival = Arrival(event.latitude, event.longitude, r.at, r.via)
    return {"arrivals": case.arrivals | {event.person: arrival}}


@_folds(e.CertificatesShown)
def _shown(case: Case, event: e.CertificatesShown, r: e.Recorded) -> dict[str, object]:
    return {"certificates": tuple(dict.fromkeys((*case.certificates, *event.certificates)))}


@_folds(e.RightsTold)
def _rights(case: Case, event: e.RightsTold, r: e.Recorded) -> dict[str, object]:
    return {"rights_told_at": r.at}


@_folds(e.CodeScanned)
def _scanned(case: Case, event: e.CodeScanned, r: e.Recorded) -> dict[str, object]:
    return {"scan": replace(case.scan or Scan(), code=event.code)}


@_folds(e.ScanDeferred)
def _scan_deferred(case: Case, event: e.ScanDeferred, r: e.Recorded) -> dict[str, object]:
    return {"scan": Scan("", event.ground, event.reason, event.due)}


@_folds(e.AnswerRecorded)
def _answer(case: Case, event: e.AnswerRecorded, r: e.Recorded) -> dict[str, object]:
    answer = Answer(event.item, event.value, event.note, r.by, r.at)
    return {"answers": case.answers | {event.question: answer}}


@_folds(e.AnswerCorrected)
def _corrected(case: Case, event: e.AnswerCorrected, r: e.Recorded) -> dict[str, object]:
    before = case.answers[event.question]
    answer = Answer(before.item, event.value, before.note, r.by, r.at, before.corrections + 1)
    # What was signed is no longer what is recorded: the summary is formed and signed again.
    return {"answers": case.answers | {event.question: answer}, "summary": None}


@_folds(e.FindingDescribed)
def _described(case: Case, event: e.FindingDescribed, r: e.Recorded) -> dict[str, object]:
    answer = replace(case.answers[event.question], note=event.note)
    return {"answers": case.answers | {event.question: answer}, "summary": None}


@_folds(e.EvidenceAttached)
def _attached(case: Case, event: e.EvidenceAttached, r: e.Recorded) -> dict[str, object]:
    piece = Evidence(event.question, event.name, event.mime, r.by, r.at, event.latitude, event.longitude)
    return {"evidence": case.evidence | {event.digest: piece}}


@_folds(e.EvidenceMoved)
def _moved(case: Case, event: e.EvidenceMoved, r: e.Recorded) -> dict[str, object]:
    piece = replace(case.evidence[event.digest], question=event.question)
    return {"evidence": case.evidence | {event.digest: piece}}


@_folds(e.ItemSkipped)
def _skipped(case: Case, event: e.ItemSkipped, r: e.Recorded) -> dict[str, object]:
    return {"skipped": case.skipped | {event.item: event.reason}}


@_folds(e.ObstacleReported)
def _obstacle(case: Case, event: e.ObstacleReported, r: e.Recorded) -> dict[str, object]:
    return {"obstacle": Obstacle(event.kind, event.note, r.by, r.at)}


@_folds(e.ExpertOpinionGiven)
def _opinion(case: Case, event: e.ExpertOpinionGiven, r: e.Recorded) -> dict[str, object]:
    return {"opinions": case.opinions | {r.by: event.opinion}}


@_folds(e.OnsiteFinished)
def _onsite(case: Case, event: e.OnsiteFinished, r: e.Recorded) -> dict[str, object]:
    return {"onsite_at": r.at, "present": event.present}


@_folds(e.SummaryFormed)
def _formed(case: Case, event: e.SummaryFormed, r: e.Recorded) -> dict[str, object]:
    return {"summary": Summary(event.digest, r.at)}


@_folds(e.SummarySigned)
def _signed(case: Case, event: e.SummarySigned, r: e.Recorded) -> dict[str, object]:
    assert case.summary is not None
    return {"summary": replace(case.summary, signatures=case.summary.signatures | {event.person: r.at})}


@_folds(e.PartySigned)
def _party_signed(case: Case, event: e.PartySigned, r: e.Recorded) -> dict[str, object]:
    assert case.summary is not None
    return {"summary": replace(case.summary, party=Party(event.opinion, event.signer))}


@_folds(e.PartyRefused)
def _party_refused(case: Case, event: e.PartyRefused, r: e.Recorded) -> dict[str, object]:
    assert case.summary is not None
    party = Party(refusal=event.reason, witness=event.witness)
    return {"summary": replace(case.summary, party=party)}


@_folds(e.SummaryCompleted)
def _completed(case: Case, event: e.SummaryCompleted, r: e.Recorded) -> dict[str, object]:
    assert case.summary is not None
    return {"summary": replace(case.summary, completed=True)}


@_folds(e.EntryClockStarted)
def _clock(case: Case, event: e.EntryClockStarted, r: e.Recorded) -> dict[str, object]:
    clock = Clock(event.started, event.due, event.confirmed, event.calendar)
    return {"clocks": case.clocks | dict.fromkeys(event.departments, clock)}


@_folds(e.OutcomeReported)
def _reported(case: Case, event: e.OutcomeReported, r: e.Recorded) -> dict[str, object]:
    return {"reported_at": r.at}


def _entry(case: Case, department: str, **changes: Any) -> dict[str, object]:
    entry = replace(case.entries.get(department, Entry()), **changes)
    return {"entries": case.entries | {department: entry}}


@_folds(e.ResultEntered)
def _entered(case: Case, event: e.ResultEntered, r: e.Recorded) -> dict[str, object]:
    said = {"results": event.results, "measures": event.measures, "note": event.note, "review": ""}
    return _entry(case, event.department, by=r.by, at=r.at, late_reason=event.late_reason, **said)


@_folds(e.ResultReviewed)
def _reviewed(case: Case, event: e.ResultReviewed, r: e.Recorded) -> dict[str, object]:
    review = "passed" if event.passed else "returned"
    return _entry(case, event.department, review=review, review_opinion=event.opinion)


@_folds(e.NonDisclosureRequested)
def _secrecy(case: Case, event: e.NonDisclosureRequested, r: e.Recorded) -> dict[str, object]:
    return _entry(
        case, event.department, secrecy="requested", ground=event.ground, secrecy_reason=event.reason
    )


@_folds(e.NonDisclosureDecided)
def _secrecy_decided(case: Case, event: e.NonDisclosureDecided, r: e.Recorded) -> dict[str, object]:
    return _entry(case, event.department, secrecy="granted" if event.granted else "denied")


@_folds(e.ResultPublished)
def _published(case: Case, event: e.ResultPublished, r: e.Recorded) -> dict[str, object]:
    late = event.late_reason or case.entries[event.department].late_reason
    return _entry(case, event.department, published_at=r.at, late_reason=late)


def _handling(case: Case, question: str, **changes: Any) -> dict[str, object]:
    return {"handlings": case.handlings | {question: replace(case.handlings[question], **changes)}}


@_folds(e.MeasureDecided)
def _measure(case: Case, event: e.MeasureDecided, r: e.Recorded) -> dict[str, object]:
    state = "done" if event.measure == "corrected" else "decided"
    handling = Handling(event.measure, event.owner, event.due, event.recipient, event.note, state)
    return {"handlings": case.handlings | {event.question: handling}}


@_folds(e.CorrectionReported)
def _correction(case: Case, event: e.CorrectionReported, r: e.Recorded) -> dict[str, object]:
    return _handling(case, event.question, state="reported", recheck_due=event.recheck_due)


@_folds(e.CorrectionRechecked)
def _rechecked(case: Case, event: e.CorrectionRechecked, r: e.Recorded) -> dict[str, object]:
    if event.passed:
        return _handling(case, event.question, state="done", reference=event.note)
    due = event.due or case.handlings[event.question].due
    return _handling(case, event.question, state="decided", due=due, recheck_due=None)


@_folds(e.TransferDecided)
def _transfer(case: Case, event: e.TransferDecided, r: e.Recorded) -> dict[str, object]:
    if not event.granted:
        # The head said no: the finding needs another measure.
        return {"handlings": {q: h for q, h in case.handlings.items() if q != event.question}}
    return _handling(case, event.question, state="approved", hand_over_by=event.hand_over_by)


@_folds(e.HandlingConfirmed)
def _confirmed(case: Case, event: e.HandlingConfirmed, r: e.Recorded) -> dict[str, object]:
    return _handling(case, event.question, state="done", reference=event.reference)


@_folds(e.CaseClosed)
def _closed(case: Case, event: e.CaseClosed, r: e.Recorded) -> dict[str, object]:
    return {"closed_at": r.at}
