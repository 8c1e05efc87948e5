"""Exact balance: no arrangement of the same seats is more even. The oracle tries them all."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings

from tests.draw_teams.bureau import FOOD, KEY, World, allotted, by_department, officer, shop, worlds
from workflows.draw.allot import allot
from workflows.draw.ledger import Year
from workflows.draw.roster import Conditions
from workflows.draw.seating import Visit
from workflows.draw.targets import reached


def every_load(world: World, taken: dict[str, int]) -> set[tuple[int, ...]]:
    """All loads that one department could end with, `taken` seats being filled at each target."""
    people, visits, year, conditions = world
    loads = {tuple(year.loads.get(one.id, 0) for one in people)}
    for visit in visits:
        may = [
            at
            for at, one in enumerate(people)
            if visit.target.id not in one.recusals and reached(one.region, visit.target)
        ]
        words = conditions.needs(FOOD, visit.target.id)
        able = [at for at in may if all(word in people[at].expertise for word in words)]
        teams = [
            team for team in combinations(may, taken[visit.target.id]) if not able or set(team) & set(able)
        ]
        loads = {tuple(n + (at in team) for at, n in enumerate(old)) for old in loads for team in teams}
    return loads


@settings(max_examples=250)
@given(worlds(departments=(FOOD,), couples=0, words=("检验",)))
def test_no_arrangement_of_the_same_seats_is_more_even(world: World) -> None:
    result = allotted(world)
    taken = {id: len(team) for id, team in result.teams.items()}
    ours = tuple(result.year.loads[one.id] for one in world[0])
    everything = every_load(world, taken)
    assert ours in everything
    assert max(ours) - min(ours) == min(max(loads) - min(loads) for loads in everything)
    assert sum(n * n for n in ours) == min(sum(n * n for n in loads) for loads in everything)


@settings(max_examples=150)
@given(worlds())
def test_balancing_moves_people_and_never_a_seat(world: World) -> None:
    before, after = allotted(world, balanced=False), allotted(world)
    assert [(u.target_id, u.department, u.seats) for u in after.unfilled] == [
        (u.target_id, u.department, u.seats) for u in before.unfilled
    ]
    assert {id: [m.department for m in team] for id, team in after.teams.items()} == {
        id: [m.department for m in team] for id, team in before.teams.items()
    }
    squares = [sum(n * n for n in one.year.loads.values()) for one in (before, after)]
    assert squares[1] <= squares[0]


def test_a_seat_travels_over_somebody_who_keeps_their_number() -> None:
    """1 carries everything in the north and cannot be relieved by 3; 2, who reaches both, hands 3 a seat first."""
    north, south = "5303", "5304"
    people = by_department([officer(1, region=north), officer(2), officer(3, region=south)])
    visits = [Visit(shop(n, region=(north, south)[n % 2]), {FOOD: 1}, FOOD) for n in range(6)]
    loads = allot(people, visits, KEY, Year(loads={"P:0001": 2})).year.loads
    assert sorted(loads.values()) == [2, 3, 3]


def test_relatives_are_not_brought_together_for_the_sake_of_balance() -> None:
    people = by_department(officer(n) for n in range(1, 5))
    related = Conditions(conflicts=frozenset([("P:0001", "P:0002"), ("P:0003", "P:0004")]))
    for number in range(50):
        visits = [Visit(shop(number * 9 + n), {FOOD: 2}, FOOD) for n in range(5)]
        result = allot(people, visits, KEY, Year(loads={"P:0001": 3}), conditions=related)
        teams = [{m.inspector_id for m in team} for team in result.teams.values()]
        assert all(len(team) == 2 for team in teams)
        assert not any(team in ({"P:0001", "P:0002"}, {"P:0003", "P:0004"}) for team in teams)
