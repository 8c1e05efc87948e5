"""Everybody who can be drawn, as sets of bits: who may sit where is then a handful of and-nots.

The bit of a person is their place among all, by department and id, so the order of rows changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress, count, groupby

from workflows.directory import Inspector, Target
from workflows.draw.targets import reached

# The digits "0" and "1" as what is false and what is true.
TRUTHS = bytes(byte == ord("1") for byte in range(256))


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What the directories do not say. `conflicts`: pairs of inspector ids who never share a team (couples,
    relatives), in either order. `qualifications`: department -> words of `Inspector.expertise`, each of which one of
    its members in every team holds; `asked`: (target id, department) -> words asked for there besides.
    """

    conflicts: frozenset[tuple[str, str]] = frozenset()
    qualifications: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    asked: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    def needs(self, department: str, target_id: str = "") -> tuple[str, ...]:
        own, there = self.qualifications.get(department, ()), self.asked.get((target_id, department), ())
        return tuple(dict.fromkeys((*own, *there)))

    def related(self, one: str, other: str) -> bool:
        return (one, other) in self.conflicts or (other, one) in self.conflicts


def candidates(
    people: Iterable[Inspector], target: Target, taken: Collection[Inspector], conditions: Conditions
) -> list[Inspector]:
    """Who may still join: reached, not recused, no relative of a member, and no member's certificate again,
    which tells people apart.
    """
    certificates = {number for member in taken for number in numbers(member)}
    return [
        person
        for person in people
        if target.id not in person.recusals
        and person.certificate not in certificates
        and not (person.certificates and certificates & numbers(person))
        and reached(person.region, target)
        and not any(conditions.related(person.id, member.id) for member in taken)
    ]


def numbers(one: Inspector) -> frozenset[str]:
    """Every certificate's: who shares one with somebody is that person, entered twice."""
    return frozenset((one.certificate, *(held.number for held in one.certificates))) - {""}


@dataclass(frozen=True, slots=True)
class Roster:
    """`apart[i]` holds i and all who never share a team with i; `recused` is by target id. `bench` is a department's
    first place and its ids. `needed` and `asked`: for each word of `Conditions.needs`, who holds it.
    """

    people: tuple[Inspector, ...]
    at: Mapping[bytes, int]
    place: Mapping[str, int]
    departments: Mapping[str, int]
    apart: tuple[int, ...]
    recused: Mapping[str, int]
    bench: Mapping[str, tuple[int, tuple[bytes, ...]]]
    needed: Mapping[str, tuple[int, ...]]
    asked: Mapping[tuple[str, str], tuple[int, ...]]
    reach: dict[tuple[str, str], int] = field(default_factory=dict)

    def ids_in(self, bits: int, department: str) -> Iterable[bytes]:
        """The ids of a department's people in a mask, by their places."""
        first, ids = self.bench[department]
        return compress(ids, digits(bits >> first))

    def needs(self, target: Target, department: str) -> tuple[int, ...]:
        own = self.needed.get(department, ())
        return self.asked.get((target.id, department), own) if self.asked else own

    def open(self, target: Target, department: str) -> int:
        """Step 1, as far as it does not depend on the team: department, region reached, not recused."""
        near = self.reach.get((department, target.region))
        if near is None:
            own = indices(self.departments.get(department, 0))
            near = mask(at for at in own if reached(self.people[at].region, target))
            self.reach[department, target.region] = near
        recused = self.recused.get(target.id)
        return near & ~recused if recused else near


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
    return list(compress(count(first), digits(bits >> first)))


def digits(bits: int) -> bytes:
    """One byte for each bit, the lowest first: 0 or 1."""
    return bin(bits)[:1:-1].encode().translate(TRUTHS)


def most(bits: int, needs: Sequence[int]) -> int:
    """Of `bits`, those who stand in most of `needs`; nobody where nobody stands in any."""
    at_least = [bits] + [0] * len(needs)
    for holders in needs:
        for number in range(len(needs), 0, -1):
            at_least[number] |= at_least[number - 1] & holders
    return next((who for who in reversed(at_least[1:]) if who), 0)


def roster(people: Mapping[str, Sequence[Inspector]], conditions: Conditions) -> Roster:
    """`people`: department -> who can be drawn on the day (`teams.standing`)."""
    everybody = tuple(
        sorted((one for own in people.values() for one in own), key=lambda one: (one.department, one.id))
    )
    place = {one.id: at for at, one in enumerate(everybody)}
    departments = {name: mask(place[one.id] for one in own) for name, own in people.items()}
    asked = {
        (id, name): _holders(everybody, departments, name, conditions.needs(name, id))
        for id, name in conditions.asked
        if name in departments
    }
    return Roster(
        everybody,
        {one.id.encode(): at for at, one in enumerate(everybody)},
        place,
        departments,
        _apart(everybody, place, conditions.conflicts),
        _recused(everybody),
        _bench(everybody),
        {name: _holders(everybody, departments, name, conditions.needs(name)) for name in departments},
        asked,
    )


def _bench(people: Sequence[Inspector]) -> dict[str, tuple[int, tuple[bytes, ...]]]:
    bench: dict[str, tuple[int, tuple[bytes, ...]]] = {}
    for name, own in groupby(enumerate(people), lambda one: one[1].department):
        (first, leading), *others = own
        bench[name] = first, (leading.id.encode(), *(one.id.encode() for _, one in others))
    return bench


def _apart(
    people: Sequence[Inspector], place: Mapping[str, int], conflicts: Iterable[tuple[str, str]]
) -> tuple[int, ...]:
    same: dict[str, int] = {}
    for at, one in enumerate(people):
        for number in numbers(one):
            same[number] = same.get(number, 0) | 1 << at
    apart = [1 << at for at in range(len(people))]
    for alike in same.values():
        for at in indices(alike):
            apart[at] |= alike
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


def _holders(
    people: Sequence[Inspector], departments: Mapping[str, int], department: str, words: Iterable[str]
) -> tuple[int, ...]:
    own = indices(departments[department])
    return tuple(mask(at for at in own if word in people[at].expertise) for word in words)
