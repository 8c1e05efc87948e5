"""What every conversation needs, wired once by `bootstrap`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from storage.lawbook import Lawbook


@dataclass(frozen=True)
class House:
    """`clock` gives the aware present, `draw_seed` 32 fresh bytes as hex.

    `evidence` is the folder of kept bytes, `archive` that of closed cases.
    `origin` is the public address of the web chat, "" where it has none.
    """

    engine: Engine
    lawbook: Lawbook
    evidence: Path
    archive: Path
    clock: Callable[[], datetime]
    draw_seed: Callable[[], str]
    origin: str = ""
