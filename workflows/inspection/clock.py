"""The clock of 20 working days: when it starts, by profile; when it ends, by the calendar.

海市监发〔2019〕52号 二(四)4; 豫政〔2019〕22号 二(六).
"""

from __future__ import annotations

from workflows.calendar import add_working_days
from workflows.inspection.case import Case, departments, published
from workflows.inspection.events import EntryClockStarted
from workflows.inspection.facts import Facts


def started_by(moment: str, case: Case, facts: Facts) -> tuple[EntryClockStarted, ...]:
    """The clocks this moment starts under the profile; a clock once started never starts again.

    `moment` is one of check-ends | result-arises | inspection-completed (rule `entry-clock`).
    """
    if facts.profile.text("entry-clock") != moment or case.clocks:
        return ()
    days = facts.profile.number("entry-deadline")
    deadline = add_working_days(facts.today, days, facts.overlay)
    return (
        EntryClockStarted(
            departments(case), facts.today, deadline.date, deadline.confirmed, deadline.version
        ),
    )


def is_overdue(case: Case, department: str, facts: Facts) -> bool:
    clock = case.clocks.get(department)
    return clock is not None and facts.today > clock.due and not published(case, department)
