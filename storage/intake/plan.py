"""The annual plan (年度抽查计划), one task per row, with the eight fields of 002 二(三)."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from storage.intake.cells import (
    LINE,
    NAME,
    affirmed,
    dates,
    half_width,
    named,
    one_date,
    share,
    whole,
    within,
)
from storage.intake.gather import Fields, Warn, each_row, gather, given, needed
from storage.intake.table import Intake, Progress, Table, unwatched
from workflows.catalogue import Item
from workflows.errors import BadInput
from workflows.plan import EXCEPTIONS, PLAN_FIELDS, Task

_ID = re.compile(r"[0-9A-Za-z._:-]{1,24}")
_BETWEEN_ITEMS = re.compile(r"([、；;，,\n])")


def plan_name(table: Table) -> str:
    """The plan the file speaks of: the name in its first row that has one. Raises BadInput where none has."""
    for _, fields in each_row(table, "plan"):
        if given(fields["plan_name"]):
            return within(fields["plan_name"], NAME, PLAN_FIELDS["plan_name"])
    raise BadInput(f"{table.source} 里没有抽查计划名称：请填写后再导入（规则 plan-fields）")


def plan_year(name: str, tasks: Iterable[Task]) -> int:
    """The year in the plan's name (2026年度…), else the year its first task begins."""
    match = re.search(r"(20[0-9]{2})\s*年", half_width(name))
    return int(match[1]) if match else min(task.starts for task in tasks).year


def parse_plan(table: Table, items: Iterable[Item], progress: Progress = unwatched) -> Intake[Task]:
    """Tasks with all eight fields (plan-fields), their items found in the catalogue by 编号 or by name."""
    catalogue = _catalogue(items)
    first = next(
        (given(fields["plan_name"]) for _, fields in each_row(table, "plan") if fields["plan_name"]), ""
    )

    def read(fields: Fields, warn: Warn) -> Task:
        if needed(fields, "plan_name", PLAN_FIELDS["plan_name"], "plan-fields") != first:
            raise BadInput(f"这一行属于另一份计划，与“{first[:40]}”不同：一个文件只放一份计划")
        return _task(fields, warn, catalogue)

    return gather(table, "plan", read, lambda task: task.id, progress, {})


def _task(fields: Fields, warn: Warn, catalogue: Mapping[str, Item]) -> Task:
    name = within(_field(fields, "name"), NAME, PLAN_FIELDS["name"])
    lead, others = named(_field(fields, "lead")), named(_field(fields, "departments"))
    if len(lead) != 1:
        raise BadInput(f"发起部门写了 {len(lead)} 个：只能有一个，其余写在参与部门")
    starts, ends = _period(fields)
    quota, ratio = whole(fields["quota"], "抽查数量"), share(half_width(given(fields["ratio"])))
    if quota is None and not ratio:
        warn("没有抽查数量，也没有抽查比例：抽取前须补上其中一项")
    return Task(
        id=_task_id(fields, name),
        name=name,
        targeted=_targeted(_field(fields, "type")),
        items=_items(_field(fields, "items"), catalogue),
        scope=within(_field(fields, "targets"), LINE, PLAN_FIELDS["targets"]),
        starts=starts,
        ends=ends,
        lead=within(lead[0], NAME, PLAN_FIELDS["lead"]),
        departments=tuple(dict.fromkeys((*lead, *(within(one, NAME, "参与部门") for one in others)))),
        quota=quota,
        ratio=within(ratio, NAME, "抽查比例"),
        region=within(half_width(fields["region"]), NAME, "区划"),
        unannounced=_unannounced(fields["told"]),
        **_exception(fields),
    )


def _field(fields: Fields, field: str) -> str:
    return needed(fields, field, PLAN_FIELDS[field], "plan-fields")


def _task_id(fields: Fields, name: str) -> str:
    task_id = re.sub(r"\s", "", half_width(given(fields["id"])))
    if not task_id:
        return f"T-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    if _ID.fullmatch(task_id) is None:
        raise BadInput(f"任务编号“{task_id[:30]}”只能用字母、数字和 . _ : -，最多 24 位：请改正")
    return task_id


