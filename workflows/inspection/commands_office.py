"""What the leading office decides about a case it is not on. Read through `commands`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from workflows.inspection.command import Command


@dataclass(frozen=True)
class ReplaceMember(Command):
    """Takes somebody off the team (leave, illness, transfer); the next of the same draw steps in."""

    person: str
    reason: str


@dataclass(frozen=True)
class ExcuseSignature(Command):
    """The summary no longer waits for somebody who was on site and cannot sign any more."""

    person: str
    reason: str


@dataclass(frozen=True)
class Extend(Command):
    """`what` is "window" (the task's last day), "entry" (never allowed), or the question whose correction gets longer."""

    what: str
    until: date
    reason: str
