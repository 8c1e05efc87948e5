"""The counts supervisors ask for, kept in the transaction of the event; asking reads a few rows, however many cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, bindparam, case, func, or_, select, true

from storage import progress_schema as schema
from storage.database import insert
from storage.documents import decode, encode
from storage.lawbook import Lawbook
from storage.progress_cut import EVERYTHING, Cut, conditions, kept
from storage.progress_names import Scope, known_names, labels
from storage.schema import cases
from workflows.inspection.case import Case
from workflows.policy import Profile
from workflows.progress import AXES, STATES, Line, Share, Tally, alike, names_on, shares, tally

BATCH = 1000
MOST_ASKED = 256
Key = tuple[str | int, ...]
_COUNTED = tuple(column.name for column in schema.counts.primary_key)
_DUE = tuple(column.name for column in schema.dues.primary_key)


def apply(tx: Connection, before: Case | None, after: Case, profile: Profile) -> None:
    """Counts what the events changed. What is taken away is what was counted, even if the profile was edited since."""
    _note_people(tx, before, after)
    if before and alike(before, after):
        return
    now = shares(after, profile)
    if before is None or shares(before, profile) != now:
        _move(tx, {s.department: s for s in _kept(tx, after.id)}, {s.department: s for s in now})


def _note_people(tx: Connection, before: Case | None, after: Case) -> None:
    new = [p for p in after.drawn if before is None or p not in before.drawn]
    if new:
        rows = [{"person": person, "case": after.id} for person in new]
        tx.execute(insert(tx, schema.people).on_conflict_do_nothing(), rows)


def _kept(tx: Connection, case_id: str) -> tuple[Share, ...]:
    rows = tx.execute(select(schema.shares.c.share).where(schema.shares.c.case == case_id))
    return tuple(decode(text, Share) for text in rows.scalars())


def _move(tx: Connection, kept: dict[str, Share], now: dict[str, Share]) -> None:
    """The departments of a case never change; a share is written once and then only updated."""
    counted_ones: Counter[Key] = Counter()
    due_ones: Counter[Key] = Counter()
    for department, share in now.items():
        if kept.get(department) != share:
            _write(tx, share)
            before = [kept[department]] if department in kept else []
            counted_ones.update(keys(share))
            due_ones.update(due_keys(share))
            for one in before:
                counted_ones.subtract(keys(one))
                due_ones.subtract(due_keys(one))
    _count(tx, schema.counts, _COUNTED, counted_ones)
    _count(tx, schema.dues, _DUE, due_ones)


def _write(tx: Connection, share: Share) -> None:
    row = row_of(share)
    key = ("case", "department")
    statement = insert(tx, schema.shares).values(**row)
    fresh = {name: value for name, value in row.items() if name not in key}
    tx.execute(statement.on_conflict_do_update(index_elements=key, set_=fresh))


def row_of(share: Share) -> dict[str, object]:
    days = {"due": share.standing.due, "visited": share.visited}
    days |= {"scan_due": share.scan_due, "recheck_due": share.recheck_due}
    same = ("case", "department", "lead", "leader", "plan", "region", "month", "target")
    return {
        **{name: getattr(share, name) for name in same},
        **{name: day.isoformat() if day else None for name, day in days.items()},
        "items": f"|{'|'.join(share.items)}|",
        "persons": f"|{'|'.join(share.persons)}|",
        "unsigned": len(share.unsigned) + share.party_unsigned or None,
        "finished": int(share.standing.finished),
        "share": encode(share),
    }


def keys(share: Share) -> list[Key]:
    s = share.standing
    stands = (s.state, int(s.late), int(s.finished))
    return [
        (axis, name, share.department, share.lead, *stands) for axis in AXES for name in names_on(axis, share)
    ]


def due_keys(share: Share) -> list[Key]:
    due = share.standing.due
    return [
        (axis, due.isoformat(), name, share.department, share.lead)
        for axis in AXES
        for name in (names_on(axis, share) if due else ())
        if due
    ]


def _count(tx: Connection, table: Table, key: tuple[str, ...], moves: Counter[Key]) -> None:
    """In the order of the keys: two transactions that count the same rows never wait for each other in a circle."""
    moved = [dict(zip(key, at, strict=True)) | {"n": n} for at, n in sorted(moves.items()) if n]
    if not moved:
        return
    statement = insert(tx, table)
    added = table.c.n + statement.excluded.n
    tx.execute(statement.on_conflict_do_update(index_elements=key, set_={"n": added}), moved)
    if any(row["n"] < 0 for row in moved):  # type: ignore[operator]
        tx.execute(table.delete().where(table.c.n == 0))


def rebuild(tx: Connection, lawbook: Lawbook) -> int:
    """Counts everything anew, as after a migration or an edited profile; returns how many cases there are."""
    for table in (schema.counts, schema.dues, schema.shares, schema.people):
        tx.execute(table.delete())
    number = 0
    for text in tx.execute(select(cases.c.state).order_by(cases.c.id)).scalars().yield_per(BATCH):
        one = decode(text, Case)
        apply(tx, None, one, lawbook.profiles[one.opened.profile])
        number += 1
    return number


def within(table: Table, scope: Scope) -> ColumnElement[bool]:
    """Rows of the scope; of the table of counts only for departments, the rest are read from the shares."""
    if scope.person:
        mine = select(schema.people.c.case).where(schema.people.c.person == scope.person)
        own = (table.c.department == scope.department) & table.c.case.in_(mine)
        return or_(table.c.leader == scope.person, own)
    if scope.department:
        return or_(table.c.department == scope.department, table.c.lead == scope.department)
    return true()


def by(tx: Connection, axis: str, scope: Scope, today: date, cut: Cut = EVERYTHING) -> tuple[Line, ...]:
    """A line for every name of the axis, also where nothing is counted, unless the cut names more than a department."""
    count_them = _read if scope.person or not kept(axis, cut) else _sums
    found = count_them(tx, axis, scope, today, cut)
    if not scope.person and not cut.axes:
        of_old = known_names(tx, axis, scope, today, cut.department)
        if axis == "department" and cut.department:
            of_old &= {cut.department}
        found |= {name: Tally() for name in of_old - found.keys()}
    named = labels(tx, axis, found)
    lines = (Line(name, named.get(name) or name, one) for name, one in found.items())
    return tuple(sorted(lines, key=lambda line: line.name))


def _sums(tx: Connection, axis: str, scope: Scope, today: date, cut: Cut) -> dict[str, Tally]:
    """Added up where they are kept: a row for each name comes back, however many counters there are."""
    counted, owed = _asked(axis, scope, cut)
    late = {name: int(n) for name, n in tx.execute(owed, {"today": today.isoformat()})}
    return {
        name: Tally(todo, entering, review, published, late.get(name, 0), on_time, finished)
        for name, todo, entering, review, published, on_time, finished in tx.execute(counted).all()
    }


@lru_cache(MOST_ASKED)
def _asked(axis: str, scope: Scope, cut: Cut) -> tuple[Select[Any], Select[Any]]:
    """What is counted by the name, and what of it is overdue: building the questions takes longer than most answers."""
    c, d = schema.counts.c, schema.dues.c
    name, owed = (c.name, d.name) if axis in cut.axes or not cut.axes else (c.department, d.department)
    states = [_sum(c.state == state, c.n) for state in STATES]
    on_time = _sum((c.state == "published") & (c.late == 0), c.n)
    counted = select(name, *states, on_time, _sum(c.finished == 1, c.n)).group_by(name)
    late = select(owed, func.sum(d.n)).where(d.due < bindparam("today")).group_by(owed)
    return (
        counted.where(*_seen(schema.counts, axis, scope, cut)),
        late.where(*_seen(schema.dues, axis, scope, cut)),
    )


def _sum(when: ColumnElement[bool], n: ColumnElement[int]) -> ColumnElement[int]:
    return func.sum(case((when, n), else_=0))


def _seen(table: Table, axis: str, scope: Scope, cut: Cut) -> list[ColumnElement[bool]]:
    """The counters of the cut's own axis where it has one, else of the axis asked for."""
    c = table.c
    (of,) = cut.axes or (axis,)
    where = [c.axis == of, within(table, scope)]
    if of == "month" and cut.period:
        where.append(c.name.between(*cut.months))
    elif cut.axes:
        where.append(c.name == getattr(cut, of))
    return [*where, c.department == cut.department] if cut.department else where


def _read(tx: Connection, axis: str, scope: Scope, today: date, cut: Cut) -> dict[str, Tally]:
    """What one person sees, or two axes share, is little: counted as it is read."""
    query = select(schema.shares.c.share).where(within(schema.shares, scope), *conditions(cut))
    found: dict[str, list[Share]] = {}
    for share in (decode(text, Share) for text in tx.execute(query).scalars()):
        for name in names_on(axis, share):
            found.setdefault(name, []).append(share)
    return {name: tally(ones, today) for name, ones in found.items() if _belongs(axis, name, cut)}


def _belongs(axis: str, name: str, cut: Cut) -> bool:
    """Of a cut by one person the others of the case are not shown, and so for items."""
    return getattr(cut, axis, "") in ("", name)


def total(lines: Iterable[Line]) -> Tally:
    """Of lines by department: every share once."""
    return sum((line.tally for line in lines), Tally())
