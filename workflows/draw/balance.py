"""Step 3 of draw.md, "Teams": exact balance within a department, by shortest augmenting paths.

While somebody carries two seats more than another whom replacements can reach, one seat is shifted along the
shortest such path. An exhausted search is the proof that no better balance exists; docs/decisions/teams.md says why, and where couples
limit it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from workflows.draw.ledger import Ledger
from workflows.draw.roster import Roster, indices
from workflows.draw.seating import Group, free
from workflows.draw.tickets import ticket

Shift = tuple[Group, int, int]


@dataclass(slots=True)
class Department:
    """One department's seats while they are balanced. `seats`: person -> the groups they sit in, in drawn order;
    `next` keeps for each person who could replace them somewhere.
    """

    groups: Sequence[Group]
    roster: Roster
    ledger: Ledger
    key: str
    everybody: int
    ticket: dict[int, str]
    seats: dict[int, list[Group]]
    next: dict[int, int] = field(default_factory=dict)

    def lightest_first(self, people: Iterable[int]) -> list[int]:
        return sorted(people, key=lambda at: (self.ledger.load[at], self.ticket[at]))

    def heaviest_first(self) -> list[int]:
        return sorted(self.seats, key=lambda at: (-self.ledger.load[at], self.ticket[at]))


def balance(groups: Sequence[Group], roster: Roster, ledger: Ledger, key: str) -> None:
    """Shifts seats within each department, in the order of their names. Teams keep their sizes and every rule."""
    own: dict[str, list[Group]] = {}
    for group in groups:
        own.setdefault(group.department, []).append(group)
    for name in sorted(own):
        department = _department(name, own[name], roster, ledger, key)
        while _improve(department):
            pass


def _department(name: str, groups: Sequence[Group], roster: Roster, ledger: Ledger, key: str) -> Department:
    own = indices(roster.departments[name])
    seats: dict[int, list[Group]] = {at: [] for at in own}
    for group in groups:
        for member in group.members:
            seats[member].append(group)
    tickets = {at: ticket(key, roster.people[at].id) for at in own}
    return Department(groups, roster, ledger, key, roster.departments[name], tickets, seats)


def _improve(at: Department) -> bool:
    """One seat from the heaviest who can give one up, or False when nobody can."""
    load = at.ledger.load
    lowest = min((load[person] for person in at.seats), default=0)
    settled: set[int] = set()
    for source in at.heaviest_first():
        if load[source] - lowest < 2:
            return False
        if source in settled:
            continue
        seen = _shift_from(source, at)
        if not seen:
            return True
        # Whoever is reached from here and carries no more reaches nobody lighter either.
        settled |= seen
    return False


def _shift_from(source: int, at: Department) -> set[int]:
    """Shifts a seat away from `source`: an empty set; or, where no path exists, all whom the search reached."""
    barred: set[tuple[int, int]] = set()
    while True:
        path, seen = _path(source, at, barred)
        if not path:
            # A search with steps left out says nothing about whom else it reached.
            return {source} if barred else seen
        broken = _apply(path, at)
        if broken is None:
            return set()
        # Two replacements in one team, each allowed alone, together bring relatives to one table.
        barred.add(broken)


def _path(source: int, at: Department, barred: set[tuple[int, int]]) -> tuple[list[int], set[int]]:
    """Breadth first to somebody carrying two less; empty when there is none. Also all who were reached."""
    load = at.ledger.load
    came, queue = {source: source}, deque([source])
    while queue:
        here = queue.popleft()
        fresh = [one for one in indices(_next(here, at)) if one not in came and (here, one) not in barred]
        for there in at.lightest_first(fresh):
            came[there] = here
            if load[there] <= load[source] - 2:
                return _back(there, came), set(came)
            queue.append(there)
    return [], set(came)


def _back(end: int, came: dict[int, int]) -> list[int]:
    path = [end]
    while came[path[-1]] != path[-1]:
        path.append(came[path[-1]])
    return path[::-1]


def _replacements(group: Group, leaving: int, at: Department) -> int:
    bits = free(group, at.roster, leaving) & ~(1 << leaving)
    for holders in group.needs:
        if [one for one in group.members if holders >> one & 1] == [leaving]:
            bits &= holders
    return bits


def _next(person: int, at: Department) -> int:
    """Everybody who could take one of this person's seats, as things stand."""
    known = at.next.get(person)
    if known is None:
        known, others = 0, at.everybody & ~(1 << person)
        for group in at.seats[person]:
            known |= _replacements(group, person, at)
            if known == others:
                break
        at.next[person] = known
    return known


def _apply(path: Sequence[int], at: Department) -> tuple[int, int] | None:
    """Shifts along the path, or changes nothing and names the step that the steps before it made impossible."""
    done: list[Shift] = []
    for leaving, coming in pairwise(path):
        group = _seat(leaving, coming, at)
        if group is None:
            for shifted, before, after in reversed(done):
                _replace(shifted, after, before, at)
            return leaving, coming
        _replace(group, leaving, coming, at)
        done.append((group, leaving, coming))
    return None


def _seat(leaving: int, coming: int, at: Department) -> Group | None:
    """Which of the seats: where the newcomer met the team least, then by the newcomer's ticket, as in step 2."""
    fitting = [group for group in at.seats[leaving] if _replacements(group, leaving, at) >> coming & 1]
    newcomer = at.roster.people[coming].id

    def order(group: Group) -> tuple[int, str]:
        mates = [mate for mate in group.team if mate != leaving]
        return at.ledger.meetings.between(coming, mates), ticket(at.key, f"T{group.target.id}|{newcomer}")

    return min(fitting, key=order, default=None)


def _replace(group: Group, leaving: int, coming: int, at: Department) -> None:
    mates = [mate for mate in group.team if mate != leaving]
    at.ledger.unseat(leaving, mates)
    at.ledger.seat(coming, mates)
    group.team[group.team.index(leaving)] = coming
    group.members[group.members.index(leaving)] = coming
    at.seats[leaving].remove(group)
    at.seats[coming].append(group)
    for changed in (leaving, *group.members):
        at.next.pop(changed, None)
