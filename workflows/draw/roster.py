"""Everybody who can be drawn, as sets of bits: who may sit where is then a handful of and-nots.

The bit of a person is their place among all, by department and id, so the order of rows changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress, count

from workflows.directory import Inspector, Target
from workflows.draw.targets import reached

# The digits "0" and "1" as what is false and what is true.
TRUTHS = bytes(byte == ord("1") for byte in range(256))


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What the directories do not say. `conflicts`: pairs of inspector ids who never share a team (couples,
    relatives), in either order. `qualifications`: department -> what one of its members must hold, a word of
    `Inspector.expertise`.
    """

    conflicts: frozenset[tuple[str, str]] = frozenset()
    qualifications: Mapping[str, str] = field(default_factory=dict)

    def related(self, one: str, other: str) -> bool:
        return (one, other) in self.conflicts or (other, one) in self.conflicts


def candidates(
    people: Iterable[Inspector], target: Target, taken: Collection[Inspector], conditions: Conditions
) -> list[Inspector]:
    """Who may still join: reached, not recused, no relative of a member, and no member's certificate again,
    which tells people apart.
    """
    certificates = {member.certificate for member in taken} - {""}
    return [
        person
        for person in people
        if target.id not in person.recusals
        and person.certificate not in certificates
        and reached(person.region, target)
        and not any(conditions.related(person.id, member.id) for member in taken)
    ]


@dataclass(frozen=True, slots=True)
class Roster:
    """`apart[i]` holds i and all who never share a team with i; `recused` is by target id."""

    people: tuple[Inspector, ...]
    ids: tuple[bytes, ...]
    place: Mapping[str, int]
    departments: Mapping[str, int]
    apart: tuple[int, ...]
    recused: Mapping[str, int]
    qualified: Mapping[str, int]
    reach: dict[tuple[str, str], int]

    def open(self, target: Target, department: str) -> int:
        """Step 1, as far as it does not depend on the team: department, region reached, not recused."""
        near = self.reach.get((department, target.region))
        if near is None:
            own = indices(self.departments.get(department, 0))
            near = mask(at for at in own if reached(self.people[at].region, target))
            self.reach[department, target.region] = near
        return near & ~self.recused.get(target.id, 0)


def mask(places: Iterable[int]) -> int:
    bits = 0
    for at in places:
        bits |= 1 << at
    return bits


def indices(bits: int) -> list[int]:
    """The places in a mask, ascending. Counted from its first bit on: a department's places lie together, and small
    numbers are quick.
    """
    if not bits:
        return []
    first = (bits & -bits).bit_length() - 1
    digits = bin(bits >> first)[:1:-1].encode().translate(TRUTHS)
    return list(compress(count(first), digits))


def roster(people: Mapping[str, Sequence[Inspector]], conditions: Conditions) -> Roster:
    """`people`: department -> who can be drawn on the day (`teams.standing`)."""
    everybody = tuple(
        sorted((one for own in people.values() for one in own), key=lambda one: (one.department, one.id))
    )
    place = {one.id: at for at, one in enumerate(everybody)}
    departments = {name: mask(place[one.id] for one in own) for name, own in people.items()}
    return Roster(
        everybody,
        tuple(one.id.encode() for one in everybody),
        place,
        departments,
        _apart(everybody, place, conditions.conflicts),
        _recused(everybody),
        _qualified(everybody, departments, conditions.qualifications),
        {},
    )


def _apart(
    people: Sequence[Inspector], place: Mapping[str, int], conflicts: Iterable[tuple[str, str]]
) -> tuple[int, ...]:
    same: dict[str, int] = {}
    for at, one in enumerate(people):
        if one.certificate:
            same[one.certificate] = same.get(one.certificate, 0) | 1 << at
    apart = [1 << at | same.get(one.certificate, 0) for at, one in enumerate(people)]
    for pair in conflicts:
        if all(id in place for id in pair):
            left, right = (place[id] for id in pair)
            apart[left] |= 1 << right
            apart[right] |= 1 << left
    return tuple(apart)


def _recused(people: Sequence[Inspector]) -> dict[str, int]:
    recused: dict[str, int] = {}
    for at, one in enumerate(people):
        for id in one.recusals:
            recused[id] = recused.get(id, 0) | 1 << at
    return recused


def _qualified(
    people: Sequence[Inspector], departments: Mapping[str, int], words: Mapping[str, str]
) -> dict[str, int]:
    """Department -> who holds what it needs; absent where it needs nothing."""
    return {
        name: mask(at for at in indices(departments[name]) if word in people[at].expertise)
        for name, word in words.items()
        if word and name in departments
    }
