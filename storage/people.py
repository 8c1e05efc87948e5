"""People and their chat accounts. A person has one record and any number of accounts; an account has one person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from storage.database import lock
from storage.documents import decode, encode
from storage.prepared import prepared, upserting
from storage.schema import accounts, people

ROLES = {
    "inspector": "执法人员",
    "expert": "专家",
    "assistant": "辅助人员",
    "supervisor": "领导小组办公室",
    "organiser": "信息管理员",
    "legal": "法制审核员",
    "witness": "见证人",
}


@dataclass(frozen=True)
class Person:
    id: str
    name: str
    department: str
    roles: tuple[str, ...]


_SAVE = upserting(people, ["id"], "name", "department", "roles")
_BIND = upserting(accounts, ["channel", "account"], "person", "bound_at", "revoked_at")
_GET = prepared(select(people).where(people.c.id == bindparam("of")))
_IN_FORCE = accounts.c.revoked_at.is_(None)
_ACCOUNTS = prepared(
    select(accounts.c.channel, accounts.c.account)
    .where(accounts.c.person == bindparam("of"), _IN_FORCE)
    .order_by(accounts.c.bound_at)
)
_BEHIND = prepared(
    select(people)
    .join(accounts, accounts.c.person == people.c.id)
    .where(
        accounts.c.channel == bindparam("of"),
        accounts.c.account == bindparam("whose"),
        _IN_FORCE,
    )
)


def save(tx: Connection, person: Person) -> None:
    row = {"name": person.name, "department": person.department, "roles": encode(person.roles)}
    _SAVE.run(tx, id=person.id, **row)


def get(tx: Connection, person: str) -> Person | None:
    row = _GET.first(tx, of=person)
    return _person(row) if row else None


def named(tx: Connection, name: str) -> tuple[Person, ...]:
    """Everybody of that name, or with that id."""
    rows = tx.execute(select(people).where((people.c.name == name) | (people.c.id == name)))
    return tuple(_person(row) for row in rows)


def everybody(tx: Connection) -> tuple[Person, ...]:
    return tuple(_person(row) for row in tx.execute(select(people).order_by(people.c.id)))


def holding(tx: Connection, role: str) -> tuple[str, ...]:
    """Ids of the people who hold a role."""
    return tuple(p.id for p in everybody(tx) if role in p.roles)


def _person(row: object) -> Person:
    r = row
    return Person(r.id, r.name, r.department, decode(r.roles, tuple[str, ...]))  # type: ignore[attr-defined]


def bind(tx: Connection, channel: str, account: str, person: str, now: datetime) -> None:
    _BIND.run(tx, channel=channel, account=account, person=person, bound_at=now, revoked_at=None)


def behind(tx: Connection, channel: str, account: str) -> Person | None:
    """Who an account belongs to; None for an unbound or revoked one."""
    row = _BEHIND.first(tx, of=channel, whose=account)
    return _person(row) if row else None


def accounts_of(tx: Connection, person: str) -> tuple[tuple[str, str], ...]:
    """(channel, account) of every account of a person that is in force."""
    return tuple((row.channel, row.account) for row in _ACCOUNTS.rows(tx, of=person))


def hold_chat(tx: Connection, person: str) -> None:
    """Nobody else changes what this person's chats show or wait for until this transaction has ended.

    One lock for the screens of all their accounts and for what is awaited: an answer writes what is awaited and then
    the screen, a delivery the other way round, and with a lock for each they would wait for each other for ever.
    """
    lock(tx, f"chat:{person}")
