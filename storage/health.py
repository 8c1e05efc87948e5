"""How the service is: when it last swept, what is due, what is on its way and since when, what nobody tries any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from storage import marks
from storage.outbox import undelivered
from storage.reminders_schema import pending, reminders
from storage.schema import deliveries, outbox

STALE = timedelta(minutes=5)
LONG = timedelta(hours=1)


@dataclass(frozen=True)
class Health:
    """`swept_at` to the minute, None where nobody ever swept; `undelivered` counts messages and accounts they go to.

    `due` may wait for the morning: at night, at weekends and on holidays only what is urgent is said.
    """

    swept_at: datetime | None
    due: int
    undelivered: int
    oldest_at: datetime | None
    given_up: int

    def is_well(self, now: datetime) -> bool:
        """Swept just now, nothing given up, nothing long on its way."""
        swept = self.swept_at is not None and now - self.swept_at < STALE
        return swept and not self.given_up and (self.oldest_at is None or now - self.oldest_at < LONG)


def health(tx: Connection, now: datetime) -> Health:
    due = tx.execute(select(func.count()).where(pending, reminders.c.due_at <= now)).scalar_one()
    given_up = tx.execute(select(func.count()).where(outbox.c.given_up_at.is_not(None))).scalar_one()
    (here, first), (there, earliest) = undelivered(tx), _on_their_way(tx)
    oldest = min((at for at in (first, earliest) if at), default=None)
    return Health(marks.at(tx, marks.SWEPT), due, here + there, oldest, given_up)


def _on_their_way(tx: Connection) -> tuple[int, datetime | None]:
    """To the accounts of chat platforms, in the same way as `undelivered`."""
    joined = outbox.join(deliveries, deliveries.c.outbox == outbox.c.id)
    query = select(func.count(), func.min(outbox.c.created_at)).select_from(joined)
    count, oldest = tx.execute(query.where(deliveries.c.done_at.is_(None))).one()
    return count, oldest
