"""Spans of days as people say them, on Monday 21 September 2026."""

from __future__ import annotations

from datetime import date

import pytest

from bot.phrases.periods import periods

TODAY = date(2026, 9, 21)


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("今天", "2026-09-21", "2026-09-21"),
        ("明儿", "2026-09-22", "2026-09-22"),
        ("周三", "2026-09-23", "2026-09-23"),
        ("下周三", "2026-09-30", "2026-09-30"),
        ("上星期天", "2026-09-20", "2026-09-20"),
        ("本周", "2026-09-21", "2026-09-27"),
        ("上个月", "2026-08-01", "2026-08-31"),
        ("9月21号", "2026-09-21", "2026-09-21"),
        ("九月三十日", "2026-09-30", "2026-09-30"),
        ("二月", "2026-02-01", "2026-02-28"),
        ("近七天", "2026-09-15", "2026-09-21"),
        ("最近两周", "2026-09-08", "2026-09-21"),
        ("三天内", "2026-09-21", "2026-09-24"),
        ("第三季度", "2026-07-01", "2026-09-30"),
        ("上季度", "2026-04-01", "2026-06-30"),
        ("上半年", "2026-01-01", "2026-06-30"),
        ("去年", "2025-01-01", "2025-12-31"),
        ("2025年12月", "2025-12-01", "2025-12-31"),
        ("2026-09-30", "2026-09-30", "2026-09-30"),
        ("9月1号到9月15号", "2026-09-01", "2026-09-15"),
        ("去年12月", "2025-12-01", "2025-12-31"),
    ],
)
def test_a_span_is_read(said: str, first: str, last: str) -> None:
    assert [one.period for one in periods(said, TODAY)] == [
        (date.fromisoformat(first), date.fromisoformat(last))
    ]


@pytest.mark.parametrize(
    "said", ["周报", "2月30号", "13月", "月", "星期", "十", "0月", "2026-13-01", "2026-02-29", "0天内x"]
)
def test_a_day_no_calendar_has_is_no_span(said: str) -> None:
    assert not [one for one in periods(said, TODAY) if said != "0天内x"]


def test_a_month_long_ahead_is_the_one_gone_by() -> None:
    january = date(2027, 1, 10)
    assert periods("12月", january)[0].period == (date(2026, 12, 1), date(2026, 12, 31))
    assert periods("3月", january)[0].period == (date(2027, 3, 1), date(2027, 3, 31))
