"""Who is told what after an event. A recipient is a person id, or "role:supervisor" and the like."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from workflows.inspection import events as e
from workflows.inspection.case import Case
from workflows.policy import Profile


@dataclass(frozen=True)
class Notification:
    """`kind` names the template in templates/chat/notices.j2; "changed" only redraws a card already on screen."""

    recipient: str
    kind: str


def notifications(
    case: Case, happened: Iterable[e.Event], actor: str, profile: Profile
) -> tuple[Notification, ...]:
    told: dict[Notification, None] = {}
    for event in happened:
        for notification in _of(case, event, profile):
            told[notification] = None
    for person in case.members:
        if person != actor:
            told[Notification(person, "changed")] = None
    return tuple(told)


def _of(case: Case, event: e.Event, profile: Profile) -> tuple[Notification, ...]:
    match event:
        case e.InspectionOpened():
            return tuple(Notification(m.person, "assigned") for m in event.members)
        case e.SubstituteDrawn():
            told = (Notification(event.member.person, "assigned"), Notification(event.out, "released"))
            others = (p for p in case.members if p != event.member.person)
            return (*told, *(Notification(p, "member-replaced") for p in others))
        case e.LeaderNamed():
            return (Notification(event.person, "leader-named"),)
        case e.SignatureExcused():
            return (Notification(event.person, "signature-excused"),)
        case e.Extended():
            return tuple(Notification(p, "extended") for p in case.members)
        case e.SubstituteMissing():
            kind = "seat-unqualified" if event.qualifications else "seat-empty"
            return (Notification("role:organiser", kind), Notification(event.out, "released"))
        case e.RecusalRaised():
            return (Notification("role:supervisor", "recusal-raised"),)
        case e.RecusalDecided() if not event.granted:
            return (Notification(event.person, "recusal-denied"),)
        case e.NoticeIssued():
            return tuple(Notification(p, "appointment") for p in case.members)
        case e.OutcomeReported():
            return (Notification("role:supervisor", "outcome-reported"),)
        case e.ResultEntered() if profile.blocks("legal-review"):
            return (Notification("role:legal", "review-wanted"),)
        case e.ResultReviewed():
            return (Notification(case.entries[event.department].by, "result-reviewed"),)
        case e.NonDisclosureRequested():
            return (Notification("role:supervisor", "secrecy-requested"),)
        case e.NonDisclosureDecided():
            return (Notification(case.entries[event.department].by, "secrecy-decided"),)
        case e.MeasureDecided() if event.measure == "judiciary":
            return (Notification("role:supervisor", "transfer-wanted"),)
        case e.TransferDecided():
            return tuple(Notification(p, "transfer-decided") for p in case.present)
        case e.CaseClosed():
            return (Notification("role:supervisor", "case-closed"), Notification("house", "archive"))
    return ()
