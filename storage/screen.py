"""What an account has on its screen (web, terminal): messages in order, edited in place by their card key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from storage.among import among_given, listed
from storage.database import one_writer
from storage.people import hold_chat
from storage.prepared import Prepared, prepared
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
_GIVEN = ("channel", "account", "card_key", "mine", "body", "at")
_NEXT_REV = select((func.coalesce(func.max(screens.c.rev), 0) + 1).label("rev")).where(*_OF)
_SHOW = prepared(screens.insert().values(rev=_NEXT_REV.scalar_subquery()).returning(screens.c.id), *_GIVEN)
_REMOVE = Prepared(
    lambda dialect: screens.delete().where(
        *_OF, screens.c.card_key.in_(among_given(dialect)), screens.c.id != bindparam("but")
    )
)
_SINCE = prepared(
    select(screens)
    .where(*_OF, screens.c.rev > bindparam("after"))
    .order_by(screens.c.rev.desc())
    .limit(bindparam("most"))
)
_REV = prepared(_NEXT_REV)
_WHOSE = prepared(
    select(accounts.c.person).where(
        accounts.c.channel == bindparam("of"), accounts.c.account == bindparam("whose")
    )
)


def show(
    tx: Connection,
    channel: str,
    account: str,
    card_key: str,
    body: str,
    now: datetime,
    *,
    mine: bool = False,
    instead: Iterable[str] = (),
) -> None:
    """Adds a message at the end; older ones with the same card key, or with one of `instead`, leave the screen."""
    _hold(tx, channel, account)
    row = {"channel": channel, "account": account, "card_key": card_key, "mine": int(mine), "body": body}
    shown = _SHOW.first(tx, of=channel, whose=account, at=now, **row)
    _remove(tx, channel, account, [card_key, *instead] if card_key else list(instead), but=shown.id)


def redraw(tx: Connection, channel: str, account: str, card_key: str, body: str) -> bool:
    """Replaces the card where it stands; False where it is not on screen or already looks so."""
    _hold(tx, channel, account)
    row = _STANDS.first(tx, of=channel, whose=account, key=card_key)
    if row is None or row.body == body:
        return False
    rev = _REV.first(tx, of=channel, whose=account).rev
    _REDRAW.run(tx, at=row.id, shown=body, next_rev=rev)
    return True


def remove(tx: Connection, channel: str, account: str, card_keys: Iterable[str]) -> None:
    """Takes cards away. To be called after another was shown: a rev once seen must not come again."""
    _remove(tx, channel, account, list(card_keys), but=0)


def _remove(tx: Connection, channel: str, account: str, keys: list[str], *, but: int) -> None:
    if keys:
        _REMOVE.run(tx, of=channel, whose=account, but=but, ids=listed(keys))


def has(tx: Connection, channel: str, account: str, card_key: str) -> bool:
    return _STANDS.first(tx, of=channel, whose=account, key=card_key) is not None


def since(tx: Connection, channel: str, account: str, rev: int, limit: int = 200) -> tuple[Shown, ...]:
    """Messages changed after `rev`, oldest change first; the newest `limit` of them."""
    rows = _SINCE.rows(tx, of=channel, whose=account, after=rev, most=limit)
    return tuple(Shown(r.id, r.rev, bool(r.mine), r.body, r.at) for r in reversed(rows))


def _hold(tx: Connection, channel: str, account: str) -> None:
    """To be taken before a rev is: one more than any this account ever had, hence before a message leaves the screen.

    A reader asks for what came after the highest rev it saw, so a rev that becomes visible after a higher one, or
    comes a second time, is a message nobody is shown. The lock is held until this transaction ends: whoever takes
    the next number sees this one committed, or gone.
    """
    if not one_writer(tx):
        hold_chat(tx, _whose(tx, channel, account))


def _whose(tx: Connection, channel: str, account: str) -> str:
    """The person behind the account; an account nobody is behind yet has its screen to itself."""
    bound = _WHOSE.first(tx, of=channel, whose=account)
    return bound.person if bound else f"{channel}:{account}"
