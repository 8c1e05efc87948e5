"""What falls due, derived from the case as it stands. Rows are armed and cancelled in the transaction of the event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from workflows.inspection.case import Case, departments, published
from workflows.inspection.facts import CHINA, local_day
from workflows.policy import Profile

MORNING, DAY_END = time(9, 0, tzinfo=CHINA), time(23, 59, 59, tzinfo=CHINA)


@dataclass(frozen=True)
class Timer:
    """`kind` is "what:whom", e.g. "entry:县公安局" or "recheck:GA-02-03"; `due_at` is aware.

    What: appointment | visit | scan | entry | measure | recheck | transfer (the head decides) | handover.
    """

    kind: str
    due_at: datetime


def timers(case: Case, profile: Profile) -> tuple[Timer, ...]:
    if case.closed_at:
        return ()
    return (*_visit(case), *_entry(case), *_handling(case, profile))


def _visit(case: Case) -> tuple[Timer, ...]:
    found = []
    if case.notice and not case.onsite_at:
        eve = case.notice.visit_at.astimezone(CHINA).date() - timedelta(days=1)
        found.append(Timer("appointment:", datetime.combine(eve, MORNING)))
    if not case.onsite_at:
        found.append(Timer("visit:", datetime.combine(case.opened.ends, DAY_END)))
    if case.scan and not case.scan.code and case.scan.due:
        found.append(Timer("scan:", datetime.combine(case.scan.due, DAY_END)))
    return tuple(found)


def _entry(case: Case) -> tuple[Timer, ...]:
    return tuple(
        Timer(f"entry:{d}", datetime.combine(case.clocks[d].due, DAY_END))
        for d in departments(case)
        if d in case.clocks and not published(case, d)
    )


def _handling(case: Case, profile: Profile) -> tuple[Timer, ...]:
    found = []
    for question, handling in case.handlings.items():
        if handling.state == "done":
            continue
        if handling.recheck_due:
            found.append(Timer(f"recheck:{question}", datetime.combine(handling.recheck_due, DAY_END)))
        elif handling.measure == "judiciary" and handling.decided_at and not handling.hand_over_by:
            last = local_day(handling.decided_at) + timedelta(days=profile.number("criminal", "days"))
            found.append(Timer(f"transfer:{question}", datetime.combine(last, DAY_END)))
        elif handling.hand_over_by:
            found.append(Timer(f"handover:{question}", handling.hand_over_by))
        else:
            found.append(Timer(f"measure:{question}", datetime.combine(handling.due, DAY_END)))
    return tuple(found)
