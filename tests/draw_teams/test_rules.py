"""Teams keep every rule, whatever the directories hold, and nobody's place in a list decides anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.draw_teams.bureau import (
    DRUG,
    FOOD,
    KEY,
    PRICE,
    World,
    allotted,
    by_department,
    officer,
    shop,
    worlds,
)
from workflows.directory import Certificate, Inspector
from workflows.draw.allot import Unfilled, allot
from workflows.draw.ledger import Year
from workflows.draw.roster import Conditions
from workflows.draw.seating import Visit
from workflows.draw.targets import reached
from workflows.draw.teams import match, step_in, substitutes
from workflows.draw.tickets import ticket


@pytest.mark.rule("team-size", "recusal", "leader", "one-visit")
@settings(max_examples=300)
@given(worlds())
def test_every_seat_is_taken_by_the_rules_or_published_as_empty(world: World) -> None:
    people, visits, _, conditions = world
    known, result = {one.id: one for one in people}, allotted(world)
    empty = {(one.target_id, one.department): one.seats for one in result.unfilled}
    for visit in visits:
        team = result.teams[visit.target.id]
        for department, seats in visit.wanted.items():
            own = [known[one.inspector_id] for one in team if one.department == department]
            missing = empty.get((visit.target.id, department), 0)
            assert len(own) == len(set(own)) == seats - missing
            held = {word for one in own for word in one.expertise}
            assert missing or held.issuperset(conditions.needs(department, visit.target.id))
            assert all(one.department == department for one in own)
        members = [known[one.inspector_id] for one in team]
        assert all(visit.target.id not in one.recusals for one in members)
        assert all(reached(one.region, visit.target) for one in members)
        assert not any(conditions.related(a.id, b.id) for a, b in combinations(members, 2))
        assert [m.department for m in team if m.leader] == [visit.lead] * any(
            m.department == visit.lead for m in team
        )


@settings(max_examples=200)
@given(worlds())
def test_an_empty_seat_is_one_that_nobody_could_have_taken_when_it_was_drawn(world: World) -> None:
    people, visits, _, conditions = world
    known, result = {one.id: one for one in people}, allotted(world, balanced=False)
    for short in result.unfilled:
        target = next(visit.target for visit in visits if visit.target.id == short.target_id)
        ids = [m.inspector_id for m in result.teams[target.id] if m.department <= short.department]
        own = [known[id] for id in ids if known[id].department == short.department]
        held = {word for one in own for word in one.expertise}
        missing = set(conditions.needs(short.department, target.id)) - held
        for one in people:
            fits = one.department == short.department and target.id not in one.recusals
            apart = one.id in ids or any(conditions.related(one.id, mate) for mate in ids)
            able = missing.issubset(one.expertise)
            assert not (fits and reached(one.region, target) and able and not apart)


@settings(max_examples=200)
@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(world: World, shuffler: Random) -> None:
    people, visits, year, conditions = world
    people, visits_again = list(people), list(visits)
    shuffler.shuffle(people)
    shuffler.shuffle(visits_again)
    assert allotted((people, visits_again, year, conditions)) == allotted(world)


@given(worlds())
def test_the_year_afterwards_counts_what_the_teams_say(world: World) -> None:
    before, result = world[2], allotted(world)
    seats = Counter(m.inspector_id for team in result.teams.values() for m in team)
    assert all(load == before.loads.get(id, 0) + seats[id] for id, load in result.year.loads.items())
    ids = [sorted(m.inspector_id for m in team) for team in result.teams.values()]
    assert dict(result.year.met) == Counter(pair for team in ids for pair in combinations(team, 2))
    assert {id: n for id, n in result.year.led.items() if n} == Counter(
        m.inspector_id for team in result.teams.values() for m in team if m.leader
    )


@pytest.mark.rule("leader")
def test_the_leader_is_the_qualified_member_who_led_least() -> None:
    people = by_department([officer(1, expertise=("检验",)), officer(2)])
    needs = Conditions(qualifications={FOOD: ("检验",)})
    visits = [Visit(shop(n), {FOOD: 2}, FOOD) for n in range(4)]
    teams = allot(people, visits, KEY, conditions=needs).teams.values()
    assert {m.inspector_id for team in teams for m in team if m.leader} == {"P:0001"}
    teams = allot(people, visits, KEY, Year(led={"P:0001": 4})).teams.values()
    assert {m.inspector_id for team in teams for m in team if m.leader} == {"P:0002"}


@pytest.mark.rule("recusal", "substitute")
def test_an_empty_seat_goes_to_the_pool_by_its_own_tickets_and_recusal_holds_there_too() -> None:
    target = shop(1)
    people = by_department([officer(1), officer(2, DRUG, recusals=(target.id,))])
    pool = [officer(n, "上级局") for n in (11, 12, 13)] + [officer(14, "上级局", recusals=(target.id,))]
    related = Conditions(conflicts=frozenset([("P:0011", "P:0001")]))
    result = allot(people, [Visit(target, {FOOD: 1, DRUG: 1}, FOOD)], KEY, conditions=related, pool=pool)
    order = tuple(sorted(("P:0012", "P:0013"), key=lambda id: ticket(KEY, f"R{target.id}|{id}")))
    assert result.unfilled == (Unfilled(target.id, DRUG, 1, order),)
    assert [m.inspector_id for m in result.teams[target.id]] == ["P:0001"]


def test_a_reserve_target_gets_the_least_loaded_by_the_same_key_and_moves_nobody() -> None:
    people = by_department(officer(n, (FOOD, DRUG)[n % 2]) for n in range(8))
    visits = [Visit(shop(n), {FOOD: 1, DRUG: 1}, FOOD) for n in range(3)]
    busy = Year(loads={"P:0000": 3, "P:0001": 3, "P:0002": 3, "P:0003": 3})
    drawn = allot(people, visits, KEY, busy)
    for number in range(9, 29):
        reserve = Visit(shop(number), {FOOD: 1, DRUG: 1}, FOOD)
        late = step_in(people, reserve, KEY, drawn.year)
        assert set(late.teams) == {reserve.target.id}
        team = {m.department: m.inspector_id for m in late.teams[reserve.target.id]}
        assert team.keys() == {FOOD, DRUG}
        for department, id in team.items():
            loads = {one.id: drawn.year.loads[one.id] for one in people[department]}
            # Step 2: only those with the least load, or one more, are drawn among; four of the eight never are.
            assert loads[id] <= min(loads.values()) + 1 < max(loads.values())
        added = {id: load - drawn.year.loads[id] for id, load in late.year.loads.items()}
        assert {id for id, seats in added.items() if seats} == set(team.values())
        assert set(added.values()) == {0, 1}


@pytest.mark.rule("substitute")
def test_a_substitute_is_no_relative_and_holds_what_the_missing_one_held() -> None:
    people = by_department(
        [officer(1), *(officer(n, DRUG, expertise=("检验",) * (n % 2)) for n in range(2, 8))]
    )
    related = Conditions(conflicts=frozenset([("P:0001", "P:0003")]))
    waiting = substitutes(
        people, shop(1), DRUG, people[FOOD], KEY, conditions=related, qualifications=("检验",)
    )
    assert set(waiting) == {"P:0005", "P:0007"}
    assert list(waiting) == sorted(waiting, key=lambda id: ticket(KEY, f"T{shop(1).id}|{id}"))


@pytest.mark.rule("substitute")
def test_of_several_words_a_substitute_holds_every_one() -> None:
    words = ("检验", "特种设备检验")
    both, one, other = (officer(n, expertise=own) for n, own in ((1, words), (2, words[:1]), (3, words[1:])))
    people = by_department([both, one, other])
    assert substitutes(people, shop(1), FOOD, (), KEY, qualifications=words) == (both.id,)
    assert set(substitutes(people, shop(1), FOOD, (), KEY, qualifications=words[1:])) == {both.id, other.id}


@pytest.mark.rule("substitute")
def test_the_empty_seat_of_the_qualified_goes_to_the_qualified_of_the_pool() -> None:
    words = ("检验", "特种设备检验")
    needs, target = (
        Conditions(qualifications={FOOD: words[:1]}, asked={(shop(1).id, FOOD): words[1:]}),
        shop(1),
    )
    nobody, one, other, both = pool = [
        officer(n, "上级局", expertise=own) for n, own in enumerate(((), words[:1], words[1:], words), 11)
    ]

    def short(seats: int, *people: Inspector, pool: Sequence[Inspector] = pool) -> Unfilled:
        visits = [Visit(target, {FOOD: seats}, FOOD)]
        (found,) = allot(by_department(people), visits, KEY, conditions=needs, pool=pool).unfilled
        return found

    assert short(2, officer(1)) == Unfilled(target.id, FOOD, 1, (both.id,), words)
    # Somebody seated holds the one word, so the other alone is missing.
    half = short(3, officer(1, expertise=words[:1]), officer(2))
    assert (half.seats, set(half.pool), half.asked) == (1, {other.id, both.id}, words[1:])
    # Of two seats the first may go to who holds one of two, the second then has the other.
    assert set(short(2, pool=[nobody, one, other]).pool) == {one.id, other.id}
    assert short(2, pool=[nobody]).pool == ()
    assert short(1, pool=[nobody, one, other]).pool == ()
    # Where all that is asked for is held already, anybody of the pool may come.
    full = short(3, officer(1, expertise=words), officer(2))
    assert (set(full.pool), full.asked) == ({one.id for one in pool}, ())


def test_this_match_stays_this_match() -> None:
    """Recorded once: any change of bytes, of order or of method shows here."""
    people = by_department(
        officer(
            n, (FOOD, DRUG, PRICE)[n % 3], region="5303" * (n % 4 == 0), recusals=(shop(n % 5).id,) * (n % 2)
        )
        for n in range(15)
    )
    visits = [Visit(shop(n, region=("5303", "5304")[n % 2]), {FOOD: 2, DRUG: 1}, FOOD) for n in range(5)]
    teams = match(people, {FOOD: 2, DRUG: 1}, FOOD, [visit.target for visit in visits], KEY, {"P:0001": 1})
    assert isinstance(teams, dict)
    said = {
        id[-1]: " ".join(m.inspector_id[-2:] + "*" * m.leader for m in team) for id, team in teams.items()
    }
    assert said == {"0": "04 12* 03", "1": "07 06 09*", "2": "01 03 00*", "3": "10 09 06*", "4": "13 00* 12"}


@pytest.mark.rule("team-size")
def test_who_holds_both_goes_first_where_two_words_are_asked_for_and_no_seat_is_left_for_a_second() -> None:
    """Of one seat, one who holds both; of two, either one who holds both or one for each word."""
    words = ("检验", "特种设备检验")
    needs = Conditions(qualifications={FOOD: words})
    both, one, other = (
        officer(1, expertise=words),
        officer(2, expertise=words[:1]),
        officer(3, expertise=words[1:]),
    )
    for number in range(10):
        (alone,) = allot(
            by_department([both, one, other]), [Visit(shop(number), {FOOD: 1}, FOOD)], KEY, conditions=needs
        ).teams.values()
        assert [m.inspector_id for m in alone] == [both.id]
        (pair,) = allot(
            by_department([one, other, officer(4), officer(5)]),
            [Visit(shop(number), {FOOD: 2}, FOOD)],
            KEY,
            conditions=needs,
        ).teams.values()
        assert {m.inspector_id for m in pair} == {one.id, other.id}
    without = allot(by_department([one, other]), [Visit(shop(1), {FOOD: 1}, FOOD)], KEY, conditions=needs)
    assert [short.seats for short in without.unfilled] == [1]


@pytest.mark.rule("team-size")
def test_whoever_stands_twice_in_the_directory_by_a_further_certificate_sits_once() -> None:
    """Otherwise two records of one person would be the two who count."""
    twice = officer(2, certificates=(Certificate("Z0001"),))
    for number in range(10):
        found = allot(by_department([officer(1), twice]), [Visit(shop(number), {FOOD: 2}, FOOD)], KEY)
        assert [short.seats for short in found.unfilled] == [1]


def test_what_one_target_asks_for_is_asked_for_there_alone() -> None:
    holder = officer(1, expertise=("检验",))
    needs = Conditions(asked={(shop(3).id, FOOD): ("检验",)})
    visits = [Visit(shop(n), {FOOD: 1}, FOOD) for n in range(8)]
    people = by_department([holder, officer(2), officer(3)])
    teams = allot(people, visits, KEY, conditions=needs).teams
    assert [m.inspector_id for m in teams[shop(3).id]] == [holder.id]
    assert {m.inspector_id for team in teams.values() for m in team} > {holder.id}
