"""Invented targets and inspectors, few enough to be counted by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from hypothesis import strategies as st

from workflows.directory import Inspector, Target
from workflows.draw.allot import allot
from workflows.draw.ledger import Year
from workflows.draw.roster import Conditions
from workflows.draw.seating import Visit
from workflows.draw.tickets import key

FOOD, DRUG, PRICE = "食品科", "药品科", "价监科"
KEY = key("5a" * 32, "match/2026-01")


def shop(number: int, **facts: object) -> Target:
    return replace(Target(id=f"R:{number:015d}", name=f"商店{number}"), **facts)


def officer(number: int, department: str = FOOD, **facts: object) -> Inspector:
    known = Inspector(f"P:{number:04d}", f"人员{number}", department, f"Z{number:04d}")
    return replace(known, **facts)


def by_department(people: Iterable[Inspector]) -> dict[str, list[Inspector]]:
    own: dict[str, list[Inspector]] = {FOOD: [], DRUG: [], PRICE: []}
    for one in people:
        own[one.department].append(one)
    return own


World = tuple[list[Inspector], list[Visit], Year, Conditions]


@st.composite
def worlds(
    draw: st.DrawFn,
    departments: tuple[str, ...] = (FOOD, DRUG, PRICE),
    couples: int = 3,
    words: tuple[str, ...] = ("检验", "特种设备检验"),
) -> World:
    """Every kind of obstacle there is, up to seats that nobody can take."""
    targets = [
        shop(n, region=draw(st.sampled_from(["", "5303", "5304"]))) for n in range(draw(st.integers(1, 5)))
    ]
    recusals = st.lists(st.sampled_from([one.id for one in targets]), max_size=2, unique=True).map(tuple)
    people = [
        officer(
            number,
            draw(st.sampled_from(departments)),
            region=draw(st.sampled_from(["", "", "5303", "5304"])),
            recusals=draw(recusals),
            expertise=draw(st.sampled_from([(), (), words[:1], words[1:], words])),
        )
        for number in range(draw(st.integers(1, 4 * len(departments))))
    ]
    seats = st.dictionaries(st.sampled_from(departments), st.integers(1, 2), min_size=1)
    ids = st.sampled_from([one.id for one in people])
    wanted = [draw(seats) for _ in targets]
    return (
        people,
        [Visit(target, own, min(own)) for target, own in zip(targets, wanted, strict=True)],
        Year(loads=draw(st.dictionaries(ids, st.integers(0, 3)))),
        Conditions(
            conflicts=frozenset(draw(st.lists(st.tuples(ids, ids), max_size=couples))),
            qualifications=draw(st.sampled_from([{}, {departments[0]: words[:1]}, {departments[0]: words}])),
            asked=draw(st.sampled_from([{}, {(targets[0].id, departments[-1]): words[-1:]}])),
        ),
    )


def allotted(world: World, balanced: bool = True):  # type: ignore[no-untyped-def]
    people, visits, year, conditions = world
    return allot(by_department(people), visits, KEY, year, conditions=conditions, balanced=balanced)
