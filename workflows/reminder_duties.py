"""Whose turn it is and what does it, for each thing that falls due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from workflows.inspection.case import Case, department_of, departments, step
from workflows.inspection.precheck import missing
from workflows.inspection.timers import Timer
from workflows.policy import Profile


@dataclass(frozen=True)
class Duty:
    """`what` and `of` are the timer's, `due` its moment, for an appointment that of the visit.

    `doers` are person ids, none where only the head can do it. `verb` and `words` are what a button sends besides the
    case. `since` is when it was laid on them, where that is known.
    """

    what: str
    of: str
    due: datetime
    doers: tuple[str, ...]
    verb: str
    words: tuple[str, ...] = ()
    since: datetime | None = None


def duty_of(case: Case, timer: Timer, profile: Profile) -> Duty:
    what, _, of = timer.kind.partition(":")
    if what == "appointment":
        assert case.notice is not None
        return Duty(what, of, case.notice.visit_at, tuple(case.members), "open")
    if what == "visit":
        return Duty(what, of, timer.due_at, _inspectors(case, ""), _visit_verb(case))
    if what == "entry":
        return _entry(case, of, timer.due_at, profile)
    if what == "scan":
        return Duty(what, of, timer.due_at, _inspectors(case, ""), "scan")
    if what == "transfer":
        return Duty(what, of, timer.due_at, (), "oversee", since=case.handlings[of].decided_at)
    doers = _inspectors(case, department_of(case, of))
    return Duty(what, of, timer.due_at, doers, _handling_verb(case, what, of), (of,))


def _visit_verb(case: Case) -> str:
    """Agree on a day where that is all that is missing, or on another where the day agreed on has passed; else go on."""
    lacking = missing(case)
    if lacking:
        return "notice" if lacking.reason == "not-issued" else "open"
    return "notice" if case.precheck_at and case.notice and not case.arrivals else "open"


def _entry(case: Case, department: str, due: datetime, profile: Profile) -> Duty:
    """Enter, then publish; where the legal reviewer is awaited, ask them; before the signatures, only look."""
    entry = case.entries.get(department)
    place = (str(departments(case).index(department)),)
    doers = _inspectors(case, department)
    if step(case) < 4:
        return Duty("entry", department, due, doers, "open")
    if entry is None or not entry.results or entry.review == "returned":
        return Duty("entry", department, due, doers, "enter", place)
    if entry.secrecy == "requested" or (profile.blocks("legal-review") and entry.review != "passed"):
        return Duty("entry", department, due, doers, "remind")
    return Duty("entry", department, due, doers, "publish", place)


def _handling_verb(case: Case, what: str, question: str) -> str:
    if what == "recheck":
        return "handle"
    ordered = case.handlings[question].measure == "ordered"
    return "corrected" if what == "measure" and ordered else "confirm"


def _inspectors(case: Case, department: str) -> tuple[str, ...]:
    """Who was on site does the rest (谁检查、谁录入); of the department, or of all where it had nobody there."""
    able = [p for p, m in case.members.items() if m.role == "inspector" and p not in case.excused]
    here = [p for p in able if p in case.present] or able
    own = [p for p in here if case.members[p].department == department]
    return tuple(own or here)
