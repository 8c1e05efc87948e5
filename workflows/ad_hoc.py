"""Inspections beside the plan: a complaint, a transferred clue, a campaign (个案处理和专项检查).

国发〔2019〕5号 三(七); 豫政〔2019〕22号 二(七); 晋政发〔2019〕15号 二(六). They run through the same five steps, their team is
drawn by the machine, and they are marked 非随机抽查 wherever they appear.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from workflows.catalogue import Item
from workflows.departments import department_for, system_of
from workflows.directory import TARGET_KINDS, Target
from workflows.inspection.facts import Actor
from workflows.inspection.refusals import Refused, refuse
from workflows.plan import Plan, Task
from workflows.policy import Profile

KINDS = {"complaint": "投诉举报", "clue": "转办交办", "campaign": "专项检查"}
MARK = "非随机抽查"
RULE = "ad-hoc"
OPENERS = frozenset({"organiser", "supervisor"})
MOST_TARGETS = 50


@dataclass(frozen=True, slots=True)
class AdHoc:
    """A task being filled in. `source` is the document it comes from, `targets` ids of the directory."""

    kind: str
    targets: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    source: str = ""
    reason: str = ""
    ends: date | None = None
    unannounced: bool = False


def missing(task: AdHoc) -> str:
    """The first thing still to be said: targets | items | source | reason | ends, "" where nothing is."""
    return next(
        (name for name in ("targets", "items", "source", "reason", "ends") if not getattr(task, name)), ""
    )


def may_open(actor: Actor) -> Refused | None:
    return None if OPENERS & set(actor.roles) else refuse("ad-hoc", "not-opener")


def decide(
    task: AdHoc, targets: Mapping[str, Target], items: Mapping[str, Item], actor: Actor, today: date
) -> Refused | None:
    """Whether it may be opened: by whom, with what, against whom. A team is never among what is said (by-machine)."""
    refused = may_open(actor)
    if refused:
        return refused
    if task.kind not in KINDS or missing(task):
        return refuse("ad-hoc", "incomplete")
    unlisted = [id for id in task.items if id not in items]
    if unlisted:
        return refuse("ad-hoc", "unlisted", item=unlisted[0])
    unknown = [id for id in task.targets if id not in targets]
    if unknown:
        return refuse("ad-hoc", "unknown-target", target=unknown[0])
    gone = next((targets[id] for id in task.targets if targets[id].status != "active"), None)
    if gone:
        return refuse("ad-hoc", "not-active", target=gone.name)
    if task.ends is not None and task.ends < today:
        return refuse("ad-hoc", "past-end")
    return None


def no_department(item: Item) -> Refused:
    return refuse("ad-hoc", "no-department", item=item.name)


def departments_of(chosen: Sequence[Item], known: Sequence[str], own: str) -> tuple[str, ...] | Item:
    """The departments that carry the items, the opener's first where it is one; the first item nobody here carries."""
    found: list[str] = []
    for item in chosen:
        # Of several departments of one system, the one who opens the task knows which: their own.
        same = own if own in known and system_of(own) == system_of(item.department) else None
        carrier = same or department_for(item.department, known)
        if carrier is None:
            return item
        found.append(carrier)
    return tuple(dict.fromkeys(sorted(found, key=lambda name: name != own)))


def plan_of(
    id: str,
    task: AdHoc,
    targets: Sequence[Target],
    departments: tuple[str, ...],
    profile: Profile,
    today: date,
) -> Plan:
    """The task as a plan of its own, so that it is drawn, sealed and opened the one way there is.

    Its scope is the kinds of its targets and its number theirs: drawn from these targets alone, all are drawn.
    """
    assert task.ends is not None
    scope = "、".join(dict.fromkeys(TARGET_KINDS.get(one.kind, one.kind) for one in targets))
    # The party and the public read the name: it says that nobody was drawn, not who complained.
    name = f"{KINDS[task.kind]}（{MARK}）"
    only = Task(
        id="1",
        name=name,
        targeted=True,
        items=task.items,
        scope=scope,
        starts=today,
        ends=task.ends,
        lead=departments[0],
        departments=departments,
        quota=len(targets),
        unannounced=task.unannounced,
        ad_hoc=task.kind,
        origin=f"{task.source}；{task.reason}",
    )
    return Plan(id, f"{name}{id}", today.year, 1, profile.id, (only,))


def counts_for_the_year(kind: str, profile: Profile) -> bool:
    """Whether a case of this kind is one of the year's (once-a-year): a random one always, others as the profile says."""
    return not kind or bool(profile.parameter(RULE, "counted"))
