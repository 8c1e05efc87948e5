"""Whether a task may be drawn now: a published plan, an approved joint plan, an organiser's hand, a carrier per item."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.catalogue import Item
from workflows.departments import department_for
from workflows.draw.impossible import DrawImpossible
from workflows.inspection.facts import Actor
from workflows.inspection.refusals import Refused, refuse
from workflows.plan import Plan, Task
from workflows.policy import Profile


def may_draw(plan: Plan, task_id: str, published: bool, actor: Actor, profile: Profile) -> Refused | None:
    """Rules plan-public and joint-approval; only the organiser draws."""
    if "organiser" not in actor.roles:
        return refuse("by-machine", "not-organiser")
    if not published:
        return refuse("plan-public", "not-published", plan=plan.name)
    task = next((t for t in plan.tasks if t.id == task_id), None)
    joint = task is not None and len(task.departments) > 1
    if joint and not plan.approval and profile.blocks("joint-approval"):
        return refuse("joint-approval", "not-approved", plan=plan.name)
    return None


def items_without_checklist(items: Mapping[str, str], task: Task) -> DrawImpossible | None:
    """An item nobody has questions for cannot be inspected item by item. `items` maps an item to its edition."""
    bare = [name for name in task.items if not items.get(name)]
    if not bare:
        return None
    reason = f"事项 {'、'.join(bare)} 还没有检查表，请先用 suijian import checklist 导入。"
    return DrawImpossible("item-fields", reason, needed=len(bare))


def items_without_department(task: Task, items: Mapping[str, Item]) -> DrawImpossible | None:
    """Every item is on the list, and one of the task's departments carries it (legal-basis)."""
    unknown = [name for name in task.items if name not in items]
    if unknown:
        reason = f"任务“{task.name}”中的事项 {'、'.join(unknown)} 不在抽查事项清单中，请先导入清单。"
        return DrawImpossible("legal-basis", reason, needed=len(unknown))
    for name in task.items:
        if department_for(items[name].department, task.departments) is None:
            reason = f"事项“{items[name].name}”由{items[name].department}系统实施，任务的参与部门中没有该系统的部门。"
            return DrawImpossible("plan-fields", reason, items[name].department, 1)
    return None
