"""Who keeps away from whom: targets and colleagues as people name them, with the reason and who said so.

行政处罚法 art. 43. A recusal that names nobody would protect nobody, so it is refused.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from storage.intake.cells import NAME, exact, listed, within
from storage.intake.gather import Fields, Warn, gather, given, needed
from storage.intake.table import Intake, Progress, Table, unwatched
from workflows.directory import Tie
from workflows.errors import BadInput
from workflows.identity import parse_identity

_REASON = re.compile(r"(.+?)[（(]([^（()）]+)[)）]")


@dataclass(frozen=True, slots=True)
class Known:
    """Whom a name may mean: the ids of the targets, and of the inspectors, of that name."""

    targets: Mapping[str, frozenset[str]] = field(default_factory=dict)
    people: Mapping[str, frozenset[str]] = field(default_factory=dict)


def known(targets: Iterable[tuple[str, str]], people: Iterable[tuple[str, str]]) -> Known:
    """From pairs of name and id."""
    called = [pair for name, id in people for pair in ((name, id), (id.removeprefix("P:"), id))]
    return Known(_by_name(targets), _by_name(called))


def _by_name(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    names: dict[str, set[str]] = defaultdict(set)
    for name, id in pairs:
        names[name].add(id)
    return {name: frozenset(ids) for name, ids in names.items()}


def mentioned(cells: Iterable[str]) -> frozenset[str]:
    """Every name in the lists, with the reason in brackets behind it and without."""
    names = {name for cell in cells for name in listed(cell)}
    return frozenset(names | {found[1] for name in names if (found := _REASON.fullmatch(name))})


def ties(written: str, reason: str, said_by: str, among: Known) -> tuple[Tie, ...]:
    """From a list such as "某某公司；林二（夫妻）"; a reason in brackets goes before that of the column. Raises BadInput."""
    reasons = listed(reason)
    names = listed(given(written))
    each = reasons if len(reasons) == len(names) else (reason,) * len(names)
    return tuple(_tie(name, why, said_by, among) for name, why in zip(names, each, strict=True))


def _tie(name: str, reason: str, said_by: str, among: Known) -> Tie:
    by = within(given(said_by), NAME, "申报人")
    whom, bracketed = _whom(name, among), _REASON.fullmatch(name)
    if whom is None and bracketed:
        whom, reason = _whom(bracketed[1], among), bracketed[2]
    if whom is None:
        raise BadInput(
            f"回避对象“{name[:30]}”不在检查对象名录库里，也不是名录里的检查人员："
            "请填单位的统一社会信用代码，或人员的警号（工号）（规则 recusal）"
        )
    return Tie(whom, within(given(reason), NAME, "回避关系"), by)


def _whom(name: str, among: Known) -> str | None:
    firms = among.targets.get(name, frozenset())
    if len(firms) > 1:
        raise BadInput(
            f"名录库里有 {len(firms)} 户“{name[:30]}”，不知道是哪一户：请改填统一社会信用代码（规则 recusal）"
        )
    if firms:
        return next(iter(firms))
    people = person(name, among)
    if people:
        return people
    try:
        return parse_identity(name).id
    except BadInput:
        return None


def person(name: str, among: Known) -> str | None:
    """The inspector of that name or number, None for nobody. Raises BadInput where there are several."""
    found = among.people.get(name) or among.people.get(exact(name, "警号（工号）")) or frozenset()
    if len(found) > 1:
        raise BadInput(f"名录里有 {len(found)} 位“{name[:30]}”，不知道是哪一位：请改填警号（工号）")
    return next(iter(found), None)


def parse_recusals(
    table: Table, among: Known, progress: Progress = unwatched
) -> Intake[tuple[str, tuple[Tie, ...]]]:
    """A sheet of recusals, one or several a row: (inspector id, whom they keep away from)."""

    def read(fields: Fields, warn: Warn) -> tuple[str, tuple[Tie, ...]]:
        name = needed(fields, "who", "姓名或警号（工号）", "recusal")
        who = person(name, among)
        if who is None:
            raise BadInput(f"“{name[:30]}”不在执法检查人员名录库里：请先导入人员，或核对姓名、警号（工号）")
        # The column asked for last is the one a refusal names.
        reason, said_by = fields["reason"], fields["said_by"]
        found = ties(needed(fields, "whom", "回避对象", "recusal"), reason, said_by, among)
        if any(tie.whom == who for tie in found):
            raise BadInput("回避对象是本人：请核对")
        return who, found

    missing = {"said_by": "没有“申报人”或“决定人”列：没有记下回避由谁申报、由谁决定"}
    return gather(table, "recusals", read, _said_once, progress, missing)


def _said_once(one: tuple[str, tuple[Tie, ...]]) -> str:
    who, *whom = (id.removeprefix("P:") for id in (one[0], *(tie.whom for tie in one[1])))
    return f"{who} 回避 {'、'.join(whom)}"
