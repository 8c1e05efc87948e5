"""What people ask for. Imperative; who asks and when are in `Facts`, never in the command."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

# The rest of the vocabulary, so that a reader finds every command here.
from workflows.inspection.command import Command as Command  # noqa: PLC0414
from workflows.inspection.commands_office import ExcuseSignature as ExcuseSignature  # noqa: PLC0414
from workflows.inspection.commands_office import Extend as Extend  # noqa: PLC0414
from workflows.inspection.commands_office import ReplaceMember as ReplaceMember  # noqa: PLC0414

# -- the team ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AcknowledgeAssignment(Command):
    pass


@dataclass(frozen=True)
class RaiseRecusal(Command):
    """`person` should step out: for an interest of their own, or because the party objects (行政处罚法 art. 43)."""

    person: str
    reason: str
    by_party: bool = False


@dataclass(frozen=True)
class DecideRecusal(Command):
    person: str
    granted: bool
    reason: str = ""


@dataclass(frozen=True)
class ReportUnavailable(Command):
    reason: str


# -- ① precheck -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ConsultSource(Command):
    source: str
    note: str = ""


@dataclass(frozen=True)
class NoteBackground(Command):
    aspect: str
    note: str


@dataclass(frozen=True)
class DecideMethod(Command):
    methods: tuple[str, ...]
    procedure: str


@dataclass(frozen=True)
class ConfirmItems(Command):
    pass


@dataclass(frozen=True)
class IssueNotice(Command):
    visit_at: datetime
    materials: str


@dataclass(frozen=True)
class CompletePrecheck(Command):
    pass


# -- ② onsite ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CheckIn(Command):
    """Degrees, WGS 84."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class ShowCertificates(Command):
    pass


@dataclass(frozen=True)
class TellRights(Command):
    pass


@dataclass(frozen=True)
class ScanCode(Command):
    code: str


@dataclass(frozen=True)
class DeferScan(Command):
    """`ground` is "emergency" (scan before leaving) or "network" (recorded later)."""

    ground: str
    reason: str


@dataclass(frozen=True)
class RecordAnswer(Command):
    question: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class RecordAllConforming(Command):
    """ "全部正常": every open verdict question of the department's items conforms."""

    department: str


@dataclass(frozen=True)
class CorrectAnswer(Command):
    question: str
    value: str
    reason: str


@dataclass(frozen=True)
class DescribeFinding(Command):
    question: str
    note: str


@dataclass(frozen=True)
class AttachEvidence(Command):
    question: str
    digest: str
    name: str
    mime: str
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True)
class MoveEvidence(Command):
    digest: str
    question: str


@dataclass(frozen=True)
class SkipItem(Command):
    item: str
    reason: str


@dataclass(frozen=True)
class ReportObstacle(Command):
    """`kind` is "not-found", "closed" or "refusing"."""

    kind: str
    note: str


@dataclass(frozen=True)
class GiveExpertOpinion(Command):
    opinion: str


@dataclass(frozen=True)
class FinishOnsite(Command):
    pass


# -- ③ summary --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FormSummary(Command):
    pass


@dataclass(frozen=True)
class SignSummary(Command):
    """`digest` is that of the summary the signer was shown (at least its first eight characters)."""

    digest: str


@dataclass(frozen=True)
class RecordPartySignature(Command):
    opinion: str
    signer: str


@dataclass(frozen=True)
class RecordPartyRefusal(Command):
    reason: str
    witness: str


# -- ④ entry ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class EnterResult(Command):
    department: str
    results: tuple[str, ...]
    measures: tuple[str, ...]
    note: str = ""
    late_reason: str = ""


@dataclass(frozen=True)
class ReviewResult(Command):
    department: str
    passed: bool
    opinion: str = ""


@dataclass(frozen=True)
class RequestNonDisclosure(Command):
    department: str
    ground: str
    reason: str


@dataclass(frozen=True)
class DecideNonDisclosure(Command):
    department: str
    granted: bool
    reason: str = ""


@dataclass(frozen=True)
class PublishResult(Command):
    department: str
    late_reason: str = ""


# -- ⑤ handling -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DecideMeasure(Command):
    """`measure`: corrected | ordered | transferred | filed | judiciary. `recipient` where it goes to another body."""

    question: str
    measure: str
    owner: str
    due: date
    recipient: str = ""
    note: str = ""


@dataclass(frozen=True)
class ReportCorrection(Command):
    question: str
    note: str


@dataclass(frozen=True)
class RecheckCorrection(Command):
    question: str
    passed: bool
    note: str
    due: date | None = None


@dataclass(frozen=True)
class DecideTransfer(Command):
    """The head's decision to hand a suspected crime to the judiciary (three days)."""

    question: str
    granted: bool
    reason: str = ""


@dataclass(frozen=True)
class ConfirmHandling(Command):
    """The receipt, the file number or the reference that ends a measure which went elsewhere."""

    question: str
    reference: str


@dataclass(frozen=True)
class CloseCase(Command):
    pass
