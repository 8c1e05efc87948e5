"""The item catalogue (抽查事项清单). Its fields are those of four documents:

云政办发〔2016〕105号 一(一); 安政办发〔2019〕2号 三(一); 海市监发〔2019〕52号 二(一); 河南省公安厅通知(2019-12) 附件1; 豫政办〔2017〕80号.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from workflows.departments import system_of
from workflows.errors import BadInput
from workflows.policy import Profile
from workflows.ratio import Frequency, Ratio

CATEGORIES = {"general": "一般检查事项", "key": "重点检查事项"}


@dataclass(frozen=True, slots=True)
class Item:
    """One item (抽查事项). `ratio` and `frequency` are kept as the bureau wrote them; `basis` names the articles.

    `category` is one of `CATEGORIES`. `qualifications` are what its inspectors are asked to
    hold (所需资质), words of `Inspector.expertise`.
    """

    id: str
    name: str
    basis: str
    department: str
    targets: str
    content: tuple[str, ...]
    methods: tuple[str, ...] = ()
    ratio: str = ""
    frequency: str = ""
    category: str = "general"
    level: str = ""
    note: str = ""
    qualifications: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stated:
    """What an item's phrases mean: its ratio, its frequencies; neither where each plan is to say."""

    ratio: Ratio | None = None
    frequencies: tuple[Frequency, ...] = ()


def ratio_cap(item: Item, stated: Stated) -> Fraction | None:
    """The cap of a general item, 国发〔2019〕5号 三(二); a key item has none, and "5%" alone or "不少于5%" is none."""
    if item.category != "general" or stated.ratio is None or stated.ratio.bound != "at-most":
        return None
    return Fraction(stated.ratio.num, stated.ratio.den)


def frequency_cap(item: Item, stated: Stated) -> Frequency | None:
    """How often at most (晋政发〔2019〕15号 二(三)1), where one cap holds for all targets of a general item."""
    if item.category != "general" or len(stated.frequencies) != 1:
        return None
    only = stated.frequencies[0]
    return only if only.bound == "at-most" and not only.classes else None


@dataclass(frozen=True, slots=True)
class Coverage:
    """Items of one department on the list against all its enforcement items; both shares in percent."""

    department: str
    listed: int
    total: int
    wanted: int

    @property
    def share(self) -> Fraction:
        return Fraction(self.listed, self.total) * 100

    @property
    def enough(self) -> bool:
        return self.share >= self.wanted


def coverage(items: Iterable[Item], department: str, total: int, market: bool, profile: Profile) -> Coverage:
    """The share of a department's enforcement items that are on the list (item-coverage, 云政办发〔2016〕105号 一(一)).

    `total` counts the items of its 权责清单; `market` tells market supervision from other enforcement. BadInput for a
    total that leaves nothing to share.
    """
    if total < 1:
        raise BadInput(f"执法事项总数是{total}，至少应为1，请照权责清单填写。")
    listed = sum(system_of(item.department) == system_of(department) for item in items)
    return Coverage(
        department, listed, total, profile.number("item-coverage", "market" if market else "other")
    )
