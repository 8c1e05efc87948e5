"""The case as it now stands, and nothing else: folded from its events, compared byte for byte in tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from workflows.checklist import VIOLATES
from workflows.inspection.events import InspectionOpened, Member

STEPS = {1: "precheck", 2: "onsite", 3: "summary", 4: "entry", 5: "handling"}
CLOSED = 6


@dataclass(frozen=True)
class Notice:
    visit_at: datetime
    materials: str
    at: datetime


@dataclass(frozen=True)
class Arrival:
    latitude: float
    longitude: float
    at: datetime
    via: str


@dataclass(frozen=True)
class Scan:
    code: str = ""
    ground: str = ""
    reason: str = ""
    due: date | None = None


@dataclass(frozen=True)
class Answer:
    item: str
    value: str
    note: str
    by: str
    at: datetime
    corrections: int = 0


@dataclass(frozen=True)
class Evidence:
    """`correction` shows a finding being put right after the visit: no part of what was signed."""

    question: str
    name: str
    mime: str
    by: str
    at: datetime
    latitude: float | None
    longitude: float | None
    correction: bool = False


@dataclass(frozen=True)
class Obstacle:
    kind: str
    note: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Party:
    opinion: str = ""
    signer: str = ""
    refusal: str = ""
    witness: str = ""


@dataclass(frozen=True)
class Summary:
    digest: str
    formed_at: datetime
    signatures: dict[str, datetime] = field(default_factory=dict)
    party: Party | None = None
    completed: bool = False


@dataclass(frozen=True)
class Clock:
    started: date
    due: date
    confirmed: bool
    calendar: str


@dataclass(frozen=True)
class Entry:
    """A department's result. `review`: "" | passed | returned. `secrecy`: "" | requested | granted | denied."""

    results: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    note: str = ""
    by: str = ""
    at: datetime | None = None
    late_reason: str = ""
    review: str = ""
    review_opinion: str = ""
    secrecy: str = ""
    ground: str = ""
    secrecy_reason: str = ""
    published_at: datetime | None = None


@dataclass(frozen=True)
class Handling:
    """A finding on its way. `state`: decided | reported | approved | done. `failed` counts re-checks not passed."""

    measure: str
    owner: str
    due: date
    recipient: str
    note: str
    state: str
    recheck_due: date | None = None
    hand_over_by: datetime | None = None
    reference: str = ""
    decided_at: datetime | None = None
    failed: int = 0


@dataclass(frozen=True)
class Recusal:
    reason: str
    by_party: bool
    by: str
    decided: str = ""  # "" | granted | denied


@dataclass(frozen=True)
class Extension:
    """A day moved by decision. `what` is "window" or the question whose correction it is."""

    what: str
    before: date
    until: date
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Case:
    """Times are UTC. Dicts keep the order of the events that filled them.

    `reopened`: an answer was corrected after the visit, and the summary has not been formed anew.
    `excused`: why the summary does not wait for somebody's signature, by person.
    """

    id: str
    seq: int
    opened: InspectionOpened
    opened_at: datetime
    members: dict[str, Member]
    gone: dict[str, str] = field(default_factory=dict)
    drawn: tuple[str, ...] = ()
    acknowledged: tuple[str, ...] = ()
    recusals: dict[str, Recusal] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    background: dict[str, str] = field(default_factory=dict)
    methods: tuple[str, ...] = ()
    procedure: str = ""
    items_confirmed: bool = False
    notice: Notice | None = None
    precheck_at: datetime | None = None
    arrivals: dict[str, Arrival] = field(default_factory=dict)
    certificates: tuple[str, ...] = ()
    rights_told_at: datetime | None = None
    scan: Scan | None = None
    answers: dict[str, Answer] = field(default_factory=dict)
    evidence: dict[str, Evidence] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    obstacle: Obstacle | None = None
    opinions: dict[str, str] = field(default_factory=dict)
    onsite_at: datetime | None = None
    present: tuple[str, ...] = ()
    reopened: bool = False
    summary: Summary | None = None
    clocks: dict[str, Clock] = field(default_factory=dict)
    reported_at: datetime | None = None
    entries: dict[str, Entry] = field(default_factory=dict)
    handlings: dict[str, Handling] = field(default_factory=dict)
    closed_at: datetime | None = None
    excused: dict[str, str] = field(default_factory=dict)
    extensions: tuple[Extension, ...] = ()


def departments(case: Case) -> tuple[str, ...]:
    """The departments that owe a result, in the order of their items."""
    return tuple(dict.fromkeys(item.department for item in case.opened.items))


def step(case: Case) -> int:
    """1-5 for the step the case is in, 6 once closed (海市监发〔2019〕52号 二(四))."""
    if case.closed_at:
        return CLOSED
    if not case.precheck_at:
        return 1
    if not case.onsite_at:
        return 2
    if not (case.summary and case.summary.completed):
        return 3
    return 4 if any(not published(case, d) for d in departments(case)) else 5


def published(case: Case, department: str) -> bool:
    entry = case.entries.get(department)
    return entry is not None and (entry.published_at is not None or entry.secrecy == "granted")


def findings(case: Case, department: str = "") -> tuple[str, ...]:
    """Questions answered 不符合, of one department or of all. Skipping an item afterwards hides none of them."""
    owner = {item.id: item.department for item in case.opened.items}
    return tuple(
        key
        for key, answer in case.answers.items()
        if answer.value == VIOLATES and (not department or owner[answer.item] == department)
    )


def department_of(case: Case, question: str) -> str:
    item = case.answers[question].item
    return next(i.department for i in case.opened.items if i.id == item)


def evidence_of(case: Case, question: str) -> tuple[str, ...]:
    return tuple(digest for digest, piece in case.evidence.items() if piece.question == question)
