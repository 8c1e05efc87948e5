"""The sealed rows of a draw: who goes where before release, the secrets before the opening; and the trail's hold on them.

Nobody else opens or shuts them. Until its time a row is a box (`storage.boxes`); what is released or opened is plain.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from storage import trail
from storage.boxes import Box, look, rescue, shut
from storage.documents import decode, encode
from storage.schema import draws, events
from workflows.draw.hold import DrawResult
from workflows.errors import TrailBroken
from workflows.inspection.facts import Actor
from workflows.plan import Plan


@dataclass(frozen=True)
class Sealed:
    """What the `draws` row keeps: the result, the plan's version it was drawn for, and what the visit codes come from.

    The codes rest on bytes of their own: the seed becomes public, and a public code would prove no visit.
    """

    plan: Plan
    result: DrawResult
    door_secret: str


@dataclass(frozen=True)
class Numbers:
    """What anybody may know of a sealed result. `excluded`: rule -> how many."""

    targets_total: int
    eligible: int
    excluded: Mapping[str, int]
    teams: int
    inputs_digest: str


@dataclass(frozen=True)
class Shut:
    """The row while it is sealed."""

    numbers: Numbers
    box: Box


@dataclass(frozen=True)
class Row:
    """Either kind of row: `Shut`, or `Sealed` in the open, as those from before there were boxes are, too."""

    numbers: Numbers | None = None
    box: Box | None = None


@dataclass(frozen=True)
class DrawHeld:
    """What the trail keeps of a sealed row: enough to notice a change, nothing to read (mutual-blind).

    `sealed` is the SHA-256 of what is in it; the secrets there keep anybody from trying out who might have been drawn.
    """

    sealed: str
    inputs: str


def stream_of(draw_id: str) -> str:
    return f"draw:{draw_id}"


def seal(
    tx: Connection, sealed: Sealed, actor: Actor, now: datetime, draw_id: str = "", restoring: str = ""
) -> None:
    """`draw_id` where a ceremony gave it, else "<plan>/<task>"; `restoring` where shares of its secrets are kept."""
    draw_id, said = draw_id or f"{sealed.plan.id}/{sealed.result.task_id}", encode(sealed)
    data = encode(Shut(_numbers(sealed), shut(tx, said, stream_of(draw_id), restoring)))
    row = {"plan": sealed.plan.id, "task": sealed.result.task_id, "data": data, "held_at": now}
    tx.execute(draws.insert().values(id=draw_id, **row))
    held = encode(DrawHeld(_digest(said), sealed.result.inputs_digest))
    trail.append(tx, stream_of(draw_id), [trail.Entry("DrawHeld", held, actor.person, actor.via, "", now)])


def read(tx: Connection, draw_id: str, data: str) -> Sealed:
    """A row as it was sealed. Raises `SealLost` where its key is gone."""
    return decode(_said(tx, draw_id, data), Sealed)


def unseal(tx: Connection, draw_id: str, data: str) -> Sealed:
    """Raises `TrailBroken` for a row that is not the one drawn: it would send other people to other doors."""
    stream = stream_of(draw_id)
    trail.verify(tx, stream)
    query = select(events.c.data).where(events.c.stream == stream, events.c.type == "DrawHeld")
    said = _said(tx, draw_id, data)
    if decode(tx.execute(query).scalar_one(), DrawHeld).sealed != _digest(said):
        raise TrailBroken(f"抽取记录 {draw_id} 的密封内容与留痕不符，不能派发；请保留现场并核查数据库。")
    return decode(said, Sealed)


def tell(tx: Connection, draw_id: str, sealed: Sealed) -> None:
    """What is released needs no key any more: one that is lost afterwards takes nothing along."""
    tx.execute(draws.update().where(draws.c.id == draw_id).values(data=encode(sealed)))


def restore(tx: Connection, draw_id: str, restoring: str) -> None:
    """Puts a sealed row under the key there is now, by what two shares give. Raises `SealLost`."""
    data = tx.execute(select(draws.c.data).where(draws.c.id == draw_id)).scalar()
    row = decode(data, Row) if data else Row()
    if row.box and row.numbers:
        again = Shut(row.numbers, rescue(tx, row.box, stream_of(draw_id), restoring)[1])
        tx.execute(draws.update().where(draws.c.id == draw_id).values(data=encode(again)))


def numbers(data: str) -> Numbers:
    """Of either kind of row, without its key."""
    return decode(data, Row).numbers or _numbers(decode(data, Sealed))


def _said(tx: Connection, draw_id: str, data: str) -> str:
    box = decode(data, Row).box
    return look(tx, box, stream_of(draw_id)) if box else data


def _numbers(sealed: Sealed) -> Numbers:
    result = sealed.result
    reasons = [reason for _, reason in result.excluded]
    counted = {reason: reasons.count(reason) for reason in dict.fromkeys(reasons)}
    total = result.targets_total, result.eligible, counted
    return Numbers(*total, len(result.selected), result.inputs_digest)


def _digest(said: str) -> str:
    return hashlib.sha256(said.encode()).hexdigest()
