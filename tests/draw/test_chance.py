"""Chances: even, independent, by weight; nothing depends on who else is in the file. Seeds are fixed, so none can flake."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.draw.world import secret
from workflows.draw.lines import Line, freeze, read
from workflows.draw.quota import Quota, take
from workflows.draw.strata import Selection, count, select
from workflows.draw.tickets import key, tickets

SEEDS = 10_000
QUOTAS = {"A": Quota(3, 10, reserve=2), "B": Quota(1, 4, "floor", 1, 5, 3), "C": Quota(1, 1)}


def draw(lines: list[Line], own: str) -> dict[str, Selection]:
    return select(lines, own, QUOTAS, count(lines, QUOTAS))


def test_ten_thousand_draws_are_uniform_in_each_stratum() -> None:
    """Chi-square of n targets, k drawn of each: sum (O-E)^2/E * (n-1)/(n-k) has n-1 degrees of freedom.

    Bounds: the 99.9 % points of chi-square with 9 and 7 degrees of freedom.
    """
    lines = [Line(f"{name}{at}", name) for name, n in (("A", 10), ("B", 8), ("C", 3)) for at in range(n)]
    hits: Counter[str] = Counter()
    for number in range(SEEDS):
        for one in draw(lines, secret(f"uniform{number}")).values():
            hits.update(place.id for place in one.selected)
    for name, n, k, bound in (("A", 10, 3, 27.88), ("B", 8, 2, 24.32)):
        expected = SEEDS * k / n
        spread = sum((hits[f"{name}{at}"] - expected) ** 2 / expected for at in range(n))
        assert spread * (n - 1) / (n - k) < bound, name
    assert all(hits[f"C{at}"] == SEEDS for at in range(3))


def test_the_two_seeds_draw_independently() -> None:
    """Who comes first of four targets says nothing about who comes first of four inspectors: chi-square, 9 degrees."""
    pairs: Counter[tuple[str, str]] = Counter()
    for number in range(4000):
        objects = tickets(key(secret(f"o{number}"), "object/p"))
        people = tickets(key(secret(f"i{number}"), "match/p"))
        pairs[min("abcd", key=objects), min("abcd", key=people)] += 1
    assert sum((pairs[a, b] - 250) ** 2 / 250 for a in "abcd" for b in "abcd") < 37.70


def test_a_weight_of_three_comes_first_as_often_as_it_should() -> None:
    lines = [Line("heavy", "A", 3), *(Line(f"l{at}", "A") for at in range(3))]
    quotas = {"A": Quota(1, 4)}
    first = Counter(
        select(lines, secret(f"w{number}"), quotas, {"A": 4})["A"].selected[0].id for number in range(SEEDS)
    )
    # u/3 is below three even ones with the integral of (1 - x/3)^3 over 0..1; four sigma are 0.02.
    assert abs(first["heavy"] / SEEDS - 3 / 4 * (1 - (2 / 3) ** 4)) < 0.02


@st.composite
def files(draw_: st.DrawFn) -> list[Line]:
    ids = draw_(st.sets(st.from_regex(r"[0-9A-Z]{1,12}", fullmatch=True), min_size=1, max_size=60))
    return list(
        read(
            freeze(
                Line(
                    id,
                    draw_(st.sampled_from("ABC")),
                    draw_(st.integers(1, 1_000_000)),
                    draw_(st.sampled_from(["E", "E", "E", "X:DEREG"])),
                )
                for id in ids
            )
        )
    )


@given(files(), st.integers(0, 1000))
def test_nobody_excluded_is_drawn_quotas_are_exact_and_a_stream_draws_the_same(
    lines: list[Line], number: int
) -> None:
    own = secret(str(number))
    known = {line.id: line for line in lines}
    ticket = tickets(own)
    for name, one in draw(lines, own).items():
        able = [line for line in lines if line.stratum == name and line.eligible]
        assert one.n == len(able)
        assert len(one.selected) == take(QUOTAS[name], len(able))
        order = sorted(
            (int(ticket(line.id)[:13], 16) // line.weight, ticket(line.id), line.id) for line in able
        )
        places = [*one.selected, *one.reserve]
        assert places == order[: len(places)]
        assert all(known[place.id].eligible for place in places)


@given(files(), st.integers(0, 1000))
def test_one_more_entry_moves_nobody_s_ticket_and_keeps_the_order(lines: list[Line], number: int) -> None:
    own = secret(str(number))
    lines = [replace_stratum(line) for line in lines]
    more = [*lines, Line("new-entry", "C")]
    before = list(draw(lines, own)["C"].selected)
    after = [place for place in draw(more, own)["C"].selected if place.id != "new-entry"]
    assert before == after


def replace_stratum(line: Line) -> Line:
    return line._replace(stratum="C")


def test_substitutes_are_the_next_ranks_of_a_larger_draw() -> None:
    lines = [Line(f"t{at}", "A") for at in range(20)]
    small = select(lines, secret("s"), {"A": Quota(1, 4, reserve=3)}, {"A": 20})["A"]
    large = select(lines, secret("s"), {"A": replace(Quota(1, 4), least=8)}, {"A": 20})["A"]
    assert (*small.selected, *small.reserve) == large.selected
