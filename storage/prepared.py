"""Statements of SQLAlchemy, worked out once for each dialect and then handed to the driver as they are.

What a turn asks the database is the same every time. Building, looking up and wrapping a statement anew costs thirty
times what SQLite takes to answer it; see docs/decisions/one-writer.md. Everything rarer goes through SQLAlchemy.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Dialect, Table
from sqlalchemy.exc import DBAPIError

from storage.database import insert_of

Processor = Callable[[Any], Any]
# Its names are known only when a statement is prepared, which a type checker cannot follow.
_named: Any = namedtuple


@dataclass(frozen=True, slots=True)
class _Ready:
    """`order` names the parameters of a positional dialect, None for one that takes them by name; `fixed` are literals.

    `values` makes of what is given by name what the driver takes.
    """

    sql: str
    order: tuple[str, ...] | None
    fixed: dict[str, Any]
    binds: tuple[tuple[str, Processor], ...]
    results: tuple[tuple[int, Processor], ...]
    values: Callable[[dict[str, Any]], Any]
    row: Callable[[Iterable[Any]], Any]


@dataclass(frozen=True)
class Prepared:
    """`build` makes the statement for a dialect's name; an INSERT names its `columns`, which are its parameters."""

    build: Callable[[str], Any]
    columns: tuple[str, ...] = ()
    ready: dict[str, _Ready] = field(default_factory=dict)

    def run(self, tx: Connection, **given: object) -> None:
        _execute(tx, self._for(tx.dialect), given)

    def first(self, tx: Connection, **given: object) -> Any:
        """The first row, its columns as attributes; None where there is none."""
        ready = self._for(tx.dialect)
        found = _execute(tx, ready, given).fetchone()
        return None if found is None else _row(ready, found)

    def rows(self, tx: Connection, **given: object) -> list[Any]:
        ready = self._for(tx.dialect)
        return [_row(ready, found) for found in _execute(tx, ready, given).fetchall()]

    def _for(self, dialect: Dialect) -> _Ready:
        known = self.ready.get(dialect.name)
        if known is None:
            known = self.ready[dialect.name] = _prepare(self, dialect)
        return known


def prepared(statement: Any, *columns: str) -> Prepared:
    """A statement whose parameters are `bindparam`s; no list among them, which would need other SQL.

    `columns` are those of an INSERT.
    """
    return Prepared(lambda dialect: statement, columns)


def inserting(table: Table, *columns: str) -> Prepared:
    return Prepared(lambda dialect: table.insert(), columns)


def upserting(table: Table, key: Sequence[str], *changing: str) -> Prepared:
    """Writes a row, or changes the one that has its key."""

    def build(dialect: str) -> Any:
        statement = insert_of(dialect, table)
        set_ = {name: statement.excluded[name] for name in changing}
        return statement.on_conflict_do_update(index_elements=key, set_=set_)

    return Prepared(build, (*key, *changing))


def writing_once(table: Table, *columns: str, told: Sequence[Any] = ()) -> Prepared:
    """Writes a row unless one with its key is there, which stays as it is; `told` comes back of a row written."""

    def build(dialect: str) -> Any:
        statement = insert_of(dialect, table).on_conflict_do_nothing()
        return statement.returning(*told) if told else statement

    return Prepared(build, columns)


def _prepare(one: Prepared, dialect: Dialect) -> _Ready:
    statement = one.build(dialect.name)
    keys = one.columns if statement.is_insert else None
    compiled = statement.compile(dialect=dialect, column_keys=keys or None)
    told = [(column.key, column.type.dialect_impl(dialect)) for column in statement.exported_columns]
    asked = {name: bind for name, bind in compiled.binds.items() if bind.required}
    into = [(name, bind.type.dialect_impl(dialect).bind_processor(dialect)) for name, bind in asked.items()]
    out = [(at, kind.result_processor(dialect, None)) for at, (_, kind) in enumerate(told)]
    row = _named("Row", [name for name, _ in told], rename=True)
    order = tuple(compiled.positiontup) if compiled.positional else None
    return _Ready(
        str(compiled),
        order,
        {name: bind.effective_value for name, bind in compiled.binds.items() if not bind.required},
        tuple(pair for pair in into if pair[1]),
        tuple(pair for pair in out if pair[1]),
        _in_order(order),
        row._make,
    )


def _in_order(order: tuple[str, ...] | None) -> Callable[[dict[str, Any]], Any]:
    if order is None:
        return dict
    if len(order) > 1:
        return itemgetter(*order)
    return lambda given: tuple(given[name] for name in order)


def _execute(tx: Connection, ready: _Ready, given: dict[str, Any]) -> Any:
    for name, process in ready.binds:
        given[name] = process(given[name])
    if ready.fixed:
        given |= ready.fixed
    # The driver's own connection: the pool's costs as much for a cursor as SQLite for an answer.
    driver: Any = tx.connection.dbapi_connection
    try:
        return driver.execute(ready.sql, ready.values(given))
    except tx.dialect.loaded_dbapi.Error as error:
        raise _ours(tx, ready, error) from error


def _ours(tx: Connection, ready: _Ready, error: Exception) -> BaseException:
    told: BaseException = DBAPIError.instance(
        ready.sql, None, error, tx.dialect.loaded_dbapi.Error, dialect=tx.dialect
    )
    return told


def _row(ready: _Ready, found: Sequence[Any]) -> Any:
    if ready.results:
        found = list(found)
        for at, process in ready.results:
            found[at] = process(found[at])
    return ready.row(found)
