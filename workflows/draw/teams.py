"""Who goes to which target: steps 1, 2, 4 and 5 of draw.md, "Teams".

Step 3, exact balance by shifting seats, is left to the verifiable draw: step 2 alone keeps loads close.
Directories do not yet say which group needs a qualification, so no first seat asks for one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from workflows.directory import Inspector, Target, drawable
from workflows.draw.impossible import DrawImpossible, seat_empty
from workflows.draw.targets import reached, scope_words
from workflows.draw.tickets import ticket
from workflows.plan import Task

People = Mapping[str, Sequence[Inspector]]


class Member(NamedTuple):
    inspector_id: str
    department: str
    leader: bool


def visit_days(task: Task, on: date) -> tuple[date, date]:
    """First and last day on which somebody drawn on that day may have to stand in a doorway."""
    return on, max(on, task.ends)


def standing(inspectors: Iterable[Inspector], task: Task, on: date) -> dict[str, list[Inspector]]:
    """Department -> who can be drawn: on duty, and certified from the day of the draw to the task's last day.

    The day of the visit is unknown while drawing, and the certificate has to hold on it (行政处罚法 art. 42),
    so one that lapses within the window does not do.
    """
    days = visit_days(task, on)
    people: dict[str, list[Inspector]] = {department: [] for department in task.departments}
    for inspector in inspectors:
        if inspector.department in people and all(drawable(inspector, day) for day in days):
            people[inspector.department].append(inspector)
    return people


def seats(departments: Sequence[str], team_size: int) -> dict[str, int]:
    """Department -> seats: one each, and what is missing to the team size dealt round from the lead."""
    names = tuple(dict.fromkeys(departments))
    return dict(Counter(names[seat % len(names)] for seat in range(max(team_size, len(names)))))


def by_ticket(key: str, target: Target, inspector: Inspector) -> tuple[str, str]:
    return ticket(key, f"T{target.id}|{inspector.id}"), inspector.id


def candidates(people: Iterable[Inspector], target: Target, taken: Collection[Inspector]) -> list[Inspector]:
    """Who may still join: reached, not recused, and no member's certificate again, which tells people apart."""
    certificates = {member.certificate for member in taken} - {""}
    return [
        person
        for person in people
        if target.id not in person.recusals
        and person.certificate not in certificates
        and reached(person.region, target)
    ]


def substitutes(
    people: People, target: Target, department: str, taken: Collection[Inspector], key: str
) -> tuple[str, ...]:
    """Ids of who replaces a missing member of that department, strictly in this order. Step 5."""
    free = candidates(people[department], target, taken)
    order = sorted(free, key=lambda person: by_ticket(key, target, person))
    first_of_certificate = {person.certificate: person.id for person in reversed(order)}
    return tuple(person.id for person in order if first_of_certificate[person.certificate] == person.id)


def expert(
    inspectors: Iterable[Inspector], task: Task, target: Target, taken: Collection[Inspector], key: str
) -> tuple[str, ...]:
    """At most one expert who knows an item of the task or what the target is; helps, never counts."""
    wanted = {*task.items, *scope_words(target, task.scope)}
    knowing = [
        person
        for person in inspectors
        if person.role == "expert" and person.on_duty and wanted.intersection(person.expertise)
    ]
    free = candidates(knowing, target, taken)
    first = min(free, key=lambda person: ticket(key, f"X{target.id}|{person.id}"), default=None)
    return (first.id,) if first else ()


class Ledger:
    """What the year and this draw have asked of everybody so far: seats, meetings of two, leaderships."""

    def __init__(self, loads: Mapping[str, int]) -> None:
        self.load, self.led = Counter(loads), Counter[str]()
        self.met: Counter[frozenset[str]] = Counter()

    def choose(
        self, free: Sequence[Inspector], team: Sequence[Inspector], target: Target, key: str
    ) -> Inspector:
        """Step 2: among the least loaded, who met the team least; among these the smallest ticket."""
        most = min(self.load[person.id] for person in free) + 1
        return min(
            (person for person in free if self.load[person.id] <= most),
            key=lambda person: (
                sum(self.met[frozenset((person.id, mate.id))] for mate in team),
                by_ticket(key, target, person),
            ),
        )

    def seat(self, person: Inspector, team: Sequence[Inspector]) -> None:
        self.load[person.id] += 1
        self.met.update(frozenset((person.id, mate.id)) for mate in team)

    def leader(self, team: Sequence[Inspector], lead: str, target: Target, key: str) -> Inspector:
        """Step 4: of the lead department's members who led least, the smallest ticket."""
        own = [person for person in team if person.department == lead]
        first = min(own, key=lambda person: (self.led[person.id], ticket(key, f"L{target.id}|{person.id}")))
        self.led[first.id] += 1
        return first


def fill(
    people: People, wanted: Mapping[str, int], target: Target, key: str, ledger: Ledger
) -> list[Inspector] | DrawImpossible:
    team: list[Inspector] = []
    for department, needed in sorted(wanted.items()):
        for _ in range(needed):
            free = candidates(people[department], target, team)
            if not free:
                unrecused = sum(target.id not in person.recusals for person in people[department])
                return seat_empty(department, needed, unrecused)
            person = ledger.choose(free, team, target, key)
            ledger.seat(person, team)
            team.append(person)
    return team


def match(
    people: People,
    wanted: Mapping[str, int],
    lead: str,
    targets: Iterable[Target],
    key: str,
    loads: Mapping[str, int],
) -> dict[str, tuple[Member, ...]] | DrawImpossible:
    """Target id -> its one team, of all departments (one-visit). A seat nobody can fill voids the whole draw.

    `wanted` is what `seats` gives, `loads` the seats each inspector already had this year.
    """
    ledger, teams = Ledger(loads), {}
    for target in sorted(targets, key=lambda target: ticket(key, f"O{target.id}")):
        team = fill(people, wanted, target, key, ledger)
        if isinstance(team, DrawImpossible):
            return team
        first = ledger.leader(team, lead, target, key)
        teams[target.id] = tuple(Member(one.id, one.department, one is first) for one in team)
    return teams
