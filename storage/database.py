"""Opening the database: SQLite where nothing is configured, PostgreSQL where its address is given."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
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
    with engine.connect() as connection, connection.begin():
        yield connection


def insert(connection: Connection, table: Table) -> Any:
    """INSERT that knows ON CONFLICT, in the connection's dialect."""
    dialect_insert = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
    return dialect_insert(table)
