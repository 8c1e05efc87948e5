"""Dates and times as people type them: 2026-09-21 10:00, 9月21日14:30, 明天9点, 下周三下午三点半, 十月九日, 下个月底, 202609211000."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta

from workflows.inspection.facts import CHINA, local_day

_NEAR = {"大后天": 3, "后天": 2, "明天": 1, "今天": 0, "今日": 0, "昨天": -1, "前天": -2}
_WEEKDAYS = "一二三四五六日"
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d))?")
_FULL = re.compile(r"(?:(\d{4})\s*[-年./]\s*)?(\d{1,2})\s*[-月./]\s*(\d{1,2})(?!\d)\s*[日号]?")
_DAY = re.compile(r"(\d{1,2})\s*[号日]")
_LATER = re.compile(r"(\d{1,3})\s*(?:天(?:之?后|以?内)?|(个?(?:周|星期|礼拜))(?:之?后|以?内))")
_WEEK = re.compile(r"(下|本|这|上)?个?(?:周|星期|礼拜)([一二三四五六日天])")
# As they are said on the phone, and what they stand for.
_SHORT = {
    "早上": "上午",
    "早晨": "上午",
    "明早": "明天上午",
    "今早": "今天上午",
    "明晚": "明天晚上",
    "今晚": "今天晚上",
}
_LEADING = re.compile(r"^(?:那就|就|改到|改成|约在|定在|约)+")
# 周末 ends on Sunday, as the month and the year on their last day: what is due by then may be done on it.
_END = re.compile(r"(下下|下|本|这|当|上)?个?(周|星期|礼拜|月|季度|年)[末底]")
_YEAR_END = re.compile(r"(今|明|本|当|\d{4})?年(?:年?底|末)")
_MONTH_END = re.compile(r"(?:(\d{4})年)?(\d{1,2})月(?:份?底|末)")
_ON = {"": 0, "本": 0, "这": 0, "当": 0, "下": 1, "下下": 2, "上": -1}
_CLOCK = re.compile(
    r"(?P<part>上午|中午|下午|傍晚|晚上|夜里)?\s*(?P<hour>\d{1,2})\s*[:点时]\s*"
    r"(?:(?P<quarters>[一三13])刻|(?P<half>半)|(?P<minutes>\d{1,2}))?"
)
_NUMERALS = "零一二三四五六七八九"
_SPOKEN = re.compile(
    r"(?:周|星期|礼拜)[一二三四五六日天]|[〇零一二两三四五六七八九十]+(?=[年月日号点时分天半周]|个?星期|个?礼拜|$)"
)
_NIGHT = ("晚上", "夜里")
_AFTERNOON = ("中午", "下午", "傍晚", *_NIGHT)


def read_day(said: str, now: datetime, *, past: bool = False) -> date | None:
    """The day meant. Without a year it is the next such day from today on, or the last one where the past is meant."""
    found = _day_in(_plain(said), local_day(now), past)
    return found[0] if found else None


def read_moment(said: str, now: datetime) -> datetime | None:
    """The moment meant, in China; None where the words hold no day and time."""
    plain = _plain(said)
    compact = _COMPACT.fullmatch(plain)
    if compact and compact[4]:
        return _moment(_date(*(int(compact[n]) for n in (1, 2, 3))), int(compact[4]), int(compact[5]))
    found = _day_in(plain, local_day(now), past=False)
    clock = _CLOCK.search(found[1]) if found else None
    if found is None or clock is None:
        return None
    hour = _hour(clock["part"], int(clock["hour"]))
    return None if hour is None else _moment(found[0], hour, _minute(clock))


def _hour(part: str | None, said: int) -> int | None:
    """中午11点 is before noon, 中午1点 after it; 下午12点 is noon itself. Of 晚上12点 and 晚上1点 nobody knows the day."""
    if part in _NIGHT and (said == 12 or said < 5):
        return None
    return said + 12 if part in _AFTERNOON and said <= (9 if part == "中午" else 11) else said


def _minute(clock: re.Match[str]) -> int:
    if clock["quarters"]:
        return 45 if clock["quarters"] in "三3" else 15
    return 30 if clock["half"] else int(clock["minutes"] or 0)


def _plain(said: str) -> str:
    plain = _LEADING.sub("", unicodedata.normalize("NFKC", said).strip())
    for short, whole in _SHORT.items():
        plain = plain.replace(short, whole)
    return _SPOKEN.sub(_in_digits, plain)


def _in_digits(spoken: re.Match[str]) -> str:
    """三 as 3, 十二 as 12, 二〇二六 as 2026; the day of a week stays a word, and so does 十十."""
    words = spoken[0].replace("两", "二").replace("〇", "零")
    if words[0] not in _NUMERALS and words[0] != "十":
        return spoken[0]
    tens, ten, ones = words.partition("十")
    if not ten:
        return "".join(str(_NUMERALS.index(sign)) for sign in words)
    if len(tens) > 1 or len(ones) > 1 or ones == "十":
        return spoken[0]
    return str(10 * (_NUMERALS.index(tens) if tens else 1) + (_NUMERALS.index(ones) if ones else 0))


def _day_in(plain: str, today: date, past: bool) -> tuple[date, str] | None:
    """The day and the words after it."""
    for word, days in _NEAR.items():
        if plain.startswith(word):
            return today + timedelta(days=days), plain.removeprefix(word)
    last = _last_day(plain, today, past)
    if last:
        return last
    compact, later, week = _COMPACT.fullmatch(plain), _LATER.match(plain), _WEEK.match(plain)
    full, alone = _FULL.search(plain), _DAY.match(plain)
    day: date | None
    if compact:
        day, end = _date(int(compact[1]), int(compact[2]), int(compact[3])), len(plain)
    elif later:
        day, end = today + timedelta(days=int(later[1]) * (7 if later[2] else 1)), later.end()
    elif week:
        day, end = _weekday(week[1], _WEEKDAYS.index(week[2].replace("天", "日")), today, past), week.end()
    elif full:
        year = int(full[1]) if full[1] else None
        day, end = _dated(year, int(full[2]), int(full[3]), today, past), full.end()
    elif alone:
        day, end = _day_of_month(int(alone[1]), today, past), alone.end()
    else:
        return None
    return (day, plain[end:]) if day else None


def _last_day(plain: str, today: date, past: bool) -> tuple[date, str] | None:
    """月底, 下个月底, 10月底, 年底, 明年底, 下周末: the last day of it."""
    year, month, end = _YEAR_END.match(plain), _MONTH_END.match(plain), _END.match(plain)
    day: date | None = None
    if year:
        named = {"明": today.year + 1}.get(year[1] or "", today.year)
        day = _date(int(year[1]) if (year[1] or "").isdecimal() else named, 12, 31)
    elif month:
        day = _dated_month(int(month[1]) if month[1] else None, int(month[2]), today, past)
    elif end:
        day = _end_of(end[2], _ON[end[1] or ""], today)
    found = year or month or end
    return (day, plain[found.end() :]) if day and found else None


def _end_of(unit: str, on: int, today: date) -> date | None:
    """The last day of the week, month, quarter or year that is `on` after today's."""
    if unit == "月":
        return _month_end(today.year, today.month + on)
    if unit == "季度":
        return _month_end(today.year, ((today.month - 1) // 3 + 1 + on) * 3)
    if unit == "年":
        return date(today.year + on, 12, 31)
    return today - timedelta(days=today.weekday()) + timedelta(days=7 * on + 6)


def _month_end(year: int, month: int) -> date | None:
    """Also counted past the year's end: month 13 is the next January. None in a year no date can have."""
    following = _date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1) if following and year else None


def _dated_month(year: int | None, month: int, today: date, past: bool) -> date | None:
    if not 1 <= month <= 12:
        return None
    if year is not None:
        return _month_end(year, month)
    ends = (_month_end(y, month) for y in (today.year - 1, today.year, today.year + 1))
    fit = [day for day in ends if day and (day <= today if past else day >= today)]
    return (fit[-1] if past else fit[0]) if fit else None


def _weekday(which: str | None, weekday: int, today: date, past: bool) -> date:
    """周三 is the next one from today on, or the last; 本周三 that of this week, 下周三 and 上周三 of those beside it."""
    if which:
        return today + timedelta(days=7 * _ON[which] + weekday - today.weekday())
    ahead = (weekday - today.weekday()) % 7
    return today + timedelta(days=ahead - 7 if past and ahead else ahead)


def _day_of_month(day: int, today: date, past: bool) -> date | None:
    """30号: the next month that has such a day, this one first; or the last that had it."""
    months = (today.month + (-n if past else n) for n in range(3))
    ends = [_month_end(today.year, month) for month in months]
    meant = (_date(end.year, end.month, day) for end in ends if end)
    return next((d for d in meant if d and (d <= today if past else d >= today)), None)


def _dated(year: int | None, month: int, day: int, today: date, past: bool) -> date | None:
    if year is not None:
        return _date(year, month, day)
    years = (today.year, today.year - 1) if past else (today.year, today.year + 1)
    meant = (_date(y, month, day) for y in years)
    return next((d for d in meant if d and (d <= today if past else d >= today)), None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _moment(day: date | None, hour: int, minute: int) -> datetime | None:
    if day is None or hour > 23 or minute > 59:
        return None
    return datetime.combine(day, time(hour, minute), CHINA)
