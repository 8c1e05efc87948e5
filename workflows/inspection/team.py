"""The team: told, recused, replaced by the same draw. 行政处罚法 art. 43; 云政办发〔2016〕105号 一(二)."""

from __future__ import annotations

from workflows.inspection import commands as c
from workflows.inspection import events as e
from workflows.inspection.case import Case
from workflows.inspection.facts import Facts
from workflows.inspection.guards import first, must_be_on_team, must_be_open, must_fit, must_hold, must_say
from workflows.inspection.refusals import Decision, Refused, refuse
from workflows.inspection.succession import succeeded


def acknowledge(case: Case, command: c.AcknowledgeAssignment, facts: Facts) -> Decision:
    refused = must_be_on_team(case, facts)
    if refused or facts.actor.person in case.acknowledged:
        return refused or ()
    return must_be_open(case) or (e.AssignmentAcknowledged(),)


def raise_recusal(case: Case, command: c.RaiseRecusal, facts: Facts) -> Decision:
    """Work goes on meanwhile: nothing stops until the head has decided (行政处罚法 art. 43)."""
    refused = must_be_on_team(case, facts)
    if refused:
        return refused
    raised = case.recusals.get(command.person)
    if raised and not raised.decided:
        return ()
    return (
        must_be_open(case)
        or _replaceable(case, command.person)
        or must_say(command.reason, "recusal", "reason-missing")
        or (e.RecusalRaised(command.person, command.reason.strip(), command.by_party),)
    )


def decide_recusal(case: Case, command: c.DecideRecusal, facts: Facts) -> Decision:
    """The head decides, and never about themselves."""
    refused = first(must_hold("supervisor", "recusal", "not-head", facts), must_fit(command.reason))
    if refused:
        return refused
    if command.person == facts.actor.person:
        return refuse("recusal", "not-head")
    raised = case.recusals.get(command.person)
    if raised is None:
        return refuse("recusal", "not-raised")
    if raised.decided:
        return ()
    closed = must_be_open(case)
    if closed:
        return closed
    decided = e.RecusalDecided(command.person, command.granted, command.reason)
    if not command.granted or command.person not in case.members:
        return (decided,)
    return _replaceable(case, command.person) or (decided, *succeeded(case, command.person, facts))


def report_unavailable(case: Case, command: c.ReportUnavailable, facts: Facts) -> Decision:
    person = facts.actor.person
    return (
        must_be_on_team(case, facts)
        or _replaceable(case, person)
        or must_say(command.reason, "substitute", "reason-missing")
        or (e.InspectorUnavailable(person, command.reason.strip()), *succeeded(case, person, facts))
    )


def replace_member(case: Case, command: c.ReplaceMember, facts: Facts) -> Decision:
    """The office takes somebody off and chooses nobody: the draw did, or its order is used up."""
    refused = (
        must_hold("supervisor", "substitute", "not-supervisor", facts)
        or must_be_open(case)
        or _replaceable(case, command.person)
        or must_say(command.reason, "substitute", "reason-missing")
    )
    if refused:
        return refused
    leaving = case.members[command.person]
    follows = succeeded(case, command.person, facts)
    if leaving.role == "inspector" and isinstance(follows[0], e.SubstituteMissing):
        return _nobody_follows(leaving, follows[0].qualifications)
    return (e.MemberReplaced(command.person, command.reason.strip()), *follows)


def _nobody_follows(leaving: e.Member, lost: tuple[str, ...]) -> Refused:
    name, department = leaving.name, leaving.department
    if lost:
        return refuse("substitute", "unqualified", name=name, department=department, words="、".join(lost))
    return refuse("substitute", "used-up", name=name, department=department)


def _replaceable(case: Case, person: str) -> Refused | None:
    """Once the visit is over its team is history: who was there signs."""
    if case.onsite_at or person not in case.members:
        return refuse("substitute", "too-late")
    return None
