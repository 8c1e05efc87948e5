"""Who takes the seat of a member who leaves: the next of the same draw, against the team as it then stands.

云政办发〔2016〕105号 一(二): never a choice. 行政处罚法 arts. 42, 43: certificate and recusal hold for whoever comes. The order is
the draw's, made for the team as it was drawn; since then somebody else may have stepped in, and the directory has gone on.
"""

from __future__ import annotations

from datetime import date

from workflows.directory import Inspector, conflicts, drawable_throughout
from workflows.draw.roster import Conditions, candidates, numbers
from workflows.inspection import events as e
from workflows.inspection.case import Case
from workflows.inspection.facts import Facts, local_day


def succeeded(case: Case, out: str, facts: Facts) -> tuple[e.Event, ...]:
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
    for person in case.opened.substitutes.get(leaving.department, ()):
        entry = facts.directory.get(person)
        if entry and lost.issubset(entry.expertise) and _may_follow(case, leaving, entry, facts):
            member = e.Member(person, entry.name, entry.department, entry.certificate, entry.role, leads)
            return e.SubstituteDrawn(out, member)
    return e.SubstituteMissing(out, leaving.department, tuple(sorted(lost)))


def _may_follow(case: Case, leaving: e.Member, entry: Inspector, facts: Facts) -> bool:
    """Every rule of the draw but the load: of that department, able on the days, reached, not recused, nobody's kin.

    Who left takes their certificate along: it does not come back in another hand, but their relatives may come.
    """
    if entry.id in case.drawn or entry.department != leaving.department:
        return False
    staying = [_entry(m, facts) for p, m in case.members.items() if p != leaving.person]
    known = (facts.directory[p] for p in case.drawn if p in facts.directory)
    held = {number for one in (*staying, *known) for number in numbers(one)}
    related = Conditions(conflicts=conflicts([entry, *staying]))
    return (
        held.isdisjoint(numbers(entry))
        and drawable_throughout(entry, *_days(case, facts))
        and bool(candidates([entry], case.opened.target, staying, related))
    )


def _days(case: Case, facts: Facts) -> tuple[date, date]:
    """Today and the day of the visit; while that is open the task's last, as in the draw (行政处罚法 art. 42)."""
    visit = local_day(case.notice.visit_at) if case.notice else case.opened.ends
    return facts.today, max(facts.today, visit)


def _entry(member: e.Member, facts: Facts) -> Inspector:
    """The member's entry as it stands; of who is out of the directory what the case knows."""
    known = facts.directory.get(member.person)
    return known or Inspector(member.person, member.name, member.department, member.certificate)


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
