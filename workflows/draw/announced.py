"""The plan as announced before the draw: canonical JSON, whose hash goes into the commitment (draw.md, "plan")."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from unicodedata import normalize

from workflows.draw.beacon import KINDS
from workflows.draw.quota import Quota, from_list, listed
from workflows.draw.tickets import digest
from workflows.errors import BadInput

ALGORITHM = "DR1-sha256"
SIDES = ("objects", "inspectors")


@dataclass(frozen=True, slots=True)
class Source:
    """One source of the beacon: `kind` of `beacon.KINDS`, the lottery's name, its draw number, and when (aware)."""

    kind: str
    name: str
    draw: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Announced:
    """`sides`: which directories are drawn from. `batches`: stratum -> number of batches where everyone is inspected.

    `inputs` is the digest of what the teams are drawn from (`hold.looked_at`), "" where it is not bound. No `sources`:
    the draw does without a public random event, and its transcript says so. `exception`: kind and reason of an
    exception to once a year, () where there is none.
    """

    id: str
    items: tuple[str, ...]
    tasks: tuple[str, ...]
    strata: Mapping[str, Quota]
    sources: tuple[Source, ...]
    witnesses: tuple[str, ...]
    sides: tuple[str, ...] = SIDES
    batches: Mapping[str, int] | None = None
    inputs: str = ""
    exception: tuple[str, ...] = ()


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces; the same value is the same bytes anywhere."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def plan_text(plan: Announced) -> str:
    # A name is the same name in whichever form it was typed.
    said = canonical(
        {
            "alg": ALGORITHM,
            "plan": plan.id,
            "items": plan.items,
            "tasks": plan.tasks,
            "strata": {name: listed(quota) for name, quota in plan.strata.items()},
            "beacons": [[one.kind, one.name, one.draw, one.at.isoformat()] for one in plan.sources],
            "witnesses": sorted(plan.witnesses),
            "sides": plan.sides,
            "batches": dict(plan.batches or {}),
            **({"inputs": plan.inputs} if plan.inputs else {}),
            **({"exception": plan.exception} if plan.exception else {}),
        }
    )
    return normalize("NFC", said)


def plan_hash(text: str) -> str:
    return digest(text)


def announced(text: str) -> Announced:
    """The plan from its JSON. BadInput where it is not canonical or a field is missing or of another kind."""
    try:
        said = json.loads(text)
        if canonical(said) != text or said["alg"] != ALGORITHM:
            raise BadInput("抽取方案不是规范的JSON，或算法不是 DR1-sha256，请由系统重新生成。")
        plan = Announced(
            said["plan"],
            tuple(said["items"]),
            tuple(said["tasks"]),
            {name: from_list(fields) for name, fields in said["strata"].items()},
            tuple(_source(*fields) for fields in said["beacons"]),
            tuple(said["witnesses"]),
            tuple(said["sides"]),
            said["batches"],
            said.get("inputs", ""),
            tuple(said.get("exception", ())),
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise BadInput(f"抽取方案缺少内容或写法不对（{error}），请由系统重新生成。") from error
    if len(plan.exception) not in (0, 2):
        raise BadInput("抽取方案中的年度例外应有情形和理由两项，请由系统重新生成。")
    if not plan.id or not plan.sides or set(plan.sides) - set(SIDES):
        raise BadInput("抽取方案缺少编号或抽取范围，请补全后重新生成。")
    return plan


def _source(kind: str, name: str, draw: str, at: str) -> Source:
    moment = datetime.fromisoformat(at)
    if kind not in KINDS or moment.tzinfo is None:
        raise BadInput(f"公开随机源“{name}”的类型或开奖时间写法不对，时间应带时区，请改正。")
    return Source(kind, name, draw, moment)
