"""What one may ask of a ceremony. Who asks and when is in the facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workflows.draw.shares import KeeperShare
from workflows.inspection.command import Command


@dataclass(frozen=True)
class Freeze(Command):
    """`plan` is canonical JSON (`announced`), the files are frozen lines; `recusals` are `inspector id|target id`.

    `witnesses` names for each witness id of the plan the person behind it. `approval` is the SHA-256 of the approval
    document where only one side is drawn, else "".
    """

    plan: str
    objects: tuple[str, ...]
    inspectors: tuple[str, ...]
    recusals: tuple[str, ...] = ()
    witnesses: tuple[tuple[str, str], ...] = ()
    approval: str = ""
    list_secret: str = ""


@dataclass(frozen=True)
class Commit(Command):
    """`seal.com` of each of the two secrets, as hex."""

    com_objects: str
    com_inspectors: str


@dataclass(frozen=True)
class Contribute(Command):
    witness: str
    digits: str


@dataclass(frozen=True)
class CloseNonces(Command):
    """Who has given no digits is ABSENT from here on; nothing starts again."""


@dataclass(frozen=True)
class EnterBeacon(Command):
    """One text for each announced source, in the plan's order, as `beacon` writes them; "" for one not typed now."""

    sources: tuple[str, ...]


@dataclass(frozen=True)
class Hold(Command):
    """The draw itself, from the files as they now are and both secrets. `result` is the SHA-256 of what was sealed."""

    objects: Sequence[str]
    inspectors: Sequence[str]
    recusals: Sequence[str]
    secret_objects: str
    secret_inspectors: str
    result: str
    list_secret: str = ""


@dataclass(frozen=True)
class Sign(Command):
    """Signs the draw's record; `record` is its digest as it was shown (`record_digest`)."""

    record: str


@dataclass(frozen=True)
class Release(Command):
    """`task` is an item of the plan's "tasks"."""

    task: str


@dataclass(frozen=True)
class Open(Command):
    secret_objects: str
    secret_inspectors: str


@dataclass(frozen=True)
class OpenFromShares(Command):
    """The same without the house's copy of the secrets: whoever brings two of the three shares."""

    given: tuple[KeeperShare, ...]


@dataclass(frozen=True)
class Close(Command):
    pass


@dataclass(frozen=True)
class Abandon(Command):
    """The new draw has a plan id of its own, `successor`; both stay public."""

    reason: str
    successor: str = ""
