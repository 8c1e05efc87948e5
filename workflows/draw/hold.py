"""The draw of one task: what goes in, what comes out. The only door; see docs/decisions/draw-seam.md."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from workflows.directory import Inspector, Target
from workflows.draw import impossible
from workflows.draw.asking import lacking
from workflows.draw.explain import why_none
from workflows.draw.impossible import DrawImpossible
from workflows.draw.inputs import (
    certificate_lines,
    check_ids,
    inputs_digest,
    inspector_lines,
    line,
    target_lines,
    task_line,
)
from workflows.draw.lines import Line
from workflows.draw.quota import Quota, listed
from workflows.draw.strata import count, select
from workflows.draw.targets import in_task, kept_out, select_targets, size
from workflows.draw.teams import (
    Conditions,
    Member,
    People,
    expert,
    match,
    seats,
    standing,
    substitutes,
    visit_days,
)
from workflows.draw.tickets import key
from workflows.draw.watch import UNWATCHED, Watch, watched
from workflows.errors import BadInput
from workflows.plan import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawRequest:
    """`targets` and `inspectors` are the full directories, experts included, in any order.

    `seed` is 32 bytes as 64 hex digits, `on` the day of the draw, `loads` (inspector id, seats this year),
    `reserve` how many targets stand by. The first of `task.departments` leads; each department gets a seat.
    A ceremony gives `seed` for the targets and `seed_inspectors` for the teams; where that is "", one seed serves both.
    With `strata` each stratum has its own quota and reserve, and `places` tells each target's (stratum, weight).
    `met` and `led` are those of `ledger.Year`. `let_in`: of those in `year_drawn`, whom the task's exception lets in.
    `stood`: the inspectors whom the frozen file says can be drawn, None before there is one.
    """

    plan_id: str
    task: Task
    targets: tuple[Target, ...]
    inspectors: tuple[Inspector, ...]
    seed: str
    on: date
    year_drawn: frozenset[str] = frozenset()
    team_size: int = 2
    reserve: int = 2
    experts: bool = False
    loads: tuple[tuple[str, int], ...] = ()
    seed_inspectors: str = ""
    strata: Mapping[str, Quota] = field(default_factory=dict)
    places: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    met: Mapping[tuple[str, str], int] = field(default_factory=dict)
    led: Mapping[str, int] = field(default_factory=dict)
    conditions: Conditions = Conditions()  # noqa: RUF009 - frozen and empty
    let_in: frozenset[str] = frozenset()
    stood: frozenset[str] | None = None

    @property
    def seed_objects(self) -> str:
        return self.seed


@dataclass(frozen=True, slots=True)
class Drawn:
    """One target drawn, its one team, and per department who steps in, strictly in that order.

    `asked`: per department what one of its members holds, where anything is asked (`Conditions.needs`).
    """

    target_id: str
    members: tuple[Member, ...]
    experts: tuple[str, ...]
    substitutes: tuple[tuple[str, tuple[str, ...]], ...]
    asked: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class DrawResult:
    """`targets_total` counts the targets the task means, `eligible` those not in `excluded` (id, rule).

    Nobody but the machine may see `selected` before release (mutual-blind).
    """

    task_id: str
    seed: str
    targets_total: int
    eligible: int
    excluded: tuple[tuple[str, str], ...]
    selected: tuple[Drawn, ...]
    reserve: tuple[str, ...]
    inputs_digest: str
    seed_inspectors: str = ""


def hold(request: DrawRequest, watch: Watch = UNWATCHED) -> DrawResult | DrawImpossible:
    """Draws a task's targets and their teams in one go; the order in which rows come changes nothing.

    BadInput when the seed, an id or the ratio cannot be read.
    """
    check_ids(request.targets, "检查对象名录库")
    check_ids(request.inspectors, "执法检查人员名录库")
    people = standing(request.inspectors, request.task, request.on, request.stood)
    if refused := staffing(request, people):
        return refused
    meant = {target.id: target for target in in_task(request.targets, request.task)}
    excluded = kept_out(meant.values(), request.year_drawn - request.let_in)
    eligible = meant.keys() - excluded.keys()
    if not eligible:
        return impossible.no_target(request.task, tuple(excluded.items()))
    selected, reserve = select_all(request, eligible)
    drawn = assign(request, people, [meant[id] for id in selected], watch)
    if isinstance(drawn, DrawImpossible):
        return drawn
    return DrawResult(
        request.task.id,
        request.seed,
        len(meant),
        len(eligible),
        tuple(sorted(excluded.items())),
        drawn,
        reserve,
        looked_at(request),
        request.seed_inspectors,
    )


def select_all(request: DrawRequest, eligible: Collection[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Selected and reserve, stratum by stratum in the order of their names. BadInput for a target without a stratum."""
    objects = key(request.seed_objects, f"object/{request.plan_id}")
    if not request.strata:
        wanted = size(request.task, len(eligible))
        return select_targets(objects, dict.fromkeys(eligible, 1), wanted, request.reserve)
    unplaced = sorted(set(eligible) - set(request.places))
    if unplaced:
        raise BadInput(f"检查对象“{unplaced[0]}”没有分层，请在冻结名单前补上。")
    lines = [Line(id, *request.places[id]) for id in sorted(eligible)]
    drawn = select(lines, objects, request.strata, count(lines, request.strata)).values()
    return (
        tuple(place.id for one in drawn for place in one.selected),
        tuple(place.id for one in drawn for place in one.reserve),
    )


