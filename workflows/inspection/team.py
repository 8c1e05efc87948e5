"""The team: told, recused, replaced by the same draw. 行政处罚法 art. 43; 云政办发〔2016〕105号 一(二)."""

from __future__ import annotations

from workflows.directory import drawable
from workflows.inspection import commands as c
from workflows.inspection import events as e
from workflows.inspection.case import Case
from workflows.inspection.facts import Facts
from workflows.inspection.guards import first, must_be_on_team, must_be_open, must_fit, must_hold, must_say
from workflows.inspection.refusals import Refused, refuse


def acknowledge(case: Case, command: c.AcknowledgeAssignment, facts: Facts) -> Refused | tuple[e.Event, ...]:
    refused = must_be_on_team(case, facts)
    if refused or facts.actor.person in case.acknowledged:
        return refused or ()
    return must_be_open(case) or (e.AssignmentAcknowledged(),)


def raise_recusal(case: Case, command: c.RaiseRecusal, facts: Facts) -> Refused | tuple[e.Event, ...]:
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


def decide_recusal(case: Case, command: c.DecideRecusal, facts: Facts) -> Refused | tuple[e.Event, ...]:
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
    return _replaceable(case, command.person) or (decided, *_succeeded(case, command.person, facts))


def report_unavailable(
    case: Case, command: c.ReportUnavailable, facts: Facts
) -> Refused | tuple[e.Event, ...]:
    person = facts.actor.person
    return (
        must_be_on_team(case, facts)
        or _replaceable(case, person)
        or must_say(command.reason, "substitute", "reason-missing")
        or (e.InspectorUnavailable(person, command.reason.strip()), *_succeeded(case, person, facts))
    )


def replace_member(case: Case, command: c.ReplaceMember, facts: Facts) -> Refused | tuple[e.Event, ...]:
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
    follows = _succeeded(case, command.person, facts)
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


def _succeeded(case: Case, out: str, facts: Facts) -> tuple[e.Event, ...]:
    """Who takes the seat, and where the leader leaves who leads: of the lead department, in the order of the draw.

    海市监发〔2019〕52号 二(四): the leader comes from the lead department, so nobody else's inspector may follow.
    """
    staying = [m for p, m in case.members.items() if p != out and m.role == "inspector"]
    led = any(m.leader for m in staying)
    heir = next((m.person for m in staying if m.department == case.opened.lead), None)
    leads = not led and heir is None and case.members[out].department == case.opened.lead
    named = (e.LeaderNamed(heir),) if heir and not led else ()
    return (_next_in_draw(case, out, facts, leads), *named)


def _next_in_draw(case: Case, out: str, facts: Facts, leads: bool) -> e.Event:
    """The next of the same draw who is still able: never a choice. A seat nobody can fill is said to be empty."""
    leaving = case.members[out]
    if leaving.role != "inspector":
        return e.SubstituteMissing(out, leaving.department)
    lost = _held_alone(case, leaving, facts)
    held = {m.certificate for m in case.members.values()}
    held |= {facts.directory[p].certificate for p in case.drawn if p in facts.directory}
    for person in case.opened.substitutes.get(leaving.department, ()):
        entry = facts.directory.get(person)
        if (
            entry is not None
            and person not in case.drawn
            and entry.certificate not in held
            and drawable(entry, facts.today)
            and case.opened.target.id not in entry.recusals
            and lost.issubset(entry.expertise)
        ):
            member = e.Member(person, entry.name, entry.department, entry.certificate, entry.role, leads)
            return e.SubstituteDrawn(out, member)
    return e.SubstituteMissing(out, leaving.department, tuple(sorted(lost)))


def _held_alone(case: Case, leaving: e.Member, facts: Facts) -> frozenset[str]:
    """What is asked of the department and goes with who leaves: nobody who stays holds it.

    Who is no longer in the directory is taken to have held it.
    """
    asked = frozenset(case.opened.qualifications.get(leaving.department, ()))
    own = facts.directory.get(leaving.person)
    staying = (
        facts.directory[p].expertise
        for p, m in case.members.items()
        if p != leaving.person and m.department == leaving.department and p in facts.directory
    )
    return (asked.intersection(own.expertise) if own else asked).difference(*staying)
