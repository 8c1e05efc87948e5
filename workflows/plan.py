"""The annual plan (年度抽查计划) and its tasks. The eight fields: 海市监发〔2019〕52号 二(三)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

PLAN_FIELDS = {
    "plan_name": "抽查计划名称",
    "name": "抽查任务名称",
    "type": "抽查类型",
    "items": "抽查事项",
    "targets": "抽查对象",
    "dates": "抽查日期",
    "lead": "发起部门",
    "departments": "参与部门",
}
# What a task may state as its exception to once a year; a key of the rule's `exceptions`.
EXCEPTIONS = {"key-items": "重点检查事项", "bad-credit": "信用不良", "special-industries": "特殊行业"}


@dataclass(frozen=True, slots=True)
class Task:
    """One task (抽查任务) of a plan. `targeted` is 定向. `departments` holds every department on site, the lead first.

    `scope` is the target tag or kind the task draws from; `quota` the number of targets, else `ratio` of the directory.
    `ad_hoc` is "" for a random inspection, else what it comes from: a key of `workflows.ad_hoc.KINDS`; `origin` the
    document and the reason, for the team and the office alone. `exception` is a key of `EXCEPTIONS`, else "";
    `exception_reason` is public with the draw.
    """

    id: str
    name: str
    targeted: bool
    items: tuple[str, ...]
    scope: str
    starts: date
    ends: date
    lead: str
    departments: tuple[str, ...]
    quota: int | None = None
    ratio: str = ""
    region: str = ""
    unannounced: bool = False
    ad_hoc: str = ""
    origin: str = ""
    exception: str = ""
    exception_reason: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A version of the annual plan; a change is a new version (海市监发〔2019〕52号 二(三); 豫政〔2019〕22号 二(四))."""

    id: str
    name: str
    year: int
    version: int
    profile: str
    tasks: tuple[Task, ...]
    approval: str = ""
