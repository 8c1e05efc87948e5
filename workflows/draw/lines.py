"""The frozen file of a directory: one `id|stratum|weight|status` per entry, sorted by the bytes of the id (draw.md).

What is excluded stays in the file with its reason, so that the counts can be held against the register.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import zip_longest
from typing import NamedTuple
from unicodedata import category, is_normalized

from workflows.draw.tickets import ID
from workflows.errors import BadInput

ELIGIBLE = "E"
STATUS = re.compile(r"E|X:[0-9A-Za-z._-]{1,55}")
WEIGHT = re.compile(r"[1-9][0-9]{0,6}")
MOST_WEIGHT = 1_000_000
WELL_FRAMED = re.compile(rf"({ID.pattern})\|([^|]+)\|({WEIGHT.pattern})\|({STATUS.pattern})")


class Line(NamedTuple):
    """`weight` 1 to 1,000,000; `status` "E", or "X:" and why the entry is not drawn."""

    id: str
    stratum: str
    weight: int = 1
    status: str = ELIGIBLE

    @property
    def eligible(self) -> bool:
        return self.status == ELIGIBLE


class Difference(NamedTuple):
    """The first line, counted from 1, in which two files differ; "" where one of them has ended."""

    number: int
    before: str
    now: str


def parse(text: str, number: int = 1) -> Line:
    """One line without its line feed. BadInput names the line and the field."""
    found = WELL_FRAMED.fullmatch(text)
    if found:
        id, stratum, weight, status = found.groups()
        if plain(stratum) and int(weight) <= MOST_WEIGHT:
            return Line(id, stratum, int(weight), status)
    raise _fault(text, number)


def _fault(text: str, number: int) -> BadInput:
    """The first field of a line that cannot be read as it is."""
    fields = text.split("|")
    if len(fields) != 4:
        return BadInput(f"冻结名单第{number}行应为四栏，用“|”分隔；编号和分层名称里不能有“|”。")
    id, stratum, weight, status = fields
    if not ID.fullmatch(id):
        return BadInput(f"冻结名单第{number}行的编号“{id}”含有不允许的字符，请改正后重新冻结。")
    if not plain(stratum):
        return BadInput(
            f"冻结名单第{number}行的分层“{stratum}”为空、含控制字符或不是NFC写法，请改正后重新冻结。"
        )
    if not WEIGHT.fullmatch(weight) or int(weight) > MOST_WEIGHT:
        return BadInput(f"冻结名单第{number}行的权重“{weight}”应为1至1000000的整数，请改正后重新冻结。")
    return BadInput(f"冻结名单第{number}行的状态“{status}”应为 E 或 X:原因代码，请改正后重新冻结。")


@lru_cache(maxsize=4096)  # strata are few, lines many
def plain(name: str) -> bool:
    """Fit to stand in a line: not empty, NFC, without the separator and without control characters."""
    return (
        bool(name)
        and "|" not in name
        and is_normalized("NFC", name)
        and not any(category(character) in ("Cc", "Cs", "Zl", "Zp") for character in name)
    )


def freeze(entries: Iterable[Line]) -> tuple[str, ...]:
    """The whole file, sorted. BadInput for an entry that cannot be framed, or an id that stands there twice."""
    ordered = sorted(entries, key=lambda line: line.id.encode())
    file = tuple(f"{line.id}|{line.stratum}|{line.weight}|{line.status}" for line in ordered)
    # Read back once: what cannot be read is never written.
    deque(read(file), maxlen=0)
    return file


def read(file: Iterable[str]) -> Iterator[Line]:
    """The lines of a frozen file, in order and each once; a stream is enough."""
    before = b""
    for number, text in enumerate(file, start=1):
        line = parse(text, number)
        here = line.id.encode()
        if here == before:
            raise BadInput(f"冻结名单第{number}行的编号“{line.id}”与上一行重复，请去掉一条后重新冻结。")
        if here < before:
            raise BadInput(f"冻结名单第{number}行没有按编号排序，请重新生成名单。")
        before = here
        yield line


def first_difference(before: Sequence[str], now: Sequence[str]) -> Difference | None:
    for number, (was, is_) in enumerate(zip_longest(before, now, fillvalue=""), start=1):
        if was != is_:
            return Difference(number, was, is_)
    return None
