"""How far the work is: what each department owes in each case, and the counts made of it.

The formulas are those a supervisor knows from the platforms in use: 完成率 = 已公示 / 应检查, 完结率 = 完结 / 已公示.
按时率 = 按期公示 / (已公示 + 逾期): who is overdue and has published nothing must not look punctual.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from operator import attrgetter, is_

from workflows.inspection.case import (
    Case,
    Entry,
    department_of,
    departments,
    findings,
    published,
)
from workflows.inspection.facts import local_day
from workflows.inspection.summary import party_absent, unsigned
from workflows.policy import Profile

# In the order a result goes through them: 待录入, 录入中, 待审核, 已公示.
STATES = ("todo", "entering", "review", "published")
AXES = ("department", "item", "plan", "region", "month", "person")


@dataclass(frozen=True, slots=True)
class Standing:
    """`due` is the day the result falls due, None once published: whether it is overdue depends on the day asked.

    `late`: published after its day. `finished` (完结): published, and every finding of the department handled.
    """

    state: str
    due: date | None
    late: bool
    finished: bool


@dataclass(frozen=True, slots=True)
class Share:
    """What one department owes in one case: the unit of every count.

    `persons` are its inspectors on the team, `leader` leads the team, `month` is that of the release, "2026-09".
    `found`: a finding or an obstacle. `scan_due`: the day the visit's code was or is owed, None once it is scanned.
    `recheck_due`: the earliest re-check asked for. `unsigned` persons have the summary before them.
    """

    case: str
    department: str
    lead: str
    plan: str
    task: str
    target: str
    target_name: str
    region: str
    month: str
    items: tuple[str, ...]
    persons: tuple[str, ...]
    leader: str
    standing: Standing
    visited: date | None = None
    found: bool = False
    scan_due: date | None = None
    recheck_due: date | None = None
    unsigned: tuple[str, ...] = ()
    party_unsigned: bool = False


# What a case gathers before the visit ends and no share speaks of. Most events change nothing else.
UNCOUNTED = frozenset(
    {"seq", "acknowledged", "sources", "background", "methods", "procedure", "items_confirmed", "notice"}
    | {"precheck_at", "arrivals", "certificates", "rights_told_at", "opinions"}
)
_counted_of = attrgetter(*(name for name in Case.__dataclass_fields__ if name not in UNCOUNTED))


def alike(before: Case, after: Case) -> bool:
    """Whether the shares of both are sure to be the same: what they are made of was not touched."""
    return all(map(is_, _counted_of(before), _counted_of(after)))


def shares(case: Case, profile: Profile) -> tuple[Share, ...]:
    """One for every department that owes a result, in the order of their items."""
    return tuple(_share(case, department, profile) for department in departments(case))


def _share(case: Case, department: str, profile: Profile) -> Share:
    opened, members = case.opened, case.members
    mine = tuple(p for p, m in members.items() if m.department == department and m.role == "inspector")
    return Share(
        case=case.id,
        department=department,
        lead=opened.lead,
        plan=opened.plan,
        task=opened.task,
        target=opened.target.id,
        target_name=opened.target.name,
        region=opened.target.region,
        month=f"{local_day(case.opened_at):%Y-%m}",
        items=tuple(item.id for item in opened.items if item.department == department),
        persons=mine,
        leader=next((p for p, m in members.items() if m.leader), ""),
        standing=standing(case, department, profile),
        visited=local_day(case.onsite_at) if case.onsite_at else None,
        found=case.obstacle is not None or bool(findings(case, department)),
        scan_due=_scan_due(case),
        recheck_due=_recheck_due(case, department),
        unsigned=tuple(p for p in unsigned(case) if p in mine),
        party_unsigned=_party_unsigned(case) and department == departments(case)[0],
    )


def standing(case: Case, department: str, profile: Profile) -> Standing:
    entry = case.entries.get(department, Entry())
    if published(case, department):
        handled = all(
            question in case.handlings and case.handlings[question].state == "done"
            for question in findings(case, department)
        )
        return Standing("published", None, _late(case, department, entry), handled)
    return Standing(_unpublished(entry, profile), _due(case, department), False, False)


def _unpublished(entry: Entry, profile: Profile) -> str:
    if not entry.results:
        return "todo"
    waits_for_review = profile.blocks("legal-review") and not entry.review
    return "review" if waits_for_review or entry.secrecy == "requested" else "entering"


def _due(case: Case, department: str) -> date:
    """The clock's day; while none runs the last day of the task, as on the inspector's own list."""
    clock = case.clocks.get(department)
    return clock.due if clock else case.opened.ends


def _late(case: Case, department: str, entry: Entry) -> bool:
    """What is not disclosed was on time when it was entered on time: the decision takes its own time."""
    done = entry.published_at or entry.at
    clock = case.clocks.get(department)
    return clock is not None and done is not None and local_day(done) > clock.due


def _scan_due(case: Case) -> date | None:
    if case.onsite_at is None or (case.scan and case.scan.code):
        return None
    return (case.scan.due if case.scan else None) or local_day(case.onsite_at)


def _recheck_due(case: Case, department: str) -> date | None:
    return min(
        (
            handling.recheck_due
            for question, handling in case.handlings.items()
            if handling.state == "reported"
            and handling.recheck_due
            and department_of(case, question) == department
        ),
        default=None,
    )


def _party_unsigned(case: Case) -> bool:
    summary = case.summary
    return summary is not None and summary.party is None and not party_absent(case)


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of shares. `overdue` is a part of the first three; `on_time` and `finished` are parts of `published`."""

    todo: int = 0
    entering: int = 0
    review: int = 0
    published: int = 0
    overdue: int = 0
    on_time: int = 0
    finished: int = 0

    @property
    def total(self) -> int:
        """应检查"""
        return self.todo + self.entering + self.review + self.published

    @property
    def completion(self) -> Fraction | None:
        """完成率; None where nothing is to be inspected."""
        return _ratio(self.published, self.total)

    @property
    def finish(self) -> Fraction | None:
        """完结率; None where nothing is published."""
        return _ratio(self.finished, self.published)

    @property
    def punctuality(self) -> Fraction | None:
        """按时率; None where nothing was due so far."""
        return _ratio(self.on_time, self.published + self.overdue)

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


def _ratio(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None


def counted(one: Standing, today: date) -> Tally:
    return Tally(
        **{one.state: 1},
        overdue=int(one.due is not None and one.due < today),
        on_time=int(one.state == "published" and not one.late),
        finished=int(one.finished),
    )


def tally(found: Iterable[Share], today: date) -> Tally:
    return sum((counted(share.standing, today) for share in found), Tally())


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table by an axis: `name` is what is counted by, `label` what a person reads."""

    name: str
    label: str
    tally: Tally


def adds_up(axis: str) -> bool:
    """Whether the lines of an axis are parts of one whole; one share counts for several items and people."""
    return axis not in ("item", "person")


def names_on(axis: str, share: Share) -> tuple[str, ...]:
    """Under which names of an axis a share is counted; several items or people count it for each."""
    several = {"item": share.items, "person": share.persons}
    return several[axis] if axis in several else (str(getattr(share, axis)),)
