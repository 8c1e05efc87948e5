"""What happened in a ceremony. All of it is public at once, except that `Held` says only what sealed results may say."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.draw.merkle import Tree
from workflows.inspection.event import Event


@dataclass(frozen=True)
class Frozen(Event):
    """`salted`: the lines of the targets carry salts, by a secret told at the opening."""

    plan: str
    plan_hash: str
    objects: Tree
    inspectors: Tree
    recusals: Tree
    witnesses: tuple[tuple[str, str], ...]
    approval: str
    salted: bool = False


@dataclass(frozen=True)
class Committed(Event):
    com_objects: str
    com_inspectors: str
    commitment: str


@dataclass(frozen=True)
class Contributed(Event):
    witness: str
    digits: str


@dataclass(frozen=True)
class NoncesClosed(Event):
    """`witnesses` is the text that goes into the seed."""

    witnesses: tuple[str, ...]
    absent: tuple[str, ...]


@dataclass(frozen=True)
class BeaconEntered(Event):
    person: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class BeaconDiffers(Event):
    """Both entries as they were typed: (person, text). Nothing goes on until two persons agree."""

    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class BeaconFixed(Event):
    sources: tuple[str, ...]
    persons: tuple[str, ...]


@dataclass(frozen=True)
class Held(Event):
    """`counts`: (stratum, eligible, drawn). `thresholds_root` and `result` bind what is sealed; `record` is what is signed."""

    counts: tuple[tuple[str, int, int], ...]
    thresholds_root: str
    result: str
    record: str


@dataclass(frozen=True)
class Signed(Event):
    person: str
    record: str


@dataclass(frozen=True)
class Released(Event):
    task: str


@dataclass(frozen=True)
class Opened(Event):
    secret_objects: str
    secret_inspectors: str


@dataclass(frozen=True)
class Closed(Event):
    pass


@dataclass(frozen=True)
class Abandoned(Event):
    reason: str
    successor: str


@dataclass(frozen=True)
class CeremonyRefused(Event):
    """A refused command as it is kept: what was tried stays public beside what holds."""

    command: str
    rule: str
    reason: str
    detail: dict[str, str]
