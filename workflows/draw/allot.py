"""Teams for many targets at once: steps 1 to 5 of draw.md, "Teams", put together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from workflows.directory import Inspector
from workflows.draw.balance import balance
from workflows.draw.ledger import Ledger, Year
from workflows.draw.roster import Conditions, Roster, candidates, indices, mask, most, roster
from workflows.draw.seating import Group, Visit, fill, groups
from workflows.draw.tickets import ticket

FRESH, NONE = Year(), Conditions()


class Member(NamedTuple):
    inspector_id: str
    department: str
    leader: bool


@dataclass(frozen=True, slots=True)
class Unfilled:
    """`seats` of one department at one target that nobody can take; `pool`: who of the reserve pool may take the first
    of them, in order. `asked`: what the team should hold there and nobody seated does.
    """

    target_id: str
    department: str
    seats: int
    pool: tuple[str, ...]
    asked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Allotted:
    """`teams` by target id, in the order of the groups; a team without anybody of the lead has no leader.
    `unfilled` is published with the teams; whether the draw stands is the caller's to say. `year` is the next one's.
    """

    teams: Mapping[str, tuple[Member, ...]]
    unfilled: tuple[Unfilled, ...]
    year: Year


def allot(
    people: Mapping[str, Sequence[Inspector]],
    visits: Iterable[Visit],
    key: str,
    year: Year = FRESH,
    *,
    conditions: Conditions = NONE,
    pool: Sequence[Inspector] = (),
    balanced: bool = True,
) -> Allotted:
    """One team for each visit, and what is left empty. `people` is what `standing` gives, `key` the purpose's.

    `pool` holds inspectors of no department of the task who may fill an empty seat. Target ids must differ.
    """
    everybody = roster(people, conditions)
    ledger, visits = Ledger(everybody, year), tuple(visits)
    drawn = groups(everybody, visits, key)
    for group in drawn:
        fill(group, everybody, ledger)
    if balanced:
        balance(drawn, everybody, ledger, key)
    teams = _teams(drawn, {visit.target.id: visit.lead for visit in visits}, everybody, ledger, key)
    unfilled = tuple(_unfilled(group, everybody, pool, conditions, key) for group in drawn if group.empty)
    return Allotted(teams, unfilled, ledger.closed(everybody, year))


def step_in(
    people: Mapping[str, Sequence[Inspector]],
    visit: Visit,
    key: str,
    year: Year,
    *,
    conditions: Conditions = NONE,
    pool: Sequence[Inspector] = (),
) -> Allotted:
    """The team of a reserve target, by the key of the draw and the year as the draw, or the last to step in, left it.

    Nobody else's seat is shifted: those teams are drawn, and may have been told.
    """
    return allot(people, [visit], key, year, conditions=conditions, pool=pool, balanced=False)


def _teams(
    drawn: Sequence[Group], leads: Mapping[str, str], everybody: Roster, ledger: Ledger, key: str
) -> dict[str, tuple[Member, ...]]:
    teams: dict[str, tuple[Member, ...]] = {}
    # Each is made once and stands in every team of theirs.
    following = [Member(one.id, one.department, False) for one in everybody.people]
    for group in drawn:
        id, members = group.target.id, [following[at] for at in group.members]
        if group.department == leads[id] and members:
            first = _leader(group, everybody, ledger, key)
            members[group.members.index(first)] = following[first]._replace(leader=True)
        teams[id] = teams.get(id, ()) + tuple(members)
    return teams


def _leader(group: Group, everybody: Roster, ledger: Ledger, key: str) -> int:
    """Step 4: of the lead department's qualified who led least, the smallest ticket. `group` is the lead's, not empty."""
    members, people, led = group.members, everybody.people, ledger.led
    first = members[0]
    if len(members) > 1:
        target = group.target.id
        if group.needs:
            members = indices(most(mask(members), group.needs)) or members
        first = min(members, key=lambda at: (led[people[at].id], ticket(key, f"L{target}|{people[at].id}")))
    led[people[first].id] += 1
    return first


def _unfilled(
    group: Group, everybody: Roster, pool: Sequence[Inspector], conditions: Conditions, key: str
) -> Unfilled:
    """Step 5: recusal, kinship and qualification hold for the pool as well; its tickets carry the letter "R"."""
    target, team = group.target, [everybody.people[at] for at in group.team]
    held = {word for at in group.members for word in everybody.people[at].expertise}
    asked = tuple(word for word in conditions.needs(group.department, target.id) if word not in held)
    free = _able(candidates(pool, target, team, conditions), asked, group.empty)
    order = sorted(free, key=lambda one: ticket(key, f"R{target.id}|{one.id}"))
    return Unfilled(target.id, group.department, group.empty, tuple(one.id for one in order), asked)


def _able(free: Sequence[Inspector], asked: Sequence[str], seats: int) -> list[Inspector]:
    """As for the department's own: of several seats the first takes who holds most of what is asked, the last who holds all."""
    holds = {one.id: sum(word in one.expertise for word in asked) for one in free}
    enough = max((1, *holds.values())) if seats > 1 else len(asked)
    return [one for one in free if not asked or holds[one.id] >= enough]
