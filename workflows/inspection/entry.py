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
from workflows.inspection.refusals import Decision, Refused, refuse
from workflows.inspection.summary import must_be_complete


def _own_result(case: Case, department: str, facts: Facts) -> Refused | None:
    """Entered by an inspector of that department who was on site, after the summary was signed."""
    if department not in departments(case):
        return refuse("form", "unknown-value", value=department)
    refused = must_be_on_team(case, facts)
    if refused:
        return refused
    if step(case) < 3:
        return refuse("step-order", "too-early", "case", now=step(case), wanted=4)
    incomplete = must_be_complete(case)
    if incomplete:
        return incomplete
    if facts.actor.person not in case.present:
        return refuse("own-entry", "not-on-site", name=facts.actor.name)
    if department not in enterable(case, facts.actor.person):
        return refuse("own-entry", "other-department", "remind", department=department)
    return None


def enterable(case: Case, person: str) -> tuple[str, ...]:
    """The departments whose result this person enters: their own first, then those of whom nobody there still can."""
    if person not in case.present or person not in case.members:
        return ()
    able = {case.members[p].department for p in case.present if p in case.members and p not in case.excused}
    own = case.members[person].department
    return tuple(sorted((d for d in departments(case) if d == own or d not in able), key=lambda d: d != own))


def _unpublished(case: Case, department: str) -> Refused | None:
    if not published(case, department):
        return None
    return refuse("step-order", "closed" if case.closed_at else "too-late", "case", now=step(case), wanted=4)


def enter_result(case: Case, command: c.EnterResult, facts: Facts) -> Decision:
    refused = first(
        _own_result(case, command.department, facts),
        _unpublished(case, command.department),
        must_fit(command.note, command.late_reason),
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
    said = (command.results, command.measures, command.note.strip(), command.late_reason.strip())
    return (e.ResultEntered(command.department, *said),)


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
        refuse("no-finding-excludes", "not-inspected", "enter")
        if case.obstacle and NO_FINDING in command.results
        else None,
        refuse("no-finding-excludes", "has-open-findings", "enter", count=len(found))
        if NOTHING_FURTHER in command.measures and _left_open(case, found, command.results)
        else None,
    )


def _left_open(case: Case, found: tuple[str, ...], results: tuple[str, ...]) -> bool:
    """Whether findings stand against "无需后续处置": not said to be corrected, or already under another measure."""
    ordered = any(case.handlings[q].state != "done" for q in found if q in case.handlings)
    return ordered or (bool(found) and CORRECTED not in results)


def _alone(chosen: list[Option | None], reason: str) -> Refused | None:
    exclusive = next((o for o in chosen if o and o.exclusive), None)
    if exclusive and len(chosen) > 1:
        return refuse("no-finding-excludes", reason, "enter", option=exclusive.label)
    return None


def _made_final(case: Case, department: str, said: e.Event, facts: Facts) -> tuple[e.Event, ...]:
    """The result stands: under "无需后续处置" each finding was corrected on the spot, and perhaps the case closes.

    Not before this moment: until then the result may be entered anew, or be returned by the reviewer.
    """
    entry = case.entries[department]
    corrected = tuple(
        e.MeasureDecided(key, "corrected", entry.by, facts.today, "", entry.note)
        for key in findings(case, department)
        if NOTHING_FURTHER in entry.measures and key not in case.handlings
    )
    return (said, *corrected, *closing(case, facts, said, *corrected))


def review_result(case: Case, command: c.ReviewResult, facts: Facts) -> Decision:
    refused = first(
        must_hold("legal", "legal-review", "not-reviewer", facts),
        _unpublished(case, command.department),
        must_fit(command.opinion),
    )
    if refused:
        return refused
    entry = case.entries.get(command.department)
    if entry is None or not entry.results:
        return refuse("step-order", "not-entered")
    if entry.by == facts.actor.person:
        # Nobody reviews a result of their own.
        return refuse("legal-review", "not-reviewer")
    wanted = "passed" if command.passed else "returned"
    if entry.review == wanted:
        return ()
    return (e.ResultReviewed(command.department, command.passed, command.opinion.strip()),)


def request_nondisclosure(case: Case, command: c.RequestNonDisclosure, facts: Facts) -> Decision:
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
    if entry.review == "returned":
        return refuse("legal-review", "returned", "enter", opinion=entry.review_opinion)
    return must_say(command.reason, "secrecy", "reason-missing") or (
        e.NonDisclosureRequested(command.department, command.ground, command.reason.strip()),
    )


def decide_nondisclosure(case: Case, command: c.DecideNonDisclosure, facts: Facts) -> Decision:
    refused = first(must_hold("supervisor", "secrecy", "not-approver", facts), must_fit(command.reason))
    if refused:
        return refused
    entry = case.entries.get(command.department)
    if entry is None or entry.secrecy != "requested":
        return ()
    if entry.by == facts.actor.person:
        return refuse("secrecy", "not-approver")
    if command.granted and entry.review == "returned":
        # What the reviewer returned counts as not entered: granted, it would stand as it is and could close the case.
        return refuse("legal-review", "still-returned", opinion=entry.review_opinion)
    decided = e.NonDisclosureDecided(command.department, command.granted, command.reason.strip())
    return _made_final(case, command.department, decided, facts) if command.granted else (decided,)


def publish_result(case: Case, command: c.PublishResult, facts: Facts) -> Decision:
    if published(case, command.department):
        return must_be_on_team(case, facts) or ()
    refused = first(
        _own_result(case, command.department, facts), must_fit(command.late_reason)
    ) or _may_publish(case, command, facts)
    if refused:
        return refused
    places = facts.profile.places
    done = e.ResultPublished(command.department, places, command.late_reason.strip())
    return _made_final(case, command.department, done, facts)


def _may_publish(case: Case, command: c.PublishResult, facts: Facts) -> Refused | None:
    entry = case.entries.get(command.department)
    if entry is None or not entry.results:
        return refuse("step-order", "not-entered", "enter")
    awaited = entry.by in case.members and entry.by not in case.excused
    if awaited and entry.by != facts.actor.person:
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
