"""④ 结果录入: 谁检查、谁录入、谁公开, one clock per department.

海市监发〔2019〕52号 二(四)4; 河南省公安厅通知(2019-12) 二(三), 三(二); 豫政〔2019〕22号 二(六).
"""

from __future__ import annotations

from workflows.disclosure import CORRECTED, NO_FINDING, NOTHING_FURTHER, Option
from workflows.inspection import commands as c
from workflows.inspection import events as e
from workflows.inspection.case import Case, departments, findings, published, step
from workflows.inspection.clock import is_overdue
from workflows.inspection.facts import Facts
from workflows.inspection.guards import first, must_be_on_team, must_fit, must_hold, must_say
from workflows.inspection.handling import closing
from workflows.inspection.refusals import Refused, refuse


def _own_result(case: Case, department: str, facts: Facts) -> Refused | None:
    """Entered by an inspector of that department who was on site, after the summary was signed."""
    if department not in departments(case):
        return refuse("form", "unknown-value", value=department)
    refused = must_be_on_team(case, facts)
    if refused:
        return refused
    if step(case) < 4:
        return refuse("step-order", "too-early", "case", now=step(case), wanted=4)
    if facts.actor.person not in case.present:
        return refuse("own-entry", "not-on-site", name=facts.actor.name)
    here = {case.members[p].department for p in case.present if p in case.members}
    if case.members[facts.actor.person].department != department and department in here:
        return refuse("own-entry", "other-department", "remind", department=department)
    return None


def _unpublished(case: Case, department: str) -> Refused | None:
    if not published(case, department):
        return None
    return refuse("step-order", "closed" if case.closed_at else "too-late", "case", now=step(case), wanted=4)


def enter_result(case: Case, command: c.EnterResult, facts: Facts) -> Refused | tuple[e.Event, ...]:
    refused = first(
        _own_result(case, command.department, facts),
        _unpublished(case, command.department),
        must_fit(command.note),
    ) or _check_options(case, command, facts)
    if refused:
        return refused
    if is_overdue(case, command.department, facts) and not command.late_reason.strip():
        due = case.clocks[command.department].due
        return refuse("entry-deadline", "late-reason-missing", "enter", due=due.isoformat())
    entry = case.entries.get(command.department)
    if entry and entry.results == command.results and entry.measures == command.measures:
        unchanged = entry.note == command.note.strip() and entry.review != "returned"
        if unchanged:
            return ()
    entered = e.ResultEntered(
        command.department, command.results, command.measures, command.note.strip(), command.late_reason
    )
    return (entered, *_corrected_on_the_spot(case, command, facts))


def _check_options(case: Case, command: c.EnterResult, facts: Facts) -> Refused | None:
    results = [facts.options.result(code) for code in command.results]
    measures = [facts.options.measure(code) for code in command.measures]
    if not results or not measures or None in results or None in measures:
        return refuse("form", "unknown-option")
    found = findings(case, command.department)
    return first(
        _alone(results, "result-not-alone"),
        _alone(measures, "measure-not-alone"),
        refuse("no-finding-excludes", "has-findings", "enter", count=len(found))
        if found and NO_FINDING in command.results
        else None,
        refuse("no-finding-excludes", "has-open-findings", "enter", count=len(found))
        if found and NOTHING_FURTHER in command.measures and CORRECTED not in command.results
        else None,
    )


def _alone(chosen: list[Option | None], reason: str) -> Refused | None:
    exclusive = next((o for o in chosen if o and o.exclusive), None)
    if exclusive and len(chosen) > 1:
        return refuse("no-finding-excludes", reason, "enter", option=exclusive.label)
    return None


def _corrected_on_the_spot(case: Case, command: c.EnterResult, facts: Facts) -> tuple[e.Event, ...]:
    """ "无需后续处置" after "经责令已改正": every finding of the department is thereby corrected on the spot."""
    if NOTHING_FURTHER not in command.measures:
        return ()
    return tuple(
        e.MeasureDecided(key, "corrected", facts.actor.person, facts.today, "", command.note)
        for key in findings(case, command.department)
        if key not in case.handlings
    )


def review_result(case: Case, command: c.ReviewResult, facts: Facts) -> Refused | tuple[e.Event, ...]:
    refused = first(
        must_hold("legal", "legal-review", "not-reviewer", facts), _unpublished(case, command.department)
    )
    if refused:
        return refused
    entry = case.entries.get(command.department)
    if entry is None or not entry.results:
        return refuse("step-order", "not-entered")
    wanted = "passed" if command.passed else "returned"
    if entry.review == wanted:
        return ()
    return (e.ResultReviewed(command.department, command.passed, command.opinion.strip()),)


def request_nondisclosure(
    case: Case, command: c.RequestNonDisclosure, facts: Facts
) -> Refused | tuple[e.Event, ...]:
    refused = first(_own_result(case, command.department, facts), _unpublished(case, command.department))
    if refused:
        return refused
    entry = case.entries.get(command.department)
    if entry is None or not entry.results:
        return refuse("step-order", "not-entered")
    if command.ground not in facts.profile.words("secrecy"):
        return refuse("secrecy", "unknown-ground", "secrecy", ground=command.ground)
    if entry.secrecy == "requested":
        return ()
    return must_say(command.reason, "secrecy", "reason-missing") or (
        e.NonDisclosureRequested(command.department, command.ground, command.reason.strip()),
    )


def decide_nondisclosure(
    case: Case, command: c.DecideNonDisclosure, facts: Facts
) -> Refused | tuple[e.Event, ...]:
    refused = must_hold("supervisor", "secrecy", "not-approver", facts)
    if refused:
        return refused
    entry = case.entries.get(command.department)
    if entry is None or entry.secrecy != "requested":
        return ()
    decided = e.NonDisclosureDecided(command.department, command.granted, command.reason.strip())
    return (decided, *(closing(case, facts, published_now=command.department) if command.granted else ()))


def publish_result(case: Case, command: c.PublishResult, facts: Facts) -> Refused | tuple[e.Event, ...]:
    if published(case, command.department):
        return must_be_on_team(case, facts) or ()
    refused = _own_result(case, command.department, facts) or _may_publish(case, command, facts)
    if refused:
        return refused
    places = facts.profile.places
    done = e.ResultPublished(command.department, places, command.late_reason.strip())
    return (done, *closing(case, facts, published_now=command.department))


def _may_publish(case: Case, command: c.PublishResult, facts: Facts) -> Refused | None:
    entry = case.entries.get(command.department)
    if entry is None or not entry.results:
        return refuse("step-order", "not-entered", "enter")
    if entry.by != facts.actor.person and entry.by in case.members:
        return refuse("own-entry", "not-enterer", "remind", name=case.members[entry.by].name)
    if entry.review == "returned":
        return refuse("legal-review", "returned", "enter", opinion=entry.review_opinion)
    if facts.profile.blocks("legal-review") and entry.review != "passed":
        return refuse("legal-review", "not-reviewed")
    if entry.secrecy == "requested":
        return refuse("secrecy", "pending")
    late = is_overdue(case, command.department, facts)
    if late and not (command.late_reason.strip() or entry.late_reason):
        due = case.clocks[command.department].due
        return refuse("entry-deadline", "late-reason-missing", "publish", due=due.isoformat())
    return None
