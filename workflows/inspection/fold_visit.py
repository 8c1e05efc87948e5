"""What the events of the team, ① and ② change in the case."""

from __future__ import annotations

from dataclasses import replace

from workflows.inspection import events as e
from workflows.inspection.case import Answer, Arrival, Case, Evidence, Notice, Obstacle, Recusal, Scan
from workflows.inspection.event import Recorded
from workflows.inspection.fold import Folds, registering

FOLDS: Folds = {}
folds = registering(FOLDS)


@folds(e.CommandRefused)
@folds(e.SubstituteMissing)
def _nothing(case: Case, event: e.Event, r: Recorded) -> dict[str, object]:
    return {}


@folds(e.AssignmentAcknowledged)
def _acknowledged(case: Case, event: e.AssignmentAcknowledged, r: Recorded) -> dict[str, object]:
    return {"acknowledged": (*case.acknowledged, r.by)}


@folds(e.RecusalRaised)
def _recusal(case: Case, event: e.RecusalRaised, r: Recorded) -> dict[str, object]:
    return {"recusals": case.recusals | {event.person: Recusal(event.reason, event.by_party, r.by)}}


@folds(e.RecusalDecided)
def _recusal_decided(case: Case, event: e.RecusalDecided, r: Recorded) -> dict[str, object]:
    recusal = replace(case.recusals[event.person], decided="granted" if event.granted else "denied")
    changes: dict[str, object] = {"recusals": case.recusals | {event.person: recusal}}
    return changes | (_leave(case, event.person, "recused") if event.granted else {})


@folds(e.InspectorUnavailable)
def _unavailable(case: Case, event: e.InspectorUnavailable, r: Recorded) -> dict[str, object]:
    return _leave(case, event.person, "unavailable")


@folds(e.MemberReplaced)
def _replaced(case: Case, event: e.MemberReplaced, r: Recorded) -> dict[str, object]:
    return _leave(case, event.person, "replaced")


@folds(e.LeaderNamed)
def _leads(case: Case, event: e.LeaderNamed, r: Recorded) -> dict[str, object]:
    return {"members": {p: replace(m, leader=p == event.person) for p, m in case.members.items()}}


def _leave(case: Case, person: str, why: str) -> dict[str, object]:
    return {
        "members": {p: m for p, m in case.members.items() if p != person},
        "gone": case.gone | {person: why},
        "arrivals": {p: a for p, a in case.arrivals.items() if p != person},
    }


@folds(e.SubstituteDrawn)
def _substitute(case: Case, event: e.SubstituteDrawn, r: Recorded) -> dict[str, object]:
    member = event.member
    return {"members": case.members | {member.person: member}, "drawn": (*case.drawn, member.person)}


@folds(e.SourceConsulted)
def _source(case: Case, event: e.SourceConsulted, r: Recorded) -> dict[str, object]:
    return {"sources": case.sources | {event.source: event.note}}


@folds(e.BackgroundNoted)
def _background(case: Case, event: e.BackgroundNoted, r: Recorded) -> dict[str, object]:
    return {"background": case.background | {event.aspect: event.note}}


@folds(e.MethodDecided)
def _method(case: Case, event: e.MethodDecided, r: Recorded) -> dict[str, object]:
    return {"methods": event.methods, "procedure": event.procedure}


@folds(e.ItemsConfirmed)
def _items(case: Case, event: e.ItemsConfirmed, r: Recorded) -> dict[str, object]:
    return {"items_confirmed": True}


@folds(e.NoticeIssued)
def _notice(case: Case, event: e.NoticeIssued, r: Recorded) -> dict[str, object]:
    return {"notice": Notice(event.visit_at, event.materials, r.at)}


@folds(e.PrecheckCompleted)
def _precheck(case: Case, event: e.PrecheckCompleted, r: Recorded) -> dict[str, object]:
    return {"precheck_at": r.at}


@folds(e.CheckedIn)
def _checked_in(case: Case, event: e.CheckedIn, r: Recorded) -> dict[str, object]:
    arrival = Arrival(event.latitude, event.longitude, r.at, r.via)
    return {"arrivals": case.arrivals | {event.person: arrival}}


@folds(e.CertificatesShown)
def _shown(case: Case, event: e.CertificatesShown, r: Recorded) -> dict[str, object]:
    return {"certificates": tuple(dict.fromkeys((*case.certificates, *event.certificates)))}


@folds(e.RightsTold)
def _rights(case: Case, event: e.RightsTold, r: Recorded) -> dict[str, object]:
    return {"rights_told_at": r.at}


@folds(e.CodeScanned)
def _scanned(case: Case, event: e.CodeScanned, r: Recorded) -> dict[str, object]:
    return {"scan": replace(case.scan or Scan(), code=event.code)}


@folds(e.ScanDeferred)
def _scan_deferred(case: Case, event: e.ScanDeferred, r: Recorded) -> dict[str, object]:
    return {"scan": Scan("", event.ground, event.reason, event.due)}


@folds(e.AnswerRecorded)
def _answer(case: Case, event: e.AnswerRecorded, r: Recorded) -> dict[str, object]:
    answer = Answer(event.item, event.value, event.note, r.by, r.at)
    return {"answers": case.answers | {event.question: answer}}


@folds(e.AnswerCorrected)
def _corrected(case: Case, event: e.AnswerCorrected, r: Recorded) -> dict[str, object]:
    before = case.answers[event.question]
    answer = Answer(before.item, event.value, before.note, r.by, r.at, before.corrections + 1)
    # What was signed is no longer what is recorded: the summary is formed and signed again.
    changes: dict[str, object] = {"answers": case.answers | {event.question: answer}, "summary": None}
    return changes | {"reopened": case.onsite_at is not None}


@folds(e.FindingDescribed)
def _described(case: Case, event: e.FindingDescribed, r: Recorded) -> dict[str, object]:
    answer = replace(case.answers[event.question], note=event.note)
    return {"answers": case.answers | {event.question: answer}, "summary": None}


@folds(e.EvidenceAttached)
def _attached(case: Case, event: e.EvidenceAttached, r: Recorded) -> dict[str, object]:
    after = event.question in case.handlings
    place = (event.latitude, event.longitude)
    piece = Evidence(event.question, event.name, event.mime, r.by, r.at, *place, after)
    return {"evidence": case.evidence | {event.digest: piece}}


@folds(e.EvidenceMoved)
def _moved(case: Case, event: e.EvidenceMoved, r: Recorded) -> dict[str, object]:
    piece = replace(case.evidence[event.digest], question=event.question)
    return {"evidence": case.evidence | {event.digest: piece}}


@folds(e.ItemSkipped)
def _skipped(case: Case, event: e.ItemSkipped, r: Recorded) -> dict[str, object]:
    return {"skipped": case.skipped | {event.item: event.reason}}


@folds(e.ObstacleReported)
def _obstacle(case: Case, event: e.ObstacleReported, r: Recorded) -> dict[str, object]:
    return {"obstacle": Obstacle(event.kind, event.note, r.by, r.at)}


@folds(e.ExpertOpinionGiven)
def _opinion(case: Case, event: e.ExpertOpinionGiven, r: Recorded) -> dict[str, object]:
    return {"opinions": case.opinions | {r.by: event.opinion}}


@folds(e.OnsiteFinished)
def _onsite(case: Case, event: e.OnsiteFinished, r: Recorded) -> dict[str, object]:
    return {"onsite_at": r.at, "present": event.present}
