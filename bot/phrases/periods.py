"""Spans of days as people say them: 今天, 下周三, 本月, 上个月, 9月21号, 近七天, 三天内, 第三季度, 9月1号到9月15号."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bot.phrases.meaning import Period

_DAYS = {"大后": 3, "后": 2, "明": 1, "今": 0, "当": 0, "昨": -1, "前": -2}
_WHICH = {"上上": -2, "上": -1, "": 0, "本": 0, "这": 0, "当": 0, "下": 1, "下下": 2}
_YEARS = {"前": -2, "去": -1, "今": 0, "本": 0, "明": 1}
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_WEEKDAYS = "一二三四五六日"
_UNIT_DAYS = {"天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7, "月": 30}
_N = r"(\d{1,3}|[一二两三四五六七八九十]{1,3})"
# A month this far ahead, named without its year, is the one that has gone by.
_MONTHS_AHEAD = 6


@dataclass(frozen=True)
class Found:
    start: int
    end: int
    period: Period


def periods(text: str, today: date) -> tuple[Found, ...]:
    """Every span named, in order, two of them joined by 到 or 至 as one. A day no calendar has is no span."""
    found = list(_each(text, today))
    joined: list[Found] = []
    for one in found:
        before = joined[-1] if joined else None
        if (
            before
            and text[before.end : one.start] in ("到", "至", "-", "~")
            and before.period[0] <= one.period[1]
        ):
            joined[-1] = Found(before.start, one.end, (before.period[0], one.period[1]))
        else:
            joined.append(one)
    return tuple(joined)


def _each(text: str, today: date) -> Iterator[Found]:
    at = 0
    while at < len(text):
        for pattern, read in _READERS:
            match = pattern.match(text, at)
            period = read(match, today) if match else None
            if match and period:
                yield Found(at, match.end(), period)
                at = match.end() - 1
                break
        at += 1


def number(said: str) -> int:
    """21, 二十一, 十, 两; up to 99 in words."""
    if said.isdecimal():
        return int(said)
    tens, ten, ones = said.rpartition("十")
    return (_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(ones, 0)


def month(year: int, number: int) -> Period:
    """The month, also counted past the year's ends: month 13 is the next January."""
    year, index = year + (number - 1) // 12, (number - 1) % 12 + 1
    return date(year, index, 1), date(year, index, calendar.monthrange(year, index)[1])


def _near(match: re.Match[str], today: date) -> Period:
    day = today + timedelta(days=_DAYS[match[1]])
    return day, day


def _week(match: re.Match[str], today: date) -> Period:
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=_WHICH[match[1] or ""])
    if not match[2]:
        return monday, monday + timedelta(days=6)
    weekday = _WEEKDAYS.index(match[2].replace("天", "日"))
    # 周三 alone is the next one from today on.
    plain = today + timedelta(days=(weekday - today.weekday()) % 7)
    day = monday + timedelta(days=weekday) if match[1] else plain
    return day, day


def _relative_month(match: re.Match[str], today: date) -> Period:
    return month(today.year, today.month + _WHICH[match[1]])


def _dated(match: re.Match[str], today: date) -> Period | None:
    named = number(match[2])
    if not 1 <= named <= 12:
        return None
    gone_by = named - today.month > _MONTHS_AHEAD
    year = _named_year(match[1], today) if match[1] else today.year - gone_by
    whole = month(year, named)
    if not match[3]:
        return whole
    day = number(match[3])
    return (date(year, named, day),) * 2 if 1 <= day <= whole[1].day else None


def _numbered(match: re.Match[str], today: date) -> Period | None:
    year, named, day = int(match[1]), int(match[2]), int(match[3])
    if not (1 <= named <= 12 and 1 <= day <= month(year, named)[1].day):
        return None
    return (date(year, named, day),) * 2


def _named_year(said: str, today: date) -> int:
    return int(said) if said.isdecimal() else today.year + _YEARS[said]


def _year(match: re.Match[str], today: date) -> Period:
    year = _named_year(match[1], today)
    return date(year, 1, 1), date(year, 12, 31)


def _half(match: re.Match[str], today: date) -> Period:
    first = 1 if match[1] == "上" else 7
    return month(today.year, first)[0], month(today.year, first + 5)[1]


def _quarter(match: re.Match[str], today: date) -> Period:
    this = (today.month - 1) // 3
    which = this + _WHICH[match[1]] if match[1] in _WHICH else number(match[1]) - 1
    return month(today.year, which * 3 + 1)[0], month(today.year, which * 3 + 3)[1]


def _last(match: re.Match[str], today: date) -> Period:
    return today - timedelta(days=number(match[1]) * _UNIT_DAYS[match[2]] - 1), today


def _coming(match: re.Match[str], today: date) -> Period:
    return today, today + timedelta(days=number(match[1]) * _UNIT_DAYS[match[2]])


_SPAN = _N + r"个?(天|日|周|星期|礼拜|月)"
_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], Period | None]], ...] = (
    (re.compile(r"((?:19|20)\d\d)[-/.](\d{1,2})[-/.](\d{1,2})"), _numbered),
    (re.compile(rf"(?<![\d])(?:((?:19|20)\d\d|[前去今本明])年的?)?{_N}月份?(?:{_N}[号日])?"), _dated),
    (re.compile(r"((?:19|20)\d\d|[前去今本明])年度?"), _year),
    (re.compile(r"(大后|[后明今当昨前])[天日儿]"), _near),
    (
        re.compile(
            r"(上上|下下|[上下本这当])?个?(?:周|星期|礼拜)(?:([一二三四五六日天])|(?<=[上下本这当个].)|(?<=[上下本这当个]..))"
        ),
        _week,
    ),
    (re.compile(r"([上下本这当])个?月"), _relative_month),
    (re.compile(r"([上下])半年"), _half),
    (re.compile(r"第?([一二三四1-4]|[上下本这])个?季度"), _quarter),
    (re.compile(rf"(?:最近|近|过去){_SPAN}"), _last),
    (re.compile(rf"(?:未来|接下来)?{_SPAN}(?:之内|以内|内)"), _coming),
)
