"""A directory read row by row: the quick way says what the thorough one says, and a file is taken in whole or not at all."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from storage import directories, importing, importing_targets
from storage.database import reading, writing
from storage.directory_versions import close, history
from storage.directory_writing import Counts
from storage.documents import encode
from storage.intake.reading import read_table
from storage.intake.table import Row, Table
from storage.intake.targets import parse_targets, stream_targets
from storage.migrate import migrate
from tests.databases import BACKENDS, fresh, opened
from tests.talking import START
from tests.test_importing import HEADERS, firm, wrong
from workflows.inspection.facts import local_day

COLUMNS = (*HEADERS, "电话", "标签", "成立日期", "风险等级", "法定代表人", "备注")
ODD = [
    "",
    " ",
    "无",
    "/",
    "存续",
    "注销",
    "？",
    "A",
    "2019-03-01",
    "甲;乙",
    "１３８",
    "é",
    "é",
    '"',
    "\\",
    "\u3000甲",
    "%s",
    "长" * 250,
    "N/A",
    "a\nb",
    "(1-1)",
]
PLAIN = ("甲", "13800000000", "食品;药品", "2019-03-01", "A", "", "")
cells = st.sampled_from(ODD) | st.text(max_size=4)


@st.composite
def nearly_plain(draw: st.DrawFn) -> tuple[str, ...]:
    """A row the quick way takes, but for a cell or two."""
    row = [*firm(draw(st.integers(0, 99))), *PLAIN[1:]]
    for at in draw(st.lists(st.integers(0, len(row) - 1), max_size=2)):
        row[at] = draw(cells if at != 1 else codes)
    return tuple(row)


codes = st.sampled_from([wrong(1)[1], firm(7)[1].lower(), firm(8)[1][:-1], "１２", "1234567890123", "", "无"])


@settings(max_examples=300)
@given(st.lists(nearly_plain(), max_size=6, unique_by=lambda row: row[1].upper()))
def test_the_quick_way_and_the_thorough_one_agree(rows: list[tuple[str, ...]]) -> None:
    clean = tuple(Row(n, tuple(cell.strip() for cell in row)) for n, row in enumerate(rows, 2))
    table = Table("表.csv", COLUMNS, clean)
    stream, whole = stream_targets(table), parse_targets(table)
    assert list(stream) == [(row, entry.id, encode(entry)) for row, entry in whole.accepted]
    assert (tuple(stream.rejected), tuple(stream.warnings)) == (whole.rejected, whole.warnings)


def test_a_plain_row_is_taken_the_quick_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else everything above would hold, and nothing be gained."""
    monkeypatch.setattr("storage.intake.targets._target", None)
    (one,) = stream_targets(Table("表.csv", HEADERS, (Row(2, firm(1)),)))
    assert one[:2] == (2, firm(1)[1])


def most_held(folder: Path, rows: int) -> int:
    """Bytes at most, beside what is kept for good, while a file of so many rows is gone through."""
    path = folder / f"{rows}.csv"
    lines = [HEADERS, *(firm(number, 住所="长" * 150) for number in range(rows))]
    path.write_text("\n".join(",".join(line) for line in lines), encoding="utf-8")
    tracemalloc.start()
    try:
        assert sum(1 for _ in stream_targets(read_table(path))) == rows
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_long_text_file_is_never_held(tmp_path: Path) -> None:
    """Both are longer than the two megabytes that may lie there at once, one just read and one before."""
    most_held(tmp_path, 10)  # what is looked up once, and then known
    short, long = most_held(tmp_path, 6_000), most_held(tmp_path, 12_000)
    sizes = [(tmp_path / f"{rows}.csv").stat().st_size for rows in (6_000, 12_000)]
    assert sizes[0] > 2 << 20
    assert long - short < (sizes[1] - sizes[0]) / 4


@pytest.fixture(params=BACKENDS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with fresh(request.param, tmp_path) as url, opened(url) as found:
        migrate(found)
        yield found


def load(
    engine: Engine, *rows: tuple[str, ...], later: int = 0, headers: tuple[str, ...] = HEADERS
) -> Counts:
    table = Table("对象.csv", headers, tuple(Row(n, row) for n, row in enumerate(rows, 2)))
    intake, counts = importing.load(engine, "targets", table, "对象", START + timedelta(days=later))
    assert len(intake.rejected) + counts.added + counts.changed + counts.same == len(rows)
    return counts


@pytest.mark.parametrize("batch", [1, 2, 100])
def test_of_one_target_twice_the_later_row_stands_however_far_apart(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(importing_targets, "BATCH", batch)
    assert load(engine, firm(1, 联系人="一"), firm(2), firm(1, 联系人="二")) == Counts(added=2)
    assert load(engine, firm(1, 联系人="三"), firm(3), firm(1, 联系人="二"), later=1) == Counts(
        added=1, same=1
    )
    assert load(engine, firm(1, 联系人="四"), firm(3), firm(1, 联系人="五"), later=2) == Counts(
        changed=1, same=1
    )
    with reading(engine) as tx:
        told = [version.entry for version in history(tx, "targets", firm(1)[1])]
        assert [entry.contact for entry in told] == ["二", "五"]  # type: ignore[union-attr]
        assert {one.contact for one in directories.all_targets(tx)} == {"五", "张三"}


@pytest.mark.parametrize("batch", [1, 100])
def test_who_had_left_and_is_in_a_file_twice_is_added_once(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(importing_targets, "BATCH", batch)
    load(engine, firm(1, 联系人="一"))
    with writing(engine) as tx:
        close(tx, "targets", [firm(1)[1]], START + timedelta(days=1))
    again = firm(1, 联系人="二"), firm(1, 联系人="三")
    assert load(engine, *again, later=2) == Counts(added=1)
    with reading(engine) as tx:
        first, last = history(tx, "targets", firm(1)[1])
        assert (first.until, last.since) == (
            local_day(START + timedelta(days=1)),
            local_day(START + timedelta(days=2)),
        )
        assert (first.entry.contact, last.entry.contact) == ("一", "三")  # type: ignore[union-attr]


def test_what_a_file_does_not_speak_of_stays(engine: Engine) -> None:
    load(engine, firm(1, 登记状态="注销"))
    assert load(engine, firm(1)[:2], headers=HEADERS[:2], later=1) == Counts(same=1)
    with reading(engine) as tx:
        (one,) = directories.all_targets(tx)
    assert (one.status, one.address) == ("deregistered", "某路1号")
