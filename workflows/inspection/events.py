"""What happened. Past tense, never changed; who and when are in `Recorded`. A correction is a new event."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from workflows.directory import Target
from workflows.inspection.event import Event, Recorded
from workflows.inspection.events_office import Extended, LeaderNamed, MemberReplaced, SignatureExcused
from workflows.inspection.events_result import (
    CaseClosed,
    CorrectionRechecked,
    CorrectionReported,
    EntryClockStarted,
    HandlingConfirmed,
    MeasureDecided,
    NonDisclosureDecided,
    NonDisclosureRequested,
    OutcomeReported,
    PartyRefused,
    PartySigned,
    ResultEntered,
    ResultPublished,
    ResultReviewed,
    SummaryCompleted,
    SummaryFormed,
    SummarySigned,
    TransferDecided,
)

# The rest of the vocabulary, so that a reader finds every event here.
__all__ = [
    "CaseClosed",
    "CorrectionRechecked",
    "CorrectionReported",
    "EntryClockStarted",
    "Event",
    "Extended",
    "HandlingConfirmed",
    "LeaderNamed",
    "MeasureDecided",
    "MemberReplaced",
    "NonDisclosureDecided",
    "NonDisclosureRequested",
    "OutcomeReported",
    "PartyRefused",
    "PartySigned",
    "Recorded",
    "ResultEntered",
    "ResultPublished",
    "ResultReviewed",
    "SignatureExcused",
    "SummaryCompleted",
    "SummaryFormed",
    "SummarySigned",
    "TransferDecided",
]


@dataclass(frozen=True)
class Member:
    person: str
    name: str
    department: str
    certificate: str
    role: str = "inspector"
    leader: bool = False


@dataclass(frozen=True)
class CaseItem:
    """An item as this case inspects it: `department` is the participating one, `edition` pins its checklist."""

    id: str
    name: str
    department: str
    basis: str
    edition: str


@dataclass(frozen=True)
class InspectionOpened(Event):
    """Everything the draw and the plan settled. `substitutes` holds, per department, the order of the same draw,
    `qualifications` what one of its members is to hold.

    `ad_hoc` says what a case that is not `random` comes from, a key of `workflows.ad_hoc.KINDS`, and `origin`
    by which document and why: nothing the inspected party or the public reads.
    """

    case: str
    plan: str
    plan_name: str
    task: str
    task_name: str
    profile: str
    lead: str
    target: Target
    items: tuple[CaseItem, ...]
    members: tuple[Member, ...]
    starts: date
    ends: date
    visit_code: str
    unannounced: bool = False
    random: bool = True
    draw: str = ""
    ad_hoc: str = ""
    origin: str = ""
    substitutes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    qualifications: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class CommandRefused(Event):
    """An attempt the rules did not allow, kept for the trail: who tried what, against which rule and clause."""

    command: str
    rule: str
    reason: str
    clause: str
    detail: dict[str, str]


@dataclass(frozen=True)
class AssignmentAcknowledged(Event):
    pass


@dataclass(frozen=True)
class RecusalRaised(Event):
    person: str
    reason: str
    by_party: bool


@dataclass(frozen=True)
class RecusalDecided(Event):
    person: str
    granted: bool
    reason: str


@dataclass(frozen=True)
class InspectorUnavailable(Event):
    person: str
    reason: str


@dataclass(frozen=True)
class SubstituteDrawn(Event):
    """`member` takes the place of `out`, being next in the same draw."""

    out: str
    member: Member


@dataclass(frozen=True)
class SubstituteMissing(Event):
    """The draw's order is used up: the seat stays empty and the organiser is told.

    `qualifications`: what is asked for and who stepped out alone held, so that nobody without it could follow.
    """

    out: str
    department: str
    qualifications: tuple[str, ...] = ()


@dataclass(frozen=True)
class SourceConsulted(Event):
    source: str
    note: str


@dataclass(frozen=True)
class BackgroundNoted(Event):
    aspect: str
    note: str


@dataclass(frozen=True)
class MethodDecided(Event):
    methods: tuple[str, ...]
    procedure: str


@dataclass(frozen=True)
class ItemsConfirmed(Event):
    pass


@dataclass(frozen=True)
class NoticeIssued(Event):
    visit_at: datetime
    materials: str


@dataclass(frozen=True)
class PrecheckCompleted(Event):
    pass


@dataclass(frozen=True)
class CheckedIn(Event):
    person: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class CertificatesShown(Event):
    certificates: tuple[str, ...]


@dataclass(frozen=True)
class RightsTold(Event):
    pass


@dataclass(frozen=True)
class CodeScanned(Event):
    code: str


@dataclass(frozen=True)
class ScanDeferred(Event):
    ground: str
    reason: str
    due: date


@dataclass(frozen=True)
class AnswerRecorded(Event):
    question: str
    item: str
    value: str
    note: str


@dataclass(frozen=True)
class AnswerCorrected(Event):
    question: str
    value: str
    before: str
    reason: str


@dataclass(frozen=True)
class FindingDescribed(Event):
    question: str
    note: str


@dataclass(frozen=True)
class EvidenceAttached(Event):
    question: str
    digest: str
    name: str
    mime: str
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True)
class EvidenceMoved(Event):
    digest: str
    question: str


@dataclass(frozen=True)
class ItemSkipped(Event):
    item: str
    reason: str


@dataclass(frozen=True)
class ObstacleReported(Event):
    kind: str
    note: str


@dataclass(frozen=True)
class ExpertOpinionGiven(Event):
    opinion: str


@dataclass(frozen=True)
class OnsiteFinished(Event):
    """`present` are the inspectors who count and were on site: they sign the summary."""

    present: tuple[str, ...]


# A ceremony's events are events too, and no case has any of them.
EVENTS: dict[str, type[Event]] = {
    kind.__name__: kind for kind in Event.__subclasses__() if kind.__module__.startswith(f"{__package__}.")
}
