"""Who may look at which counts, and the names an axis has even where nothing was inspected (zero rows are listed)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from storage import directories, people, plans
from storage.people import Person
from workflows.plan import Task
from workflows.regions import region_name

OVERSEERS = ("supervisor", "organiser", "legal")


@dataclass(frozen=True, slots=True)
class Scope:
    """Everything where both are "". `department`: what it owes, and the cases it leads. `person`: their own share of it."""

    department: str = ""
    person: str = ""


def scope_of(tx: Connection, person: Person) -> Scope:
    """The leading office sees all, an overseer within an enforcement department that department.

    An inspector sees their own, a team's leader the whole team's.
    """
    if not set(person.roles) & set(OVERSEERS):
        return Scope(person.department, person.id)
    return Scope(person.department) if person.department in enforcing(people.everybody(tx)) else Scope()


def enforcing(everybody: Iterable[Person]) -> set[str]:
    """Departments that have inspectors."""
    return {p.department for p in everybody if "inspector" in p.roles}


def known_names(tx: Connection, axis: str, scope: Scope, today: date, department: str) -> set[str]:
    """The names of an axis that are to be listed whatever was counted under them."""
    own = department or scope.department
    if axis == "item":
        return {item for task in _tasks(tx, own) for item in task.items} if own else _items(tx)
    if axis == "plan":
        return {kept.plan.id for kept in plans.current(tx)}
    if axis == "region":
        return {task.region for task in _tasks(tx, own) if task.region}
    if axis == "month":
        return {f"{today.year}-{month:02}" for month in range(1, today.month + 1)}
    inspectors = [p for p in people.everybody(tx) if "inspector" in p.roles and own in ("", p.department)]
    return {p.id if axis == "person" else p.department for p in inspectors}


def _items(tx: Connection) -> set[str]:
    return {item.id for item in directories.all_items(tx).values()}


def _tasks(tx: Connection, department: str) -> list[Task]:
    """The tasks a department takes part in; all where none is named."""
    tasks = (task for kept in plans.current(tx) for task in kept.plan.tasks)
    return [task for task in tasks if not department or department in task.departments]


def labels(tx: Connection, axis: str, names: Iterable[str]) -> dict[str, str]:
    """What people read for the names; a name that is its own label is left out."""
    if axis == "item":
        return {item.id: item.name for item in directories.ever_items(tx).values()}
    if axis == "plan":
        return {kept.plan.id: kept.plan.name for kept in plans.current(tx)}
    if axis == "region":
        return {name: region_name(name) for name in names}
    return names_of(tx, names) if axis == "person" else {}


def names_of(tx: Connection, persons: Iterable[str]) -> dict[str, str]:
    wanted = set(persons)
    return {p.id: p.name for p in people.everybody(tx) if p.id in wanted}
