"""Where a card of one key stands: every account of a channel that has it on record."""

from __future__ import annotations

from sqlalchemy import Connection, select

from storage.schema import screens


def holders(tx: Connection, channel: str, card_key: str) -> tuple[tuple[str, str], ...]:
    """(account, body) of each, the oldest first."""
    query = select(screens.c.account, screens.c.body).order_by(screens.c.id)
    rows = tx.execute(query.where(screens.c.channel == channel, screens.c.card_key == card_key))
    return tuple((row.account, row.body) for row in rows)
