"""What happened. Past tense, never changed; who and when are in `Recorded`. A correction is a new event."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from workflows.directory import Target


@dataclass(frozen=True)
class Event:
    pass


@dataclass(frozen=True)
class Recorded:
    """An event with its envelope. `by` is a person id, `via` "channel:account", `at` UTC."""

    seq: int
    event: Event
    by: str
    via: str
    at: datetime


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
    """Everything the draw and the plan settled. `substitutes` holds, per department, the order of the same draw."""

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
    substitutes: dict[str, tuple[str, ...]] = field(default_factory=dict)


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
    """The draw's order is used up: the seat stays empty and the organiser is told."""

    out: str
    department: str


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


@dataclass(frozen=True)
class SummaryFormed(Event):
    digest: str


@dataclass(frozen=True)
class SummarySigned(Event):
    person: str
    digest: str


@dataclass(frozen=True)
class PartySigned(Event):
    opinion: str
    signer: str


@dataclass(frozen=True)
class PartyRefused(Event):
    reason: str
    witness: str


@dataclass(frozen=True)
class SummaryCompleted(Event):
    digest: str


@dataclass(frozen=True)
class EntryClockStarted(Event):
    """One clock per department. `calendar` names the working-day table the date rests on; unconfirmed where it has none."""

    departments: tuple[str, ...]
    started: date
    due: date
    confirmed: bool
    calendar: str


@dataclass(frozen=True)
class OutcomeReported(Event):
    """To the leading office (领导小组办公室), as soon as the inspection is done (002 二(四))."""

    findings: int


@dataclass(frozen=True)
class ResultEntered(Event):
    department: str
    results: tuple[str, ...]
    measures: tuple[str, ...]
    note: str
    late_reason: str


@dataclass(frozen=True)
class ResultReviewed(Event):
    department: str
    passed: bool
    opinion: str


@dataclass(frozen=True)
class NonDisclosureRequested(Event):
    department: str
    ground: str
    reason: str


@dataclass(frozen=True)
class NonDisclosureDecided(Event):
    department: str
    granted: bool
    reason: str


@dataclass(frozen=True)
class ResultPublished(Event):
    department: str
    places: tuple[str, ...]
    late_reason: str


@dataclass(frozen=True)
class MeasureDecided(Event):
    question: str
    measure: str
    owner: str
    due: date
    recipient: str
    note: str


@dataclass(frozen=True)
class CorrectionReported(Event):
    question: str
    note: str
    recheck_due: date


@dataclass(frozen=True)
class CorrectionRechecked(Event):
    question: str
    passed: bool
    note: str
    due: date | None


@dataclass(frozen=True)
class TransferDecided(Event):
    question: str
    granted: bool
    reason: str
    hand_over_by: datetime | None


@dataclass(frozen=True)
class HandlingConfirmed(Event):
    question: str
    reference: str


@dataclass(frozen=True)
class CaseClosed(Event):
    pass


EVENTS: dict[str, type[Event]] = {cls.__name__: cls for cls in Event.__subclasses__()}
