"""A code: how it looks, how long it lives, and how little guessing helps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.enrolment import (
    ACCOUNT,
    ALPHABET,
    HOUSE,
    LIFE,
    SPACE,
    Code,
    Limit,
    code_from,
    digest,
    matching,
    read_code,
    standing,
    wait_until,
)

NOW = datetime(2026, 9, 21, 1, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
numbers = st.integers(0, SPACE - 1)


def test_no_two_signs_of_a_code_look_alike() -> None:
    for alike in ("0O", "1IL", "2Z", "5S", "8B", "UV"):
        assert not set(alike) & set(ALPHABET)
    assert len(set(ALPHABET)) == len(ALPHABET)
    assert SPACE > 2**36


@given(numbers, numbers)
def test_two_numbers_give_two_codes(one: int, other: int) -> None:
    assert (code_from(one) == code_from(other)) == (one == other)


@given(numbers, st.sampled_from(["{}", " {} ", "绑定 {}", "绑定码：{}", "/start {}", "绑定{}"]))
def test_a_code_is_read_however_it_is_typed(number: int, around: str) -> None:
    code = code_from(number)
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in code)
    for typed in (
        code,
        code.lower(),
        code.replace("-", ""),
        code.replace("-", " "),
        code.replace("-", "—"),
        wide,
    ):
        assert read_code(around.format(typed)) == code


@given(st.text(max_size=80))
def test_whatever_is_read_as_a_code_is_one(said: str) -> None:
    code = read_code(said)
    assert code is None or (len(code) == 9 and set(code) <= {*ALPHABET, "-"})


@pytest.mark.parametrize(
    "said", ["", "任务", "K7MP-3QX", "K7MP-3QX99", "K7MP-3QX0", "我的码 K7MP-3QX9", "绑定码"]
)
def test_other_words_are_no_code(said: str) -> None:
    assert read_code(said) is None


def test_a_code_opens_for_a_day_once_and_until_it_is_withdrawn() -> None:
    code = Code(1, "P:1", NOW)
    assert standing(code, NOW) == "open"
    assert standing(code, NOW + LIFE - SECOND) == "open"
    assert standing(code, NOW + LIFE) == "expired"
    assert standing(Code(1, "P:1", NOW, used_at=NOW), NOW) == "used"
    assert standing(Code(1, "P:1", NOW, withdrawn_at=NOW), NOW) == "withdrawn"
    assert standing(None, NOW) == "wrong"


def test_what_is_kept_depends_on_the_salt_and_does_not_show_the_code() -> None:
    kept = digest("K7MP-3QX9", b"one")
    assert kept != digest("K7MP-3QX9", b"two")
    assert "K7MP" not in kept
    assert matching([(kept, Code(1, "P:1", NOW))], kept) == Code(1, "P:1", NOW)
    assert matching([(kept, Code(1, "P:1", NOW))], digest("K7MP-3QXA", b"one")) is None


def test_the_sixth_try_in_a_quarter_of_an_hour_waits() -> None:
    failed = [NOW + n * SECOND for n in range(5)]
    assert wait_until(failed[:4], ACCOUNT, NOW + 5 * SECOND) is None
    assert wait_until(failed, ACCOUNT, NOW + 5 * SECOND) == NOW + timedelta(minutes=15)
    assert wait_until(failed, ACCOUNT, NOW + timedelta(minutes=15)) is None


def test_the_house_waits_after_a_hundred_tries_of_whomever() -> None:
    failed = [NOW] * 100
    assert wait_until(failed[1:], HOUSE, NOW + SECOND) is None
    assert wait_until(failed, HOUSE, NOW + SECOND) == NOW + timedelta(minutes=15)


@given(st.integers(1, 40_000), st.integers(50, 200))
def test_whatever_the_pace_an_account_gets_twenty_tries_at_a_code(seconds: int, tries: int) -> None:
    """An account that tries as often as it may, the code's whole life long."""
    failed: list[datetime] = []
    moment = NOW
    while moment < NOW + LIFE and len(failed) < tries:
        end = wait_until(failed, ACCOUNT, moment)
        if end is None:
            failed.append(moment)
        moment = max(moment + seconds * SECOND, end or moment)
    assert len(failed) <= 20


@given(st.lists(st.integers(0, 3600), max_size=30), st.integers(1, 6), st.integers(1, 900))
def test_after_the_wait_a_try_is_allowed(at: list[int], tries: int, within: int) -> None:
    limit = (Limit(tries, timedelta(seconds=within)),)
    failed, now = [NOW + n * SECOND for n in at], NOW + timedelta(hours=1)
    end = wait_until(failed, limit, now)
    assert end is None or (end > now and wait_until(failed, limit, end) is None)
