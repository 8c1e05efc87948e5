"""Steps 1 and 2 of draw.md, "Teams": one seat after the other, each by rule and then by ticket."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from hashlib import sha256
from operator import and_
from typing import TYPE_CHECKING

from workflows.directory import Target
from workflows.draw.ledger import Ledger
from workflows.draw.roster import Roster, indices, mask, most
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
    `needs`: of each qualification asked for, who holds it. `begun` is the hash of K‖"T"+target id+"|", which the tickets
    of the target's candidates go on from.
    """

    target: Target
    department: str
    seats: int
    open: int
    needs: tuple[int, ...]
    team: list[int]
    begun: Hash
    members: list[int]
    empty: int = 0


def groups(roster: Roster, visits: Iterable[Visit], key: str) -> list[Group]:
    """In the order of (SHA256(K‖"O"+target id), department)."""
    ordered, order = list[Group](), tickets(key)
    for visit in sorted(visits, key=lambda visit: order(f"O{visit.target.id}")):
        target, begun = visit.target, sha256(f"{key}T{visit.target.id}|".encode())
        team: list[int] = []
        for department, seats in sorted(visit.wanted.items()):
            free, needs = roster.open(target, department), roster.needs(target, department)
            ordered.append(Group(target, department, seats, free, needs, team, begun, []))
    return ordered


def fill(group: Group, roster: Roster, ledger: Ledger) -> None:
    """Seat by seat. Where a seat stays empty that another first choice would have filled, the group is seated anew, each
    seat then by whoever still lets the others be filled; where there is no such arrangement the first one stands.
    """
    _seat_all(group, roster, ledger, completing=False)
    if (
        group.empty
        and group.seats > 1
        and _completes(_without(group, roster), group.needs, group.seats, roster)
    ):
        for member in reversed(group.members):
            group.team.remove(member)
            ledger.unseat(member, group.team)
        group.members.clear()
        group.empty = 0
        _seat_all(group, roster, ledger, completing=True)


def _seat_all(group: Group, roster: Roster, ledger: Ledger, *, completing: bool) -> None:
    missing, begun, team = group.needs, group.begun, group.team
    for left in reversed(range(group.seats)):
        bits = free(group, roster)
        if completing:
            bits = mask(at for at in indices(bits) if _follow(at, bits, missing, left, roster))
        if missing:
            bits = _able(bits, missing, left)
        if bits:
            bits = ledger.meetings.least(ledger.least_loaded(bits, group.department), team)
            chosen = _smallest(bits, group.department, begun, roster)
            ledger.seat(chosen, team)
            team.append(chosen)
            group.members.append(chosen)
            if missing:
                missing = tuple(holders for holders in missing if not holders >> chosen & 1)
        else:
            # Without its qualified member the group is short by that seat; the others are still filled.
            group.empty, missing = group.empty + 1, ()


def _without(group: Group, roster: Roster) -> int:
    """Who might sit in the group as if nobody of it sat yet."""
    bits = group.open
    for mate in group.team:
        if mate not in group.members:
            bits &= ~roster.apart[mate]
    return bits


def _completes(bits: int, missing: Sequence[int], seats: int, roster: Roster) -> bool:
    """Whether so many of `bits` can sit together who between them hold all that is missing."""
    if not seats:
        return not missing
    # Somebody has to hold the first of what is missing: whoever it is may as well be seated first.
    for at in indices(missing[0] & bits if missing else bits):
        if bits.bit_count() < seats:
            break
        if _follow(at, bits, missing, seats - 1, roster):
            return True
        # With whom it cannot be done, it need not be tried again.
        bits &= ~(1 << at)
    return False


def _follow(at: int, bits: int, missing: Sequence[int], left: int, roster: Roster) -> bool:
    """Whether `left` more can follow once this one of `bits` sits."""
    still = [holders for holders in missing if not holders >> at & 1]
    return _completes(bits & ~roster.apart[at], still, left, roster)


def free(group: Group, roster: Roster, leaving: int | None = None) -> int:
    """Who may take a seat in the team as it stands, or as it stands without `leaving`; the qualification aside."""
    bits = group.open
    for mate in group.team:
        if mate != leaving:
            bits &= ~roster.apart[mate]
    return bits


def _able(bits: int, missing: Sequence[int], left: int) -> int:
    """Of `bits`, those who hold most of what is missing; where no seat is `left` after this one, all of it."""
    return most(bits, missing) if left else reduce(and_, missing, bits)


def _smallest(bits: int, department: str, begun: Hash, roster: Roster) -> int:
    if not bits & (bits - 1):
        return bits.bit_length() - 1
    # A copy of the hash begun costs a third of a new one.
    copy, smallest, first = begun.copy, LARGEST, b""
    for id in roster.ids_in(bits, department):
        whole = copy()
        whole.update(id)
        if (ticket := whole.digest()) < smallest:
            first, smallest = id, ticket
    return roster.at[first]
