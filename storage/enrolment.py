"""Codes and the accounts bound with them. Every change stands on the trail of its person, without the code itself."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, Row, select

from storage import people, trail
from storage.database import insert, lock, writing
from storage.documents import encode
from storage.enrolment_schema import enrolment_codes as codes
from storage.enrolment_schema import enrolment_salt as salts
from storage.enrolment_schema import enrolment_tries as tries
from storage.people import Person
from storage.schema import accounts, inbox
from workflows.enrolment import ACCOUNT, HOUSE, LIFE, Code, digest, matching, read_code, standing, wait_until

# A code older than this is as unknown as one never issued; tries older than this are forgotten.
KNOWN_FOR = timedelta(days=30)
_LOCK = "enrolment"


@dataclass(frozen=True)
class Hand:
    """Who does it: `by` is a person's id, "" for the operator; `via` the account or "cli"; `cause` the turn."""

    by: str
    via: str
    cause: str = ""


@dataclass(frozen=True)
class Knock:
    """An account nobody is known behind, and what it typed. `channel` and `account` also name whose tries are counted.

    `binds` is the account to be bound, where that is another: a browser gets a new one with its new link.
    """

    channel: str
    account: str
    said: str
    cause: str
    binds: str = ""


@dataclass(frozen=True)
class Answer:
    """`outcome`: bound | already | unread | wait | wrong | used | withdrawn | expired. `until` with "wait" alone.

    The last four are for the organiser; whoever typed is told the same of all of them.
    """

    outcome: str
    person: Person | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Binding:
    channel: str
    account: str
    person: Person
    bound_at: datetime


@dataclass(frozen=True)
class Try:
    """A failed try; `person` is whose code it was, None for a code never issued."""

    channel: str
    at: datetime
    outcome: str
    person: Person | None


def issue(engine: Engine, dealt: Sequence[tuple[str, str]], hand: Hand, now: datetime) -> datetime:
    """Puts (person id, code) in force and withdraws what these people had open; returns when the codes expire."""
    with writing(engine) as tx:
        salt = _salt(tx)
    # Digesting takes its time by design: nobody else's turn should wait for it.
    digested = [(person, digest(code, salt)) for person, code in dealt]
    with writing(engine) as tx:
        lock(tx, _LOCK)
        tx.execute(tries.delete().where(tries.c.at < now - KNOWN_FOR))
        for person, kept in digested:
            _withdraw(tx, person, hand, now)
            row = {"digest": kept, "person": person, "issued_by": hand.by, "issued_at": now}
            number = tx.execute(codes.insert().values(row).returning(codes.c.id)).scalar_one()
            _note(tx, person, "CodeIssued", {"code": number, "expires_at": now + LIFE}, hand, now)
    return now + LIFE


def redeem(engine: Engine, knock: Knock, now: datetime) -> Answer:
    """Binds the account to the person whose open code was typed, or counts the failed try."""
    typed = read_code(knock.said)
    with writing(engine) as tx:
        lock(tx, _LOCK)
        binds = knock.binds or knock.account
        owner = people.behind(tx, knock.channel, binds)
        if owner:
            return Answer("already", owner)
        if typed is None:
            return Answer("unread")
        until = _wait(tx, knock, now)
        if until:
            return Answer("wait", until=until)
        code = _find(tx, typed, now)
        outcome = standing(code, now)
        if code is None or outcome != "open":
            _count(tx, knock, code, outcome, now)
            return Answer(outcome)
        tx.execute(codes.update().where(codes.c.id == code.id).values(used_at=now))
        people.bind(tx, knock.channel, binds, code.person, now)
        account = {"channel": knock.channel, "account": binds, "code": code.id}
        hand = Hand(code.person, f"{knock.channel}:{binds}", knock.cause)
        _note(tx, code.person, "AccountBound", account, hand, now)
        return Answer("bound", people.get(tx, code.person))


def revoke(engine: Engine, channel: str, account: str, hand: Hand, now: datetime) -> Person | None:
    """Ends a binding from the account's next turn on; returns whose it was, None where none was in force."""
    with writing(engine) as tx:
        lock(tx, _LOCK)
        owner = people.behind(tx, channel, account)
        if owner is None:
            return None
        here = (accounts.c.channel == channel) & (accounts.c.account == account)
        tx.execute(accounts.update().where(here).values(revoked_at=now))
        _note(tx, owner.id, "AccountRevoked", {"channel": channel, "account": account}, hand, now)
        return owner


