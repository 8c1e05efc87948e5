"""Events of the register and places in sub-libraries, added to the targets that are known, in the order of their days."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, select

from storage.among import among
from storage.directory_versions import Origin
from storage.directory_writing import Counts, write
from storage.documents import decode, encode
from storage.intake.deltas import FOUNDING, Delta, parse_libraries, parse_status
from storage.intake.gather import refuse
from storage.intake.table import Intake, Progress, Table
from storage.schema import targets
from workflows.directory import Library, StatusEvent, Target, happened, placed, together


def load_status(
    tx: Connection, table: Table, now: datetime, progress: Progress, origin: Origin
) -> tuple[Intake[Delta], Counts]:
    """The same feed a second time changes nothing, and so does one that came in late (rule target-status)."""
    intake = parse_status(table, progress)
    known = _known(tx, intake)
    refused: dict[int, str] = {}
    for row, delta in sorted(intake.accepted, key=lambda pair: (_day(pair[1]), pair[0])):
        event, before = delta.event, known.get(delta.entry.id)
        assert event is not None
        if before is None and event.event not in FOUNDING:
            refused[row] = f"{delta.entry.id} 不在检查对象名录库里，无法记“{event.event}”：请先导入检查对象"
        elif before is None and not delta.entry.name:
            refused[row] = (
                f"{delta.entry.id} 是新的检查对象，没有名称：请补填后再导入（规则 target-identity）"
            )
        else:
            known[delta.entry.id] = happened(_told(before or delta.entry, delta), event)
    return _written(tx, table, intake, known, refused, now, origin)


def load_libraries(
    tx: Connection, table: Table, now: datetime, progress: Progress, origin: Origin
) -> tuple[Intake[Delta], Counts]:
    """Who is not in the directory yet is taken in with what the row says."""
    intake = parse_libraries(table, progress)
    known = _known(tx, intake)
    places: dict[tuple[str, str], Library] = {}
    for _, delta in intake.accepted:
        assert delta.library is not None
        place = delta.entry.id, delta.library.name
        places[place] = together(places[place], delta.library) if place in places else delta.library
        known.setdefault(delta.entry.id, delta.entry)
    for (id, _), library in places.items():
        known[id] = placed(known[id], library)
    return _written(tx, table, intake, known, {}, now, origin)


def _day(delta: Delta) -> str:
    return "" if delta.event is None else delta.event.day.isoformat()


def _known(tx: Connection, intake: Intake[Delta]) -> dict[str, Target]:
    ids = {delta.entry.id for _, delta in intake.accepted}
    query = select(targets.c.data).where(targets.c.id.in_(among(tx, ids)), targets.c.gone_on.is_(None))
    found = (decode(data, Target) for data in tx.execute(query).scalars())
    return {one.id: one for one in found}


def _told(target: Target, delta: Delta) -> Target:
    """A change of name or address comes with the event it belongs to, unless a later one is known already."""
    event: StatusEvent | None = delta.event
    if event is None or any(other.day > event.day for other in target.events):
        return target
    row = delta.entry
    return replace(
        target,
        name=row.name or target.name,
        address=row.address or target.address,
        region=row.region or target.region,
    )


def _written(
    tx: Connection,
    table: Table,
    intake: Intake[Delta],
    known: dict[str, Target],
    refused: dict[int, str],
    now: datetime,
    origin: Origin,
) -> tuple[Intake[Delta], Counts]:
    kept = refuse(table, intake, refused) if refused else intake
    spoken = dict.fromkeys(delta.entry.id for _, delta in kept.accepted)
    return kept, write(tx, "targets", {id: encode(known[id]) for id in spoken}, now, origin)
