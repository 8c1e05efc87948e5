"""Working days, proven against the State Council's 2026 table."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lunardate import LunarDate

from storage.calendars import decode, encode
from workflows.calendar import (
    YearTable,
    add_working_days,
    imported,
    is_working_day,
    parse_notice,
    working_days_between,
)
from workflows.calendar_fixed import statutory
from workflows.errors import BadInput, CalendarGap

NOTICE_2026 = """国务院办公厅关于2026年部分节假日安排的通知
国办发明电〔2025〕7号

各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
经国务院批准，现将2026年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫等工作。
国务院办公厅
2025年11月4日
"""

VECTORS = [
    ("2026-01-30", "2026-03-05"),
    ("2026-03-02", "2026-03-30"),
    ("2026-04-03", "2026-05-07"),
    ("2026-04-17", "2026-05-19"),
    ("2026-06-18", "2026-07-17"),
    ("2026-09-11", "2026-10-15"),
    ("2026-09-21", "2026-10-26"),
    ("2026-09-30", "2026-11-03"),
    ("2026-11-20", "2026-12-18"),
    ("2026-12-03", "2026-12-31"),
]
MAKE_UP_2026 = ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]
WEEKDAYS_OFF_2026 = [
    *("01-01", "01-02", "02-16", "02-17", "02-18", "02-19", "02-20", "02-23", "04-06", "05-01", "05-04"),
    *("05-05", "06-19", "09-25", "10-01", "10-02", "10-05", "10-06", "10-07"),
]

days = st.dates(date(2005, 1, 1), date(2039, 1, 1))
counts = st.integers(0, 60)


def year_days(year: int) -> list[date]:
    return [
        date(year, 1, 1) + timedelta(days=n) for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)
    ]


@pytest.mark.rule("entry-deadline", "clock-counting")
@pytest.mark.parametrize(("event", "due"), VECTORS)
def test_twenty_working_days_of_2026(event: str, due: str) -> None:
    deadline = add_working_days(date.fromisoformat(event), 20, {})
    assert (deadline.date.isoformat(), deadline.confirmed) == (due, True)
    assert deadline.version == f"chinesecalendar {chinese_calendar.__version__}"


@pytest.mark.rule("clock-counting")
def test_2026_differs_from_bare_weekdays_exactly_where_the_state_council_moved_days() -> None:
    weekday_off = [d for d in year_days(2026) if d.weekday() < 5 and not is_working_day(d, {}).working]
    weekend_on = [d for d in year_days(2026) if d.weekday() >= 5 and is_working_day(d, {}).working]
    assert [f"{d:%m-%d}" for d in weekday_off] == WEEKDAYS_OFF_2026
    assert [f"{d:%m-%d}" for d in weekend_on] == MAKE_UP_2026


@pytest.mark.rule("clock-counting")
@given(days, counts)
def test_n_working_days_lie_between_and_the_event_is_not_one_of_them(start: date, n: int) -> None:
    due = add_working_days(start, n, {}).date
    counted = [d for d in _span(start, due) if is_working_day(d, {}).working]
    assert len(counted) == n == working_days_between(start, due, {})
    assert start not in counted
    assert n == 0 or counted[-1] == due


@pytest.mark.rule("clock-counting")
@given(days, st.integers(0, 400), counts, st.integers(0, 10))
def test_a_later_event_or_a_longer_term_is_never_due_earlier(
    start: date, later: int, n: int, more: int
) -> None:
    due = add_working_days(start, n + 1, {}).date
    assert add_working_days(start + timedelta(days=later), n + 1, {}).date >= due
    assert add_working_days(start, n + 1 + more, {}).date >= due


@given(days, st.integers(-90, 90))
def test_days_left_turn_into_days_overdue(today: date, distance: int) -> None:
    due = today + timedelta(days=distance)
    assert working_days_between(today, due, {}) == -working_days_between(due, today, {})


def _span(after: date, until: date) -> list[date]:
    return [after + timedelta(days=n) for n in range(1, (until - after).days + 1)]


def test_a_date_that_rests_on_an_unannounced_year_says_so() -> None:
    deadline = add_working_days(date(2026, 12, 4), 20, {})
    assert deadline.date == date(2027, 1, 4)
    assert not deadline.confirmed
    assert deadline.version.endswith("；推算（未确认）")


def test_an_imported_year_wins_over_the_projection_and_over_the_library() -> None:
    table = YearTable(
        2027, statutory(2027) | {date(2027, 1, 4)}, frozenset({date(2027, 1, 9)}), "国办发明电〔2026〕1号"
    )
    overlay = {2027: imported(table, date(2026, 11, 20))}
    deadline = add_working_days(date(2026, 12, 4), 20, overlay)
    assert (deadline.date, deadline.confirmed) == (date(2027, 1, 5), True)
    assert deadline.version.endswith("；国办发明电〔2026〕1号 导入 2026-11-20")
    announced_anew = YearTable(2026, frozenset(), frozenset(), "新通知")
    assert is_working_day(date(2026, 10, 1), {2026: announced_anew}).working


def test_a_notice_reaches_back_into_the_december_before() -> None:
    table = YearTable(2027, frozenset({date(2026, 12, 31)}), frozenset({date(2026, 12, 26)}), "通知")
    assert not is_working_day(date(2026, 12, 31), {2027: table}).working
    assert is_working_day(date(2026, 12, 26), {2027: table}).working
    assert is_working_day(date(2026, 12, 30), {2027: table}).source.startswith("chinesecalendar")


@pytest.mark.parametrize("year", [2003, 2041])
def test_a_year_nobody_knows_is_a_sentence(year: int) -> None:
    with pytest.raises(CalendarGap, match=f"没有{year}年的节假日安排"):
        is_working_day(date(year, 3, 3), {})


@pytest.mark.parametrize("year", range(2027, 2041))
def test_the_projection_knows_the_thirteen_statutory_days(year: int) -> None:
    new_year = LunarDate(year, 1, 1).to_solar_date()
    lunar = {new_year + timedelta(days=n) for n in range(-1, 3)}
    lunar |= {LunarDate(year, 5, 5).to_solar_date(), LunarDate(year, 8, 15).to_solar_date()}
    terms = chinese_calendar.get_solar_terms(date(year, 4, 1), date(year, 4, 10))
    bright = {day for day, name in terms if name == "清明"}
    fixed = {date(year, *md) for md in [(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)]}
    assert len(bright) == 1
    assert statutory(year) == lunar | bright | fixed


def test_the_statutory_days_of_2026_by_the_same_rule_are_all_off() -> None:
    assert not any(is_working_day(day, {}).working for day in statutory(2026))


def test_the_notice_of_2026_reads_as_the_library_has_it() -> None:
    table = parse_notice(NOTICE_2026)
    assert (table.year, table.source) == (2026, "国办发明电〔2025〕7号")
    known = chinese_calendar.constants
    assert table.holidays == {d for d in known.holidays if d.year == 2026}
    assert table.workdays == {d for d in known.workdays if d.year == 2026}
    assert [table.works(d) for d in year_days(2026)] == [
        is_working_day(d, {}).working for d in year_days(2026)
    ]


def test_one_unbroken_paragraph_reads_the_same() -> None:
    assert parse_notice(NOTICE_2026.replace("\n", "")) == parse_notice(NOTICE_2026)


@pytest.mark.parametrize(
    ("section", "off", "on"),
    [
        ("1月1日放假，与周末连休。", ["2026-01-01"], []),
        ("1月1日（星期四）放假1天，不调休。", ["2026-01-01"], []),
        ("2025年12月31日至2026年1月2日放假调休，共3天。2025年12月28日（星期日）上班。",
         ["2025-12-31", "2026-01-01", "2026-01-02"], ["2025-12-28"]),
        ("1月1日—3日放假，共3天，1月4日上班。鼓励在除夕（2月16日）休息。",
         ["2026-01-01", "2026-01-02", "2026-01-03"], ["2026-01-04"]),
    ],
)  # fmt: skip
def test_the_wordings_of_other_years_are_read(section: str, off: list[str], on: list[str]) -> None:
    table = parse_notice(_with_first_section(section))
    assert sorted(d.isoformat() for d in table.holidays if d < date(2026, 2, 1)) == off
    assert sorted(d.isoformat() for d in table.workdays if d < date(2026, 2, 1)) == on


def _with_first_section(section: str) -> str:
    head, mark, tail = NOTICE_2026.partition("一、元旦：")
    return head + mark + section + "\n" + tail.partition("\n")[2]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("放假通知", "看不出是哪一年的通知"),
        ("国务院办公厅关于2026年部分节假日安排的通知", "没有找到元旦、春节、清明、劳动、端午、中秋、国庆的安排"),
        ("0001-01-01,休", "0001-05-01 是法定节假日"),
        (NOTICE_2026.partition("五、")[0], "没有找到端午、中秋、国庆的安排"),
        (_with_first_section("1月1日（周五）至3日放假，共3天。"), "1月1日是周四，通知写的是周五"),
        (_with_first_section("1月1日至3日放假调休，共4天。"), "写“共4天”，按日期算是 3 天"),
        (_with_first_section("1月32日放假。"), "没有 2026年1月32日 这一天"),
        (_with_first_section("1月3日至1日放假。"), "“1月3日至1日”的起止日期不对"),
        (_with_first_section("1月1日放假。1月5日上班。"), "2026-01-05 写了上班，但这天是周一"),
        (_with_first_section("1月1日至4日放假。1月4日上班。"), "2026-01-04 既放假又上班"),
        (_with_first_section("1月2日放假。"), "2026-01-01 是法定节假日，这里没有写放假"),
        (_with_first_section("1月1日庆祝。"), "看不懂“1月1日庆祝”"),
        (_with_first_section("另行通知。"), "元旦：没有找到放假日期"),
        ("日期,休/班\n2027-01-01,放", "第 2 行：第二列要写“休”或“班”，现在是“放”"),
        ("日期,休/班\n2027-13-01,休", "第 2 行：“2027-13-01”不是日期"),
        ("日期,休/班\n2027-01-02,休\n2027-01-02,班", "第 3 行：2027-01-02 前面写的是“休”"),
        ("日期,休/班\n", "表里没有日期"),
        ("2027-01-01,休\n2028-01-01,休", "2027-01-01 不在2028年"),
        ("2027-01-01,休", "2027-02-05 是法定节假日，这里没有写放假"),
    ],
)  # fmt: skip
def test_a_notice_that_cannot_be_true_is_refused_with_the_place(text: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        parse_notice(text)


def test_a_csv_reads_like_the_notice() -> None:
    table = parse_notice(NOTICE_2026)
    rows = [f"{d:%Y-%m-%d},休" for d in table.holidays] + [
        f"{d.year}/{d.month}/{d.day}，班" for d in table.workdays
    ]
    read = parse_notice("\ufeff日期,休/班\r\n" + "\r\n".join(rows))
    assert (read.holidays, read.workdays) == (table.holidays, table.workdays)


@given(st.text(max_size=200))
def test_no_text_does_worse_than_a_refusal(text: str) -> None:
    for candidate in (text, f"2026-01-01,休\n{text}", _with_first_section(text)):
        try:
            parse_notice(candidate)
        except BadInput as error:
            assert str(error)


def test_a_stored_table_comes_back_as_it_was() -> None:
    table = imported(parse_notice(NOTICE_2026), date(2025, 11, 10))
    assert decode(encode(table)) == table
