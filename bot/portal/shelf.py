"""The draws of a house as the public may have them: each ceremony from the moment its result is sealed."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import Connection

from bot.house import House
from bot.portal.published import Draw, Shelf
from storage import ceremonies, transcripts
from storage.ceremonies import Kept
from storage.database import reading
from workflows.draw.ceremony.events import Held

# A released draw is recomputed for its transcript: once, and not for everybody who asks.
MOST_KEPT = 16


def shelf(house: House) -> Shelf:
    def draws() -> tuple[Draw, ...]:
        with reading(house.engine) as tx:
            return tuple(_draw(tx, kept) for kept in ceremonies.everywhere(tx) if kept.ceremony.held)

    @lru_cache(MOST_KEPT)
    def text(draw: Draw) -> str:
        with reading(house.engine) as tx:
            return transcripts.written(tx, draw.plan)

    return Shelf(draws, text)


def _draw(tx: Connection, kept: Kept) -> Draw:
    told = ceremonies.history(tx, kept.id)
    when = next(one.at for one in told if isinstance(one.event, Held))
    return Draw(kept.id, kept.task.name, when, kept.ceremony.abandoned is not None, f"{told[-1].seq}")
