"""The read models of a case: its state, and who is on it. Derived from events, never edited by hand."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, Select, bindparam, select

from storage.documents import decode, encode
from storage.prepared import inserting, prepared
from storage.schema import case_members, cases
from workflows.inspection.case import Case, published, step

_STATES = select(cases.c.state)
_MOVED = ("seq", "state", "step", "due", "closed_at")
_UPDATE = prepared(
    cases.update()
    .where(cases.c.id == bindparam("of"))
    .values({name: bindparam(f"new_{name}") for name in _MOVED})
)
_JOINS = inserting(case_members, "case", "person")
_LEAVES = prepared(
    case_members.delete().where(
        case_members.c.case == bindparam("of"), case_members.c.person == bindparam("who")
    )
)


def save(tx: Connection, before: Case | None, case: Case) -> None:
    """Moves the read models from the case as it was, None for a new one, to the case as it is."""
    row = {
        "seq": case.seq,
        "state": encode(case),
        "step": step(case),
        "due": next_due(case),
        "closed_at": case.closed_at,
    }
    if before:
        _UPDATE.run(tx, of=case.id, **{f"new_{name}": row[name] for name in _MOVED})
    else:
        tx.execute(cases.insert(), row | _fixed(case))
    _save_members(tx, before.members if before else {}, case)


def _fixed(case: Case) -> dict[str, object]:
    opened = case.opened
    named = {"target": opened.target.id, "target_name": opened.target.name}
    return {"id": case.id, "plan": opened.plan, "task": opened.task, "opened_at": case.opened_at} | named


def next_due(case: Case) -> str | None:
    """The earliest day an unpublished result is due, else the last day of the task, as ISO text."""
    waiting = [c.due for d, c in case.clocks.items() if not published(case, d)]
    if waiting:
        return min(waiting).isoformat()
    return None if case.onsite_at else case.opened.ends.isoformat()


def _save_members(tx: Connection, before: Collection[str], case: Case) -> None:
    for person in before:
        if person not in case.members:
            _LEAVES.run(tx, of=case.id, who=person)
    for person in case.members:
        if person not in before:
            _JOINS.run(tx, case=case.id, person=person)


def cases_of(tx: Connection, person: str) -> tuple[Case, ...]:
    """The cases a person is on."""
    own = _STATES.join(case_members, case_members.c.case == cases.c.id)
    return _read(tx, own.where(case_members.c.person == person))


def open_cases(tx: Connection) -> tuple[Case, ...]:
    """What is under way: years of closed cases are not read to answer what is to be done today."""
    return _read(tx, _STATES.where(cases.c.closed_at.is_(None)))


def open_ids(tx: Connection) -> tuple[str, ...]:
    """The ids of what is under way, the most urgent first: most lists show a handful of them."""
    return tuple(tx.execute(_urgent(select(cases.c.id).where(cases.c.closed_at.is_(None)))).scalars())


def all_cases(tx: Connection, target: str = "") -> tuple[Case, ...]:
    """Closed ones too; of one target where it is named."""
    return _read(tx, _STATES.where(cases.c.target == target) if target else _STATES)


def _read(tx: Connection, which: Select[str]) -> tuple[Case, ...]:
    """The most urgent first."""
    return tuple(decode(state, Case) for state in tx.execute(_urgent(which)).scalars())


def _urgent(which: Select[str]) -> Select[str]:
    return which.order_by(cases.c.due, cases.c.opened_at, cases.c.id)
