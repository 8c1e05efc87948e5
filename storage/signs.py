"""The signs of what a freeze looks at, read with it and once more where it is kept: equal signs, and nothing has changed.

None is the thing itself; each is something that every change of the thing changes too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Select, Table, func, select

from storage import ceremonies, people, plans, risk
from storage.draw_schema import ceremonies as ceremony_rows
from storage.planning_schema import readings
from storage.schema import cases, draws, inspectors, items, targets
from workflows.plan import Task
from workflows.risk import Past
from workflows.risk_strata import by_risk

Rows = tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class Signs:
    """`plan` is its newest version. `directories`: entries, those that left, the sum of the versions, the last import.

    `drawn` is every draw and how many cases there are; what was drawn this year follows from both. `ceremonies` says of
    each whether it waits for its draw, and whether it was abandoned. `organisers` are no witnesses. `moved` sums the steps
    of all cases; `visits` are those the classes of risk come of, None where the task asks for no class.
    """

    plan: plans.Kept
    directories: Rows
    items: Rows
    drawn: Rows
    ceremonies: Rows
    organisers: frozenset[str]
    moved: int
    visits: Mapping[str, tuple[Past, ...]] | None = None


def signs(tx: Connection, plan_id: str, task: Task) -> Signs:
    """Raises `NotFound` where there is no such plan."""
    visits = risk.history(tx) if by_risk(task) or task.exception else None
    return replace(_signs(tx, plan_id), visits=visits)


def still(tx: Connection, before: Signs) -> bool:
    """Whether everything stands as it stood. Cases move all day: which visits there were is read only where one did."""
    now = _signs(tx, before.plan.plan.id)
    if replace(now, moved=before.moved, visits=before.visits) != before:
        return False
    return before.visits is None or now.moved == before.moved or risk.history(tx) == before.visits


def _signs(tx: Connection, plan_id: str) -> Signs:
    meant = select(readings.c.item, readings.c.field, readings.c.data)
    listed = select(items.c.id, items.c.edition, items.c.data, items.c.gone_on)
    held = select(draws.c.id, draws.c.held_at)
    begun = select(ceremony_rows.c.id, ceremony_rows.c.stage).order_by(ceremony_rows.c.id)
    opened, moved = tx.execute(select(func.count(), func.coalesce(func.sum(cases.c.seq), 0))).one()
    return Signs(
        plans.get(tx, plan_id),
        tuple(tuple(tx.execute(_directory(table)).one()) for table in (targets, inspectors)),
        (*_rows(tx, listed), *_rows(tx, meant)),
        (*_rows(tx, held), (opened,)),
        tuple(
            (row.id, row.stage in ceremonies.WAITING, row.stage == "ABANDONED") for row in tx.execute(begun)
        ),
        frozenset(people.holding(tx, "organiser")),
        moved,
    )


def _directory(table: Table) -> Any:
    own = table.c
    return select(func.count(), func.count(own.gone_on), func.sum(own.version), func.max(own.imported_at))


def _rows(tx: Connection, query: Select[Any]) -> Rows:
    """In the order of their first two columns."""
    return tuple(tuple(row) for row in tx.execute(query.order_by(*list(query.selected_columns)[:2])))
