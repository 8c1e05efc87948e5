"""Rows 1 to 4: a conversation turn, durable."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.chats import CHATS, TAPS, all_at_once, office, one_by_one
from benchmarks.echoes import bare, bare_at_once, orm
from benchmarks.measure import FULL, Row, in_turn, medians, p99
from benchmarks.postgres import empty

CASES = 10 if FULL else 2  # inspections begun by each chat in each run
ALONE = 100 if FULL else 30  # the same where there is but one chat


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as name, office() as at:
        folder, turns = Path(name), CHATS * CASES * len(TAPS)
        floor, ours, ratio = medians(
            in_turn(lambda: turns / sum(bare(folder, turns)), lambda: all_at_once(at, CASES))
        )
        work, size = f"durable turn, {CHATS} chats", f"{turns} turns"
        said = (f"{floor:.0f}/s", f"{ours:.0f}/s", f"{ratio:.2f} × floor")
        yield Row("1", work, size, *said, "≥ 0.4 × floor", ratio >= 0.4)
        peer, ours, ratio = medians(
            in_turn(lambda: orm(folder, CHATS, turns // CHATS), lambda: all_at_once(at, CASES))
        )
        said = (f"{peer:.0f}/s", f"{ours:.0f}/s", f"{ratio:.2f} × peer")
        yield Row("2", work, size, *said, "≥ 2.5 × peer", ratio >= 2.5)
        yield _on_postgresql(turns)
        turns = ALONE * len(TAPS)
        floor, ours, ratio = medians(
            in_turn(lambda: p99(bare(folder, turns)), lambda: p99(one_by_one(at, ALONE)))
        )
        said = (f"{floor * 1e3:.1f} ms", f"{ours * 1e3:.1f} ms", f"{ratio:.1f} × floor")
        yield Row("4", "turn latency p99, one chat", f"{turns} turns", *said, "≤ 6 × floor", ratio <= 6)


def _on_postgresql(turns: int) -> Row:
    def floor() -> float:
        with empty() as url:
            return bare_at_once(url, CHATS, turns // CHATS)

    with empty() as url, office(url) as at:
        against, ours, ratio = medians(in_turn(floor, lambda: all_at_once(at, CASES)))
    said = (f"{against:.0f}/s", f"{ours:.0f}/s", f"{ratio:.2f} × floor")
    work = f"durable turn, {CHATS} chats, PostgreSQL"
    return Row("3", work, f"{turns} turns", *said, "≥ 0.35 × floor", ratio >= 0.35)
