"""Row 13: the Merkle root over the lines of a frozen file, against the level lists one would write with hashlib."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256

from benchmarks.measure import FULL, Row, in_turn, medians, seconds
from workflows.draw.merkle import leaves, tree

LINES = 1_000_000 if FULL else 300_000
STREAMED = 100_000


def rows() -> Iterator[Row]:
    lines = list(_lines(LINES))
    if _ours(lines) != _plain(lines):
        raise RuntimeError("the two roots differ")
    peer, own, ratio = medians(
        in_turn(lambda: seconds(lambda: _plain(lines)), lambda: seconds(lambda: _ours(lines)))
    )
    said = (f"{peer:.2f} s", f"{own:.2f} s", f"{1 / ratio:.2f} × peer")
    yield Row("13", "Merkle root", f"{LINES:,} lines", *said, "≥ 1 ×", ratio <= 1)
    yield _memory()


def _memory() -> Row:
    """Beside the lines, which come as a stream. Traced, hence slow, hence apart from the times and over fewer lines."""
    peer, small, own = _peak(_plain, STREAMED), _peak(_ours, STREAMED // 4), _peak(_ours, STREAMED)
    said = (f"{peer:.1f} MB", f"{own:.1f} MB", f"{own / small:.2f} × ¼'s")
    return Row(
        "13", "the same, its memory", f"{STREAMED:,} streamed, once", *said, "no growth", own <= 1.1 * small
    )


def _lines(count: int) -> Iterator[str]:
    return (f"91530100{number:010}|FOOD:{number % 4}|1|E" for number in range(count))


def _ours(lines: Iterable[str]) -> str:
    return tree(leaves(lines)).root


def _plain(lines: Iterable[str]) -> str:
    level = [sha256(b"\x00" + line.encode()).digest() for line in lines]
    while len(level) > 1:
        above = [sha256(b"\x01" + level[at] + level[at + 1]).digest() for at in range(0, len(level) - 1, 2)]
        level = [*above, *level[2 * len(above) :]]
    return level[0].hex()


def _peak(root: Callable[[Iterable[str]], str], count: int) -> float:
    """MB that Python held at most at a time."""
    tracemalloc.start()
    root(_lines(count))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6
