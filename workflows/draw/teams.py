"""Who can be drawn, who goes to which target, who stands by: draw.md, "Teams"; see docs/decisions/teams.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from workflows.directory import Inspector, Target, drawable_throughout
from workflows.draw.allot import Allotted, Member, Unfilled, allot, step_in
from workflows.draw.explain import why_empty
from workflows.draw.impossible import DrawImpossible
from workflows.draw.ledger import Year
from workflows.draw.roster import Conditions, candidates
from workflows.draw.seating import Visit
from workflows.draw.targets import scope_words
from workflows.draw.tickets import ticket
from workflows.plan import Task

__all__ = [
    "Allotted",
    "Conditions",
    "Member",
    "People",
    "Unfilled",
    "Visit",
    "Year",
    "allot",
    "candidates",
    "expert",
    "match",
    "seats",
    "standing",
    "step_in",
    "substitutes",
    "visit_days",
]

People = Mapping[str, Sequence[Inspector]]
NONE = Conditions()


def visit_days(task: Task, on: date) -> tuple[date, date]:
    """First and last day on which somebody drawn on that day may have to stand in a doorway."""
    return on, max(on, task.ends)


def standing(
    inspectors: Iterable[Inspector], task: Task, on: date, stood: Collection[str] | None = None
) -> dict[str, list[Inspector]]:
    """Department -> who can be drawn: on duty, and certified from the day of the draw to the task's last day.

    The day of the visit is unknown while drawing, and the certificate has to hold on it (行政处罚法 art. 42),
    so one that lapses within the window does not do. `stood`, where a file was frozen, are whom that one says can be drawn:
    what the rules ask of them since changes neither the draw nor its proof.
    """
    days = visit_days(task, on)
    people: dict[str, list[Inspector]] = {department: [] for department in task.departments}
    for inspector in inspectors:
        stands = drawable_throughout(inspector, *days) if stood is None else inspector.id in stood
        if stands and inspector.department in people:
            people[inspector.department].append(inspector)
    return people


def seats(departments: Sequence[str], team_size: int) -> dict[str, int]:
    """Department -> seats: one each, and what is missing to the team size dealt round from the lead."""
    names = tuple(dict.fromkeys(departments))
    return dict(Counter(names[seat % len(names)] for seat in range(max(team_size, len(names)))))


def by_ticket(key: str, target: Target, inspector: Inspector) -> tuple[str, str]:
    return ticket(key, f"T{target.id}|{inspector.id}"), inspector.id


def substitutes(
    people: People,
    target: Target,
    department: str,
    taken: Collection[Inspector],
    key: str,
    *,
    conditions: Conditions = NONE,
    qualifications: Sequence[str] = (),
) -> tuple[str, ...]:
    """Ids of who replaces a missing member of that department, strictly in this order. Step 5.

    `qualifications`: what is asked of the department and the missing member alone held.
    """
    free = candidates(people[department], target, taken, conditions)
    able = [person for person in free if set(qualifications).issubset(person.expertise)]
    order = sorted(able, key=lambda person: by_ticket(key, target, person))
    first_of_certificate = {person.certificate: person.id for person in reversed(order)}
    return tuple(person.id for person in order if first_of_certificate[person.certificate] == person.id)


def expert(
    inspectors: Iterable[Inspector],
    task: Task,
    target: Target,
    taken: Collection[Inspector],
    key: str,
    *,
    conditions: Conditions = NONE,
) -> tuple[str, ...]:
    """At most one expert who knows an item of the task or what the target is; helps, never counts."""
    wanted = {*task.items, *scope_words(target, task.scope)}
    knowing = [
        person
        for person in inspectors
        if person.role == "expert" and person.on_duty and wanted.intersection(person.expertise)
    ]
    free = candidates(knowing, target, taken, conditions)
    first = min(free, key=lambda person: ticket(key, f"X{target.id}|{person.id}"), default=None)
    return (first.id,) if first else ()


def match(
    people: People,
    wanted: Mapping[str, int],
    lead: str,
    targets: Iterable[Target],
    key: str,
    loads: Mapping[str, int],
    *,
    met: Mapping[tuple[str, str], int] | None = None,
    led: Mapping[str, int] | None = None,
    conditions: Conditions = NONE,
    balanced: bool = True,
) -> dict[str, tuple[Member, ...]] | DrawImpossible:
    """Target id -> its one team, of all departments (one-visit). A seat nobody can fill voids the whole draw.

    `wanted` is what `seats` gives, `loads` the seats each inspector already had this year, `met` and `led` as in `Year`.
    Who would rather publish an empty seat than draw again takes `allot`. `balanced=False` leaves out step 3, as draws did
    that were held before it existed.
    """
    year = Year(loads=loads, met=met or {}, led=led or {})
    visits = [Visit(target, wanted, lead) for target in targets]
    allotted = allot(people, visits, key, year, conditions=conditions, balanced=balanced)
    if not allotted.unfilled:
        return dict(allotted.teams)
    # As the seats were drawn, before balance moved anybody: so the seat was empty, and so it is explained.
    allotted = allot(people, visits, key, year, conditions=conditions, balanced=False)
    short = allotted.unfilled[0]
    target = next(visit.target for visit in visits if visit.target.id == short.target_id)
    known = {one.id: one for own in people.values() for one in own}
    # Departments are seated in this order: who came later stood in nobody's way.
    seated = [one for one in allotted.teams[target.id] if one.department <= short.department]
    team = [known[member.inspector_id] for member in seated]
    return why_empty(
        people[short.department], short.department, wanted[short.department], target, team, conditions
    )
