"""Who is on site, together, and counts: distinct by certificate, near in time and place.

海市监发〔2019〕52号 二(四)2; 行政处罚法 art. 42.
"""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

from workflows.inspection.case import Arrival, Case
from workflows.inspection.facts import Facts
from workflows.inspection.refusals import Refused, refuse

_EARTH_METRES = 6_371_000


def metres_between(a: Arrival, b: Arrival) -> float:
    """Great-circle distance in metres (haversine)."""
    lat_a, lat_b = radians(a.latitude), radians(b.latitude)
    half = sin((lat_b - lat_a) / 2) ** 2
    half += cos(lat_a) * cos(lat_b) * sin(radians(b.longitude - a.longitude) / 2) ** 2
    return 2 * _EARTH_METRES * asin(min(1.0, sqrt(half)))


def is_fresh(arrival: Arrival, facts: Facts) -> bool:
    """Checked in today (in China) and within the profile's hours: yesterday's check-in proves nothing about today."""
    return facts.fresh_since <= arrival.at <= facts.now


def counted(case: Case, facts: Facts) -> tuple[str, ...]:
    """Members checked in, fresh, and counting today by the directory as it now stands."""
    return tuple(
        person
        for person, arrival in case.arrivals.items()
        if person in case.members and person in facts.counting and is_fresh(arrival, facts)
    )


def together_with(case: Case, facts: Facts, person: str) -> tuple[str, ...]:
    """`person` and everyone counted who stands near them, one per certificate."""
    here = case.arrivals[person]
    reach = facts.profile.number("two-on-site", "metres")
    own = facts.directory.get(person)
    near, held = [person], {own.certificate} if own else set()
    for other in counted(case, facts):
        certificate = facts.directory[other].certificate
        # A person's own certificate is held already.
        if certificate not in held and metres_between(here, case.arrivals[other]) <= reach:
            near.append(other)
            held.add(certificate)
    return tuple(near)


def two_are_here(case: Case, facts: Facts) -> Refused | None:
    """Whether enough inspectors stand together, whoever asks: an expert's word counts while they are there."""
    here = counted(case, facts)
    if any(len(together_with(case, facts, p)) >= facts.profile.number("two-on-site") for p in here):
        return None
    awaited = (m.name for p, m in case.members.items() if m.role == "inspector" and p not in here)
    return refuse("two-on-site", "partner-missing", "remind", names="、".join(awaited))


def refuse_unless_counting(case: Case, facts: Facts) -> Refused | None:
    """Experts never count; a certificate must be in force on the day."""
    person = facts.actor.person
    entry = facts.directory.get(person)
    if entry is None or entry.role != "inspector" or case.members[person].role != "inspector":
        return refuse("two-on-site", "expert", "remind", name=facts.actor.name)
    if person not in facts.counting:
        until = entry.valid_until.isoformat() if entry.valid_until else ""
        return refuse(
            "inspector-certificate", "expired", "unavailable", certificate=entry.certificate, until=until
        )
    return None


def refuse_unless_two(case: Case, facts: Facts) -> Refused | None:
    """None where the actor is on site with at least one other who counts; else what is missing, most telling first."""
    refused = refuse_unless_counting(case, facts)
    if refused:
        return refused
    person = facts.actor.person
    own = case.arrivals.get(person)
    if own is None:
        return refuse("two-on-site", "check-in-first", "checkin")
    if not is_fresh(own, facts):
        return refuse("two-on-site", "own-stale", "checkin")
    if len(together_with(case, facts, person)) >= facts.profile.number("two-on-site"):
        return None
    return _what_is_missing(case, facts, own)


def _what_is_missing(case: Case, facts: Facts, own: Arrival) -> Refused:
    others = {p: a for p, a in case.arrivals.items() if p != facts.actor.person and p in case.members}
    partners = {p: a for p, a in others.items() if case.members[p].role == "inspector"}
    names = "、".join(m.name for p, m in case.members.items() if p in partners)
    fresh = {p: a for p, a in partners.items() if p in counted(case, facts)}
    if not partners:
        waiting = [
            m.name for p, m in case.members.items() if m.role == "inspector" and p != facts.actor.person
        ]
        return refuse(
            "two-on-site", "expert-only" if others else "partner-missing", "remind", names="、".join(waiting)
        )
    if not fresh:
        return refuse("two-on-site", "partner-stale", "remind", names=names)
    mine = facts.directory[facts.actor.person].certificate
    others_certified = [a for p, a in fresh.items() if facts.directory[p].certificate != mine]
    if not others_certified:
        return refuse("two-on-site", "same-certificate", "remind", certificate=mine)
    distances = (metres_between(own, a) for a in others_certified)
    far = [d for d in distances if d > facts.profile.number("two-on-site", "metres")]
    if not far:
        # A bureau may ask for more than two: those who came are near, one is still awaited.
        return two_are_here(case, facts) or refuse("two-on-site", "partner-missing", "remind", names=names)
    return refuse("two-on-site", "partner-far", "remind", names=names, distance=distance_text(min(far)))


def distance_text(metres: float) -> str:
    return f"{metres / 1000:.0f} 公里" if metres >= 1000 else f"{metres:.0f} 米"
