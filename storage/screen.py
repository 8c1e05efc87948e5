"""What an account has on its screen (web, terminal): messages in order, edited in place by their card key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from storage.database import one_writer
from storage.people import hold_chat
from storage.prepared import inserting, prepared
from storage.schema import accounts, screens


@dataclass(frozen=True)
class Shown:
    """`rev` grows with every new or edited message of the account; an edited one keeps its id. `body` is JSON."""

    id: int
    rev: int
    mine: bool
    body: str
    at: datetime


_OF = (screens.c.channel == bindparam("of"), screens.c.account == bindparam("whose"))
_KEYED = (*_OF, screens.c.card_key == bindparam("key"))
_STANDS = prepared(select(screens.c.id, screens.c.body).where(*_KEYED))
_REDRAW = prepared(
    screens.update()
    .where(screens.c.id == bindparam("at"))
    .values(body=bindparam("shown"), rev=bindparam("next_rev"))
)
_SHOW = inserting(screens, "channel", "account", "card_key", "mine", "body", "at", "rev")
# So many cards leave in one statement; of fewer, the last is named again.
_AT_ONCE = 8
_REMOVE = prepared(
    screens.delete().where(*_OF, screens.c.card_key.in_(bindparam(f"key{n}") for n in range(_AT_ONCE)))
)
_SINCE = prepared(
    select(screens)
    .where(*_OF, screens.c.rev > bindparam("after"))
    .order_by(screens.c.rev.desc())
    .limit(bindparam("most"))
)
_LAST_REV = prepared(select(func.max(screens.c.rev).label("rev")).where(*_OF))
_WHOSE = prepared(
    select(accounts.c.person).where(
        accounts.c.channel == bindparam("of"), accounts.c.account == bindparam("whose")
    )
)


def show(
    tx: Connection, channel: str, account: str, card_key: str, body: str, now: datetime, *, mine: bool = False
) -> None:
    """Adds a message at the end; an older one with the same card key leaves the screen."""
    rev = _next_rev(tx, channel, account)
    if card_key:
        remove(tx, channel, account, [card_key])
    row = {"channel": channel, "account": account, "card_key": card_key, "mine": int(mine)}
    _SHOW.run(tx, **row, body=body, at=now, rev=rev)


def redraw(tx: Connection, channel: str, account: str, card_key: str, body: str) -> bool:
    """Replaces the card where it stands; False where it is not on screen or already looks so."""
    rev = _next_rev(tx, channel, account)
    row = _STANDS.first(tx, of=channel, whose=account, key=card_key)
    if row is None or row.body == body:
        return False
    _REDRAW.run(tx, at=row.id, shown=body, next_rev=rev)
    return True


def remove(tx: Connection, channel: str, account: str, card_keys: Iterable[str]) -> None:
    """Takes cards away. To be called after another was shown: a rev once seen must not come again."""
    keys = list(card_keys)
    for first in range(0, len(keys), _AT_ONCE):
        named = keys[first : first + _AT_ONCE]
        named += named[-1:] * (_AT_ONCE - len(named))
        _REMOVE.run(tx, of=channel, whose=account, **{f"key{n}": key for n, key in enumerate(named)})


def has(tx: Connection, channel: str, account: str, card_key: str) -> bool:
    return _STANDS.first(tx, of=channel, whose=account, key=card_key) is not None


def since(tx: Connection, channel: str, account: str, rev: int, limit: int = 200) -> tuple[Shown, ...]:
    """Messages changed after `rev`, oldest change first; the newest `limit` of them."""
    rows = _SINCE.rows(tx, of=channel, whose=account, after=rev, most=limit)
    return tuple(Shown(r.id, r.rev, bool(r.mine), r.body, r.at) for r in reversed(rows))


def _next_rev(tx: Connection, channel: str, account: str) -> int:
    """One more than any rev this account ever had: to be taken before a message leaves the screen.

    A reader asks for what came after the highest rev it saw, so a rev that becomes visible after a higher one, or
    comes a second time, is a message nobody is shown. The lock is held until this transaction ends: whoever takes
    the next number sees this one committed, or gone.
    """
    if not one_writer(tx):
        hold_chat(tx, _whose(tx, channel, account))
    return int(_LAST_REV.first(tx, of=channel, whose=account).rev or 0) + 1


def _whose(tx: Connection, channel: str, account: str) -> str:
    """The person behind the account; an account nobody is behind yet has its screen to itself."""
    bound = _WHOSE.first(tx, of=channel, whose=account)
    return bound.person if bound else f"{channel}:{account}"
