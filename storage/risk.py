"""Risk classes in the house: each target's visits from the cases, its class today, and the classes kept at the last assessment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from storage import directories, phrases, projection, trail
from storage.database import insert, lock
from storage.documents import decode, encode
from storage.planning_schema import risk_classes
from workflows.directory import Target
from workflows.inspection.case import Case, findings
from workflows.inspection.facts import Actor, local_day
from workflows.plan import Task
from workflows.plan_caps import cap_of
from workflows.policy import Profile
from workflows.risk import Assessment, Past, assess
from workflows.risk_strata import Strata, by_risk, strata_of

STREAM = "risk"


@dataclass(frozen=True)
class Moved:
    """A target whose class is not what it was at the last assessment; `before` "" the first time."""

    name: str
    before: str
    assessment: Assessment


@dataclass(frozen=True)
class ClassGiven:
    """What the trail keeps of a class that changed: all that explains it."""

    before: str
    assessment: Assessment


def history(tx: Connection, target: str = "") -> dict[str, tuple[Past, ...]]:
    """Target -> its visits, of one target or of all."""
    found: dict[str, list[Past]] = defaultdict(list)
    for case in projection.all_cases(tx, target):
        if case.onsite_at or case.obstacle:
            found[case.opened.target.id].append(_past(case))
    return {id: tuple(visits) for id, visits in found.items()}


def _past(case: Case) -> Past:
    at = case.onsite_at or (case.obstacle.at if case.obstacle else case.opened_at)
    refusing = case.obstacle is not None and case.obstacle.kind == "refusing"
    return Past(case.id, local_day(at), len(findings(case)), refusing, case.opened.ad_hoc)


def assess_all(
    tx: Connection, targets: Iterable[Target], profile: Profile, today: date
) -> tuple[Assessment, ...]:
    visits = history(tx)
    return tuple(assess(one, visits.get(one.id, ()), profile, today) for one in targets)


def assess_one(tx: Connection, target: Target, profile: Profile, today: date) -> Assessment:
    return assess(target, history(tx, target.id).get(target.id, ()), profile, today)


def strata_for(
    tx: Connection,
    task: Task,
    targets: Sequence[Target],
    excluded: Iterable[str],
    profile: Profile,
    today: date,
) -> Strata:
    """The strata a task is drawn in; none where its plan names the ratio. Raises `BadInput`, see `strata_of`."""
    if not by_risk(task):
        return Strata()
    grades = {one.target: one.grade for one in assess_all(tx, targets, profile, today)}
    cap = cap_of(task, directories.all_items(tx), phrases.meanings(tx))
    return strata_of(task, targets, grades, profile, excluded=excluded, cap=cap)


def kept(tx: Connection) -> Mapping[str, str]:
    """Target -> the class of the last assessment."""
    rows = tx.execute(select(risk_classes.c.target, risk_classes.c["class"]))
    return {row[0]: row[1] for row in rows}


def reclassify(tx: Connection, profile: Profile, actor: Actor, now: datetime) -> tuple[Moved, ...]:
    """Assesses every target anew and keeps the classes; those that moved are returned and stand on the trail."""
    lock(tx, STREAM)
    targets = directories.all_targets(tx)
    names = {one.id: one.name for one in targets}
    before = kept(tx)
    found = assess_all(tx, targets, profile, local_day(now))
    moved = tuple(
        Moved(names[one.target], before.get(one.target, ""), one)
        for one in found
        if before.get(one.target) != one.grade
    )
    for change in moved:
        _keep(tx, change, actor, now)
    return moved


def _keep(tx: Connection, change: Moved, actor: Actor, now: datetime) -> None:
    one = change.assessment
    row = {"class": one.grade, "data": encode(one), "by": actor.person or actor.via, "at": now}
    put = insert(tx, risk_classes).values(target=one.target, **row)
    tx.execute(put.on_conflict_do_update(index_elements=["target"], set_=row))
    said = encode(ClassGiven(change.before, one))
    trail.append(tx, STREAM, [trail.Entry("ClassGiven", said, actor.person, actor.via, "", now)])


def last(tx: Connection, target: str) -> Assessment | None:
    data = tx.execute(select(risk_classes.c.data).where(risk_classes.c.target == target)).scalar()
    return decode(data, Assessment) if data else None
