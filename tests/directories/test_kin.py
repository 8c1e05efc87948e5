"""However a bureau saves its directory, the same targets go in; each row that does not is named with its reason."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.documents import decode
from storage.intake.reading import read_table
from storage.intake.targets import parse_targets, stream_targets
from tests.directories.kin import (
    HEADERS,
    LAID_OUT,
    OTHER_WORDS,
    SAVED,
    STATUSES,
    WRITTEN,
    Kin,
    in_file_order,
    kins,
    shuffled,
)
from workflows.directory import Target


def ids(row: tuple[str, ...]) -> str:
    return row[1] if len(row[1]) == 18 else "R:" + row[1]


@pytest.mark.rule("target-identity")
@pytest.mark.parametrize("saved", SAVED)
@settings(max_examples=12)
@given(
    kin=kins(),
    written=st.sampled_from(sorted(WRITTEN)),
    laid_out=st.sampled_from(sorted(LAID_OUT)),
    headers=st.sampled_from((HEADERS, OTHER_WORDS)),
    seed=st.integers(0, 99),
)
def test_files_of_one_kin_give_the_same_directory(
    saved: str, kin: Kin, written: str, laid_out: str, headers: tuple[str, ...], seed: int
) -> None:
    rows = WRITTEN[written](in_file_order(kin))
    with tempfile.TemporaryDirectory() as folder:
        path = SAVED[saved](Path(folder), LAID_OUT[laid_out](shuffled([headers, *rows], seed)))
        table = read_table(path)
        stream = stream_targets(table)
        streamed = [decode(data, Target) for _, _, data in stream]
        intake = parse_targets(table)
    found = [entry for _, entry in intake.accepted]
    assert [(one.id, one.name, one.status, one.address, one.phone) for one in found] == [
        (ids(row), row[0], STATUSES[row[2]], row[3], row[4]) for row in kin.rows
    ]
    again = {one.id for one in found}
    assert [one for one in streamed if one.name != "重复商店"] == found
    assert {one.id for one in streamed} == again
    assert len(intake.rejected) == len(kin.lost)
    for one, (_, says) in zip(intake.rejected, kin.lost, strict=True):
        assert says in one.reason
        assert one.reason.count("：请") == 1 or "以后一行为准" in one.reason


@pytest.mark.rule("target-identity")
def test_a_file_that_lost_its_digits_says_so(tmp_path: Path) -> None:
    """A spreadsheet keeps fifteen digits of a number: the rest is lost, and no kin of the file brings it back."""
    path = tmp_path / "名录.csv"
    path.write_text("企业名称,统一社会信用代码\n甲,9.1532822E+17\n乙,4.5E+14\n", encoding="gb18030")
    assert ["科学计数" in one.reason for one in parse_targets(read_table(path)).rejected] == [True, True]