def bindings(tx: Connection, person: str = "") -> tuple[Binding, ...]:
    """Accounts in force, of everybody or of one person, by person and then by age."""
    query = select(accounts).where(accounts.c.revoked_at.is_(None))
    query = query.where(accounts.c.person == person) if person else query
    known = {p.id: p for p in people.everybody(tx)}
    rows = tx.execute(query.order_by(accounts.c.person, accounts.c.bound_at, accounts.c.account))
    return tuple(Binding(r.channel, r.account, known[r.person], r.bound_at) for r in rows)


def without_account(tx: Connection) -> tuple[Person, ...]:
    bound = set(tx.execute(select(accounts.c.person).where(accounts.c.revoked_at.is_(None))).scalars())
    return tuple(p for p in people.everybody(tx) if p.id not in bound)


def open_codes(tx: Connection, now: datetime, person: str = "") -> tuple[Code, ...]:
    """Codes that would still open, of everybody or of one person, the oldest first."""
    query = select(codes).where(codes.c.issued_at > now - LIFE)
    query = query.where(codes.c.person == person) if person else query
    found = [_code(row) for row in tx.execute(query.order_by(codes.c.id))]
    return tuple(code for code in found if standing(code, now) == "open")


def failed_tries(tx: Connection, since: datetime) -> tuple[Try, ...]:
    """The organiser's view of who tried what, oldest first."""
    query = select(tries, codes.c.person).outerjoin(codes, codes.c.id == tries.c.code)
    known = {p.id: p for p in people.everybody(tx)}
    rows = tx.execute(query.where(tries.c.at > since).order_by(tries.c.id))
    return tuple(Try(r.channel, r.at, r.outcome, known.get(r.person or "")) for r in rows)


def forget_words(tx: Connection, channel: str, account: str, update_id: str, without: str) -> None:
    """Puts the turn `without` its words in the place of one in which a code was typed, once it is finished."""
    here = (inbox.c.channel == channel, inbox.c.account == account, inbox.c.update_id == update_id)
    tx.execute(inbox.update().where(*here).values(turn=without))


def _salt(tx: Connection) -> bytes:
    fresh = insert(tx, salts).values(id=1, salt=secrets.token_hex(16)).on_conflict_do_nothing()
    tx.execute(fresh)
    return bytes.fromhex(tx.execute(select(salts.c.salt)).scalar_one())


def _find(tx: Connection, typed: str, now: datetime) -> Code | None:
    given = digest(typed, _salt(tx))
    rows = tx.execute(select(codes).where(codes.c.issued_at > now - KNOWN_FOR))
    return matching([(row.digest, _code(row)) for row in rows], given)


def _code(row: Row[tuple[object, ...]]) -> Code:
    return Code(row.id, row.person, row.issued_at, row.used_at, row.withdrawn_at)


def _wait(tx: Connection, knock: Knock, now: datetime) -> datetime | None:
    rows = list(tx.execute(select(tries).where(tries.c.at > now - LIFE)))
    own = [row.at for row in rows if (row.channel, row.account) == (knock.channel, knock.account)]
    ends = (wait_until(own, ACCOUNT, now), wait_until([row.at for row in rows], HOUSE, now))
    return max((end for end in ends if end), default=None)


def _count(tx: Connection, knock: Knock, code: Code | None, outcome: str, now: datetime) -> None:
    row = {"channel": knock.channel, "account": knock.account, "at": now, "outcome": outcome}
    tx.execute(tries.insert().values(**row, code=code.id if code else None))
    if code:
        hand = Hand("", f"{knock.channel}:{knock.account}", knock.cause)
        _note(tx, code.person, "CodeRefused", {"code": code.id, "outcome": outcome}, hand, now)


def _withdraw(tx: Connection, person: str, hand: Hand, now: datetime) -> None:
    for code in open_codes(tx, now, person):
        tx.execute(codes.update().where(codes.c.id == code.id).values(withdrawn_at=now))
        _note(tx, person, "CodeWithdrawn", {"code": code.id}, hand, now)


def _note(tx: Connection, person: str, kind: str, data: object, hand: Hand, now: datetime) -> None:
    # Not only the lock of this module: others may write to a person's stream one day.
    lock(tx, f"person:{person}")
    entry = trail.Entry(kind, encode(data), hand.by, hand.via, hand.cause, now)
    trail.append(tx, f"person:{person}", [entry])
