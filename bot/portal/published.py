"""What the public may read of a draw, taken from its transcript alone: what that does not tell, no page can."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflows.errors import BadInput


@dataclass(frozen=True, slots=True)
class Draw:
    """What stands in the list. `plan` is the draw's id, `name` for people, `when` it was drawn (aware).

    `abandoned`: it holds no longer and stays public. `mark` changes whenever the transcript may tell more.
    """

    plan: str
    name: str
    when: datetime
    abandoned: bool = False
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Shelf:
    """`draws` lists them; `text` is the transcript of one, byte for byte, as it may be told now."""

    draws: Callable[[], Sequence[Draw]]
    text: Callable[[Draw], str]


@dataclass(frozen=True, slots=True)
class Tree:
    n: int
    root: str


@dataclass(frozen=True, slots=True)
class Source:
    """A public random event: `at` (aware) as announced, `told` what came of it."""

    name: str
    draw: str
    at: datetime
    told: str


@dataclass(frozen=True, slots=True)
class Summary:
    """`stage` "sealed", "released" or "opened"; `counts` (stratum, eligible, drawn); `witnesses` (id, digits or ABSENT).

    `selected` is empty until released, then (stratum, ids in the order of their ranks).
    """

    stage: str
    counts: tuple[tuple[str, int, int], ...]
    sources: tuple[Source, ...]
    witnesses: tuple[tuple[str, str], ...]
    commit: str
    objects: Tree
    inspectors: Tree
    recusals: Tree
    record: str
    signatures: tuple[str, ...]
    selected: tuple[tuple[str, tuple[str, ...]], ...]


def summary(text: str) -> Summary:
    """BadInput for what is not a transcript."""
    try:
        said = json.loads(text)
        return _summary(said, json.loads(said["plan"]))
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise BadInput(f"抽取记录读不出来（{error}），请重新导出后再公开。") from error


def _summary(said: dict[str, Any], plan: dict[str, Any]) -> Summary:
    objects, inspectors, recusals = (
        Tree(said[one]["n"], said[one]["root"]) for one in ("objects", "inspectors", "recusals")
    )
    selected = said["selected"] or {}
    return Summary(
        _stage(said),
        tuple((name, eligible, drawn) for name, eligible, drawn in said["counts"]),
        tuple(
            Source(name, draw, datetime.fromisoformat(at), told)
            for (_, name, draw, at), told in zip(plan["beacons"], said["beacon"], strict=True)
        ),
        tuple((one, digits) for one, digits in (heard.split("=") for heard in said["witnesses"])),
        said["commit"],
        objects,
        inspectors,
        recusals,
        said["record"],
        tuple(said["signatures"]),
        tuple((name, tuple(id for _, _, id in places)) for name, places in sorted(selected.items())),
    )


def _stage(said: dict[str, Any]) -> str:
    if said["secrets"] is not None:
        return "opened"
    return "sealed" if said["selected"] is None else "released"
