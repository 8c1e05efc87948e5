"""What the public may read of a draw: how far it has come, and what its announcement or its transcript tells."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from workflows.errors import BadInput

# Those of a ceremony that the public sees; what is only frozen is not promised to anybody yet.
STAGES = ("COMMITTED", "NONCES", "BEACON", "DRAWN", "RELEASED", "OPENED", "CLOSED")


@dataclass(frozen=True, slots=True)
class Ended:
    """It was given up: why, and the id of the draw in its place, which may not have begun."""

    reason: str
    successor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Signer:
    """Somebody who signed, as the public is told of them: by what they were and for whom. `witness` "" for who drew."""

    witness: str
    department: str


@dataclass(frozen=True, slots=True)
class Draw:
    """What stands in the list. `plan` is the draw's id, `name` for people; both it and its number stay public for ever.

    `happened`: (stage, when it was first reached), () for one that ended before its commitment. `released`: tasks given
    out, of how many. `mark` changes whenever more may be told.
    """

    plan: str
    name: str
    happened: tuple[tuple[str, datetime], ...]
    released: tuple[int, int] = (0, 1)
    ended: Ended | None = None
    mark: str = ""
    signed: tuple[Signer, ...] = ()

    @property
    def stage(self) -> str:
        return self.happened[-1][0] if self.happened else ""

    @property
    def when(self) -> datetime:
        """When it became public."""
        if self.happened:
            return self.happened[0][1]
        assert self.ended
        return self.ended.at

    @property
    def drawn(self) -> bool:
        return any(stage == "DRAWN" for stage, _ in self.happened)


@dataclass(frozen=True, slots=True)
class Beside:
    """Targets inspected in a year without being drawn (非随机抽查): by kind, e.g. ("投诉举报", 3). No name, no reason."""

    year: int
    kinds: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """`draws` lists them; `announced` and `text` are the announcement and the transcript of one, byte for byte.

    `announced` is there from the commitment on, `text` once it is drawn.
    """

    draws: Callable[[], Sequence[Draw]]
    announced: Callable[[Draw], str]
    text: Callable[[Draw], str]
    beside: Callable[[], Sequence[Beside]] = tuple


@dataclass(frozen=True, slots=True)
class Tree:
    n: int
    root: str


@dataclass(frozen=True, slots=True)
class Source:
    """A public random event: `at` (aware) as announced, `told` what came of it, "" for not yet."""

    kind: str
    name: str
    draw: str
    at: datetime
    told: str


@dataclass(frozen=True, slots=True)
class Summary:
    """`counts` (stratum, eligible, drawn) and what follows `recusals` are empty until it is drawn.

    A stratum named after one of `tasks` is all of it, one named "-" what the task does not mean.

    `quotas` (stratum, num, den, least, most or None) as announced; `witnesses` (id, digits or ABSENT, "" for silent so far);
    `selected` is empty until opened, then (stratum, ids in the order of their ranks).
    """

    plan_hash: str
    tasks: tuple[str, ...]
    quotas: tuple[tuple[str, int, int, int, int | None], ...]
    sources: tuple[Source, ...]
    witnesses: tuple[tuple[str, str], ...]
    commit: str
    objects: Tree
    inspectors: Tree
    recusals: Tree
    counts: tuple[tuple[str, int, int], ...] = ()
    thresholds: str = ""
    record: str = ""
    signatures: tuple[str, ...] = ()
    selected: tuple[tuple[str, tuple[str, ...]], ...] = ()


def summary(text: str) -> Summary:
    """Of an announcement or a transcript; BadInput for what is neither."""
    try:
        said = json.loads(text)
        return _summary(said, json.loads(said["plan"]))
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise BadInput(f"抽取记录读不出来（{error}），请重新导出后再公开。") from error


def _summary(said: dict[str, Any], plan: dict[str, Any]) -> Summary:
    silent = dict.fromkeys(plan["witnesses"], "")
    trees = [Tree(said[one]["n"], said[one]["root"]) for one in ("objects", "inspectors", "recusals")]
    drawn = _drawn(said) if "counts" in said else {}
    return Summary(
        sha256(said["plan"].encode()).hexdigest(),
        tuple(plan["tasks"]),
        tuple((name, *quota[:2], *quota[3:5]) for name, quota in sorted(plan["strata"].items())),
        _sources(said["beacon"], plan["beacons"], awaited=not drawn),
        tuple(sorted((silent | dict(heard.split("=") for heard in said["witnesses"])).items())),
        said["commit"],
        trees[0],
        trees[1],
        trees[2],
        **drawn,
    )


def _sources(told: list[str], announced: list[list[str]], *, awaited: bool) -> tuple[Source, ...]:
    came = told if told or not awaited else [""] * len(announced)
    return tuple(
        Source(kind, name, draw, datetime.fromisoformat(at), one)
        for (kind, name, draw, at), one in zip(announced, came, strict=True)
    )


def _drawn(said: dict[str, Any]) -> dict[str, Any]:
    selected = said["selected"] or {}
    return {
        "counts": tuple((name, eligible, drawn) for name, eligible, drawn in said["counts"]),
        "thresholds": said["thresholds_root"],
        "record": said["record"],
        "signatures": tuple(said["signatures"]),
        "selected": tuple(
            (name, tuple(id for _, _, id in places)) for name, places in sorted(selected.items())
        ),
    }
