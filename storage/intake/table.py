"""What an import reads and what it answers: a table of text, and the rows taken and refused."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Generic, TypeVar

Entry = TypeVar("Entry")
Progress = Callable[[int], None]


def unwatched(_rows: int) -> None:
    """The `progress` of an import nobody watches."""


@dataclass(frozen=True, slots=True)
class Row:
    """`number` is the row as the spreadsheet shows it, from 1; `cells` are in the headers' order."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """`source` is the file's name. `warnings` are sentences about the whole file.

    `rows` may be read from the file anew each time they are gone through; `about` is then how many there are at most.
    """

    source: str
    headers: tuple[str, ...]
    rows: Collection[Row]
    warnings: tuple[str, ...] = ()
    about: int = 0


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that did not go in, with the reason in Chinese and its cells as they were.

    `column` is the heading over what is wrong, `value` what stands there; "" where it is the row as a whole.
    """

    row: int
    reason: str
    values: tuple[str, ...]
    column: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Warned:
    """A row that went in though something about it should be looked at; `row` 0 speaks of the whole file."""

    row: int
    text: str


@dataclass(frozen=True, slots=True)
class Intake(Generic[Entry]):
    """`accepted` pairs the row number with the entry; () for targets, which are written as they are read.

    `columns` are the entry's fields the file speaks of: an update from this file may touch only these.
    """

    accepted: tuple[tuple[int, Entry], ...]
    rejected: tuple[Rejected, ...] = ()
    warnings: tuple[Warned, ...] = ()
    columns: frozenset[str] = frozenset()
