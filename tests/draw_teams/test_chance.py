"""Chance is even. The seeds are fixed, so each figure is the same on every run; the limits are those of p = 0.001."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import combinations
from random import Random

from tests.draw_teams.bureau import DRUG, FOOD, by_department, officer, shop
from workflows.draw.allot import allot
from workflows.draw.ledger import Year
from workflows.draw.seating import Visit
from workflows.draw.targets import select_targets
from workflows.draw.tickets import key

SEEDS = [f"{number:064x}" for number in range(10_000)]


def chi_square(counts: Mapping[object, int], cells: int) -> float:
    even = sum(counts.values()) / cells
    return sum((counted - even) ** 2 for counted in counts.values()) / even + (cells - len(counts)) * even


def test_each_inspector_and_each_pair_is_chosen_evenly() -> None:
    people = by_department(officer(n) for n in range(6))
    visit = Visit(shop(1), {FOOD: 2}, FOOD)
    teams = [
        frozenset(m.inspector_id for m in allot(people, [visit], key(seed, "match/p")).teams[visit.target.id])
        for seed in SEEDS
    ]
    assert chi_square(Counter(teams), 15) < 36.12  # 14 degrees of freedom
    # Two of six are drawn without putting back, which narrows the spread by (6 - 2) / (6 - 1).
    assert chi_square(Counter(id for team in teams for id in team), 6) * 5 / 4 < 20.52  # 5


def test_which_target_is_drawn_says_nothing_about_who_goes_there() -> None:
    people = by_department(officer(n) for n in range(3))
    targets = {one.id: one for one in (shop(n) for n in range(4))}
    both: Counter[tuple[str, str]] = Counter()
    for seed in SEEDS:
        (id,), _ = select_targets(key(seed, "object/p"), dict.fromkeys(targets, 1), 1, 0)
        team = allot(people, [Visit(targets[id], {FOOD: 1}, FOOD)], key(seed, "match/p")).teams[id]
        both[id, team[0].inspector_id] += 1
    rows, columns = Counter[str](), Counter[str]()
    for (id, inspector), count in both.items():
        rows[id] += count
        columns[inspector] += count
    spread = sum(
        (both[row, column] - rows[row] * columns[column] / len(SEEDS)) ** 2
        / (rows[row] * columns[column] / len(SEEDS))
        for row in rows
        for column in columns
    )
    assert (len(rows), len(columns)) == (4, 3)
    assert spread < 22.46  # 6 degrees of freedom


def repeats(met: Mapping[tuple[str, str], int]) -> int:
    """How many pairs met three times or more."""
    return sum(times >= 3 for times in met.values())


def test_over_a_year_of_draws_pairs_do_not_settle() -> None:
    people = by_department(officer(n, (FOOD, DRUG)[n % 2]) for n in range(24))
    year, chance, random = Year(), Counter[tuple[str, str]](), Random(2026)
    for month in range(12):
        visits = [Visit(shop(month * 20 + n), {FOOD: 1, DRUG: 1}, FOOD) for n in range(20)]
        year = allot(people, visits, key(f"{month:064x}", "match/p"), year).year
        chance.update((random.choice(people[FOOD]).id, random.choice(people[DRUG]).id) for _ in visits)
    assert sum(year.met.values()) == sum(chance.values()) == 240
    # 240 meetings among 144 pairs: two each cannot be undercut by much, chance alone lets dozens meet thrice.
    assert max(year.met.values()) <= 3
    assert repeats(year.met) * 5 < repeats(chance)


def test_who_could_meet_does_meet() -> None:
    people = by_department(officer(n) for n in range(4))
    visits = [Visit(shop(n), {FOOD: 2}, FOOD) for n in range(30)]
    met = allot(people, visits, key("0" * 64, "match/p")).year.met
    assert set(met) == set(combinations([officer(n).id for n in range(4)], 2))
