"""What the leading office decided about a case. Read through `events`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from workflows.inspection.event import Event


@dataclass(frozen=True)
class MemberReplaced(Event):
    """Taken off the team; who steps in is the `SubstituteDrawn` that follows."""

    person: str
    reason: str


@dataclass(frozen=True)
class LeaderNamed(Event):
    """The leader left: the next of the lead department, in the order of the draw, leads from here on."""

    person: str


@dataclass(frozen=True)
class SignatureExcused(Event):
    person: str
    reason: str


@dataclass(frozen=True)
class Extended(Event):
    """`what` as in the command; `before` is the day it replaces."""

    what: str
    before: date
    until: date
    reason: str
