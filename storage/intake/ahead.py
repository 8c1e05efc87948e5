"""Reading ahead: the next batch of a file is read and checked while the one before is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def in_batches(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """The rows in lists of that size, made in a thread of their own, one list ahead of whoever takes them.

    It pays where the taking leaves Python, as a long statement of a database does. What `rows` raises is raised here.
    """
    waiting = iter(rows)
    with ThreadPoolExecutor(1, "reading-ahead") as reader:
        coming = reader.submit(_some, waiting, size)
        while batch := coming.result():
            coming = reader.submit(_some, waiting, size)
            yield batch


def _some(waiting: Iterator[T], size: int) -> list[T]:
    return list(islice(waiting, size))
