"""No way into a team breaks a rule: not by the draw, not by a reserve target, not by the pool, not by whoever follows.

The world goes on between the draw and the day somebody leaves: people marry, move, fall ill and lose certificates.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.draw_teams.bureau import KEY, World, by_department, officer, worlds
from tests.rules.cases import MARKET, MONDAY, POLICE, SUPERVISOR, TARGET, Walk, opened
from workflows.directory import Certificate, Inspector, Tie, certificate_valid, conflicts
from workflows.draw.allot import allot
from workflows.draw.roster import Conditions
from workflows.draw.teams import match, step_in, substitutes
from workflows.inspection import commands as c
from workflows.inspection import events as e
from workflows.inspection.evolve import evolve
from workflows.inspection.facts import Actor
from workflows.inspection.refusals import Refused

WORD, TODAY, ENDS = "检验", MONDAY.date(), date(2026, 10, 31)
SHOP = replace(TARGET, region="5328")
DEPARTMENTS = (MARKET, POLICE)
WANTED = {MARKET: 2, POLICE: 1}

# -- what a rule is, said once more and plainly ---------------------------------------------------------


def numbers_of(one: Inspector) -> set[str]:
    return {one.certificate, *(held.number for held in one.certificates)}


def kin(one: Inspector, other: Inspector) -> bool:
    return any(
        tie.whom == b.id or b.id in a.recusals
        for a, b in ((one, other), (other, one))
        for tie in (*a.ties, Tie(""))
    )


def may_join(one: Inspector, team: Iterable[Inspector], days: Iterable[date]) -> bool:
    """Recusal, region, duty and certificates, nobody's relative and nobody seated already. Load is no rule."""
    return (
        SHOP.id not in one.recusals
        and ("" in (one.region, SHOP.region) or SHOP.region.startswith(one.region))
        and (one.role, one.on_duty) == ("inspector", True)
        and all(certificate_valid(one, day) for day in days)
        and not any(kin(one, mate) or numbers_of(one) & numbers_of(mate) for mate in team)
    )


# -- a team as it was drawn, and what happens to it -----------------------------------------------------


def offices(dice: Random) -> dict[str, Inspector]:
    """Six of each department, most of them free of every obstacle, so that somebody is left to follow."""
    people = {}
    for number in range(12):
        one = officer(number, DEPARTMENTS[number % 2], valid_until=date(2028, 12, 31))
        people[one.id] = replace(
            one,
            region=dice.choice(["", "", "53", "5303"]),
            expertise=dice.choice([(), (WORD,)]),
            recusals=dice.choice([(), (), (), (SHOP.id,)]),
            ties=(Tie(f"P:{dice.randrange(12):04d}", "亲属"),) * (dice.random() < 0.2),
        )
    return people


def changed(walk: Walk, dice: Random) -> dict[str, Inspector]:
    """One thing that the directory learns about one who waits or sits; nothing may be learned either."""
    members = sorted(walk.case.members)
    waiting = [p for order in walk.case.opened.substitutes.values() for p in order[:2]]
    before = walk.directory[dice.choice([*waiting, *members])]
    other = walk.directory[dice.choice(members)]
    after = dice.choice(
        [
            before,
            replace(before, on_duty=not before.on_duty),
            replace(before, region=dice.choice(["", "5303"])),
            replace(before, department=dice.choice(DEPARTMENTS)),
            replace(before, role=dice.choice(["expert", "inspector"])),
            replace(before, recusals=dice.choice([(), (SHOP.id,)])),
            replace(before, certificate=f"{before.certificate}-2"),
            replace(before, valid_until=TODAY - timedelta(days=1)),
            replace(before, valid_until=ENDS - timedelta(days=dice.randrange(2))),
            replace(before, certificates=(Certificate(other.certificate, None, ENDS),)),
            replace(before, ties=(Tie(other.id, "夫妻"),)),
        ]
    )
    return {**walk.directory, before.id: after}


def drawn_case(people: dict[str, Inspector]) -> Walk | None:
    """A case with the team and the order that the draw gives; None where no team can be drawn."""
    asked = Conditions(conflicts=conflicts(people.values()), qualifications={MARKET: (WORD,)})
    own = {name: [one for one in people.values() if one.department == name] for name in DEPARTMENTS}
    teams = match(own, WANTED, MARKET, [SHOP], KEY, {}, conditions=asked)
    if not isinstance(teams, dict):
        return None
    team = teams[SHOP.id]
    seated = [people[member.inspector_id] for member in team]
    members = tuple(
        e.Member(one.id, one.name, one.department, one.certificate, leader=member.leader)
        for one, member in zip(seated, team, strict=True)
    )
    order = {name: substitutes(own, SHOP, name, seated, KEY, conditions=asked) for name in DEPARTMENTS}
    opening = opened(
        target=SHOP, members=members, substitutes=order, qualifications={MARKET: (WORD,)}, ends=ENDS
    )
    walk = Walk(directory=dict(people))
    walk.history = [e.Recorded(1, opening, "", "", MONDAY)]
    walk.case = evolve(None, walk.history[0])
    return walk


