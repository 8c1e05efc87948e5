"""Later days, never silently: the task's last day before the visit is over, and the day of a correction.

No clause lets the 20 working days of entry grow (海市监发〔2019〕52号 二(四)4): what is entered after them is overdue
with a reason.
"""

from __future__ import annotations

from datetime import date

from workflows.inspection import commands as c
from workflows.inspection import events as e
from workflows.inspection.case import Case, step
from workflows.inspection.facts import Facts
from workflows.inspection.guards import must_be_ahead, must_be_open, must_hold, must_say
from workflows.inspection.refusals import Decision, Refused, refuse

WINDOW, ENTRY = "window", "entry"


def extend(case: Case, command: c.Extend, facts: Facts) -> Decision:
    refused = must_hold("supervisor", "entry-deadline", "not-supervisor", facts) or must_be_open(case)
    if refused:
        return refused
    before = _ends(case, command.what)
    if isinstance(before, Refused):
        return before
    if before == command.until:
        return ()
    if command.until < max(before, facts.today):
        return refuse("form", "not-later", before=before.isoformat())
    refused = must_be_ahead(command.until, facts)
    return (
        refused
        or must_say(command.reason, "entry-deadline", "extension-reason")
        or (e.Extended(command.what, before, command.until, command.reason.strip()),)
    )


def _ends(case: Case, what: str) -> date | Refused:
    """The day to be moved in an open case, or why it stands."""
    if what == ENTRY:
        return refuse("entry-deadline", "not-extendable")
    if what == WINDOW and case.onsite_at:
        return refuse("step-order", "too-late", "case", now=step(case), wanted=2)
    if what == WINDOW:
        return case.opened.ends
    return case.handlings[what].due if what in correctable(case) else refuse("re-check", "not-awaited")


def correctable(case: Case) -> tuple[str, ...]:
    """Questions whose correction was ordered and is not reported yet."""
    return tuple(q for q, h in case.handlings.items() if h.measure == "ordered" and h.state == "decided")
