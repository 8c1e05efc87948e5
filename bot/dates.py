"""Dates and times as people type them: 2026-09-21 10:00, 9月21日14:30, 明天9点, 202609211000."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta

from workflows.inspection.facts import CHINA, local_day

_NEAR = {"今天": 0, "明天": 1, "后天": 2}
_COMPACT = re.compile(r"^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)$")
_FULL = re.compile(r"(?:(\d{4})\s*[-年./])?\s*(\d{1,2})\s*[-月./]\s*(\d{1,2})\s*日?")
_CLOCK = re.compile(r"(上午|下午|晚上)?\s*(\d{1,2})\s*[:点时]\s*(?:(\d{1,2})|(半))?")


def read_day(said: str, now: datetime) -> date | None:
    """The day meant; a day without a year is the next such day from today on."""
    plain = unicodedata.normalize("NFKC", said).strip()
    today = local_day(now)
    for word, days in _NEAR.items():
        if plain.startswith(word):
            return today + timedelta(days=days)
    if later := re.fullmatch(r"(\d{1,3})天(?:后|内)?", plain):
        return today + timedelta(days=int(later[1]))
    found = _FULL.search(plain)
    return _day(found[1], int(found[2]), int(found[3]), today) if found else None


def _day(year: str | None, month: int, day: int, today: date) -> date | None:
    try:
        if year:
            return date(int(year), month, day)
        meant = date(today.year, month, day)
        return meant if meant >= today else date(today.year + 1, month, day)
    except ValueError:
        return None


def read_moment(said: str, now: datetime) -> datetime | None:
    """The moment meant, in China; None where the words hold no day and time."""
    plain = unicodedata.normalize("NFKC", said).strip()
    compact = _COMPACT.match(plain)
    try:
        if compact:
            return datetime(*(int(part) for part in compact.groups()), tzinfo=CHINA)  # type: ignore[misc, arg-type]
        day = read_day(plain, now)
        clock = _CLOCK.search(plain.split("日")[-1] if "日" in plain else plain)
        if day is None or clock is None:
            return None
        hour = int(clock[2]) + (12 if clock[1] in ("下午", "晚上") and int(clock[2]) < 12 else 0)
        return datetime.combine(day, time(hour, 30 if clock[4] else int(clock[3] or 0)), CHINA)
    except ValueError:
        return None
