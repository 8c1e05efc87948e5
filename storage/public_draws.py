"""Ceremonies as strangers may be shown them: read without unlocking anything that is sealed, all of them in two queries."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import Connection, select

from storage import ceremonies
from storage.among import among
from storage.ceremonies import EVENTS
from storage.closets import Row
from storage.documents import decode
from storage.draw_schema import ceremonies as rows
from storage.schema import events
from storage.sealing import stream_of
from workflows.draw.ceremony.state import Ceremony
from workflows.inspection.event import Recorded


@dataclass(frozen=True)
class Shown:
    """`name` is the task's; `told` every event in order, what was refused among them."""

    id: str
    name: str
    ceremony: Ceremony
    told: tuple[Recorded, ...]


def everywhere(tx: Connection) -> tuple[Shown, ...]:
    """Those that have something public: a commitment, or that they were given up. The oldest first."""
    found = tx.execute(select(rows).order_by(rows.c.at, rows.c.id)).all()
    told = _histories(tx, [row.id for row in found])
    every = []
    for row in found:
        ceremony, plan = ceremonies.folded(told[row.id]), decode(row.data, Row).plan
        if ceremony and (ceremony.committed or ceremony.abandoned):
            name = next(task.name for task in plan.tasks if task.id == row.task)
            every.append(Shown(row.id, name, ceremony, told[row.id]))
    return tuple(every)


def _histories(tx: Connection, ids: list[str]) -> dict[str, tuple[Recorded, ...]]:
    streams = {stream_of(id): id for id in ids}
    query = select(events).where(events.c.stream.in_(among(tx, streams)), events.c.type.in_(EVENTS))
    told = defaultdict[str, list[Recorded]](list)
    for row in tx.execute(query.order_by(events.c.stream, events.c.seq)):
        event = decode(row.data, EVENTS[row.type])
        told[streams[row.stream]].append(Recorded(row.seq, event, row.by, row.via, row.at))
    return {id: tuple(told[id]) for id in ids}
