"""The stated exceptions to once a year (rule once-a-year): what a plan's task may name, why, and whom it lets in again.

国发〔2019〕5号 三(四). A complaint is no draw: it opens a case of its own, beside the plan (`workflows.ad_hoc`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from workflows.catalogue import Item
from workflows.directory import TARGET_KINDS, Target
from workflows.draw.impossible import DrawImpossible
from workflows.draw.targets import scope_words
from workflows.plan import EXCEPTIONS, Task
from workflows.policy import Profile

RULE = "once-a-year"


def unfounded(task: Task, items: Mapping[str, Item], profile: Profile) -> DrawImpossible | None:
    """Why the exception the task states does not hold; None where it does, or the task states none."""
    if not task.exception:
        return None
    said = EXCEPTIONS.get(task.exception, task.exception)
    general = [items[id].name for id in task.items if id in items and items[id].category != "key"]
    if not task.exception_reason.strip():
        wrong = "没有写明理由，请在计划中补写例外理由"
    elif task.exception not in EXCEPTIONS or task.exception not in profile.words(RULE, "exceptions"):
        wrong = "本地规则不允许以此为例外，请修改计划"
    elif task.exception == "key-items" and general:
        wrong = f"但“{general[0]}”不是重点检查事项，请只保留重点检查事项，或取消例外"
    else:
        return None
    return DrawImpossible(RULE, f"任务“{task.name}”以“{said}”为年度抽查一次的例外，{wrong}。", needed=1)


def let_in(
    task: Task,
    targets: Iterable[Target],
    year_drawn: Collection[str],
    bad_credit: Callable[[Target], bool],
    marked_special: Callable[[Target], bool],
) -> frozenset[str]:
    """Those drawn this year whom the task's exception lets in again. Nothing else that keeps them out is lifted."""
    fits: dict[str, Callable[[Target], bool]] = {
        "key-items": lambda one: True,
        "bad-credit": bad_credit,
        "special-industries": lambda one: in_industry(one, task.scope) or marked_special(one),
    }
    meant = fits.get(task.exception)
    return frozenset(one.id for one in targets if meant and one.id in year_drawn and meant(one))


def in_industry(target: Target, scope: str) -> bool:
    """Whether a tag of the target is what the scope names: "企业" or another kind says nothing about its industry."""
    return bool(scope_words(target, scope) - set(TARGET_KINDS.values()))
