"""From a command to events or a refusal. Pure; an empty tuple means "already so".

Rules: witnesses, draw-record, mutual-blind, both-random, by-machine, plan-public (云政办发〔2016〕105号; draw.md).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workflows.draw.ceremony import commands as c
from workflows.draw.ceremony import drawing, opening, preparing
from workflows.draw.ceremony.events import CeremonyRefused
from workflows.draw.ceremony.refusals import deny
from workflows.draw.ceremony.state import Ceremony, Facts
from workflows.inspection.command import Command
from workflows.inspection.event import Event
from workflows.inspection.refusals import Refused

Decision = Refused | tuple[Event, ...]

DECIDERS: dict[type[Command], Callable[[Ceremony, Any, Facts], Decision]] = {
    c.Commit: preparing.commit,
    c.Contribute: preparing.contribute,
    c.CloseNonces: preparing.close_nonces,
    c.EnterBeacon: drawing.enter_beacon,
    c.Hold: drawing.hold,
    c.Sign: drawing.sign,
    c.Release: opening.release,
    c.Open: opening.open_secrets,
    c.OpenFromShares: opening.open_from_shares,
    c.Close: opening.close,
    c.Abandon: opening.abandon,
}
# Who holds two shares needs nobody's leave: that is what they are for.
WITNESSES_TOO = (c.Contribute, c.EnterBeacon, c.Sign, c.OpenFromShares)


def decide(ceremony: Ceremony | None, command: Command, facts: Facts) -> Decision:
    """`ceremony` None: nothing is frozen yet, and only `Freeze` may come. BadInput for what cannot be read."""
    if not isinstance(command, WITNESSES_TOO) and "organiser" not in facts.actor.roles:
        return deny("by-machine", "not-organiser")
    if isinstance(command, c.Freeze):
        return preparing.freeze(ceremony, command, facts)
    if ceremony is None:
        return deny("by-machine", "stage", stage="", command=type(command).__name__)
    if ceremony.abandoned:
        return deny("by-machine", "abandoned", successor=ceremony.abandoned.successor)
    if (
        not isinstance(command, WITNESSES_TOO)
        and facts.actor.person in dict(ceremony.frozen.witnesses).values()
    ):
        # Whoever watches this draw holds none of its other steps, whatever they have become since.
        return deny("witnesses", "twice")
    return DECIDERS[type(command)](ceremony, command, facts)


def refusal_event(command: Command, refused: Refused) -> CeremonyRefused:
    return CeremonyRefused(type(command).__name__, refused.rule, refused.reason, refused.detail)
