"""What a ceremony freezes of the house: the two directories as lines, the recusals, and what the teams are drawn from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from storage import directories, risk
from storage.year_so_far import drawn_in, year_until
from workflows.directory import Inspector, Target, certified_throughout
from workflows.draw.asking import conditions_of
from workflows.draw.doubles import Doubles, doubles
from workflows.draw.exceptions import let_in, unfounded
from workflows.draw.hold import DrawRequest, input_lines, staffing
from workflows.draw.impossible import DrawImpossible, no_target
from workflows.draw.inputs import check_ids
from workflows.draw.lines import ELIGIBLE, Line, freeze
from workflows.draw.permission import items_without_checklist, items_without_department
from workflows.draw.quota import Quota
from workflows.draw.targets import in_task, kept_out, share, size
from workflows.draw.teams import standing, visit_days
from workflows.draw.tickets import ID
from workflows.draw.watch import UNWATCHED, Watch
from workflows.plan import Plan, Task
from workflows.policy import Profile
from workflows.risk import bad_credit, special_industry
from workflows.risk_strata import Strata

RESERVE = 2
# Whom the task does not mean stands in a stratum of which nobody is drawn.
OUTSIDE = "-"
NOBODY = Quota(0, 1)
EVERYBODY = Quota(1, 1)
STATUS = {"deregistered": "DEREG", "revoked": "REVOKED", "closed": "CLOSED", "moved": "MOVED"}


@dataclass(frozen=True)
class Inputs:
    """The four files, the announced strata, who can be drawn, and the request, whose seeds are still "".

    `doubles` warns of who may be in it twice; it is no part of what is frozen.
    """

    objects: tuple[str, ...]
    inspectors: tuple[str, ...]
    recusals: tuple[str, ...]
    told: tuple[str, ...]
    strata: Mapping[str, Quota]
    eligible: frozenset[str]
    request: DrawRequest
    doubles: Doubles | None = None


def collect(
    tx: Connection,
    plan: Plan,
    task: Task,
    draw_id: str,
    profile: Profile,
    today: date,
    *,
    everybody: bool,
    watch: Watch = UNWATCHED,
) -> Inputs | DrawImpossible:
    """As the directories stand on that day; `everybody` where only the inspectors are drawn (both-random)."""
    watch("directories", 0)
    items = directories.all_items(tx)
    editions = {name: directories.edition_of(tx, name) for name in task.items}
    missing = items_without_department(task, items) or items_without_checklist(editions, task)
    missing = missing or unfounded(task, items, profile)
    if missing:
        return missing
    request = _request(tx, plan, task, draw_id, profile, today, everybody)
    people = standing(request.inspectors, task, today)
    meant = [one for one in request.targets if one.id in request.places]
    excluded = kept_out(meant, request.year_drawn - request.let_in)
    free = [one for one in meant if one.id not in excluded]
    request = replace(request, conditions=conditions_of(task, items, free, request.inspectors, people))
    refused = staffing(request, people)
    if refused:
        return refused
    if not request.places.keys() - excluded.keys():
        return no_target(task, tuple(excluded.items()))
    watch("lines", 0)
    return _framed(request, excluded, today)


def _framed(request: DrawRequest, excluded: Mapping[str, str], today: date) -> Inputs:
    objects = freeze(_object(one, request, excluded, today.year) for one in request.targets)
    outside = {} if len(request.places) == len(request.targets) else {OUTSIDE: NOBODY}
    days = visit_days(request.task, today)
    eligible = frozenset(request.places.keys() - excluded.keys())
    return Inputs(
        objects,
        freeze(_inspector(one, request.task, days) for one in request.inspectors),
        tuple(sorted(set(_recusals(request.inspectors)), key=str.encode)),
        tuple(input_lines(request)),
        {**request.strata, **outside},
        eligible,
        request,
        doubles(one for one in request.targets if one.id in eligible),
    )


def _request(
    tx: Connection, plan: Plan, task: Task, draw_id: str, profile: Profile, today: date, everybody: bool
) -> DrawRequest:
    targets, inspectors = directories.all_targets(tx), directories.all_inspectors(tx)
    check_ids(targets, "检查对象名录库")
    check_ids(inspectors, "执法检查人员名录库")
    drawn, year = drawn_in(tx, today.year, profile), year_until(tx, today)
    meant = in_task(targets, task)
    again = _let_in(tx, task, meant, drawn, profile, today)
    strata = risk.strata_for(tx, task, meant, drawn - again, profile, today)
    if not strata.quotas:
        strata = _one_stratum(task, meant, drawn - again)
    quotas = dict.fromkeys(strata.quotas, EVERYBODY) if everybody else strata.quotas
    return DrawRequest(
        plan_id=draw_id,
        task=task,
        targets=targets,
        inspectors=inspectors,
        seed="",
        on=today,
        year_drawn=drawn,
        team_size=profile.number("team-size"),
        reserve=RESERVE,
        experts=True,
        loads=tuple(sorted(year.loads.items())),
        strata=quotas,
        places=strata.places,
        met=year.met,
        led=year.led,
        let_in=again,
    )


def _let_in(
    tx: Connection,
    task: Task,
    meant: Sequence[Target],
    drawn: frozenset[str],
    profile: Profile,
    today: date,
) -> frozenset[str]:
    """Bad credit is class D, whether the class comes from the register or from the mark of dishonesty."""
    if not task.exception:
        return frozenset()
    grades = {one.target: one.grade for one in risk.assess_all(tx, meant, profile, today)}
    return let_in(task, meant, drawn, lambda one: grades[one.id] == "D" or bad_credit(one), special_industry)


def _one_stratum(task: Task, meant: Sequence[Target], drawn: frozenset[str]) -> Strata:
    quota = _quota(task, len(meant) - len(kept_out(meant, drawn)))
    return Strata({task.id: quota}, {one.id: (task.id, 1) for one in meant})


def _quota(task: Task, eligible: int) -> Quota:
    """The task's own number or ratio. BadInput for one that cannot be read."""
    if task.quota is not None:
        wanted = size(task, max(eligible, task.quota))
        return Quota(0, 1, "ceil", wanted, wanted, RESERVE)
    part = share(task.ratio)
    return Quota(part.numerator, part.denominator, "ceil", 0, None, RESERVE)


def _object(one: Target, request: DrawRequest, excluded: Mapping[str, str], year: int) -> Line:
    place = request.places.get(one.id)
    if place is None:
        return Line(one.id, OUTSIDE, 1, "X:SCOPE")
    rule = excluded.get(one.id)
    if rule is None:
        return Line(one.id, *place, ELIGIBLE)
    status = STATUS.get(one.status, "STATUS") if rule == "target-status" else f"INSPECTED-{year}"
    return Line(one.id, *place, f"X:{status}")


def _inspector(one: Inspector, task: Task, days: tuple[date, date]) -> Line:
    """The stratum is the department."""
    if one.department not in task.departments:
        status = "X:DEPARTMENT"
    elif one.role != "inspector":
        status = f"X:{one.role.upper()}"
    elif not certified_throughout(one, *days):
        status = "X:CERTIFICATE"
    else:
        status = ELIGIBLE if one.on_duty else "X:OFF-DUTY"
    return Line(one.id, one.department or OUTSIDE, 1, status)


def _recusals(inspectors: Iterable[Inspector]) -> Iterable[str]:
    return (f"{one.id}|{id}" for one in inspectors for id in one.recusals if ID.fullmatch(id))
