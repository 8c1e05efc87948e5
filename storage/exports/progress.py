"""Progress as Excel: the table of an axis, and any list by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from storage.exports.workbook import Cell, Sheet
from storage.progress_names import labels, names_of
from workflows.progress import STATES, Line, Share, Tally
from workflows.regions import region_name
from workflows.warnings import KINDS, Warned

_RATES = ("逾期", "完结", "完成率", "完结率", "按时率")
_FORMULAS = (
    "完成率 = 已公示/应检查；完结率 = 完结/已公示；按时率 = 按期公示/（已公示＋逾期）。逾期包含在前三种之中。"
)


def table(axis: str, adds_up: bool, states: Mapping[str, str], lines: Iterable[Line], today: date) -> Sheet:
    """The lines of an axis, with their sum where they add up. `axis` and `states` are the words people read."""
    shown = list(lines)
    rows: list[tuple[Cell, ...]] = [(line.label, *_numbers(line.tally)) for line in shown]
    if adds_up:
        rows.append(("合计", *_numbers(sum((line.tally for line in shown), Tally()))))
    headings = (axis, "应检查", *(states[state] for state in STATES), *_RATES)
    return Sheet(f"进度（按{axis}）", headings, rows, (_as_of(today), _FORMULAS))


def _numbers(one: Tally) -> tuple[Cell, ...]:
    states = (getattr(one, state) for state in STATES)
    return (
        one.total,
        *states,
        one.overdue,
        one.finished,
        one.completion,
        one.finish,
        one.punctuality,
    )


def _as_of(today: date) -> str:
    return f"截至 {today.isoformat()}"


_LIST = (
    *(
        "任务单编号",
        "检查对象",
        "统一社会信用代码",
        "部门",
        "执法人员",
        "抽查事项",
        "抽查计划",
        "地区",
        "派发月份",
    ),
    *("状态", "期限", "逾期天数", "未签字", "是否完结"),
)


def listing(
    tx: Connection, title: str, states: Mapping[str, str], found: Iterable[Share], today: date
) -> Sheet:
    """One row for every department's share of a case."""
    shown = list(found)
    people = names_of(tx, {p for share in shown for p in (*share.persons, *share.unsigned)})
    names = _Names(people, labels(tx, "item", ()), labels(tx, "plan", ()), states)
    rows = [_row(share, today, names) for share in shown]
    return Sheet(title, _LIST, rows, (_as_of(today),))


@dataclass(frozen=True)
class _Names:
    """What people read, by id or state."""

    people: Mapping[str, str]
    items: Mapping[str, str]
    plans: Mapping[str, str]
    states: Mapping[str, str]


def _row(share: Share, today: date, names: _Names) -> tuple[Cell, ...]:
    stands, people = share.standing, names.people
    late = (today - stands.due).days if stands.due and stands.due < today else None
    unsigned = [people.get(p, p) for p in share.unsigned] + (["当事人"] if share.party_unsigned else [])
    return (
        share.case,
        share.target_name,
        share.target,
        share.department,
        "、".join(people.get(p, p) for p in share.persons),
        "；".join(names.items.get(i, i) for i in share.items),
        names.plans.get(share.plan, share.plan),
        region_name(share.region),
        share.month,
        names.states[stands.state],
        stands.due,
        late,
        "、".join(unsigned),
        "是" if stands.finished else "否",
    )


def warning_sheet(found: Iterable[Warned], names: Mapping[str, str], today: date) -> Sheet:
    rows = [(KINDS[w.kind], names.get(w.about, w.about), w.since, "、".join(w.cases)) for w in found]
    return Sheet("预警", ("预警", "涉及", "日期", "任务单编号"), rows, (_as_of(today),))
