"""Steps 1 and 2 of draw.md, "Teams": one seat after the other, each by rule and then by ticket."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from workflows.directory import Target
from workflows.draw.ledger import Ledger
from workflows.draw.roster import Roster, indices
from workflows.draw.tickets import tickets

if TYPE_CHECKING:
    from hashlib import _Hash as Hash


LARGEST = b"\xff" * 33


@dataclass(frozen=True, slots=True)
class Visit:
    """One target and what its one team needs: department -> seats. `lead` is the department that leads."""

    target: Target
    wanted: Mapping[str, int]
    lead: str


@dataclass(slots=True)
class Group:
    """One department's seats at one target. `open` are those its department may send there at all, `members`
    those seated, `team` everybody seated at the target and shared by its groups, `empty` the seats nobody can take.
    `begun` is the hash of K‖"T"+target id+"|", which the tickets of the target's candidates go on from.
    """

    target: Target
    department: str
    seats: int
    open: int
    qualified: int | None
    team: list[int]
    begun: Hash
    members: list[int] = field(default_factory=list)
    empty: int = 0


def groups(roster: Roster, visits: Iterable[Visit], key: str) -> list[Group]:
    """In the order of (SHA256(K‖"O"+target id), department)."""
    ordered, order = [], tickets(key)
    for visit in sorted(visits, key=lambda visit: order(f"O{visit.target.id}")):
        target, team = visit.target, list[int]()
        begun = sha256(f"{key}T{target.id}|".encode())
        for department, seats in sorted(visit.wanted.items()):
            free, able = roster.open(target, department), roster.qualified.get(department)
            ordered.append(Group(target, department, seats, free, able, team, begun))
    return ordered


def free(group: Group, roster: Roster, leaving: int | None = None) -> int:
    """Who may take a seat in the team as it stands, or as it stands without `leaving`; the qualification aside."""
    bits = group.open
    for mate in group.team:
        if mate != leaving:
            bits &= ~roster.apart[mate]
    return bits


def fill(group: Group, roster: Roster, ledger: Ledger) -> None:
    for number in range(group.seats):
        bits = free(group, roster)
        if number == 0 and group.qualified is not None:
            bits &= group.qualified
        if not bits:
            # Without its qualified member the group is short by that seat; the others are still filled.
            group.empty += 1
            continue
        bits = ledger.meetings.least(ledger.least_loaded(bits, group.department), group.team)
        chosen = _smallest(bits, group.begun, roster)
        ledger.seat(chosen, group.team)
        group.team.append(chosen)
        group.members.append(chosen)


def _smallest(bits: int, begun: Hash, roster: Roster) -> int:
    places = indices(bits)
    if len(places) == 1:
        return places[0]
    # A copy of the hash begun costs a third of a new one.
    ids, copy = roster.ids, begun.copy
    first, smallest = places[0], LARGEST
    for at in places:
        whole = copy()
        whole.update(ids[at])
        if (ticket := whole.digest()) < smallest:
            first, smallest = at, ticket
    return first
