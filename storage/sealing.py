"""The sealed row of a draw: the one place that knows who goes where before release, and the trail's hold on it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from storage import trail
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
class DrawHeld:
    """What the trail keeps of a sealed row: enough to notice a change, nothing to read (mutual-blind).

    `sealed` is the SHA-256 of the row; the secrets in it keep anybody from trying out who might have been drawn.
    """

    sealed: str
    inputs: str


def stream_of(draw_id: str) -> str:
    return f"draw:{draw_id}"


def seal(tx: Connection, sealed: Sealed, actor: Actor, now: datetime, draw_id: str = "") -> None:
    """`draw_id` where a ceremony gave it, else "<plan>/<task>"."""
    draw_id, data = draw_id or f"{sealed.plan.id}/{sealed.result.task_id}", encode(sealed)
    row = {"plan": sealed.plan.id, "task": sealed.result.task_id, "data": data, "held_at": now}
    tx.execute(draws.insert().values(id=draw_id, **row))
    said = encode(DrawHeld(_digest(data), sealed.result.inputs_digest))
    trail.append(tx, stream_of(draw_id), [trail.Entry("DrawHeld", said, actor.person, actor.via, "", now)])


def unseal(tx: Connection, draw_id: str, data: str) -> Sealed:
    """Raises `TrailBroken` for a row that is not the one drawn: it would send other people to other doors."""
    stream = stream_of(draw_id)
    trail.verify(tx, stream)
    query = select(events.c.data).where(events.c.stream == stream, events.c.type == "DrawHeld")
    if decode(tx.execute(query).scalar_one(), DrawHeld).sealed != _digest(data):
        raise TrailBroken(f"抽取记录 {draw_id} 的密封内容与留痕不符，不能派发；请保留现场并核查数据库。")
    return decode(data, Sealed)


def _digest(data: str) -> str:
    return hashlib.sha256(data.encode()).hexdigest()
