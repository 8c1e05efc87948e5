"""What happened after the visit: ③ summary, ④ entry, ⑤ handling. Read through `events`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from workflows.inspection.event import Event


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
    """To the leading office (领导小组办公室), as soon as the inspection is done (海市监发〔2019〕52号 二(四))."""

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
