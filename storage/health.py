"""How the service is: when it last swept, what is due or on its way and since when, what nobody tries any more, whom it
cannot reach.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from storage import deliveries, marks, reach
from storage.outbox import GivenUp, undelivered
from storage.outbox import given_up as given_up_here
from storage.reminders_schema import pending, reminders

STALE = timedelta(minutes=5)
LONG = timedelta(hours=1)


@dataclass(frozen=True)
class Health:
    """`swept_at` to the minute, None where nobody ever swept; `undelivered` counts messages and accounts they go to.

    `due` may wait for the morning: at night, at weekends and on holidays only what is urgent is said. `lost` accounts
    were left by their persons, which is theirs to mend; `shut` channels no longer let us in, which is ours.
    """

    swept_at: datetime | None
    due: int
    undelivered: int
    oldest_at: datetime | None
    given_up: int
    lost: int = 0
    shut: tuple[str, ...] = ()

    def is_well(self, now: datetime) -> bool:
        """Swept just now, every channel open, nothing given up, nothing long on its way."""
        swept = self.swept_at is not None and now - self.swept_at < STALE
        stuck = self.given_up or self.shut or (self.oldest_at is not None and now - self.oldest_at >= LONG)
        return swept and not stuck


def health(tx: Connection, now: datetime) -> Health:
    due = tx.execute(select(func.count()).where(pending, reminders.c.due_at <= now)).scalar_one()
    (here, first), (there, earliest) = undelivered(tx), deliveries.undelivered(tx)
    oldest = min((at for at in (first, earliest) if at), default=None)
    return Health(
        marks.at(tx, marks.SWEPT),
        due,
        here + there,
        oldest,
        len(given_up(tx)),
        len(reach.lost(tx)),
        reach.shut_channels(tx),
    )


def given_up(tx: Connection) -> tuple[GivenUp, ...]:
    """What nobody tries any more, on our own screens and on any platform."""
    return (*given_up_here(tx), *deliveries.given_up(tx))
