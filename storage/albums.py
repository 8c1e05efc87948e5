"""Files sent in one go belong together: which piece of evidence on the case came first of them."""

from __future__ import annotations

from sqlalchemy import Connection, select

from storage.casebook import stream_of
from storage.documents import decode
from storage.schema import events
from workflows.inspection.events import EvidenceAttached


def first_of(tx: Connection, case_id: str, cause: str) -> str:
    """The digest of the first file on the case whose cause begins so, "" where none came yet."""
    kept = (events.c.stream == stream_of(case_id), events.c.type == EvidenceAttached.__name__)
    query = select(events.c.data).where(*kept, events.c.cause.startswith(cause, autoescape=True))
    data = tx.execute(query.order_by(events.c.seq).limit(1)).scalar()
    return decode(data, EvidenceAttached).digest if data else ""
