"""Why a draw cannot be held. Like a refusal it is an answer, not an error, and carries its rule.

It names departments and numbers, never the target drawn or who was left over: nothing was released, and until
then nobody sees who would have gone where (mutual-blind).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from workflows.directory import Inspector
from workflows.plan import Task


@dataclass(frozen=True, slots=True)
class DrawImpossible:
    """`rule` is an id of the rule book; `reason` a Chinese sentence; `needed` and `available` count heads."""

    rule: str
    reason: str
    department: str = ""
    needed: int = 0
    available: int = 0


def team_too_small(team_size: int) -> DrawImpossible:
    reason = f"每个检查组的执法人员不得少于2人，现在设定的是{team_size}人，请改为2人以上。"
    return DrawImpossible("team-size", reason, needed=2, available=team_size)


def no_department(task: Task) -> DrawImpossible:
    reason = f"任务“{task.name}”没有写明参与部门，或牵头部门没有排在第一位，请先补全计划。"
    return DrawImpossible("plan-fields", reason, department=task.lead, needed=1)


def no_target(task: Task, excluded: Sequence[tuple[str, str]]) -> DrawImpossible:
    """Nobody is left to draw from: either the scope means nobody, or everybody it means is excluded."""
    reasons = [reason for _, reason in excluded]
    if not reasons:
        return DrawImpossible(
            "plan-fields", f"名录库中没有符合抽查对象“{task.scope}”的检查对象，请核对计划或名录库。", needed=1
        )
    drawn, inactive = reasons.count("once-a-year"), reasons.count("target-status")
    reason = (
        f"符合抽查对象“{task.scope}”的{len(reasons)}户都不能抽取："
        f"今年已抽过{drawn}户，非存续状态{inactive}户。"
    )
    return DrawImpossible("once-a-year" if drawn else "target-status", reason, needed=1)


def unqualified(department: str, word: str, standing: int, asking: Sequence[str] = ()) -> DrawImpossible:
    """Nobody of the department who can be drawn holds what the items ask of every team, or else the targets `asking`.

    Those can be drawn, and nothing has been: their names give nothing away.
    """
    others = f"等{len(asking)}户" if len(asking) > 1 else ""
    who, where = ("抽查事项", "抽查事项清单")
    if asking:
        who, where = f"检查对象“{asking[0]}”{others}", "检查对象名录库"
    reason = (
        f"{department}可派的{standing}名执法人员中无人具备“{word}”资格，{who}要求检查组至少有1名，"
        f"请在执法检查人员名录库补充持有该资格的人员，或在{where}核对所需资质的写法。"
    )
    return DrawImpossible("team-size", reason, department, 1, 0)


def understaffed(
    department: str,
    needed: int,
    listed: Sequence[Inspector],
    standing: int,
    lead: bool,
    days: tuple[date, date],
) -> DrawImpossible | None:
    """Whether a department lacks people even without recusals. `listed`: its inspectors in the directory."""
    if standing >= needed:
        return None
    if len(listed) >= needed:
        reason = (
            f"{department}名录中有{len(listed)}名执法人员，"
            f"其中在岗且执法证件在{days[0]}至{days[1]}始终有效的只有{standing}名，"
            f"每个检查组需要{needed}名，请更新证件信息或补充人员。"
        )
        return DrawImpossible("inspector-certificate", reason, department, needed, standing)
    reason = (
        f"{department}名录中只有{len(listed)}名执法人员，每个检查组需要{needed}名，请补充人员或调整参与部门。"
    )
    if lead and not listed:
        reason = f"组长由牵头部门{department}的执法人员担任，名录中没有该部门的执法人员，请补充。"
        return DrawImpossible("leader", reason, department, needed, 0)
    return DrawImpossible("team-size", reason, department, needed, standing)
