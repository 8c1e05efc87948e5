"""What an account has on its screen (web, terminal): messages in order, edited in place by their card key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select

from storage.people import hold_chat
from storage.schema import accounts, screens


@dataclass(frozen=True)
class Shown:
    """`rev` grows with every new or edited message of the account; an edited one keeps its id. `body` is JSON."""

    id: int
    rev: int
    mine: bool
    body: str
    at: datetime


def show(
    tx: Connection, channel: str, account: str, card_key: str, body: str, now: datetime, *, mine: bool = False
) -> None:
    """Adds a message at the end; an older one with the same card key leaves the screen."""
    here = _of(channel, account)
    rev = _next_rev(tx, channel, account)
    if card_key:
        tx.execute(screens.delete().where(*here, screens.c.card_key == card_key))
    row = {"channel": channel, "account": account, "card_key": card_key, "mine": int(mine)}
    tx.execute(screens.insert().values(**row, body=body, at=now, rev=rev))


def redraw(tx: Connection, channel: str, account: str, card_key: str, body: str) -> bool:
    """Replaces the card where it stands; False where it is not on screen or already looks so."""
    here = (*_of(channel, account), screens.c.card_key == card_key)
    rev = _next_rev(tx, channel, account)
    row = tx.execute(select(screens.c.id, screens.c.body).where(*here)).first()
    if row is None or row.body == body:
        return False
    tx.execute(screens.update().where(screens.c.id == row.id).values(body=body, rev=rev))
    return True


def remove(tx: Connection, channel: str, account: str, card_key: str) -> None:
    """Takes a card away. To be called after another was shown: a rev once seen must not come again."""
    tx.execute(screens.delete().where(*_of(channel, account), screens.c.card_key == card_key))


def has(tx: Connection, channel: str, account: str, card_key: str) -> bool:
    here = (*_of(channel, account), screens.c.card_key == card_key)
    return tx.execute(select(screens.c.id).where(*here)).first() is not None


def since(tx: Connection, channel: str, account: str, rev: int, limit: int = 200) -> tuple[Shown, ...]:
    """Messages changed after `rev`, oldest change first; the newest `limit` of them."""
    query = select(screens).where(*_of(channel, account), screens.c.rev > rev)
    rows = list(tx.execute(query.order_by(screens.c.rev.desc()).limit(limit)))
    return tuple(Shown(r.id, r.rev, bool(r.mine), r.body, r.at) for r in reversed(rows))


def _of(channel: str, account: str) -> tuple[ColumnElement[bool], ...]:
    return (screens.c.channel == channel, screens.c.account == account)


def _next_rev(tx: Connection, channel: str, account: str) -> int:
    """One more than any rev this account ever had: to be taken before a message leaves the screen.

    A reader asks for what came after the highest rev it saw, so a rev that becomes visible after a higher one, or
    comes a second time, is a message nobody is shown. The lock is held until this transaction ends: whoever takes
    the next number sees this one committed, or gone.
    """
    hold_chat(tx, _whose(tx, channel, account))
    last = tx.execute(select(func.max(screens.c.rev)).where(*_of(channel, account))).scalar()
    return int(last or 0) + 1


def _whose(tx: Connection, channel: str, account: str) -> str:
    """The person behind the account; an account nobody is behind yet has its screen to itself."""
    bound = (accounts.c.channel == channel) & (accounts.c.account == account)
    return tx.execute(select(accounts.c.person).where(bound)).scalar() or f"{channel}:{account}"
