"""Reading ahead: the same rows in the same order, what goes wrong told where the rows are taken, never far ahead."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.intake.ahead import in_batches


@given(st.lists(st.integers()), st.integers(1, 7))
def test_every_row_comes_once_and_in_its_place(rows: list[int], size: int) -> None:
    batches = list(in_batches(rows, size))
    assert [row for batch in batches for row in batch] == rows
    assert all(len(batch) == size for batch in batches[:-1])


def test_what_breaks_off_a_file_is_told_after_the_rows_before_it() -> None:
    def rows() -> Iterator[int]:
        yield from (1, 2, 3)
        raise ValueError("第 4 行读不出来")

    taken = in_batches(rows(), 3)
    assert next(taken) == [1, 2, 3]
    with pytest.raises(ValueError, match="第 4 行"):
        next(taken)


def test_no_more_than_the_batch_in_hand_and_the_next_are_held() -> None:
    read: list[int] = []

    def rows() -> Iterator[int]:
        for number in range(1000):
            read.append(number)
            yield number

    for number, _ in enumerate(in_batches(rows(), 10), 1):
        assert len(read) <= 10 * (number + 1)
