"""Reminders as rows: armed and cancelled with the event, claimed under a lease, settled once.

A lease that has run out, or reaches further ahead than any lease does because the clock was set back, is nobody's: what
a sweep that died had claimed is claimed again.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Integer, Text, bindparam, func, or_, select, update

from storage.database import insert
from storage.documents import decode, encode
from storage.prepared import Prepared, prepared, upserting
from storage.reminders_schema import PENDING, pending, reminder_preferences, reminders
from storage.schema import Moment, cases
from workflows.calendar import Overlay
from workflows.inspection.case import Case
from workflows.policy import Profile
from workflows.reminders import Reminder, next_time
from workflows.reminders import reminders as moments

LEASE = timedelta(seconds=60)
BATCH = 100
_ANY = " UNION ALL ".join(
    f"SELECT 1 FROM reminders WHERE status = '{PENDING}' AND urgent = {urgent} AND due_at <= '{{0}}'"
    for urgent in (1, 0)
)


@dataclass(frozen=True)
class Claimed:
    id: int
    case: str
    kind: str
    due_at: datetime


@dataclass(frozen=True)
class Settled:
    """How a claimed reminder ended: "sent" or "dropped"; `again` is when it falls due anew."""

    claimed: Claimed
    outcome: str
    again: datetime | None = None


_ARMED = prepared(
    select(reminders.c.kind, reminders.c.armed_for, reminders.c.status).where(
        reminders.c.case == bindparam("of")
    )
)
_SAID = prepared(
    select(reminders.c.kind, reminders.c.armed_for, reminders.c.due_at, reminders.c.settled_at).where(
        reminders.c.case == bindparam("of"), pending, reminders.c.settled_at.is_not(None)
    )
)
_MOVE = prepared(
    update(reminders)
    .where(reminders.c.case == bindparam("of"), reminders.c.kind == bindparam("again"))
    .values(due_at=bindparam("to", type_=Moment))
)
_DISARM = prepared(
    reminders.delete().where(reminders.c.case == bindparam("of"), reminders.c.kind == bindparam("gone"))
)
_MOVES = ("armed_for", "due_at", "urgent", "status", "owner", "lease_until")
_ARM = upserting(reminders, ["case", "kind"], *_MOVES)


def arm(tx: Connection, case: Case, profile: Profile, overlay: Overlay, now: datetime) -> None:
    """Rows for what is to be said from now on; what is done, or due at another moment, is taken back.

    A moment that was past before there was anything to remind of is not made up for: nobody missed it.
    """
    wanted = {r.kind: r for r in moments(case, profile, overlay)}
    before = {row.kind: row for row in _ARMED.rows(tx, of=case.id)}
    for kind, row in before.items():
        if kind not in wanted and row.status == PENDING:
            _DISARM.run(tx, of=case.id, gone=kind)
    for kind, reminder in wanted.items():
        if kind not in before or before[kind].armed_for != reminder.at:
            _ARM.run(tx, **_row(case.id, reminder, overlay, now))


def rearm(tx: Connection, case: Case, profile: Profile, overlay: Overlay, now: datetime) -> None:
    """`arm` after the calendar has changed: what comes again every morning, and was said before, moves as well."""
    arm(tx, case, profile, overlay, now)
    daily = {r.kind: r for r in moments(case, profile, overlay) if r.daily}
    for row in _SAID.rows(tx, of=case.id):
        reminder = daily.get(row.kind)
        if reminder and row.armed_for == reminder.at:
            # Not before today: a morning that turns out to have been a working day is not made up for.
            again = next_time(reminder, max(row.settled_at, now - timedelta(days=1)), overlay)
            _MOVE.run(tx, of=case.id, again=row.kind, to=again)


def _row(case: str, reminder: Reminder, overlay: Overlay, now: datetime) -> dict[str, Any]:
    due_at = reminder.at if reminder.at > now else next_time(reminder, now, overlay)
    return {
        "case": case,
        "kind": reminder.kind,
        "armed_for": reminder.at,
        "due_at": due_at or reminder.at,
        "urgent": int(reminder.urgent),
        "status": PENDING if due_at else "dropped",
        "owner": "",
        "lease_until": None,
    }


def any_due(engine: Engine, now: datetime) -> bool:
    """Whether a sweep would find anything. It is asked every few seconds and the answer is no: past SQLAlchemy and
    without a lock it costs what the index costs.
    """
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(f"{_ANY} LIMIT 1".format(Moment().process_bind_param(now, engine.dialect)))
        return cursor.fetchone() is not None
    finally:
        connection.close()


_FREE = or_(
    reminders.c.lease_until.is_(None),
    reminders.c.lease_until <= bindparam("now", type_=Moment),
    reminders.c.lease_until > bindparam("until", type_=Moment),
)
_DUE = (
    select(reminders.c.id)
    .where(
        pending,
        reminders.c.urgent == bindparam("hurry", type_=Integer),
        reminders.c.due_at <= bindparam("now", type_=Moment),
        _FREE,
    )
    .order_by(reminders.c.due_at)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)
)
_CLAIM = prepared(
    update(reminders)
    .where(reminders.c.id.in_(_DUE))
    .values(owner=bindparam("mine", type_=Text), lease_until=bindparam("until", type_=Moment))
    .returning(reminders.c.id, reminders.c.case, reminders.c.kind, reminders.c.due_at)
)


def claim(
    tx: Connection, now: datetime, owner: str, limit: int = BATCH, *, urgent: bool = False
) -> tuple[Claimed, ...]:
    """Up to `limit` due rows, now `owner`'s for `LEASE`; no other claim sees them until then. The longest due first."""
    taken = _CLAIM.rows(tx, now=now, until=now + LEASE, mine=owner, hurry=int(urgent), most=limit)
    return tuple(Claimed(*row) for row in taken)


