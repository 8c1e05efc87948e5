"""What keeps a plan from being published: no approval, items off the list or above their cap, an exception that does not hold.

国发〔2019〕5号 三(二); 晋政发〔2019〕15号 二(三)1; 安政办发〔2019〕2号 三(四).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from workflows.catalogue import Item, Stated, frequency_cap, ratio_cap
from workflows.costing import Planned
from workflows.draw.exceptions import unfounded
from workflows.inspection.refusals import Refused, refuse
from workflows.plan import Plan, Task
from workflows.policy import Profile
from workflows.ratio import share_text, written

RULE = "general-cap"
NOTHING = Stated()


@dataclass(frozen=True, slots=True)
class Uncapped:
    """A general item of the plan for which no cap is known: `item` and its name."""

    item: str
    name: str


def cap_of(task: Task, items: Mapping[str, Item], stated: Mapping[str, Stated]) -> Fraction | None:
    """The smallest ratio cap among the task's items."""
    found = [ratio_cap(items[id], stated.get(id, NOTHING)) for id in task.items if id in items]
    return min((cap for cap in found if cap is not None), default=None)


def above_cap(
    plan: Plan,
    planned: Sequence[Planned],
    items: Mapping[str, Item],
    stated: Mapping[str, Stated],
    profile: Profile,
) -> Refused | None:
    """The first general item the plan inspects more widely, or more often, than its cap allows.

    A cap of "不超过5%/年" holds for all tasks of the plan together, against all whom they draw from; one without a
    year for each. Nobody can inspect less than one target, so a cap allows the ratio rounded up.
    """
    if not profile.blocks(RULE):
        return None
    capped = profile.words(RULE)
    for id, item in items.items():
        own, said = [one for one in planned if id in one.task.items], stated.get(id, NOTHING)
        refused = _ratio(item, said, own) if "ratio" in capped else None
        if not refused and "frequency" in capped:
            refused = _frequency(plan, item, said, len(own))
        if refused:
            return refused
    return None


def _ratio(item: Item, stated: Stated, own: Sequence[Planned]) -> Refused | None:
    cap = ratio_cap(item, stated)
    if cap is None or stated.ratio is None:
        return None
    for tasks in [own] if stated.ratio.per_year else [[one] for one in own]:
        drawn, among = sum(one.drawn for one in tasks), frozenset[str]().union(*(one.among for one in tasks))
        allowed = ceil(cap * len(among))
        if drawn > allowed:
            return refuse(
                "general-cap",
                "above-ratio",
                item=item.name,
                cap=share_text(cap),
                planned=drawn,
                allowed=allowed,
                tasks="、".join(one.task.name for one in tasks),
            )
    return None


def _frequency(plan: Plan, item: Item, stated: Stated, times: int) -> Refused | None:
    """A cap over several years is held against this year's plan: more than its number in one year is above it."""
    cap = frequency_cap(item, stated)
    if cap is None:
        return None
    allowed = cap.times * max(1, 12 // cap.months)
    if times <= allowed:
        return None
    return refuse(
        "general-cap", "above-frequency", item=item.name, cap=written((cap,)), planned=times, plan=plan.name
    )


def uncapped(plan: Plan, items: Mapping[str, Item], stated: Mapping[str, Stated]) -> tuple[Uncapped, ...]:
    """General items of the plan without a cap: 抽查比例应根据监管实际情况设置上限."""
    used = {id for task in plan.tasks for id in task.items}
    return tuple(
        Uncapped(id, item.name)
        for id, item in items.items()
        if id in used and item.category == "general" and ratio_cap(item, stated.get(id, NOTHING)) is None
    )


def unapproved(plan: Plan) -> bool:
    """Whether several departments take part in a task and no approval stands in the plan."""
    return not plan.approval.strip() and any(len(task.departments) > 1 for task in plan.tasks)


def without_approval(plan: Plan, profile: Profile, reason: str) -> Refused | None:
    """joint-approval: blocked, or to be published with a written `reason`, as the profile says."""
    effect = profile.effect("joint-approval")
    if not unapproved(plan) or effect not in ("block", "reason"):
        return None
    if effect == "reason" and reason.strip():
        return None
    return refuse("joint-approval", "approval-missing", plan=plan.name)


def off_the_list(plan: Plan, items: Mapping[str, Item]) -> Refused | None:
    """legal-basis: the first task with items that are not, or no longer, on the list."""
    for task in plan.tasks:
        missing = [id for id in task.items if id not in items]
        if missing:
            return refuse("legal-basis", "unlisted", task=task.name, items="、".join(missing))
    return None


def without_grounds(plan: Plan, items: Mapping[str, Item], profile: Profile) -> Refused | None:
    """once-a-year: the first task whose exception does not hold; what its draw would say, before it is public."""
    found = (unfounded(task, items, profile) for task in plan.tasks)
    why = next((one for one in found if one), None)
    return refuse("once-a-year", "unfounded", sentence=why.reason) if why else None
