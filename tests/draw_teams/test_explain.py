"""Why a seat is empty, in one sentence: all of the reason, nothing but the reason, and never for whom."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date
from itertools import combinations, product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.draw_teams.bureau import DRUG, FOOD, KEY, World, by_department, officer, shop, worlds
from workflows.directory import Inspector
from workflows.draw.explain import KINDS, minimal, why_empty
from workflows.draw.impossible import DrawImpossible
from workflows.draw.roster import Conditions
from workflows.draw.targets import reached
from workflows.draw.teams import match

TARGET = shop(1, region="5303")
QUALIFIED = Conditions(qualifications={DRUG: ("检验",)})
BOTH = Conditions(
    qualifications={DRUG: ("检验",)}, conflicts=frozenset([("P:0001", "P:0002"), ("P:0001", "P:0003")])
)
COUPLE = Conditions(conflicts=frozenset([("P:0001", "P:0002")]))
DAYS = (date(2026, 9, 1), date(2026, 9, 30))
RECUSED = {"recusals": (TARGET.id,)}


@given(st.lists(st.frozensets(st.sampled_from(KINDS), min_size=1), min_size=1, max_size=5))
def test_of_what_is_left_nothing_can_be_left_out(causes: list[frozenset[str]]) -> None:
    def possible(kinds: object) -> bool:
        return not any(cause <= set(kinds) for cause in causes)

    found = minimal(KINDS, possible)
    assert not possible(found)
    assert all(possible([kind for kind in found if kind != one]) for one in found)


@pytest.mark.rule("recusal", "mutual-blind")
@pytest.mark.parametrize(
    ("people", "needed", "conditions", "rule", "words"),
    [
        ([officer(1, DRUG, **RECUSED), officer(2, DRUG, **RECUSED), officer(3, DRUG)], 2, Conditions(), "recusal",
         "有一户抽中对象，药品科3名执法人员中2名应当回避，需要2名，只能派出1名。回避不能放宽，请补充1名执法人员。"),
        ([officer(1, DRUG, expertise=("检验",), **RECUSED), officer(2, DRUG)], 1, QUALIFIED, "recusal",
         "有一户抽中对象，药品科2名执法人员中1名应当回避，可派的人员均无“检验”资格（至少须有1名），需要1名，只能派出0名。"
         "回避不能放宽，请补充1名持有“检验”资格的执法人员。"),
        ([officer(1, DRUG, expertise=("检验",)), officer(2, DRUG), officer(3, DRUG)], 2, BOTH, "team-size",
         "有一户抽中对象，药品科3名执法人员，可派的人员中1名有“检验”资格（至少须有1名），夫妻、亲属不得同组，"
         "需要2名，只能派出1名。请补充1名执法人员。"),
        ([officer(1, DRUG), officer(2, DRUG)], 2, COUPLE, "team-size",
         "有一户抽中对象，药品科2名执法人员，夫妻、亲属不得同组，需要2名，只能派出1名。请补充1名执法人员，或调整参与部门。"),
        ([officer(1, DRUG, region="5304"), officer(2, DRUG)], 2, Conditions(), "team-size",
         "有一户抽中对象，药品科2名执法人员中1名管辖区域不符，需要2名，只能派出1名。请核对管辖区域，或补充1名执法人员。"),
        ([officer(1, DRUG), officer(2, DRUG, certificate="Z0001")], 2, Conditions(), "team-size",
         "有一户抽中对象，药品科2名执法人员，证件号相同的只算一人，需要2名，只能派出1名。请补充1名执法人员，或调整参与部门。"),
        ([officer(1, DRUG)], 2, Conditions(), "team-size",
         "有一户抽中对象，药品科1名执法人员，需要2名，只能派出1名。请补充1名执法人员，或调整参与部门。"),
    ],
)  # fmt: skip
def test_the_sentence_names_the_cause_and_the_numbers(
    people: list[Inspector], needed: int, conditions: Conditions, rule: str, words: str
) -> None:
    answer = why_empty(people, DRUG, needed, TARGET, conditions=conditions)
    assert (answer.rule, answer.reason) == (rule, words)


def test_what_would_not_have_helped_is_not_named() -> None:
    """One is recused and reaches elsewhere: mending the region alone would not help, so only recusal is named."""
    answer = why_empty([officer(1, DRUG, region="5304", **RECUSED)], DRUG, 1, TARGET)
    assert "回避" in answer.reason
    assert "区域" not in answer.reason


@pytest.mark.rule("inspector-certificate")
def test_duty_and_certificates_are_asked_when_the_days_are_given() -> None:
    held = replace(officer(1, DRUG), valid_until=date(2026, 12, 31))
    people = [
        held,
        replace(officer(2, DRUG), valid_until=date(2026, 9, 2)),
        replace(held, id="P:0003", on_duty=False),
    ]
    people[2] = replace(people[2], certificate="Z0003")
    answer = why_empty(people, DRUG, 2, None, days=DAYS)
    assert answer.rule == "inspector-certificate"
    assert answer.reason.startswith(
        "药品科3名执法人员中1名不在岗、1名执法证件不能覆盖检查期间，需要2名，只能派出1名。"
    )


@pytest.mark.rule("mutual-blind")
@given(worlds())
def test_a_draw_that_is_void_says_why_and_not_for_whom(world: World) -> None:
    people, visits, year, conditions = world
    wanted = {FOOD: 2, DRUG: 1}
    targets = [visit.target for visit in visits]
    answer = match(by_department(people), wanted, FOOD, targets, KEY, year.loads, conditions=conditions)
    if isinstance(answer, DrawImpossible):
        assert answer.available < answer.needed <= 2
        assert answer.department in answer.reason
        assert not any(id in answer.reason for one in targets for id in (one.id, one.name))
        assert not any(one.name in answer.reason for one in people)


# -- every arrangement tried, by the plain rules --------------------------------------------------------

WORDS = ("检验", "锅炉", "电梯")
PHRASES = {
    "recusal": "应当回避",
    "region": "管辖区域不符",
    "relatives": "亲属",
    "one-certificate": "证件号相同",
    "qualification": "（至少须有1名）",
}
Small = tuple[list[Inspector], list[Inspector], int, Conditions]


def small(dice: Random) -> Small:
    """Up to five of a department, up to two mates of another, up to three seats and three words."""
    people = [
        officer(
            number,
            DRUG,
            region=dice.choice(["", "", "5304"]),
            recusals=dice.choice([(), (), (TARGET.id,)]),
            expertise=tuple(word for word in WORDS if dice.random() < 0.4),
            certificate=f"Z{dice.randrange(9)}",
        )
        for number in range(dice.randrange(6))
    ]
    mates = [officer(number, FOOD) for number in (90, 91)[: dice.randrange(3)]]
    ids = [one.id for one in (*people, *mates)]
    pairs = [(dice.choice(ids), dice.choice(ids)) for _ in range(dice.randrange(4)) if ids]
    words = WORDS[: dice.randrange(4)]
    asked = Conditions(
        conflicts=frozenset(pair for pair in pairs if pair[0] != pair[1]),
        qualifications={DRUG: words} if words else {},
    )
    return people, mates, dice.randint(1, 3), asked


def teams_of(world: Small, kinds: Collection[str]) -> Iterator[tuple[Inspector, ...]]:
    people, mates, needed, asked = world
    for team in combinations(people, needed):
        pairs = [*combinations(team, 2), *product(team, mates)]
        held = {word for one in team for word in one.expertise}
        broken = {
            "recusal": any(TARGET.id in one.recusals for one in team),
            "region": not all(reached(one.region, TARGET) for one in team),
            "relatives": any(asked.related(one.id, other.id) for one, other in pairs),
            "one-certificate": any(one.certificate == other.certificate for one, other in pairs),
            "qualification": not held.issuperset(asked.needs(DRUG)),
        }
        if not any(broken[kind] for kind in kinds):
            yield team


def fillable(world: Small, kinds: Collection[str] = tuple(PHRASES)) -> bool:
    return next(teams_of(world, kinds), None) is not None


def joined(world: Small, held: Collection[Collection[str]]) -> Small:
    fresh = [officer(50 + at, DRUG, expertise=tuple(own)) for at, own in enumerate(held)]
    return ([*world[0], *fresh], *world[1:])


@settings(max_examples=400)
@given(st.integers(0, 2**32))
def test_the_cause_is_the_smallest_and_what_is_advised_is_the_least_that_helps(seed: int) -> None:
    world = small(Random(seed))
    if fillable(world):
        return
    people, mates, needed, asked = world
    reason = why_empty(people, DRUG, needed, TARGET, mates, asked).reason
    facts, _, advice = reason.partition("只能派出")
    named = {kind for kind, phrase in PHRASES.items() if phrase in facts}
    assert not fillable(world, named)
    assert all(fillable(world, some) for some in combinations(PHRASES, max(len(named) - 1, 0)) if named)
    without_region = [kind for kind in PHRASES if kind != "region"]
    assert ("核对管辖区域" in advice) == ("region" in named and fillable(world, without_region))
    count, held = int(re.findall(r"补充(\d)名", advice)[0]), [word for word in WORDS if word in advice]
    # Whoever of the newcomers holds what, the seats are filled; with fewer people or fewer words they are not.
    for owners in product(range(count), repeat=len(held)):
        own = [[word for word, owner in zip(held, owners, strict=True) if owner == at] for at in range(count)]
        assert fillable(joined(world, own))
    assert not fillable(joined(world, [WORDS] * (count - 1)))
    for fewer in combinations(WORDS, max(len(held) - 1, 0)):
        assert not held or not fillable(joined(world, [fewer] + [()] * (count - 1)))
