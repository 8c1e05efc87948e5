"""The matching replay: who goes where, computed again from the inputs told after the opening (draw.md, level 4)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any, TypeVar

from workflows.directory import Certificate, Inspector, Target
from workflows.draw.announced import announced, canonical
from workflows.draw.hold import DrawRequest, DrawResult, hold
from workflows.draw.lines import read
from workflows.draw.quota import from_list
from workflows.draw.teams import Conditions
from workflows.draw.tickets import digest
from workflows.draw.verify import Lists, Matching, Transcript, seeds
from workflows.errors import BadInput
from workflows.plan import Task

Key = TypeVar("Key")
Value = TypeVar("Value")


def result_digest(result: DrawResult) -> str:
    """What `Held.result` binds. The seeds in it keep anybody from trying out who might have been drawn."""
    said = asdict(result)
    for one in said["selected"]:
        # Nothing asked is not told: draws from before anything was asked keep their digests.
        if not one["asked"]:
            del one["asked"]
    return digest(canonical(said))


def matching(inputs: Sequence[str]) -> Matching:
    """The check for `verify`: "" instead of a digest where the inputs are not those announced, or draw others."""

    def computed(said: Transcript, lists: Lists) -> str:
        plan = announced(said["plan"])
        if said["secrets"] is None or digest("".join(f"{one}\n" for one in inputs)) != plan.inputs:
            return ""
        result = hold(request_of(inputs, *seeds(said), lists.inspectors))
        told = [row[2] for name in sorted(said["selected"]) for row in said["selected"][name]]
        drawn = [one.target_id for one in result.selected] if isinstance(result, DrawResult) else []
        return result_digest(result) if isinstance(result, DrawResult) and drawn == told else ""

    return computed


def request_of(
    lines: Iterable[str], seed_objects: str, seed_inspectors: str, inspectors: Iterable[str] | None = None
) -> DrawRequest:
    """The request whose `hold.input_lines` these are, and the frozen file of inspectors. BadInput for lines nobody wrote so."""
    stood = None if inspectors is None else frozenset(one.id for one in read(inspectors) if one.eligible)
    rows: dict[str, list[list[Any]]] = {}
    try:
        for text in lines:
            kind, *fields = json.loads(text)
            rows.setdefault(kind, []).append(fields)
        return replace(_request(rows, seed_objects, seed_inspectors), stood=stood)
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise BadInput(f"抽取依据的写法不对（{error}），请使用随抽取记录公布的原文件。") from error


def _request(rows: dict[str, list[list[Any]]], seed_objects: str, seed_inspectors: str) -> DrawRequest:
    ((plan_id, *task),) = rows["task"]
    on, team_size, reserve, experts = task[-1]
    ((exception, reason),) = rows.get("exception", [["", ""]])
    people, targets = rows.get("inspector", []), rows.get("target", [])
    held = _several((id, _certificate(*row)) for id, *row in rows.get("certificate", []))
    return DrawRequest(
        plan_id=plan_id,
        task=replace(_task(task), exception=exception, exception_reason=reason),
        targets=tuple(Target(r[0], "", r[1], "", r[2], r[3], tags=tuple(r[4])) for r in targets),
        inspectors=tuple(_inspector(row, held.get(row[0], ())) for row in people),
        seed=seed_objects,
        seed_inspectors=seed_inspectors,
        on=date.fromisoformat(on),
        year_drawn=frozenset(row[0] for row in targets if row[5]),
        team_size=team_size,
        reserve=reserve,
        experts=experts,
        loads=tuple((row[0], row[8]) for row in people if row[8]),
        strata={name: from_list(quota) for name, *quota in rows.get("stratum", [])},
        places={id: (stratum, weight) for id, stratum, weight in rows.get("place", [])},
        met={(one, other): times for one, other, times in rows.get("met", [])},
        led=dict(rows.get("led", [])),
        let_in=frozenset(id for (id,) in rows.get("let in", [])),
        conditions=Conditions(
            conflicts=frozenset((one, other) for one, other in rows.get("apart", [])),
            qualifications=_several((name, word) for name, word in rows.get("needs", [])),
            asked=_several(((id, name), word) for id, name, word in rows.get("asked", [])),
        ),
    )


def _several(rows: Iterable[tuple[Key, Value]]) -> dict[Key, tuple[Value, ...]]:
    own: dict[Key, tuple[Value, ...]] = {}
    for whose, one in rows:
        own[whose] = (*own.get(whose, ()), one)
    return own


def _certificate(number: str, first: str | None, last: str | None) -> Certificate:
    return Certificate(number, *(date.fromisoformat(day) if day else None for day in (first, last)))


def _task(row: list[Any]) -> Task:
    id, items, scope, region, (starts, ends), departments, (quota, ratio), _ = row
    days = date.fromisoformat(starts), date.fromisoformat(ends)
    lead, *_ = departments
    return Task(id, "", False, tuple(items), scope, *days, lead, tuple(departments), quota, ratio, region)


def _inspector(row: list[Any], further: tuple[Certificate, ...]) -> Inspector:
    id, department, role, (certificate, first, last), region, on_duty, expertise, recusals, _ = row
    return Inspector(
        id,
        "",
        department,
        certificate,
        date.fromisoformat(first) if first else None,
        date.fromisoformat(last) if last else None,
        role=role,
        expertise=tuple(expertise),
        region=region,
        on_duty=on_duty,
        recusals=tuple(recusals),
        certificates=further,
    )
