"""How many of each risk class a task draws, as the draw takes it, and the answer to 为什么抽查比例是10%."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from workflows.directory import Target
from workflows.draw.quota import Quota
from workflows.draw.targets import in_task, share
from workflows.errors import BadInput
from workflows.plan import Task
from workflows.policy import Profile
from workflows.policy.vocabulary import CLASSES
from workflows.risk import RULE, Assessment

# What a plan writes into 抽查比例 where the classes decide.
BY_RISK = frozenset({"按风险等级", "按风险分类", "按信用风险分类", "按风险等级确定", "按信用风险等级"})
RESERVE = 2  # how many of each class stand by


@dataclass(frozen=True, slots=True)
class Strata:
    """`quotas` as a draw's plan has them, `places` each target's (stratum, weight). Both empty: one ratio for all."""

    quotas: Mapping[str, Quota] = field(default_factory=dict)
    places: Mapping[str, tuple[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a target is drawn with this `share`. `way`: quota | plan | class | shared, a fixed number among the classes.

    `capped` where a general item's cap holds. A fixed number draws `drawn` of `among` targets: the target's class where
    it is shared, else all of the task; both 0 where a ratio decides.
    """

    way: str
    share: Fraction
    assessment: Assessment
    row: Fraction | None
    capped: bool
    source: str
    drawn: int = 0
    among: int = 0


def by_risk(task: Task) -> bool:
    return task.ratio.strip() in BY_RISK


def table(profile: Profile) -> dict[str, Fraction]:
    """Class -> ratio; empty where the profile sets none."""
    permille = profile.numbers(RULE, "permille")
    return (
        {grade: Fraction(n, 1000) for grade, n in zip(CLASSES, permille, strict=True)}
        if any(permille)
        else {}
    )


def strata_of(
    task: Task,
    targets: Iterable[Target],
    grades: Mapping[str, str],
    profile: Profile,
    *,
    excluded: Iterable[str] = (),
    cap: Fraction | None = None,
) -> Strata:
    """A stratum "task:class" for each class with anybody in it; `grades` is target -> class.

    `cap` is the smallest of the task's general items. BadInput where the plan leaves it to classes and the bureau has
    no ratios for them: nobody's numbers are borrowed.
    """
    if not by_risk(task):
        return Strata()
    rows = _table(task, profile)
    meant = in_task(targets, task)
    gone = set(excluded) | {one.id for one in meant if one.status != "active"}
    counted = Counter(grades[one.id] for one in meant if one.id not in gone)
    present = sorted({grades[one.id] for one in meant})
    ratios = {grade: _capped(rows[grade], cap) for grade in present}
    if task.quota is None:
        quotas = {g: Quota(r.numerator, r.denominator, "ceil", 0, None, RESERVE) for g, r in ratios.items()}
    else:
        shared = allot(task.quota, counted, ratios)
        quotas = {g: Quota(0, 1, "ceil", shared[g], shared[g], RESERVE) for g in present}
    return Strata(
        {stratum(task, grade): quota for grade, quota in quotas.items()},
        {one.id: (stratum(task, grades[one.id]), 1) for one in meant},
    )


def stratum(task: Task, grade: str) -> str:
    return f"{task.id}:{grade}"


def allot(quota: int, counted: Mapping[str, int], ratios: Mapping[str, Fraction]) -> dict[str, int]:
    """A fixed number shared out in proportion to count x ratio by largest remainders, never more than are there."""
    given = dict.fromkeys(ratios, 0)
    whole = min(quota, sum(counted.get(grade, 0) for grade in ratios))
    for _ in range(whole):
        room = {g: counted.get(g, 0) * r for g, r in ratios.items() if given[g] < counted.get(g, 0)}
        shared = whole - sum(given[g] for g in given.keys() - room.keys())
        total = sum(room.values())
        # Who is furthest behind its due comes next; of equals the riskier class.
        behind = {g: (shared * due / total - given[g], g) for g, due in room.items()}
        given[max(behind, key=lambda g: behind[g])] += 1
    return given


def why(
    task: Task,
    assessment: Assessment,
    eligible: Sequence[Target],
    grades: Mapping[str, str],
    profile: Profile,
    cap: Fraction | None,
) -> Reason:
    """The share of one target in one task, among the `eligible` of it, the target too.

    `grades`, target -> class, is looked at only where `is_shared`.
    """
    source = profile.clause(RULE)
    if by_risk(task):
        counted = Counter(grades[one.id] for one in eligible) if is_shared(task) else {}
        return _by_class(task, assessment, counted, profile, cap)
    if task.quota is not None:
        drawn, among = min(task.quota, len(eligible)), len(eligible)
        return Reason("quota", Fraction(drawn, among), assessment, None, False, source, drawn, among)
    return Reason("plan", share(task.ratio), assessment, None, False, source)


def is_shared(task: Task) -> bool:
    """Whether a fixed number is shared out among the classes: a class's ratio then is only its weight."""
    return by_risk(task) and task.quota is not None


def _by_class(
    task: Task, assessment: Assessment, counted: Mapping[str, int], profile: Profile, cap: Fraction | None
) -> Reason:
    rows, own, source = _table(task, profile), assessment.grade, profile.clause(RULE)
    held = _capped(rows[own], cap)
    capped = held < rows[own]
    if task.quota is None:
        return Reason("class", held, assessment, rows[own], capped, source)
    drawn, among = allot(task.quota, counted, {g: _capped(rows[g], cap) for g in counted})[own], counted[own]
    return Reason("shared", Fraction(drawn, among), assessment, rows[own], capped, source, drawn, among)


def _table(task: Task, profile: Profile) -> dict[str, Fraction]:
    rows = table(profile)
    if not rows:
        raise BadInput(
            f"任务“{task.name}”的抽查比例写的是“{task.ratio}”，但“{profile.name}”方案没有各类风险的比例："
            "请在制度方案的 risk-ratio 里填写 permille，或在计划里写明比例。"
        )
    return rows


def _capped(row: Fraction, cap: Fraction | None) -> Fraction:
    return row if cap is None else min(row, cap)
