"""Which targets a task draws from, how many, and which ones (by-machine, once-a-year, target-status).

A stated exception to once a year (key item, bad credit, special industry: 002 二(三)) is the caller's: it takes the
target out of `year_drawn` and records the reason (`exceptions`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction
from functools import lru_cache
from math import ceil

from workflows.directory import TARGET_KINDS, Target
from workflows.draw.tickets import rank
from workflows.errors import BadInput
from workflows.plan import Task

ALTERNATIVES = re.compile(r"[、；;]")
# Nobody writes more digits, and more would be no number to compute with.
PERCENT = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*[%％]")
FRACTION = re.compile(r"(\d{1,9})\s*/\s*([1-9]\d{0,8})")


def scope_words(target: Target, scope: str) -> frozenset[str]:
    """The alternatives of a task's 抽查对象 that fit this target: one of its tags, or its kind in Chinese."""
    return _alternatives(scope).intersection((*target.tags, TARGET_KINDS.get(target.kind, target.kind)))


@lru_cache(maxsize=256)  # scopes are few, targets many
def _alternatives(scope: str) -> frozenset[str]:
    # The whole first: "重要信息系统、重点网站责任单位" is one tag although it holds a separator.
    words = {scope.strip(), *(word.strip() for word in ALTERNATIVES.split(scope))}
    return frozenset(words) - {""}


def in_scope(target: Target, scope: str) -> bool:
    return bool(scope_words(target, scope))


def reached(region: str, target: Target) -> bool:
    """Whether a region, a division code or a name, holds the target. Where either is blank, it does."""
    return not region or not target.region or target.region.startswith(region)


def in_task(targets: Iterable[Target], task: Task) -> list[Target]:
    return [target for target in targets if in_scope(target, task.scope) and reached(task.region, target)]


def exclusions(targets: Iterable[Target], task: Task, year_drawn: Collection[str]) -> dict[str, str]:
    """Id -> the rule that keeps a target of this task out. One the task does not mean is not excluded."""
    return kept_out(in_task(targets, task), year_drawn)


def kept_out(meant: Iterable[Target], year_drawn: Collection[str]) -> dict[str, str]:
    """`exclusions` of the targets that a task means."""
    reasons = {}
    for target in meant:
        if target.status != "active":
            reasons[target.id] = "target-status"
        elif target.id in year_drawn:
            reasons[target.id] = "once-a-year"
    return reasons


def share(ratio: str) -> Fraction:
    """ "5%", "0.5％" or "1/20" as a fraction in (0, 1]. BadInput for anything else: a draw does not guess."""
    text = ratio.strip()
    if percent := PERCENT.fullmatch(text):
        part = Fraction(percent[1]) / 100
    elif fraction := FRACTION.fullmatch(text):
        part = Fraction(int(fraction[1]), int(fraction[2]))
    else:
        part = Fraction(0)
    if not 0 < part <= 1:
        raise BadInput(f"抽查比例“{ratio}”无法计算，请写成“5%”或“1/20”这样的形式，大于0且不超过100%。")
    return part


def size(task: Task, eligible: int) -> int:
    """How many to draw: the quota, else the ratio of those eligible, rounded up; at most all of them."""
    if task.quota is None:
        return ceil(share(task.ratio) * eligible)
    if task.quota < 1:
        raise BadInput(f"任务“{task.name}”的抽查数量是{task.quota}，至少应为1，请修改计划。")
    return min(task.quota, eligible)


def select_targets(
    key: str, weights: Mapping[str, int], size: int, reserve: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Ranks 1 to `size` of one stratum, and the next `reserve` ranks, used strictly in their order.

    `weights` holds the stratum's eligible ids, each with its weight, 1 to 1,000,000.
    """
    order = sorted(weights, key=lambda id: rank(key, id, weights[id]))
    return tuple(order[:size]), tuple(order[size : size + reserve])
