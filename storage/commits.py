"""Writers of one SQLite file, in a queue, and the commits they share.

SQLite lets one writer in, and a commit waits for the disk. Whoever is first does the work of all who wait behind them,
each in a savepoint, and commits once. Nobody goes on before what it wrote is on the disk, so nothing is acknowledged that
a crash could take back; see docs/decisions/one-writer.md.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

MOST = 32  # jobs in one commit: the first of them waits for all
PAUSE = 0.0001  # seconds; waiting for the disk takes longer
Work = Callable[[Connection], Any]
Transaction = Callable[[], Any]  # gives a context manager over a connection that commits at its end


@dataclass(eq=False)
class Job:
    """`work` is None for a writer who will do it themselves once it is their turn. `wake` is released once."""

    work: Work | None
    wake: threading.Lock = field(default_factory=threading.Lock)
    ended: bool = False
    result: Any = None
    error: BaseException | None = None


@dataclass
class Queue:
    """`waiting` begins with the one who leads next; `busy` while anybody leads. Both belong to who holds `count`.

    `shared`: whether the last commit was that of several.
    """

    count: threading.Lock = field(default_factory=threading.Lock)
    waiting: deque[Job] = field(default_factory=deque)
    busy: bool = False
    shared: bool = False
    pause: Callable[[float], None] = time.sleep


def together(queue: Queue, transaction: Transaction, work: Work) -> Any:
    """What the work gives, once it is on the disk; raises what the work or the commit raised."""
    job = Job(work)
    _stand_in_line(queue, job)
    if not job.ended:
        _lead(queue, transaction)
    if job.error is not None:
        raise job.error
    return job.result


@contextmanager
def alone(queue: Queue) -> Iterator[None]:
    """The writer's turn, for who writes in a transaction of their own."""
    job = Job(None)
    _stand_in_line(queue, job)
    with queue.count:
        queue.waiting.popleft()
    try:
        yield
    finally:
        _hand_on(queue, ())


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


def _stand_in_line(queue: Queue, job: Job) -> None:
    """Returns when the job has ended or is the first in line, which then leads."""
    job.wake.acquire()
    with queue.count:
        queue.waiting.append(job)
        if not queue.busy:
            queue.busy = True
            return
    try:
        job.wake.acquire()
    except BaseException:
        _leave(queue, job)
        raise


def _leave(queue: Queue, job: Job) -> None:
    """Interrupted while waiting: who was to lead next lets the next one lead."""
    with queue.count:
        if job not in queue.waiting:
            return
        queue.waiting.remove(job)
        leading = not job.wake.locked()
    if leading:
        _hand_on(queue, ())


def _lead(queue: Queue, transaction: Transaction) -> None:
    if queue.shared:
        # Those the last commit held up are about to come again: without a pause whoever is first commits alone.
        queue.pause(PAUSE)
    with queue.count:
        jobs = list[Job]()
        while queue.waiting and queue.waiting[0].work and len(jobs) < MOST:
            jobs.append(queue.waiting.popleft())
    try:
        with transaction() as connection:
            for job in jobs:
                _do(job, connection, shared=len(jobs) > 1)
    except BaseException as error:
        for job in jobs:
            job.error = job.error or error
    finally:
        _hand_on(queue, jobs)


def _do(job: Job, connection: Connection, *, shared: bool) -> None:
    """In a savepoint where others' work lies in the same transaction; alone, what raises takes the transaction with it."""
    assert job.work is not None
    if not shared:
        job.result = job.work(connection)
        return
    try:
        with savepoint(connection):
            job.result = job.work(connection)
    except Exception as error:
        job.error = error


def _hand_on(queue: Queue, ended: list[Job] | tuple[Job, ...]) -> None:
    with queue.count:
        following = queue.waiting[0] if queue.waiting else None
        queue.busy = following is not None
        queue.shared = len(ended) > 1
    for job in ended:
        job.ended = True
        job.wake.release()
    if following:
        following.wake.release()
