"""Databases for tests: a SQLite file, and a PostgreSQL of the test run's own, each in a fresh copy for every test."""

from __future__ import annotations

import atexit
import itertools
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, text

from benchmarks import postgres
from benchmarks.postgres import administering
from bot.house import House
from storage.database import open_database, reading
from storage.schema import metadata
from tests.talking import Clock, demo_house, open_house

BACKENDS = ("sqlite", "postgresql")
_numbers = itertools.count(1)


@cache
def server() -> URL:
    with administering() as tx:
        # The tests ask about order and atomicity; what survives the machine losing power is PostgreSQL's own affair.
        tx.execute(text("ALTER SYSTEM SET fsync = off"))
        tx.execute(text("SELECT pg_reload_conf()"))
    return postgres.server()


def _administering() -> AbstractContextManager[Connection]:
    server()
    return administering()


@contextmanager
def fresh(backend: str, folder: Path, template: str = "template1") -> Iterator[str]:
    """The address of an empty database, or of a copy of `template`, gone afterwards."""
    if backend == "sqlite":
        yield f"sqlite:///{folder / 'suijian.db'}"
        return
    name = f"test_{next(_numbers)}"
    with _administering() as tx:
        tx.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    try:
        yield server().set(database=name).render_as_string(hide_password=False)
    finally:
        with _administering() as tx:
            tx.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@cache
def demo(backend: str) -> tuple[str, Clock]:
    """The demo loaded once: where its copy is to be taken from, and what time it was when it was done."""
    folder = Path(tempfile.mkdtemp(prefix="suijian-demo-"))
    atexit.register(shutil.rmtree, folder)
    if backend == "sqlite":
        house, clock = demo_house(folder)
        house.engine.dispose()
        return str(folder / "suijian.db"), clock
    with _administering() as tx:
        tx.execute(text("CREATE DATABASE demo"))
    house, clock = demo_house(folder, server().set(database="demo").render_as_string(hide_password=False))
    house.engine.dispose()
    return "demo", clock


@contextmanager
def demo_copy(backend: str, folder: Path) -> Iterator[tuple[House, Clock]]:
    """A house with the demo in it: two teams drawn and released, a third task only published."""
    source, clock = demo(backend)
    if backend == "sqlite":
        (folder / "suijian.db").write_bytes(Path(source).read_bytes())
    with fresh(backend, folder, "demo" if backend == "postgresql" else "") as url:
        house, own = open_house(folder, url)
        own.now = clock.now
        try:
            yield house, own
        finally:
            house.engine.dispose()


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    engine = open_database(url)
    try:
        yield engine
    finally:
        engine.dispose()


def everything(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, to see that nothing changed."""
    with reading(engine) as tx:
        return {
            table.name: sorted((tuple(row) for row in tx.execute(table.select())), key=repr)
            for table in metadata.sorted_tables
        }
