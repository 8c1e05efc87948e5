"""Folding a ceremony's events. Pure: the same events give the same ceremony."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from workflows.draw.ceremony import events as e
from workflows.draw.ceremony.state import Ceremony
from workflows.inspection.event import Recorded

Fold = Callable[[Ceremony, Any, Recorded], dict[str, object]]

FOLDS: dict[type, Fold] = {
    e.Committed: lambda c, v, r: {"stage": "COMMITTED", "committed": v},
    e.Contributed: lambda c, v, r: {"given": {**c.given, v.witness: v.digits}},
    e.NoncesClosed: lambda c, v, r: {"stage": "NONCES", "nonces": v},
    e.BeaconEntered: lambda c, v, r: {"entries": {**c.entries, v.person: v.sources}},
    e.BeaconDiffers: lambda c, v, r: {},
    e.BeaconFixed: lambda c, v, r: {"stage": "BEACON", "beacon": v},
    e.Held: lambda c, v, r: {"stage": "DRAWN", "held": v},
    e.Signed: lambda c, v, r: {"signatures": {**c.signatures, v.person: r.at}},
    e.Released: lambda c, v, r: {"stage": "RELEASED", "released": (*c.released, v.task)},
    e.Opened: lambda c, v, r: {"stage": "OPENED", "opened": v},
    e.Closed: lambda c, v, r: {"stage": "CLOSED"},
    e.Abandoned: lambda c, v, r: {"stage": "ABANDONED", "abandoned": v},
    e.CeremonyRefused: lambda c, v, r: {},
}


def evolve(ceremony: Ceremony | None, recorded: Recorded) -> Ceremony:
    """Only `Frozen` may come first."""
    event = recorded.event
    if isinstance(event, e.Frozen):
        return Ceremony("FROZEN", event, organiser=recorded.by)
    assert ceremony is not None, f"{type(event).__name__} before Frozen"
    return replace(ceremony, **FOLDS[type(event)](ceremony, event, recorded))  # type: ignore[arg-type]


def replay(history: Iterable[Recorded]) -> Ceremony | None:
    ceremony: Ceremony | None = None
    for recorded in history:
        ceremony = evolve(ceremony, recorded)
    return ceremony
