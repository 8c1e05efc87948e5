"""What the organiser has chosen for a ceremony that is not frozen yet: one draft for each task."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from storage import people
from storage.database import insert
from storage.documents import decode, encode
from storage.draw_schema import ceremony_drafts
from workflows.draw.announced import SIDES, Source

MOST_WITNESSES = 9


@dataclass(frozen=True)
class Draft:
    """`witnesses` are persons; `approval` the SHA-256 of the document that allows one side only, else ""."""

    witnesses: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    sides: tuple[str, ...] = SIDES
    approval: str = ""


def get(tx: Connection, id: str, organiser: str) -> Draft:
    """The draft as last kept; else everybody who may watch is asked, but not the organiser."""
    query = select(ceremony_drafts.c.data).where(ceremony_drafts.c.id == id)
    data = tx.execute(query).scalar()
    if data:
        return decode(data, Draft)
    watching = [one for one in people.holding(tx, "witness") if one != organiser]
    return Draft(tuple(watching[:MOST_WITNESSES]))


def put(tx: Connection, id: str, draft: Draft, by: str, now: datetime) -> Draft:
    row = {"data": encode(draft), "by": by, "at": now}
    statement = insert(tx, ceremony_drafts).values(id=id, **row)
    tx.execute(statement.on_conflict_do_update(index_elements=["id"], set_=row))
    return draft
