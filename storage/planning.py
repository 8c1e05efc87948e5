"""A plan seen whole before it is published: its numbers, its cost, its caps; and the one way to publish it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from storage import directories, phrases, plans, risk, trail
from storage.case_facts import overlay
from storage.database import lock
from storage.documents import encode
from storage.lawbook import Lawbook
from storage.plans import Kept, stream_of
from workflows.catalogue import Coverage, Item, Stated, coverage
from workflows.costing import Load, Planned, loads
from workflows.directory import Target
from workflows.draw.quota import take
from workflows.draw.targets import in_task, size
from workflows.errors import BadInput
from workflows.inspection.facts import Actor, local_day
from workflows.inspection.refusals import Refused
from workflows.plan import Plan, Task
from workflows.plan_caps import (
    Uncapped,
    above_cap,
    cap_of,
    off_the_list,
    unapproved,
    uncapped,
    without_approval,
    without_grounds,
)
from workflows.policy import Profile
from workflows.policy.vocabulary import CLASSES
from workflows.risk_strata import by_risk, strata_of


@dataclass(frozen=True)
class Picture:
    """`refused` is what blocks the publication by legal-basis, general-cap or once-a-year; the rest is shown, never in the way."""

    planned: tuple[Planned, ...]
    loads: tuple[Load, ...]
    refused: Refused | None
    uncapped: tuple[Uncapped, ...]


@dataclass(frozen=True)
class PlanPublishedWithout:
    """What the trail keeps of a joint plan published without an approval."""

    version: int
    reason: str


def picture(tx: Connection, lawbook: Lawbook, plan: Plan, now: datetime) -> Picture:
    """The plan against the directories and the catalogue as they now stand."""
    profile = lawbook.profiles[plan.profile]
    items, stated = directories.all_items(tx), phrases.meanings(tx)
    targets = directories.all_targets(tx)
    grades = _grades(tx, plan, targets, profile, now)
    planned = tuple(_planned(task, targets, grades, profile, (items, stated)) for task in plan.tasks)
    found = loads(
        planned,
        directories.all_inspectors(tx),
        team_size=profile.number("team-size"),
        daily=max(1, profile.number("one-visit", "daily")),
        overlay=overlay(tx),
    )
    refused = (
        off_the_list(plan, items)
        or above_cap(plan, planned, items, stated, profile)
        or without_grounds(plan, items, profile)
    )
    return Picture(planned, found, refused, uncapped(plan, items, stated))


def _grades(
    tx: Connection, plan: Plan, targets: tuple[Target, ...], profile: Profile, now: datetime
) -> Mapping[str, str]:
    if not any(by_risk(task) for task in plan.tasks):
        return {}
    return {one.target: one.grade for one in risk.assess_all(tx, targets, profile, local_day(now))}


def _planned(
    task: Task,
    targets: tuple[Target, ...],
    grades: Mapping[str, str],
    profile: Profile,
    catalogue: tuple[Mapping[str, Item], Mapping[str, Stated]],
) -> Planned:
    meant = in_task(targets, task)
    active = [one for one in meant if one.status == "active"]
    among = frozenset(one.id for one in active)
    try:
        if not by_risk(task):
            return Planned(task, len(meant), among, size(task, len(active)))
        found = strata_of(task, active, grades, profile, cap=cap_of(task, *catalogue))
    except BadInput as error:
        return Planned(task, len(meant), among, 0, problem=str(error))
    rows = []
    for name, quota in found.quotas.items():
        n = sum(place[0] == name for place in found.places.values())
        rows.append((name.rpartition(":")[2], n, take(quota, n)))
    rows.sort(key=lambda row: list(CLASSES).index(row[0]))
    return Planned(task, len(meant), among, sum(row[2] for row in rows), tuple(rows))


def publish(
    tx: Connection, lawbook: Lawbook, plan_id: str, actor: Actor, now: datetime, reason: str = ""
) -> Kept | Refused:
    """Publishes the newest version where the rules let it (general-cap, once-a-year, joint-approval). Raises `NotFound`.

    Where joint-approval asks for a reason only, a joint plan without an approval is published with one, on the trail.
    """
    lock(tx, stream_of(plan_id))
    kept = plans.get(tx, plan_id)
    if kept.published_at is not None:
        return kept
    profile = lawbook.profiles[kept.plan.profile]
    refused = picture(tx, lawbook, kept.plan, now).refused or without_approval(kept.plan, profile, reason)
    if refused:
        return refused
    published = plans.publish(tx, plan_id, actor.person, now)
    if reason.strip() and unapproved(kept.plan):
        said = encode(PlanPublishedWithout(kept.plan.version, reason.strip()))
        entry = trail.Entry("PlanPublishedWithout", said, actor.person, actor.via, "", now)
        trail.append(tx, stream_of(plan_id), [entry])
    return published


def approve(tx: Connection, plan_id: str, approval: str, actor: Actor, now: datetime) -> Kept:
    """The approval's document number becomes part of a new version, which is then to be published. Raises `NotFound`."""
    lock(tx, stream_of(plan_id))
    kept = plans.get(tx, plan_id)
    plans.save(tx, replace(kept.plan, approval=approval.strip()), actor.person, now)
    return plans.get(tx, plan_id)


@dataclass(frozen=True)
class CoverageCounted:
    department: str
    listed: int
    total: int
    wanted: int


def count_coverage(
    tx: Connection, department: str, total: int, market: bool, profile: Profile, actor: Actor, now: datetime
) -> Coverage:
    """The share of a department's enforcement items on the list, kept on the trail. BadInput for a total below it."""
    found = coverage(directories.all_items(tx).values(), department, total, market, profile)
    if total < max(1, found.listed):
        raise BadInput(f"{department}的执法事项总数 {total} 少于清单里的 {found.listed} 项，请核对。")
    said = encode(CoverageCounted(department, found.listed, total, found.wanted))
    entry = trail.Entry("CoverageCounted", said, actor.person, actor.via, "", now)
    trail.append(tx, phrases.STREAM, [entry])
    return found
