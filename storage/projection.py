"""The read models of a case: its state, who is on it, what falls due. Derived from events, never edited by hand."""

from __future__ import annotations

from sqlalchemy import Connection, select

from storage.database import insert
from storage.documents import decode, encode
from storage.schema import case_members, cases, timers
from workflows.inspection.case import Case, published, step
from workflows.inspection.timers import timers as falling_due
from workflows.policy import Profile


def save(tx: Connection, case: Case, profile: Profile, *, new: bool) -> None:
    row = {
        "seq": case.seq,
        "state": encode(case),
        "step": step(case),
        "due": next_due(case),
        "closed_at": case.closed_at,
    }
    if new:
        opened = case.opened
        fixed = {"plan": opened.plan, "task": opened.task, "target": opened.target.id}
        named = {"target_name": opened.target.name, "opened_at": case.opened_at}
        tx.execute(cases.insert().values(id=case.id, **row, **fixed, **named))
    else:
        tx.execute(cases.update().where(cases.c.id == case.id).values(**row))
    _save_members(tx, case)
    _arm(tx, case, profile)


def next_due(case: Case) -> str | None:
    """The earliest day an unpublished result is due, else the last day of the task, as ISO text."""
    waiting = [c.due for d, c in case.clocks.items() if not published(case, d)]
    if waiting:
        return min(waiting).isoformat()
    return None if case.onsite_at else case.opened.ends.isoformat()


def _save_members(tx: Connection, case: Case) -> None:
    known = case_members.c.case == case.id
    before = set(tx.execute(select(case_members.c.person).where(known)).scalars())
    for person in before - case.members.keys():
        tx.execute(case_members.delete().where(known, case_members.c.person == person))
    new = [{"case": case.id, "person": person} for person in case.members if person not in before]
    if new:
        tx.execute(case_members.insert(), new)


def _arm(tx: Connection, case: Case, profile: Profile) -> None:
    """Rows for what is due now; rows for what no longer is are taken away in the same breath."""
    wanted = {timer.kind: timer.due_at for timer in falling_due(case, profile)}
    mine = timers.c.case == case.id
    before = {row.kind: row.due_at for row in tx.execute(select(timers).where(mine))}
    for kind in before.keys() - wanted.keys():
        tx.execute(timers.delete().where(mine, timers.c.kind == kind))
    for kind, due_at in wanted.items():
        if before.get(kind) == due_at:
            continue
        row = {"due_at": due_at, "armed_by_seq": case.seq}
        statement = insert(tx, timers).values(case=case.id, kind=kind, **row)
        tx.execute(statement.on_conflict_do_update(index_elements=["case", "kind"], set_=row))


def cases_of(tx: Connection, person: str) -> tuple[Case, ...]:
    """The cases a person is on, the most urgent first."""
    query = select(cases.c.state).join(case_members, case_members.c.case == cases.c.id)
    rows = tx.execute(
        query.where(case_members.c.person == person).order_by(cases.c.due, cases.c.opened_at, cases.c.id)
    )
    return tuple(decode(state, Case) for state in rows.scalars())


def all_cases(tx: Connection) -> tuple[Case, ...]:
    rows = tx.execute(select(cases.c.state).order_by(cases.c.due, cases.c.opened_at, cases.c.id))
    return tuple(decode(state, Case) for state in rows.scalars())
