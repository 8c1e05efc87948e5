"""Weekly bulletins: kept as shown to the supervisor, sent once, and exactly what was approved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from storage import outbox, people, trail
from storage.database import lock
from storage.documents import encode
from storage.progress_schema import bulletins
from workflows.errors import NotFound

AUDIENCE = ("inspector", "supervisor", "organiser")
KIND = "bulletin"


@dataclass(frozen=True, slots=True)
class Kept:
    """`department` "" is for everybody. `text` is what the card said, line by line."""

    id: str
    department: str
    text: str
    sent_at: datetime | None


def keep(tx: Connection, department: str, first: date, text: str, by: str, now: datetime) -> Kept:
    """A draft to be approved. One of the same week, word for word the same, is given again, sent or not."""
    lock(tx, KIND)
    c = bulletins.c
    same = (c.department == department) & (c.first == first.isoformat()) & (c.text == text)
    known = tx.execute(select(c.id).where(same)).scalar()
    if known:
        return get(tx, known)
    number = f"{first:%Y%m%d}-{_count(tx, first) + 1}"
    row = {"department": department, "first": first.isoformat(), "text": text}
    tx.execute(bulletins.insert().values(id=number, **row, composed_by=by, composed_at=now))
    return get(tx, number)


def _count(tx: Connection, first: date) -> int:
    return len(tx.execute(select(bulletins.c.id).where(bulletins.c.first == first.isoformat())).all())


def get(tx: Connection, bulletin: str) -> Kept:
    """Raises `NotFound`."""
    row = tx.execute(select(bulletins).where(bulletins.c.id == bulletin)).first()
    if row is None:
        raise NotFound(f"没有编号为 {bulletin[:20]} 的通报。")
    return Kept(row.id, row.department, row.text, row.sent_at)


def send(tx: Connection, bulletin: str, by: str, via: str, now: datetime) -> int:
    """Approves and puts it into the outbox; returns to how many people, 0 where it was sent before."""
    lock(tx, KIND)
    kept = get(tx, bulletin)
    if kept.sent_at:
        return 0
    tx.execute(bulletins.update().where(bulletins.c.id == bulletin).values(sent_by=by, sent_at=now))
    said = encode({"department": kept.department, "text": kept.text})
    entry = trail.Entry("BulletinSent", said, by, via, "", now)
    trail.append(tx, f"{KIND}:{bulletin}", [entry])
    told = [p.id for p in people.everybody(tx) if _hears(p, kept.department)]
    for person in told:
        outbox.add(tx, f"{KIND}:{bulletin}:{person}", person, KIND, "", bulletin, now)
    return len(told)


def _hears(person: people.Person, department: str) -> bool:
    return bool(set(person.roles) & set(AUDIENCE)) and department in ("", person.department)
