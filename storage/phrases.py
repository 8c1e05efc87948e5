"""What the ratios and frequencies of the catalogue mean: read by the grammar, or answered by the organiser."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from storage import trail
from storage.database import insert, lock
from storage.documents import decode, encode
from storage.planning_schema import readings
from storage.schema import items as item_rows
from workflows.catalogue import Item, Stated
from workflows.errors import NotFound
from workflows.inspection.facts import Actor
from workflows.ratio import FIELDS, Ratio, Reading, Unclear, parse, written

STREAM = "catalogue"
DEFERRED = "deferred"


@dataclass(frozen=True)
class Kept:
    """`meaning` None: the organiser is still asked. `by` "" where the grammar read it."""

    item: str
    name: str
    field: str
    phrase: str
    meaning: Stated | None
    by: str
    at: datetime


@dataclass(frozen=True)
class PhraseAnswered:
    """What the trail keeps of an answer."""

    item: str
    field: str
    phrase: str
    said: str
    meaning: Stated


def keep(tx: Connection, entries: Iterable[Item], now: datetime) -> int:
    """Reads the phrases of imported items; returns how many were left to be asked.

    A phrase that stands as it stood keeps its answer; a changed one is read, and asked, anew.
    """
    asked = 0
    known = {(row.item, row.field): row.phrase for row in tx.execute(select(readings))}
    for item in entries:
        for field in FIELDS:
            phrase = getattr(item, field)
            if known.get((item.id, field)) == phrase:
                continue
            _forget(tx, item.id, field)
            if phrase:
                read = parse(field, phrase)
                asked += isinstance(read, Unclear)
                data = "" if isinstance(read, Unclear) else encode(stated(read))
                _put(tx, item.id, field, phrase, data, "", now)
    return asked


def stated(reading: Reading) -> Stated:
    return Stated(ratio=reading) if isinstance(reading, Ratio) else Stated(frequencies=reading)


def answer(tx: Connection, item: str, field: str, said: str, actor: Actor, now: datetime) -> Stated | Unclear:
    """Keeps what the organiser says a phrase means: words the grammar reads, or `DEFERRED`. Raises `NotFound`.

    Words it cannot read are asked about in their turn, and nothing is kept.
    """
    lock(tx, STREAM)
    row = tx.execute(select(readings).where(readings.c.item == item, readings.c.field == field)).first()
    if row is None:
        raise NotFound(f"事项 {item} 没有写{FIELDS.get(field, field)}。")
    read = None if said == DEFERRED else parse(field, said)
    if isinstance(read, Unclear):
        return read
    meaning = Stated() if read is None else stated(read)
    _forget(tx, item, field)
    _put(tx, item, field, row.phrase, encode(meaning), actor.person or actor.via, now)
    told = encode(PhraseAnswered(item, field, row.phrase, said, meaning))
    trail.append(tx, STREAM, [trail.Entry("PhraseAnswered", told, actor.person, actor.via, "", now)])
    return meaning


def alike(tx: Connection, item: str, field: str) -> tuple[Kept, ...]:
    """The questions still open whose phrase is that of the item's: the same words, of other items."""
    own = next((one for one in every(tx) if (one.item, one.field) == (item, field)), None)
    if own is None:
        return ()
    return tuple(one for one in open_questions(tx) if (one.field, one.phrase) == (field, own.phrase))


def answer_alike(tx: Connection, item: str, field: str, actor: Actor, now: datetime) -> int:
    """Gives the answer of one item to all with the same phrase, each on the trail; how many. 0 where it has none."""
    own = next((one for one in every(tx) if (one.item, one.field) == (item, field)), None)
    if own is None or own.meaning is None:
        return 0
    stated_so = own.meaning.ratio or own.meaning.frequencies
    said = written(stated_so) if stated_so else DEFERRED
    others = alike(tx, item, field)
    for one in others:
        answer(tx, one.item, field, said, actor, now)
    return len(others)


def every(tx: Connection) -> tuple[Kept, ...]:
    """All phrases of the items on the list, in the order of items and fields."""
    query = select(readings, item_rows.c.data.label("entry")).join(
        item_rows, item_rows.c.id == readings.c.item
    )
    query = query.where(item_rows.c.gone_on.is_(None))
    rows = tx.execute(query.order_by(readings.c.item, readings.c.field.desc()))
    return tuple(
        Kept(
            row.item,
            decode(row.entry, Item).name,
            row.field,
            row.phrase,
            decode(row.data, Stated) if row.data else None,
            row.by,
            row.at,
        )
        for row in rows
    )


def open_questions(tx: Connection) -> tuple[Kept, ...]:
    return tuple(one for one in every(tx) if one.meaning is None)


def meanings(tx: Connection) -> dict[str, Stated]:
    """Item -> what is known of its ratio and frequency; nothing of what is still asked."""
    found: dict[str, Stated] = {}
    for one in every(tx):
        if one.meaning:
            before = found.get(one.item, Stated())
            ratio, often = one.meaning.ratio or before.ratio, one.meaning.frequencies or before.frequencies
            found[one.item] = Stated(ratio, often)
    return found


def _forget(tx: Connection, item: str, field: str) -> None:
    tx.execute(readings.delete().where(readings.c.item == item, readings.c.field == field))


def _put(tx: Connection, item: str, field: str, phrase: str, data: str, by: str, now: datetime) -> None:
    row = {"item": item, "field": field, "phrase": phrase, "data": data, "by": by, "at": now}
    tx.execute(insert(tx, readings).values(**row))