def leave(walk: Walk, out: str, way: str) -> tuple[e.Event, ...] | Refused:
    me = Actor(out, "", "", ("inspector",), "web:x")
    if way == "office":
        return walk.try_(SUPERVISOR, c.ReplaceMember(out, "调离"))
    if way == "recusal":
        walk.do(me, c.RaiseRecusal(out, "亲属"))
        return walk.try_(SUPERVISOR, c.DecideRecusal(out, True))
    return walk.try_(me, c.ReportUnavailable("住院"))


def expected(walk: Walk, out: str) -> str:
    """The id of who follows, by the plain rules: the first of the order that may; "" for nobody."""
    case, people = walk.case, walk.directory
    leaving = case.members[out]
    staying = [people[p] for p in case.members if p != out]
    own = [people[p] for p, m in case.members.items() if p != out and m.department == leaving.department]
    lost = WORD in people[out].expertise and not any(WORD in one.expertise for one in own)
    used = {number for p in case.drawn for number in numbers_of(people[p])}
    for id in case.opened.substitutes[leaving.department]:
        one = people[id]
        if (
            id not in case.drawn
            and one.department == leaving.department
            and not used & numbers_of(one)
            and not (leaving.department == MARKET and lost and WORD not in one.expertise)
            and may_join(one, staying, (TODAY, ENDS))
        ):
            return id
    return ""


@pytest.mark.rule("substitute", "recusal", "inspector-certificate", "by-machine", "leader")
@settings(max_examples=300)
@given(st.integers(0, 2**32))
def test_whoever_follows_fits_the_team_as_it_then_stands(seed: int) -> None:
    dice = Random(seed)
    walk = drawn_case(offices(dice))
    if walk is None:
        return
    for _ in range(5):
        for _ in range(2):
            walk.directory = changed(walk, dice)
        out = dice.choice(sorted(walk.case.members))
        follows, led = expected(walk, out), any(m.leader for m in walk.case.members.values())
        before = set(walk.case.members)
        happened = leave(walk, out, dice.choice(["office", "recusal", "ill"]))
        if isinstance(happened, Refused):
            # The office takes nobody off whom nobody follows.
            assert (follows, happened.rule, set(walk.case.members)) == ("", "substitute", before)
            continue
        assert set(walk.case.members) == before - {out} | ({follows} if follows else set())
        leaders = [m.department for m in walk.case.members.values() if m.leader]
        assert leaders == [MARKET] * (led and any(m.department == MARKET for m in walk.case.members.values()))
        if not walk.case.members:
            break


# -- who is seated without anybody leaving --------------------------------------------------------------


def keeps(team: list[Inspector], target_id: str, related: Conditions) -> bool:
    return not any(target_id in one.recusals for one in team) and not any(
        related.related(a.id, b.id) or numbers_of(a) & numbers_of(b) for a, b in combinations(team, 2)
    )


@pytest.mark.rule("recusal", "team-size", "one-visit")
@settings(max_examples=100)
@given(worlds(), st.lists(st.sampled_from(["", "5303", "5304"]), max_size=4), st.integers(0, 3))
def test_reserve_targets_and_the_pool_break_no_rule(world: World, regions: list[str], kin_at: int) -> None:
    """The last target of each world stands by and steps in; the pool sends its first."""
    people, visits, year, conditions = world
    pool = [officer(100 + n, "上级局", region=region) for n, region in enumerate(regions)]
    married = (f"P:{100 + kin_at:04d}", people[0].id)
    related = replace(conditions, conflicts=conditions.conflicts | {married})
    known = {one.id: one for one in (*people, *pool)}
    own = by_department(people)
    first = allot(own, visits[:-1], KEY, year, conditions=related, pool=pool)
    late = step_in(own, visits[-1], KEY, first.year, conditions=related, pool=pool)
    for allotted in (first, late):
        for visit in visits:
            if visit.target.id not in allotted.teams:
                continue
            team = [known[member.inspector_id] for member in allotted.teams[visit.target.id]]
            assert keeps(team, visit.target.id, related)
            for short in allotted.unfilled:
                if short.target_id == visit.target.id and short.pool:
                    assert keeps([*team, known[short.pool[0]]], visit.target.id, related)
                    assert (
                        visit.target.region.startswith(known[short.pool[0]].region) or not visit.target.region
                    )
