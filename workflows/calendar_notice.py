"""Reading a year's holidays: the State Council's notice as published, or a CSV of 日期,休/班."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import zip_longest

from workflows.calendar_fixed import YearTable, statutory
from workflows.errors import BadInput

_WEEKDAYS = "一二三四五六日"
_FESTIVALS = ("元旦", "春节", "清明", "劳动", "端午", "中秋", "国庆")
_SECTION = re.compile(r"[一二三四五六七八九十]+、\s*([^：:。，\n]{2,14})[：:]")
_END = re.compile(r"节假日期间|国务院办公厅")
_BRACKETS = re.compile(r"[（(]([^）)]*)[）)]")
_DATE = r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:<(.)>)?"
_SPAN = re.compile(rf"{_DATE}(?:\s*(?:至|到|[-—~～])\s*{_DATE})?")
_CSV_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


def parse_notice(text: str) -> YearTable:
    """The year's table. Raises `BadInput` with a sentence that says what could not be read and where."""
    text = text.removeprefix("\ufeff").strip()
    first = text.partition("\n")[0]
    if first.startswith("日期") or _CSV_DATE.fullmatch(re.split(r"[,，\t]", first)[0].strip()):
        return _parse_csv(text)
    return _parse_text(text)


def _parse_text(text: str) -> YearTable:
    titled = re.search(r"(\d{4})年(?:部分)?节假日(?:放假)?安排", text)
    if titled is None:
        raise BadInput("看不出是哪一年的通知：请连同标题“国务院办公厅关于××××年部分节假日安排的通知”一起导入")
    year = int(titled[1])
    sections = list(_sections(text))
    named = "".join(name for name, _ in sections)
    missing = [name for name in _FESTIVALS if name not in named]
    if missing:
        raise BadInput(f"{year}年的通知里没有找到{'、'.join(missing)}的安排，请检查通知是否完整")
    holidays: set[date] = set()
    workdays: set[date] = set()
    for name, body in sections:
        _read_section(year, name, body, holidays, workdays)
    number = re.search(r"国办发明电\s*〔\d{4}〕\s*\d+\s*号", text)
    source = re.sub(r"\s", "", number[0]) if number else f"国务院办公厅{year}年部分节假日安排的通知"
    return _checked(YearTable(year, frozenset(holidays), frozenset(workdays), source))


def _sections(text: str) -> Iterator[tuple[str, str]]:
    """Each festival's name and the sentences under it; brackets keep only the weekday they claim, as <六>."""
    marks = list(_SECTION.finditer(text))
    for mark, following in zip_longest(marks, marks[1:]):
        body = _END.split(text[mark.end() : following.start() if following else None])[0]
        yield mark[1].strip(), _BRACKETS.sub(_claimed_weekday, body)


def _claimed_weekday(bracket: re.Match[str]) -> str:
    claim = re.search(r"(?:周|星期)([一二三四五六日天])", bracket[1])
    return f"<{claim[1].replace('天', '日')}>" if claim else ""


def _read_section(year: int, name: str, body: str, holidays: set[date], workdays: set[date]) -> None:
    off: list[date] = []
    for clause in re.split(r"[。；;，,\n]", body):
        days = _days(year, name, clause)
        total = re.search(r"共\s*(\d+)\s*天", clause)
        if total and int(total[1]) != len(off):
            raise BadInput(f"{name}：通知写“共{total[1]}天”，按日期算是 {len(off)} 天，请核对原文")
        if "上班" in clause:
            workdays.update(days)
        elif "放假" in clause:
            off = days
            holidays.update(days)
        elif days:
            raise BadInput(f"{name}：看不懂“{clause.strip()}”，没有写放假还是上班")
    if not off:
        raise BadInput(f"{name}：没有找到放假日期，请检查原文")


def _days(year: int, name: str, clause: str) -> list[date]:
    """Every day a clause names, spans filled; a month or year left out is the one before it."""
    days: list[date] = []
    month = 0
    for span in _SPAN.finditer(clause):
        starts, month = _date(year, month, name, *span.groups()[:4])
        ends = starts
        if span[7]:
            ends, month = _date(starts.year, month, name, *span.groups()[4:])
        if ends < starts or (ends - starts).days > 20:
            raise BadInput(f"{name}：“{re.sub('<.>', '', span[0])}”的起止日期不对，请核对原文")
        days += [starts + timedelta(days=n) for n in range((ends - starts).days + 1)]
    return days


def _date(
    year: int,
    month: int,
    name: str,
    said_year: str | None,
    said_month: str | None,
    day: str,
    claim: str | None,
) -> tuple[date, int]:
    year, month = int(said_year or year), int(said_month or month)
    try:
        found = date(year, month, int(day))
    except ValueError as error:
        raise BadInput(f"{name}：没有 {year}年{month}月{day}日 这一天，请核对原文") from error
    if claim and _WEEKDAYS[found.weekday()] != claim:
        weekday = _WEEKDAYS[found.weekday()]
        raise BadInput(
            f"{name}：{year}年{month}月{day}日是周{weekday}，通知写的是周{claim}，请核对年份和日期"
        )
    return found, month


def _parse_csv(text: str) -> YearTable:
    kinds: dict[date, str] = {}
    for number, row in enumerate(csv.reader(text.replace("，", ",").replace("\t", ",").splitlines()), 1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or (number == 1 and cells[0].startswith("日期")):
            continue
        day = _csv_day(number, cells[0])
        kind = cells[1] if len(cells) > 1 else ""
        if kind not in ("休", "班"):
            raise BadInput(f"第 {number} 行：第二列要写“休”或“班”，现在是“{kind}”")
        if kinds.setdefault(day, kind) != kind:
            raise BadInput(f"第 {number} 行：{day.isoformat()} 前面写的是“{kinds[day]}”，请只留一行")
    if not kinds:
        raise BadInput("表里没有日期，请按“日期,休/班”每行写一天，例如 2027-01-01,休")
    year = max(kinds).year
    off, on = ({day for day, kind in kinds.items() if kind == word} for word in ("休", "班"))
    return _checked(YearTable(year, frozenset(off), frozenset(on), f"{year}年节假日表（CSV）"))


def _csv_day(number: int, cell: str) -> date:
    match = _CSV_DATE.fullmatch(cell)
    try:
        return date(*map(int, match.groups())) if match else date.fromisoformat(cell)
    except ValueError as error:
        raise BadInput(f"第 {number} 行：“{cell}”不是日期，请写成 2027-01-01") from error


def _checked(table: YearTable) -> YearTable:
    """A table that cannot be true is refused, and so is one that leaves out a holiday fixed by law."""
    for day in sorted(table.holidays & table.workdays):
        raise BadInput(f"{day.isoformat()} 既放假又上班，请核对原文")
    for day in sorted(day for day in table.workdays if day.weekday() < 5):
        raise BadInput(
            f"{day.isoformat()} 写了上班，但这天是周{_WEEKDAYS[day.weekday()]}，不是调休，请核对年份和日期"
        )
    for day in _strangers(table.year, table.holidays | table.workdays):
        raise BadInput(f"{day.isoformat()} 不在{table.year}年，请把每一年分开导入")
    for day in sorted(filter(table.works, statutory(table.year))):
        raise BadInput(f"{day.isoformat()} 是法定节假日，这里没有写放假，请检查内容是否完整")
    return table


def _strangers(year: int, days: Iterable[date]) -> list[date]:
    return sorted(day for day in days if day.year != year and (day.year, day.month) != (year - 1, 12))
