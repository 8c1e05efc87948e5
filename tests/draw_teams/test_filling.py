"""A seat stays empty only where no arrangement of its group fills it; wherever the first choices did, they stand."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.draw_teams.bureau import FOOD, KEY, by_department, officer, shop
from workflows.directory import Inspector
from workflows.draw.allot import Allotted, allot
from workflows.draw.ledger import Year
from workflows.draw.roster import Conditions
from workflows.draw.seating import Visit

WORDS = ("检验", "锅炉", "电梯", "消防")


def drawn(people: Iterable[Inspector], seats: int, asked: Conditions, targets: int = 1) -> Allotted:
    visits = [Visit(shop(n), {FOOD: seats}, FOOD) for n in range(targets)]
    return allot(by_department(people), visits, KEY, Year(), conditions=asked)


@pytest.mark.rule("team-size")
def test_whoever_holds_most_does_not_leave_a_word_that_no_one_person_holds() -> None:
    """Two of four words are held together by one who leaves two that nobody else has both of."""
    middle, one, other = (
        officer(n, expertise=held) for n, held in enumerate((WORDS[1:3], WORDS[:2], WORDS[2:]))
    )
    asked = Conditions(qualifications={FOOD: WORDS})
    for number in range(6):
        visit = Visit(shop(number), {FOOD: 2}, FOOD)
        result = allot(by_department([middle, one, other]), [visit], KEY, conditions=asked)
        assert result.unfilled == ()
        assert {m.inspector_id for m in result.teams[visit.target.id]} == {one.id, other.id}


@pytest.mark.rule("team-size")
def test_whoever_is_everybody_s_relative_does_not_empty_the_other_seat() -> None:
    asked = Conditions(conflicts=frozenset([("P:0001", "P:0002"), ("P:0001", "P:0003")]))
    result = drawn([officer(1), officer(2), officer(3)], 2, asked, targets=12)
    assert result.unfilled == ()
    assert all({m.inspector_id for m in team} == {"P:0002", "P:0003"} for team in result.teams.values())


def test_a_department_of_any_size_in_which_nobody_may_sit_beside_another_is_answered() -> None:
    """One number on all certificates: as many as Python would not nest, and as if each were everybody's relative."""
    result = drawn([officer(n, certificate="Z1") for n in range(1200)], 2, Conditions())
    assert [short.seats for short in result.unfilled] == [1]


@settings(max_examples=400)
@given(st.integers(0, 2**32))
def test_a_seat_stays_empty_only_where_no_arrangement_fills_it(seed: int) -> None:
    dice = Random(seed)
    people = [
        officer(n, expertise=tuple(word for word in WORDS if dice.random() < 0.4))
        for n in range(dice.randint(1, 6))
    ]
    ids = [one.id for one in people]
    pairs = frozenset(
        (one, other) for one, other in combinations(ids, 2) if dice.random() < dice.choice([0, 0.4])
    )
    words = WORDS[: dice.randrange(5)]
    asked = Conditions(conflicts=pairs, qualifications={FOOD: words})
    seats = dice.randint(1, 4)
    fitting = [
        team
        for team in combinations(people, seats)
        if not any(asked.related(a.id, b.id) for a, b in combinations(team, 2))
        and {word for one in team for word in one.expertise}.issuperset(words)
    ]
    result = drawn(people, seats, asked)
    (team,) = result.teams.values()
    seated = {m.inspector_id for m in team}
    if fitting:
        assert result.unfilled == ()
        assert seated in [{one.id for one in own} for own in fitting]
    else:
        assert sum(short.seats for short in result.unfilled) == seats - len(seated) > 0
    assert {id: load for id, load in result.year.loads.items() if load} == dict.fromkeys(seated, 1)
    assert set(result.year.met) == set(combinations(sorted(seated), 2))
