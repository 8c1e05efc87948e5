"""How many of a stratum are drawn: k = ceil or floor of n * num / den, within [least, most, n]. Integers only (draw.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workflows.errors import BadInput

ROUNDINGS = ("ceil", "floor")


@dataclass(frozen=True, slots=True)
class Quota:
    """`most` None: no upper end but n. `reserve` ranks stand by behind the selected, used strictly in order."""

    num: int
    den: int
    rounding: str = "ceil"
    least: int = 0
    most: int | None = None
    reserve: int = 0

    def __post_init__(self) -> None:
        bounds = (self.num, self.least, self.reserve, self.most or 0)
        if self.rounding not in ROUNDINGS or self.den < 1 or min(bounds) < 0:
            raise BadInput("抽取比例有误：分母至少为1，其余不得为负，取整方式为 ceil 或 floor。请修改计划。")


def take(quota: Quota, n: int) -> int:
    """k of a stratum with `n` eligible entries."""
    up = quota.den - 1 if quota.rounding == "ceil" else 0
    wanted = max((n * quota.num + up) // quota.den, quota.least)
    return min(wanted, n if quota.most is None else quota.most, n)


def listed(quota: Quota) -> list[object]:
    """As it stands in the plan's JSON: [num, den, "ceil" | "floor", min, max or null, reserve]."""
    return [quota.num, quota.den, quota.rounding, quota.least, quota.most, quota.reserve]


def from_list(fields: Sequence[object]) -> Quota:
    """BadInput for anything but six fields of the right kind."""
    if len(fields) == 6:
        num, den, rounding, least, most, reserve = fields
        whole = all(type(one) is int for one in (num, den, least, reserve)) and type(most) in (
            int,
            type(None),
        )
        if whole and isinstance(rounding, str):
            return Quota(num, den, rounding, least, most, reserve)  # type: ignore[arg-type]
    raise BadInput("计划中的分层比例应写成 [分子, 分母, 取整方式, 下限, 上限, 备选数]，请修改计划。")
