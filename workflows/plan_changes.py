"""What a new version of a plan changes, and the year it fills: both as data, told in words by templates/chat/planning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from workflows.plan import EXCEPTIONS, PLAN_FIELDS, Plan, Task

FIELDS: Mapping[str, str] = {
    "name": PLAN_FIELDS["name"],
    "targeted": PLAN_FIELDS["type"],
    "items": PLAN_FIELDS["items"],
    "scope": PLAN_FIELDS["targets"],
    "region": "区划",
    "dates": PLAN_FIELDS["dates"],
    "lead": PLAN_FIELDS["lead"],
    "departments": PLAN_FIELDS["departments"],
    "size": "抽查数量或比例",
    "unannounced": "是否事先告知",
    "exception": "年度抽查一次的例外",
}


@dataclass(frozen=True, slots=True)
class Change:
    """`kind`: added | removed | changed | approval | profile | plan-name. `field` is a key of `FIELDS`, else ""."""

    kind: str
    task: str
    name: str
    field: str = ""
    before: str = ""
    after: str = ""


def changes(before: Plan, after: Plan) -> tuple[Change, ...]:
    """What differs, the plan itself first, then task by task as the new version orders them."""
    old = {task.id: task for task in before.tasks}
    new = {task.id: task for task in after.tasks}
    found = _of_plan(before, after)
    for task in after.tasks:
        if task.id not in old:
            found.append(Change("added", task.id, task.name))
        else:
            found += _of_task(old[task.id], task)
    return (*found, *(Change("removed", id, old[id].name) for id in old if id not in new))


def _of_plan(before: Plan, after: Plan) -> list[Change]:
    pairs = (
        ("plan-name", before.name, after.name),
        ("approval", before.approval, after.approval),
        ("profile", before.profile, after.profile),
    )
    return [Change(kind, "", after.name, "", was, now) for kind, was, now in pairs if was != now]


def _of_task(before: Task, after: Task) -> list[Change]:
    was, now = said(before), said(after)
    return [
        Change("changed", after.id, before.name, field, was[field], now[field])
        for field in FIELDS
        if was[field] != now[field]
    ]


def said(task: Task) -> dict[str, str]:
    """A task's fields as a person reads them, "" for what is not set."""
    size = f"{task.quota}户" if task.quota is not None else ""
    return {
        "name": task.name,
        "targeted": "定向" if task.targeted else "不定向",
        "items": "、".join(task.items),
        "scope": task.scope,
        "region": task.region,
        "dates": f"{task.starts}至{task.ends}",
        "lead": task.lead,
        "departments": "、".join(task.departments),
        "size": "，".join(part for part in (size, task.ratio) if part),
        "unannounced": "不告知" if task.unannounced else "告知",
        "exception": "：".join(
            part for part in (EXCEPTIONS.get(task.exception, ""), task.exception_reason) if part
        ),
    }


def months_of(task: Task, year: int) -> tuple[bool, ...]:
    """For each of the twelve months of the year whether the task's window touches it."""
    return tuple(
        (task.starts.year, task.starts.month) <= (year, month) <= (task.ends.year, task.ends.month)
        for month in range(1, 13)
    )


def in_month(plan: Plan, month: date) -> tuple[Task, ...]:
    return tuple(task for task in plan.tasks if months_of(task, month.year)[month.month - 1])
