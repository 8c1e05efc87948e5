"""The one way anything happens to a case: load, decide, append, project, arm, notify — in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, Engine, bindparam, select
from sqlalchemy.exc import DBAPIError

from storage import outbox, progress, projection, reminders, trail
from storage.case_facts import gather
from storage.database import is_conflict, is_part, lock, reading, writing
from storage.documents import decode, encode
from storage.lawbook import Lawbook
from storage.prepared import prepared
from storage.schema import cases, events, streams
from workflows.errors import NotFound
from workflows.inspection.case import Case
from workflows.inspection.commands import Command
from workflows.inspection.decide import decide, refusal_event
from workflows.inspection.events import EVENTS, CommandRefused, Event, InspectionOpened, Recorded
from workflows.inspection.evolve import evolve
from workflows.inspection.facts import Actor, Facts
from workflows.inspection.notices import notifications
from workflows.inspection.refusals import Refused
from workflows.reminders import alike

ATTEMPTS = 5
T = TypeVar("T")


@dataclass(frozen=True)
class Outcome:
    """The case as it stands after the command; `refused` where the rules said no; no events where nothing changed."""

    case: Case
    events: tuple[Event, ...]
    refused: Refused | None


def execute(
    engine: Engine, lawbook: Lawbook, case_id: str, command: Command, actor: Actor, now: datetime, cause: str
) -> Outcome:
    """Decides one command and makes it so, or records the refusal. `cause` names the turn; raises `NotFound`.

    The same cause twice does nothing the second time: a turn handled again after a crash finds its work done.
    """

    def attempt() -> Outcome:
        with writing(engine) as tx:
            case = held(tx, case_id)
            return settle(tx, case, command, gather(tx, lawbook, case, actor, now), cause)

    return with_retry(attempt)


def with_retry(attempt: Callable[[], T]) -> T:
    """Runs the attempt again when another transaction was first; any other error is raised at once.

    Nothing of the failed attempt remains: its transaction was rolled back whole. The next one reads what the winner
    wrote and decides on that, so two taps at once become one event and one decision that finds it already there.
    Inside a larger transaction it is that one which is tried again: PostgreSQL has given up all of it.
    """
    for left in reversed(range(1 if is_part() else ATTEMPTS)):
        try:
            return attempt()
        except (DBAPIError, trail.Overtaken) as error:
            if not left or (isinstance(error, DBAPIError) and not is_conflict(error)):
                raise
    raise AssertionError("unreachable")


def held(tx: Connection, case_id: str) -> Case:
    """The case as it stands, and stands for everybody else until this transaction ends. Raises `NotFound`."""
    lock(tx, stream_of(case_id))
    return load(tx, case_id)


def settle(tx: Connection, case: Case, command: Command, facts: Facts, cause: str) -> Outcome:
    """`execute` on a case that is `held`; raises `trail.Overtaken` where it is older than its trail."""
    end, before = _so_far(tx, case.id, cause)
    if before:
        return Outcome(load(tx, case.id), (), _refusal_in(before))
    decision = decide(case, command, facts)
    if isinstance(decision, Refused):
        if decision.rule == "form":
            return Outcome(case, (), decision)
        case = record(tx, case, (refusal_event(command, decision, facts),), facts, cause, end)
        return Outcome(case, (), decision)
    return Outcome(record(tx, case, decision, facts, cause, end), decision, None)


# Where a stream ends, and the first event a cause led to there, in one question.
_SO_FAR = prepared(
    select(streams.c.seq, streams.c.head, events.c.type, events.c.data)
    .outerjoin_from(
        streams, events, (events.c.stream == streams.c.stream) & (events.c.cause == bindparam("by_cause"))
    )
    .where(streams.c.stream == bindparam("of"))
    .order_by(events.c.seq)
    .limit(1)
)
_STATE = prepared(select(cases.c.state).where(cases.c.id == bindparam("of")))


def _so_far(tx: Connection, case_id: str, cause: str) -> tuple[trail.End | None, Event | None]:
    """Where the case's trail ends, and the first event this cause led to; None where the one is not known, or none is."""
    row = _SO_FAR.first(tx, of=stream_of(case_id), by_cause=cause) if cause else None
    if row is None:
        return None, None
    return (row.seq, row.head), decode(row.data, EVENTS[row.type]) if row.type else None


def _refusal_in(event: Event) -> Refused | None:
    """A refused command is refused again, so that a turn taken up after a crash stops where it stopped before."""
    if not isinstance(event, CommandRefused):
        return None
    return Refused(event.rule, event.reason, detail=event.detail)


def record(
    tx: Connection,
    case: Case | None,
    happened: tuple[Event, ...],
    facts: Facts,
    cause: str,
    end: trail.End | None = None,
) -> Case:
    """Appends events, moves the read model with them, arms timers, puts notices out.

    `case` is as loaded in this transaction after taking the lock of its stream, and `end` what was read of its trail
    then, if it was; raises `trail.Overtaken` where the case is older than its trail.
    """
    assert case is not None or isinstance(happened[0], InspectionOpened)
    if not happened:
        assert case is not None
        return case
    actor, at = facts.actor, facts.now
    before = case
    for seq, event in enumerate(happened, start=case.seq + 1 if case else 1):
        case = evolve(case, Recorded(seq, event, actor.person, actor.via, at))
    assert case is not None
    entries = [
        trail.Entry(type(event).__name__, encode(event), actor.person, actor.via, cause, at)
        for event in happened
    ]
    trail.append(tx, stream_of(case.id), entries, after=before.seq if before else 0, end=end)
    projection.save(tx, before, case)
    progress.apply(tx, before, case, facts.profile)
    if before is None or not alike(before, case):
        reminders.arm(tx, case, facts.profile, facts.overlay, at)
    if not isinstance(happened[0], CommandRefused):
        outbox.put(tx, case, notifications(case, happened, actor.person, facts.profile), at)
    return case


def stream_of(case_id: str) -> str:
    return f"case:{case_id}"


def load(tx: Connection, case_id: str) -> Case:
    row = _STATE.first(tx, of=case_id)
    if row is None:
        raise NotFound(f"没有编号为 {case_id} 的检查任务。")
    return decode(row.state, Case)


def find(engine: Engine, case_id: str) -> Case:
    with reading(engine) as tx:
        return load(tx, case_id)


def history(tx: Connection, case_id: str) -> tuple[Recorded, ...]:
    """Every event of a case in order, as `workflows.inspection.evolve.replay` takes them."""
    query = select(events).where(events.c.stream == stream_of(case_id)).order_by(events.c.seq)
    return tuple(
        Recorded(row.seq, decode(row.data, EVENTS[row.type]), row.by, row.via, row.at)
        for row in tx.execute(query)
    )
