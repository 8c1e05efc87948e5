"""An event and its envelope. Past tense, never changed; a correction is a new event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Event:
    pass


@dataclass(frozen=True)
class Recorded:
    """An event with its envelope. `by` is a person id, `via` "channel:account", `at` UTC."""

    seq: int
    event: Event
    by: str
    via: str
    at: datetime
