"""Opening the database: SQLite where nothing is configured, PostgreSQL where its address is given."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.schema import Table

BUSY_SECONDS = 30
_WRITING = "suijian_writing"


def open_database(url: str) -> Engine:
    """An engine for "sqlite:///path" or "postgresql+psycopg://…"; a SQLite file's folder is made."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True)
    Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, record: Any) -> None:
    # The driver's own BEGIN comes too late to lock; `_begin` issues it.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
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
    with engine.connect().execution_options(**{_WRITING: True}) as connection, connection.begin():
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Everything read inside is of one moment: what a writer commits meanwhile is not seen."""
    # SQLite reads from a snapshot by itself; PostgreSQL, left alone, takes a new one for every statement.
    snapshot = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with engine.connect().execution_options(**snapshot) as connection, connection.begin():
        yield connection


def lock(tx: Connection, name: str) -> None:
    """Waits until no other transaction holds the lock of that name, and holds it until this one ends.

    To be taken before the first read it protects. SQLite has one writer, so BEGIN IMMEDIATE has done it already.
    On PostgreSQL every statement sees what was committed before it began; once the lock is held, nobody else can
    commit to what it names, so what is read next stays true until this transaction has written. Two names that
    share a hash wait for each other without need, and nothing worse. See docs/decisions/one-writer.md.
    """
    if tx.dialect.name == "postgresql":
        tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


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
    dialect_insert = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
    return dialect_insert(table)
