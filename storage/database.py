"""Opening the database: SQLite where nothing is configured, PostgreSQL where its address is given."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, bindparam, create_engine, event, func, select
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.schema import Table

from storage.commits import Queue, alone, savepoint, together

BUSY_SECONDS = 30
# Web readers and writers, the portal, Telegram and the heartbeat at once; beyond the first, connections are opened anew.
POOL = {"pool_size": 24, "max_overflow": 16}
_WRITING = "suijian_writing"
T = TypeVar("T")
_LOCK = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("name"), 0)))
# Where this thread is writing: what it begins inside is part of that.
_mine = threading.local()
# SQLite lets one writer in and makes the others poll for it; in a queue of ours the next one starts at once.
_queues: WeakKeyDictionary[Engine, Queue] = WeakKeyDictionary()


def open_database(url: str) -> Engine:
    """An engine for "sqlite:///path" or "postgresql+psycopg://…"; a SQLite file's folder is made.

    What a statement was given, somebody's words or their number, stands in no error and so in no log.
    """
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, hide_parameters=True, **POOL)
    Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    arguments = {"timeout": BUSY_SECONDS, "check_same_thread": False}
    engine = create_engine(url, connect_args=arguments, hide_parameters=True, **POOL)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    _queues[engine] = Queue()
    return engine


def _prepare(connection: Any, record: Any) -> None:
    # The driver's own BEGIN comes too late to lock; `_begin` issues it.
    connection.isolation_level = None
    # A checkpoint makes one turn wait for what many wrote: every 40 MB, not every 4. What a savepoint would go back to
    # is small and needs no file.
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "wal_autocheckpoint=10000",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """A transaction that will write takes the write lock first.

    Two transactions that both read and then write would each wait for the other's read lock, and SQLite answers
    "database is locked" to one of them at once, whatever the timeout. With BEGIN IMMEDIATE the second simply waits
    its turn, so a turn in the chat never fails for being second.
    """
    writing = connection.get_execution_options().get(_WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes. Inside another one of this thread it is a part of it: kept with it, or gone with it.

    So whoever begins a turn decides what is kept together, and nobody below needs to know. A part that raises leaves
    nothing behind, whether or not the whole goes on.
    """
    whole = _begun(engine)
    if whole is not None:
        with savepoint(whole):
            yield whole
        return
    queue = _queues.get(engine)
    with alone(queue) if queue else nullcontext(), _transaction(engine) as connection:
        yield connection


@contextmanager
def _transaction(engine: Engine) -> Iterator[Connection]:
    with engine.connect().execution_options(**{_WRITING: True}) as connection, connection.begin():
        _mine.writing = connection
        try:
            yield connection
        finally:
            _mine.writing = None


def write(engine: Engine, work: Callable[[Connection], T]) -> T:
    """What `writing` is for, as a function: on SQLite it shares its commit with the work of others who wait beside it."""
    queue = _queues.get(engine)
    if queue is None or _begun(engine) is not None:
        with writing(engine) as tx:
            return work(tx)
    found: T = together(queue, lambda: _transaction(engine), work)
    return found


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Everything read inside is of one moment: what a writer commits meanwhile is not seen.

    Inside this thread's own writing it sees what that has written so far.
    """
    whole = _begun(engine)
    if whole is not None:
        yield whole
        return
    # SQLite reads from a snapshot by itself; PostgreSQL, left alone, takes a new one for every statement.
    snapshot = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with engine.connect().execution_options(**snapshot) as connection, connection.begin():
        yield connection


def _begun(engine: Engine) -> Connection | None:
    whole: Connection | None = getattr(_mine, "writing", None)
    return whole if whole is not None and whole.engine is engine else None


def is_part() -> bool:
    """Whether what this thread does now is part of something larger, which alone can be tried again."""
    return getattr(_mine, "writing", None) is not None


def one_writer(of: Connection | Engine) -> bool:
    """Whether who writes there is the only one until the transaction ends, whatever it is about."""
    return of.dialect.name == "sqlite"


def lock(tx: Connection, name: str) -> None:
    """Waits until no other transaction holds the lock of that name, and holds it until this one ends.

    To be taken before the first read it protects. SQLite has one writer, so BEGIN IMMEDIATE has done it already.
    On PostgreSQL every statement sees what was committed before it began; once the lock is held, nobody else can
    commit to what it names, so what is read next stays true until this transaction has written. Two names that
    share a hash wait for each other without need, and nothing worse. See docs/decisions/one-writer.md.
    """
    if tx.dialect.name == "postgresql":
        tx.execute(_LOCK, {"name": name})


# unique_violation, serialization_failure, deadlock_detected
_POSTGRESQL_CONFLICTS = ("23505", "40001", "40P01")
_SQLITE_CONFLICTS = (
    sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY,
    sqlite3.SQLITE_CONSTRAINT_UNIQUE,
    sqlite3.SQLITE_BUSY_SNAPSHOT,
)


def is_conflict(error: DBAPIError) -> bool:
    """Whether another transaction was merely first, so that the same attempt may well succeed now.

    A plain SQLITE_BUSY is none: it comes after `BUSY_SECONDS` of waiting, and nobody waits that long twice for a tap.
    """
    if isinstance(error.orig, sqlite3.Error):
        return getattr(error.orig, "sqlite_errorcode", None) in _SQLITE_CONFLICTS
    return getattr(error.orig, "sqlstate", None) in _POSTGRESQL_CONFLICTS


def insert(connection: Connection, table: Table) -> Any:
    """INSERT that knows ON CONFLICT, in the connection's dialect."""
    return insert_of(connection.dialect.name, table)


def insert_of(dialect: str, table: Table) -> Any:
    if dialect == "postgresql":
        # Forty milliseconds of every start on SQLite, which has no use for it.
        from sqlalchemy.dialects.postgresql import insert as postgresql_insert  # noqa: PLC0415

        return postgresql_insert(table)
    return sqlite_insert(table)
