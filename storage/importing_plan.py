"""A table of tasks into a plan: the same name and year is the same plan."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from storage import directories, plans
from storage.directory_writing import Counts
from storage.intake import plan
from storage.intake.table import Intake, Progress, Table
from workflows.plan import Plan


def load_plan(
    tx: Connection, table: Table, now: datetime, progress: Progress, profile: str, approval: str
) -> tuple[Intake[Any], Counts]:
    intake = plan.parse_plan(table, directories.all_items(tx).values(), progress)
    tasks = tuple(task for _, task in intake.accepted)
    if not tasks:
        return intake, Counts()
    name = plan.plan_name(table)
    year = plan.plan_year(name, tasks)
    plan_id = plan_id_of(name, year)
    before = {kept.plan.id: kept.plan.version for kept in plans.current(tx)}
    saved = plans.save(tx, Plan(plan_id, name, year, 0, profile, tasks, approval), "", now)
    if plan_id not in before:
        return intake, Counts(added=len(tasks))
    changed = saved.version != before[plan_id]
    return intake, Counts(changed=len(tasks)) if changed else Counts(same=len(tasks))


def plan_id_of(name: str, year: int) -> str:
    """The same name and year are the same plan: importing it again makes a version, not a second plan."""
    return f"{year}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"
