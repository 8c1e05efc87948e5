"""What a draw looked at, as bytes: the same lines and the same seed give the same draw to anybody.

One canonical JSON array per line (no spaces, UTF-8), entries sorted by id.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from workflows.directory import Inspector, Target
from workflows.draw.tickets import ID, digest
from workflows.errors import BadInput
from workflows.plan import Task

_WRITER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str)


def line(*facts: Any) -> str:
    return _WRITER.encode(facts)


def check_ids(entries: Iterable[Target] | Iterable[Inspector], directory: str) -> None:
    """BadInput for an id outside the alphabet of tickets, or one that stands in the directory twice."""
    seen: set[str] = set()
    for entry in entries:
        if not ID.fullmatch(entry.id):
            raise BadInput(f"{directory}中“{entry.name}”的编号“{entry.id}”含有不允许的字符，请改正后再抽取。")
        if entry.id in seen:
            raise BadInput(f"{directory}中编号“{entry.id}”出现了两次，请先去掉重复的一条再抽取。")
        seen.add(entry.id)


def task_line(plan_id: str, task: Task, *settings: Any) -> str:
    window = (task.starts, task.ends)
    size = (task.quota, task.ratio)
    return line(
        "task",
        plan_id,
        task.id,
        task.items,
        task.scope,
        task.region,
        window,
        task.departments,
        size,
        settings,
    )


def target_lines(targets: Iterable[Target], year_drawn: Collection[str]) -> list[str]:
    return [
        line("target", one.id, one.kind, one.region, one.status, sorted(one.tags), one.id in year_drawn)
        for one in sorted(targets, key=lambda one: one.id)
    ]


def inspector_lines(inspectors: Iterable[Inspector], loads: dict[str, int]) -> list[str]:
    return [
        line(
            "inspector",
            one.id,
            one.department,
            one.role,
            (one.certificate, one.valid_from, one.valid_until),
            one.region,
            one.on_duty,
            sorted(one.expertise),
            sorted(one.recusals),
            loads.get(one.id, 0),
        )
        for one in sorted(inspectors, key=lambda one: one.id)
    ]


def certificate_lines(inspectors: Iterable[Inspector]) -> list[str]:
    """Every further certificate of who holds several: whichever is in force on a day counts on it."""
    return [
        line("certificate", one.id, *held)
        for one in sorted(inspectors, key=lambda one: one.id)
        for held in sorted(further(one), key=str)
    ]


def further(one: Inspector) -> list[tuple[str, date | None, date | None]]:
    """Number, first and last day of those that do not stand in the inspector's own fields."""
    own = (one.certificate, one.valid_from, one.valid_until)
    every = [(held.number, held.valid_from, held.valid_until) for held in one.certificates]
    return [held for held in dict.fromkeys(every) if held != own]


def inputs_digest(lines: Iterable[str]) -> str:
    return digest("".join(f"{one}\n" for one in lines))
