"""The ceremony as it now stands, folded from its events; and what a decision about it may know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from workflows.draw.announced import Announced, announced
from workflows.draw.ceremony import events as e
from workflows.inspection.facts import Actor
from workflows.policy.profile import Profile

STAGES = ("FROZEN", "COMMITTED", "NONCES", "BEACON", "DRAWN", "RELEASED", "OPENED", "CLOSED", "ABANDONED")


@dataclass(frozen=True)
class Facts:
    """`published`: the plan is public. `taken`: plan ids with a ceremony already. `now` is aware.

    `files` are the frozen files as kept at the freeze ("objects", "inspectors", "recusals"), to name the line that was edited.
    `organisers` are all who hold that role; `latest` is when the house last recorded anything, None where nobody looked.
    """

    actor: Actor
    now: datetime
    profile: Profile
    published: bool = False
    taken: frozenset[str] = frozenset()
    files: Mapping[str, Sequence[str]] = field(default_factory=dict)
    organisers: frozenset[str] = frozenset()
    latest: datetime | None = None


@dataclass(frozen=True)
class Ceremony:
    """`entries`: person -> what they typed of each source, "" for none yet. `signatures`: person -> when."""

    stage: str
    frozen: e.Frozen
    committed: e.Committed | None = None
    given: Mapping[str, str] = field(default_factory=dict)
    nonces: e.NoncesClosed | None = None
    entries: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    beacon: e.BeaconFixed | None = None
    held: e.Held | None = None
    signatures: Mapping[str, datetime] = field(default_factory=dict)
    released: tuple[str, ...] = ()
    opened: e.Opened | None = None
    abandoned: e.Abandoned | None = None
    organiser: str = ""

    @property
    def plan(self) -> Announced:
        return announced(self.frozen.plan)

    @property
    def id(self) -> str:
        return self.plan.id


def agreed(entries: Mapping[str, tuple[str, ...]], at: int) -> str:
    """What two persons typed alike for the source at that place; "" while no two did."""
    typed = [told[at] for told in entries.values() if told[at]]
    return next((one for one in typed if typed.count(one) >= 2), "")


def differing(entries: Mapping[str, tuple[str, ...]]) -> tuple[int, ...]:
    """The places of sources that two or more have typed and no two alike."""
    places = range(max((len(told) for told in entries.values()), default=0))
    typed = {at: [told[at] for told in entries.values() if told[at]] for at in places}
    return tuple(at for at in places if len(typed[at]) > 1 and not agreed(entries, at))


def present(ceremony: Ceremony) -> tuple[str, ...]:
    """Who signs: the organiser and every witness who gave digits."""
    people = dict(ceremony.frozen.witnesses)
    return tuple(dict.fromkeys([ceremony.organiser, *(people[one] for one in sorted(ceremony.given))]))


def unsigned(ceremony: Ceremony) -> tuple[str, ...]:
    return tuple(person for person in present(ceremony) if person not in ceremony.signatures)