def _settling(dialect: str) -> Any:
    """One statement for however many end alike. SQLite takes no list as a parameter, so there it is one of JSON."""
    if dialect == "postgresql":
        # Forty milliseconds of every start on SQLite, which has no use for it.
        from sqlalchemy.dialects.postgresql import ARRAY  # noqa: PLC0415

        among = reminders.c.id == func.any(bindparam("ids", type_=ARRAY(Integer)))
    else:
        listed = func.json_each(bindparam("ids", type_=Text)).table_valued("value")
        among = reminders.c.id.in_(select(listed.c.value))
    moved = func.coalesce(bindparam("again", type_=Moment), reminders.c.due_at)
    ended = {"status": bindparam("end", type_=Text), "due_at": moved, "owner": "", "lease_until": None}
    return (
        update(reminders)
        .where(among, reminders.c.owner == bindparam("mine", type_=Text), pending)
        .values(**ended, settled_at=bindparam("at", type_=Moment))
        .returning(reminders.c.id)
    )


_SETTLE = Prepared(_settling)


def settle(tx: Connection, ended: Sequence[Settled], owner: str, now: datetime) -> frozenset[int]:
    """Ends what is still `owner`'s, and gives the ids that were.

    The others were cancelled by an event, or went to another sweep after the lease: nothing may be said about them.
    """
    alike: dict[tuple[str, datetime | None], list[int]] = defaultdict(list)
    for one in ended:
        alike[PENDING if one.again else one.outcome, one.again].append(one.claimed.id)
    held: set[int] = set()
    for (end, again), ids in alike.items():
        listed = ids if tx.dialect.name == "postgresql" else json.dumps(ids)
        held.update(row.id for row in _SETTLE.rows(tx, ids=listed, end=end, again=again, mine=owner, at=now))
    return frozenset(held)


def cases_of(tx: Connection, claimed: Iterable[Claimed]) -> dict[str, Case]:
    """The cases as they stand now, by id."""
    ids = list({c.case for c in claimed})
    found: dict[str, Case] = {}
    for first in range(0, len(ids), BATCH):
        query = select(cases.c.id, cases.c.state).where(cases.c.id.in_(ids[first : first + BATCH]))
        found |= {row.id: decode(row.state, Case) for row in tx.execute(query)}
    return found


def muted(tx: Connection, person: str) -> frozenset[str]:
    """The kinds this person does without; whether a profile lets them is `workflows.reminders.wanted`."""
    query = select(reminder_preferences.c.muted).where(reminder_preferences.c.person == person)
    found = tx.execute(query).scalar()
    return frozenset(decode(found, tuple[str, ...])) if found else frozenset()


def mute(tx: Connection, person: str, kinds: frozenset[str]) -> None:
    row = {"muted": encode(tuple(sorted(kinds)))}
    statement = insert(tx, reminder_preferences).values(person=person, **row)
    tx.execute(statement.on_conflict_do_update(index_elements=["person"], set_=row))
