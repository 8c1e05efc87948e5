"""Writers of one SQLite file, in a queue, and the commits they share.

SQLite lets one writer in, and a commit waits for the disk. Whoever finds others waiting leaves the transaction open for
the next one and waits with it; the last of them commits for all. Nobody goes on before what it wrote is on the disk, so
nothing is acknowledged that a crash could take back; see docs/decisions/one-writer.md.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection, RootTransaction

MOST = 32  # parts in one commit: the first of them waits for all
PATIENCE = 0.05  # seconds until whoever waits looks whether the one to commit is still there


@dataclass
class Batch:
    """An open transaction. `done` is set when it has been committed, or has failed with `error`."""

    connection: Connection
    transaction: RootTransaction
    parts: int = 0
    done: threading.Event = field(default_factory=threading.Event)
    error: BaseException | None = None


@dataclass
class Queue:
    """`turn` is held by the one who writes; `open_one` belongs to whoever holds it. `coming` counts those who wait."""

    turn: threading.Lock = field(default_factory=threading.Lock)
    count: threading.Lock = field(default_factory=threading.Lock)
    coming: int = 0
    open_one: Batch | None = None


@contextmanager
def shared(queue: Queue, begin: Callable[[], Batch]) -> Iterator[Connection]:
    """A part of a batch, of its own or begun by somebody else; returns once the batch is on the disk."""
    batch = _take_over(queue, begin)
    try:
        if batch.parts:
            with savepoint(batch.connection):
                yield batch.connection
        else:
            yield batch.connection
    except BaseException:
        if batch.parts == 0:
            _end(queue, batch, kept=False)
        else:
            _hand_on(queue, batch)
        raise
    batch.parts += 1
    _hand_on(queue, batch)
    _wait_for(queue, batch)


@contextmanager
def savepoint(connection: Connection) -> Iterator[None]:
    """What is done inside stands or falls by itself. Past SQLAlchemy, whose own costs as much as five statements."""
    cursor = connection.connection.cursor()
    cursor.execute("SAVEPOINT part")
    try:
        yield
    except BaseException:
        cursor.execute("ROLLBACK TO SAVEPOINT part")
        raise
    finally:
        cursor.execute("RELEASE SAVEPOINT part")


def _take_over(queue: Queue, begin: Callable[[], Batch]) -> Batch:
    with queue.count:
        queue.coming += 1
    try:
        queue.turn.acquire()
    finally:
        with queue.count:
            queue.coming -= 1
    if queue.open_one is None:
        try:
            queue.open_one = begin()
        except BaseException:
            queue.turn.release()
            raise
    return queue.open_one


def _hand_on(queue: Queue, batch: Batch) -> None:
    """To whoever waits for their turn: they are sure to come, and will find the transaction open."""
    if queue.coming and batch.parts < MOST:
        queue.turn.release()
    else:
        _end(queue, batch, kept=True)


def _end(queue: Queue, batch: Batch, *, kept: bool) -> None:
    try:
        if kept:
            batch.transaction.commit()
        else:
            batch.transaction.rollback()
    except BaseException as error:
        batch.error = error
        batch.transaction.rollback()
    finally:
        batch.connection.close()
        queue.open_one = None
        batch.done.set()
        queue.turn.release()


def _wait_for(queue: Queue, batch: Batch) -> None:
    while not batch.done.wait(PATIENCE):
        # Whoever was to commit may have been interrupted before their turn came.
        if queue.turn.acquire(blocking=False):
            if queue.open_one is batch:
                _end(queue, batch, kept=True)
            else:
                queue.turn.release()
    if batch.error is not None:
        raise batch.error