def _targeted(text: str) -> bool:
    if "不定向" in text:
        return False
    if "定向" in text:
        return True
    raise BadInput(f"抽查类型“{text[:30]}”看不懂：请写定向或不定向（规则 plan-fields）")


def _unannounced(text: str) -> bool:
    """A target is told beforehand unless the plan says otherwise (prior-notice)."""
    told = affirmed(given(text))
    if given(text) and told is None:
        raise BadInput(f"是否事先告知“{text[:30]}”看不懂：请写是或否（规则 prior-notice）")
    return told is False


def _exception(fields: Fields) -> dict[str, str]:
    """An exception to once a year and its reason, which only go together."""
    said, reason = half_width(given(fields["exception"])), given(fields["exception_reason"])
    kind = next((key for key, name in EXCEPTIONS.items() if said and (name in said or said in name)), "")
    if said and not kind:
        allowed = "、".join(EXCEPTIONS.values())
        raise BadInput(f"年度例外“{said[:30]}”看不懂：请写{allowed}之一，没有例外就留空（规则 once-a-year）")
    if bool(kind) != bool(reason):
        blank = "例外理由" if kind else "年度例外"
        raise BadInput(f"{blank}没有填：年度例外和例外理由要一起填写，或者都留空（规则 once-a-year）")
    return {"exception": kind, "exception_reason": within(reason, LINE, "例外理由")}


def _period(fields: Fields) -> tuple[date, date]:
    both = one_date(fields["starts"], "抽查开始日期"), one_date(fields["ends"], "抽查结束日期")
    found = dates(fields["dates"], PLAN_FIELDS["dates"]) or tuple(day for day in both if day)
    if len(found) != 2:
        raise BadInput("抽查日期要有起止两个日期，例如 2026-11-01至2026-12-31：请补填（规则 plan-fields）")
    if found[0] > found[1]:
        raise BadInput(f"抽查日期的起 {found[0]} 晚于止 {found[1]}：请核对")
    return found[0], found[1]


def _catalogue(items: Iterable[Item]) -> dict[str, Item]:
    """Every way an item may be named -> the item. A name two items share names neither."""
    named_so: dict[str, dict[str, Item]] = defaultdict(dict)
    for item in items:
        for spelling in (item.id, item.name, item.id + item.name):
            named_so[_squeezed(spelling)][item.id] = item
    return {spelling: next(iter(found.values())) for spelling, found in named_so.items() if len(found) == 1}


def _items(text: str, catalogue: Mapping[str, Item]) -> tuple[str, ...]:
    """The items a cell names. A name may hold "、" itself, so the longest run that is an item's name is that item."""
    tokens = _BETWEEN_ITEMS.split(text)
    found: list[str] = []
    at = 0
    while at < len(tokens):
        runs = ((end, _squeezed("".join(tokens[at:end]))) for end in range(len(tokens), at, -2))
        end, run = next(((end, run) for end, run in runs if run in catalogue), (at + 1, ""))
        if run:
            found.append(catalogue[run].id)
        elif tokens[at].strip():
            raise BadInput(_unknown(tokens[at].strip(), catalogue))
        at = end + 1
    return tuple(dict.fromkeys(found))


def _unknown(text: str, catalogue: Mapping[str, Item]) -> str:
    matches = difflib.get_close_matches(_squeezed(text), catalogue, n=6, cutoff=0.4)
    near = list(dict.fromkeys(f"{catalogue[match].id} {catalogue[match].name}" for match in matches))[:3]
    hint = f"最接近的是 {'；'.join(near)}" if near else "请先导入抽查事项清单，或核对编号"
    return f"抽查事项“{text[:40]}”不在清单里（规则 legal-basis）：{hint}"


def _squeezed(text: str) -> str:
    return re.sub(r"\s", "", half_width(text)).upper()
