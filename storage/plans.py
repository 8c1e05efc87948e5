"""Annual plans by version. A published version never changes; another import of a changed plan is the next version."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, select

from storage import trail
from storage.database import lock
from storage.documents import decode, encode
from storage.schema import events, plans
from workflows.errors import NotFound
from workflows.plan import Plan


@dataclass(frozen=True)
class Kept:
    plan: Plan
    published_at: datetime | None


def save(tx: Connection, plan: Plan, by: str, now: datetime) -> Plan:
    """Keeps the plan as the next version, or gives back the current one where nothing changed."""
    lock(tx, stream_of(plan.id))
    current = _newest(tx, plan.id)
    if current and replace(plan, version=current.plan.version) == current.plan:
        return current.plan
    plan = replace(plan, version=current.plan.version + 1 if current else 1)
    tx.execute(plans.insert().values(id=plan.id, version=plan.version, data=encode(plan), imported_at=now))
    trail.append(tx, stream_of(plan.id), [trail.Entry("PlanImported", encode(plan), by, "", "", now)])
    return plan


def stream_of(plan_id: str) -> str:
    return f"plan:{plan_id}"


def publish(tx: Connection, plan_id: str, by: str, now: datetime) -> Kept:
    """Publishes the newest version; a draw needs a published plan (rule plan-public)."""
    lock(tx, stream_of(plan_id))
    kept = get(tx, plan_id)
    if kept.published_at is None:
        mine = (plans.c.id == plan_id) & (plans.c.version == kept.plan.version)
        tx.execute(plans.update().where(mine).values(published_at=now))
        said = encode({"version": kept.plan.version})
        trail.append(tx, stream_of(plan_id), [trail.Entry("PlanPublished", said, by, "", "", now)])
    return get(tx, plan_id)


def get(tx: Connection, plan_id: str) -> Kept:
    """The newest version of a plan. Raises `NotFound`."""
    kept = _newest(tx, plan_id)
    if kept is None:
        raise NotFound(f"没有编号为 {plan_id} 的抽查计划。")
    return kept


def was_saved(tx: Connection, plan: Plan) -> bool:
    """Whether the trail has this plan, word for word, as one of its versions."""
    mine = (events.c.stream == stream_of(plan.id)) & (events.c.type == "PlanImported")
    saved = tx.execute(select(events.c.data).where(mine).order_by(events.c.seq.desc())).scalars()
    return any(decode(data, Plan) == plan for data in saved)


def versions(tx: Connection, plan_id: str) -> tuple[Kept, ...]:
    """Every version of a plan, the first first. Raises `NotFound`."""
    rows = tx.execute(select(plans).where(plans.c.id == plan_id).order_by(plans.c.version)).all()
    if not rows:
        raise NotFound(f"没有编号为 {plan_id} 的抽查计划。")
    return tuple(Kept(decode(row.data, Plan), row.published_at) for row in rows)


def current(tx: Connection) -> tuple[Kept, ...]:
    """The newest version of every plan."""
    ids = tx.execute(select(plans.c.id).distinct().order_by(plans.c.id)).scalars()
    return tuple(get(tx, plan_id) for plan_id in list(ids))


def _newest(tx: Connection, plan_id: str) -> Kept | None:
    query = select(plans).where(plans.c.id == plan_id).order_by(plans.c.version.desc()).limit(1)
    row = tx.execute(query).first()
    return Kept(decode(row.data, Plan), row.published_at) if row else None