def staffing(request: DrawRequest, people: People) -> DrawImpossible | None:
    """What already forbids the draw before anything is drawn, the lead department first."""
    task = request.task
    if request.team_size < 2:
        return impossible.team_too_small(request.team_size)
    if task.lead not in task.departments[:1]:
        return impossible.no_department(task)
    for department, needed in seats(task.departments, request.team_size).items():
        listed = [
            one for one in request.inspectors if one.department == department and one.role == "inspector"
        ]
        refused = impossible.understaffed(
            department,
            needed,
            listed,
            len(people[department]),
            department == task.lead,
            visit_days(task, request.on),
        )
        refused = refused or unqualified(request, people, department, needed)
        if refused:
            return refused
    return None


def unqualified(request: DrawRequest, people: People, department: str, needed: int) -> DrawImpossible | None:
    """What is asked for and nobody of the department holds: known before the draw, and so said before it."""
    conditions, own = request.conditions, people[department]
    word, asking = lacking(conditions, department, own)
    if word:
        names = {one.id: one.name for one in request.targets}
        return impossible.unqualified(department, word, len(own), [names.get(id) or id for id in asking])
    if not conditions.needs(department):
        return None
    return why_none(own, department, needed, conditions)


def assign(
    request: DrawRequest, people: People, targets: list[Target], watch: Watch = UNWATCHED
) -> tuple[Drawn, ...] | DrawImpossible:
    """One `Drawn` for each target, in the order of the targets."""
    watch("teams", 0)
    task, matching = request.task, key(request.seed_inspectors or request.seed, f"match/{request.plan_id}")
    wanted = seats(task.departments, request.team_size)
    conditions = request.conditions
    teams = match(
        people,
        wanted,
        task.lead,
        targets,
        matching,
        dict(request.loads),
        met=request.met,
        led=request.led,
        conditions=conditions,
    )
    if isinstance(teams, DrawImpossible):
        return teams
    known, drawn = {one.id: one for one in request.inspectors}, []
    for target in watched(targets, "substitutes", watch):
        members = teams[target.id]
        taken = [known[member.inspector_id] for member in members]
        helping = (
            expert(request.inspectors, task, target, taken, matching, conditions=conditions)
            if request.experts
            else ()
        )
        present = taken + [known[id] for id in helping]
        asked = {name: own for name in wanted if (own := conditions.needs(name, target.id))}
        # Whoever leaves a department's only seat held all that is asked; of several, who leaves is known then.
        alone = {name: own for name, own in asked.items() if wanted[name] == 1}
        ready = partial(substitutes, people, target, key=matching, conditions=conditions)
        waiting = tuple((name, ready(name, present, qualifications=alone.get(name, ()))) for name in wanted)
        drawn.append(Drawn(target.id, members, helping, waiting, tuple(asked.items())))
    return tuple(drawn)


def looked_at(request: DrawRequest) -> str:
    """The digest that names the inputs."""
    return inputs_digest(input_lines(request))


def input_lines(request: DrawRequest) -> list[str]:
    """All the draw looks at but its seeds: the task with its settings, both directories, strata, the year so far.

    `matching.request_of` reads them back.
    """
    settings = (request.on, request.team_size, request.reserve, request.experts)
    return [
        task_line(request.plan_id, request.task, *settings),
        *target_lines(request.targets, request.year_drawn),
        *inspector_lines(request.inspectors, dict(request.loads)),
        *certificate_lines(request.inspectors),
        *strata_lines(request),
        *year_lines(request),
        *exception_lines(request),
    ]


def exception_lines(request: DrawRequest) -> list[str]:
    """Nothing for a task without an exception, for the same reason."""
    task = request.task
    stated = [line("exception", task.exception, task.exception_reason)] if task.exception else []
    return [*stated, *(line("let in", id) for id in sorted(request.let_in))]


def strata_lines(request: DrawRequest) -> list[str]:
    """Nothing for a draw without strata, so that the digests of older draws stay what they are."""
    return [
        *(line("stratum", name, *listed(quota)) for name, quota in sorted(request.strata.items())),
        *(line("place", id, *place) for id, place in sorted(request.places.items())),
    ]


def year_lines(request: DrawRequest) -> list[str]:
    """Nothing where nobody met, led or is kept apart, for the same reason."""
    conditions = request.conditions
    return [
        *(line("met", *pair, times) for pair, times in sorted(request.met.items())),
        *(line("led", id, times) for id, times in sorted(request.led.items())),
        *(line("apart", *pair) for pair in sorted(conditions.conflicts)),
        *(
            line("needs", name, word)
            for name, own in sorted(conditions.qualifications.items())
            for word in own
        ),
        *(line("asked", *there, word) for there, own in sorted(conditions.asked.items()) for word in own),
    ]
