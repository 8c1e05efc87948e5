"""Row 14: teams for 10,000 targets, against a min-cost flow by OR-tools, which knows nothing of couples or of chance.

The flow is the usual one: a node for each group and each inspector, one unit a seat, and the price of an inspector's
seats rising with each, so that the cheapest flow is the most even. Made array by array, as its manual advises.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from random import Random

import numpy as np
from ortools.graph.python import min_cost_flow

from benchmarks.measure import Row, in_turn, medians, seconds
from workflows.directory import Inspector, Target
from workflows.draw.allot import Allotted, allot
from workflows.draw.roster import Conditions
from workflows.draw.seating import Visit
from workflows.draw.targets import reached
from workflows.draw.tickets import key

TARGETS, SEATS = 10_000, 24_370
INSPECTORS, DEPARTMENTS, COUPLES, RECUSED = 500, 12, 30, 0.01
KEY = key("5a" * 32, "match/bench")
People = dict[str, list[Inspector]]


def rows() -> Iterator[Row]:
    people, visits, conditions = _world(Random(14))

    def ours() -> Allotted:
        return allot(people, visits, KEY, conditions=conditions)

    peer, own, ratio = medians(in_turn(lambda: seconds(lambda: _flow(people, visits)), lambda: seconds(ours)))
    result = ours()
    broken = _violations(result, people, visits, conditions)
    uneven = sum(abs(a - b) for a, b in zip(_spreads(result, people), _flow(people, visits), strict=True))
    work, size = "teams for drawn targets", f"{TARGETS:,} × {INSPECTORS} × {DEPARTMENTS}, {SEATS:,} seats"
    said = (f"{peer:.2f} s", f"{own:.2f} s", f"{1 / ratio:.2f} × peer")
    yield Row("14", work, size, *said, "≥ 1 × as fast", ratio <= 1)
    said = ("-", f"{broken} violations", f"{uneven} off")
    yield Row(
        "14", "rules kept, loads as the flow's", size, *said, "0, loads within 1", not broken and uneven <= 1
    )


def _world(random: Random) -> tuple[People, list[Visit], Conditions]:
    names = [f"D{number:02}" for number in range(DEPARTMENTS)]
    regions = [f"53{number:02}" for number in range(5)]
    targets = [Target(f"R:{n:015}", "", region=random.choice(regions)) for n in range(TARGETS)]
    ids = [target.id for target in targets]
    everybody = [
        Inspector(
            f"P:{n:04}",
            "",
            names[n % DEPARTMENTS],
            f"Z{n:04}",
            region=random.choice(regions) if n % 5 == 0 else "",
            recusals=tuple(random.sample(ids, int(TARGETS * RECUSED))),
        )
        for n in range(INSPECTORS)
    ]
    wanted = [Counter(random.sample(names, 2)) for _ in targets]
    for number in range(SEATS - 2 * TARGETS):
        wanted[number][random.choice(names)] += 1
    visits = [Visit(target, own, min(own)) for target, own in zip(targets, wanted, strict=True)]
    related = random.sample([one.id for one in everybody], 2 * COUPLES)
    couples = frozenset(zip(related[::2], related[1::2], strict=True))
    people = {name: [one for one in everybody if one.department == name] for name in names}
    return people, visits, Conditions(conflicts=couples)


def _flow(people: People, visits: list[Visit]) -> list[int]:
    """Each department's most less least load, by one flow for each department."""
    return [_department_flow(own, name, visits) for name, own in people.items()]


def _department_flow(own: list[Inspector], name: str, visits: list[Visit]) -> int:
    groups = [(visit.target, visit.wanted[name]) for visit in visits if visit.wanted.get(name)]
    seats = sum(wanted for _, wanted in groups)
    most = 2 * seats // len(own) + 2  # twice the mean: nobody needs more, and the flow stays small
    sink, first = 0, 1 + len(own)
    near = {
        region: [at for at, one in enumerate(own, 1) if reached(one.region, Target("", "", region=region))]
        for region in {target.region for target, _ in groups}
    }
    recused = [frozenset(one.recusals) for one in own]
    arcs = [
        (first + number, at)
        for number, (target, _) in enumerate(groups)
        for at in near[target.region]
        if target.id not in recused[at - 1]
    ]
    tails, heads = np.array(arcs).T
    steps = np.tile(np.arange(most), len(own))
    paying = np.repeat(np.arange(1, first), most)
    flow = min_cost_flow.SimpleMinCostFlow()
    flow.add_arcs_with_capacity_and_unit_cost(
        np.concatenate([tails, paying]),
        np.concatenate([heads, np.full(len(paying), sink)]),
        np.ones(len(tails) + len(paying), dtype=np.int64),
        np.concatenate([np.zeros(len(tails), dtype=np.int64), 2 * steps + 1]),
    )
    flow.set_nodes_supplies(
        np.arange(first + len(groups)),
        np.array([-seats] + [0] * len(own) + [wanted for _, wanted in groups]),
    )
    if flow.solve() != flow.OPTIMAL:
        raise RuntimeError(f"no flow for {name}")
    used = flow.flows(np.arange(len(tails), len(tails) + len(paying))).reshape(len(own), most).sum(axis=1)
    return int(used.max() - used.min())


def _spreads(result: Allotted, people: People) -> list[int]:
    loads = [[result.year.loads[one.id] for one in own] for own in people.values()]
    return [max(own) - min(own) for own in loads]


def _violations(result: Allotted, people: People, visits: list[Visit], conditions: Conditions) -> int:
    """Everything wrong with the teams, counted anew from the directories."""
    known = {one.id: one for own in people.values() for one in own}
    wrong = sum(short.seats for short in result.unfilled)
    for visit in visits:
        team = [known[member.inspector_id] for member in result.teams[visit.target.id]]
        wrong += Counter(one.department for one in team) != Counter(visit.wanted)
        wrong += len(set(team)) < len(team)
        wrong += sum(visit.target.id in one.recusals or not reached(one.region, visit.target) for one in team)
        wrong += sum(conditions.related(one.id, other.id) for one, other in combinations(team, 2))
        wrong += [m.department for m in result.teams[visit.target.id] if m.leader] != [visit.lead]
    return wrong
