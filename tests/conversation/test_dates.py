"""Days and times as people type them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dates import read_day, read_moment
from bot.render import block, day_text, moment_text
from workflows.inspection.facts import CHINA

NOW = datetime(2026, 9, 21, 9, 0, tzinfo=CHINA)  # a Monday
days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
moments = st.datetimes(datetime(2020, 1, 1), datetime(2035, 12, 31)).map(  # noqa: DTZ001
    lambda m: m.replace(second=0, microsecond=0, tzinfo=CHINA)
)
FORMS = ("{0.year}-{0.month:02}-{0.day:02}", "{0.year}年{0.month}月{0.day}日", "{0.year}/{0.month}/{0.day}",
         "{0.year}.{0.month}.{0.day}", "{0:%Y%m%d}", "{0.year} 年 {0.month} 月 {0.day} 号")  # fmt: skip
CLOCKS = (
    "{0.hour}:{0.minute:02}",
    "{0.hour:02}：{0.minute:02}",
    "{0.hour}点{0.minute}分",
    "{0.hour}时{0.minute:02}分",
)


@given(days, st.sampled_from(FORMS))
def test_a_whole_day_is_read_in_every_form(day: date, form: str) -> None:
    assert read_day(form.format(day), NOW) == day


@given(moments, st.sampled_from(FORMS[:4]), st.sampled_from(CLOCKS), st.sampled_from((" ", "", "，")))
def test_a_whole_moment_is_read_in_every_form(moment: datetime, form: str, clock: str, between: str) -> None:
    if not between and form[-1] not in "日号":
        between = " "
    assert read_moment(form.format(moment) + between + clock.format(moment), NOW) == moment


@given(moments)
def test_what_we_write_we_can_read(moment: datetime) -> None:
    assert read_moment(f"{moment:%Y%m%d%H%M}", NOW) == moment
    assert read_moment(moment_text(moment, date(1999, 1, 1)), NOW) == moment


@given(days)
def test_a_day_without_a_year_is_the_next_such_day_or_the_last(day: date) -> None:
    ahead, back = read_day(f"{day.month}月{day.day}日", NOW), read_day(day_text(day), NOW, past=True)
    if (day.month, day.day) != (2, 29):
        assert ahead is not None
        assert back is not None
        assert back <= NOW.date() <= ahead
        assert (ahead.month, ahead.day) == (back.month, back.day) == (day.month, day.day)
        assert ahead - NOW.date() < timedelta(days=366)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("月底", "2026-09-30"),
        ("本月底", "2026-09-30"),
        ("这个月底", "2026-09-30"),
        ("下个月底", "2026-10-31"),
        ("下月底前", "2026-10-31"),
        ("下下个月底", "2026-11-30"),
        ("10月底", "2026-10-31"),
        ("8月底", "2027-08-31"),
        ("2027年2月末", "2027-02-28"),
        ("季度末", "2026-09-30"),
        ("下季度末", "2026-12-31"),
        ("年底", "2026-12-31"),
        ("今年年底", "2026-12-31"),
        ("明年底", "2027-12-31"),
        ("2028年底", "2028-12-31"),
        ("周末", "2026-09-27"),
        ("本周末", "2026-09-27"),
        ("下周末", "2026-10-04"),
    ],
)
def test_the_end_of_a_week_a_month_and_a_year_is_its_last_day(said: str, day: str) -> None:
    assert read_day(said, NOW) == date.fromisoformat(day)


def test_the_end_of_a_month_before_or_past_the_year_s_end() -> None:
    december = datetime(2026, 12, 5, 9, 0, tzinfo=CHINA)
    assert read_day("下个月底", december) == date(2027, 1, 31)
    assert read_day("上个月底", datetime(2027, 1, 5, tzinfo=CHINA), past=True) == date(2026, 12, 31)
    assert read_day("8月底", NOW, past=True) == date(2026, 8, 31)
    assert read_day("13月底", NOW) is None


@pytest.mark.parametrize("said", ["0000年12月底", "0000年5月底", "9999年12月底", "0000年底"])
def test_a_year_no_date_can_have_is_not_read(said: str) -> None:
    assert read_day(said, NOW) is None
    assert read_day(said, NOW, past=True) is None


@given(days)
def test_the_end_of_this_month_is_no_earlier_than_today_and_the_day_after_is_the_first(day: date) -> None:
    end = read_day("月底", datetime(day.year, day.month, day.day, 12, tzinfo=CHINA))
    assert end is not None
    assert (end >= day, end.month, (end + timedelta(days=1)).day) == (True, day.month, 1)


def test_the_end_of_a_month_and_an_hour() -> None:
    assert read_moment("下个月底上午10点", NOW) == datetime(2026, 10, 31, 10, 0, tzinfo=CHINA)


@given(st.text())
def test_any_words_at_all_are_read_or_not_and_never_fail(said: str) -> None:
    read_day(said, NOW)
    read_moment(said, NOW)


@given(st.text(alphabet="0123456789-/.年月日号点时分半下午上周一天后:： 零〇二三十两"))
def test_any_mixture_of_the_signs_of_dates_is_read_or_not(said: str) -> None:
    read_day(said, NOW)
    read_moment(said, NOW)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("今天", date(2026, 9, 21)), ("明天上午", date(2026, 9, 22)), ("后天", date(2026, 9, 23)), ("大后天", date(2026, 9, 24)),
        ("昨天", date(2026, 9, 20)), ("15天内", date(2026, 10, 6)), ("7天后", date(2026, 9, 28)), ("周三", date(2026, 9, 23)),
        ("周一", date(2026, 9, 21)), ("下周一", date(2026, 9, 28)), ("本周五", date(2026, 9, 25)), ("星期天", date(2026, 9, 27)),
        ("９月３０日", date(2026, 9, 30)), ("1月8日", date(2027, 1, 8)), ("9.30", date(2026, 9, 30)), ("9-30", date(2026, 9, 30)),
        ("十月九号", date(2026, 10, 9)), ("二〇二六年十二月三十一日", date(2026, 12, 31)), ("三天后", date(2026, 9, 24)),
        ("十五天内", date(2026, 10, 6)), ("两天后", date(2026, 9, 23)), ("十月底", date(2026, 10, 31)), ("下周一", date(2026, 9, 28)),
        ("九月三十一日", None), ("十十月一日", None), ("十三月一日", None),
        ("9月31日", None), ("2月30日", None), ("13月1日", None), ("改天", None), ("", None), ("20261301", None),
    ],
)  # fmt: skip
def test_a_day_as_people_say_it(said: str, meant: date | None) -> None:
    assert read_day(said, NOW) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("30号", date(2026, 9, 30)), ("三十号", date(2026, 9, 30)), ("20号", date(2026, 10, 20)), ("31号", date(2026, 10, 31)),
        ("一周内", date(2026, 9, 28)), ("两个星期后", date(2026, 10, 5)), ("改到下周三", date(2026, 9, 30)),
        ("上周三", date(2026, 9, 16)), ("32号", None), ("0号", None),
    ],
)  # fmt: skip
def test_a_day_as_it_is_said_on_the_phone(said: str, meant: date | None) -> None:
    assert read_day(said, NOW) == meant


def test_where_the_past_is_meant_the_last_such_day_is() -> None:
    assert read_day("周三", NOW, past=True) == date(2026, 9, 16)
    assert read_day("周一", NOW, past=True) == NOW.date()
    assert read_day("25号", NOW, past=True) == date(2026, 8, 25)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("明早九点", (22, 9, 0)), ("明早8点半", (22, 8, 30)), ("今晚8点", (21, 20, 0)), ("明晚七点", (22, 19, 0)),
        ("30号上午9点半", (30, 9, 30)), ("约在后天早上九点", (23, 9, 0)), ("早上九点", None),
    ],
)  # fmt: skip
def test_a_moment_as_it_is_said_on_the_phone(said: str, meant: tuple[int, int, int] | None) -> None:
    wanted = datetime(2026, 9, meant[0], meant[1], meant[2], tzinfo=CHINA) if meant else None
    assert read_moment(said, NOW) == wanted


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("明天9点", (22, 9, 0)), ("明天下午3点半", (22, 15, 30)), ("9月25日14:30", (25, 14, 30)), ("后天上午10时", (23, 10, 0)),
        ("下午3点", None), ("明天", None), ("9月25日25:00", None), ("9月25日10:75", None), ("明天中午12点", (22, 12, 0)),
        ("下周三下午三点", (30, 15, 0)), ("周三十点", (23, 10, 0)), ("明天上午九点半", (22, 9, 30)), ("星期三三点二十分", (23, 3, 20)),
        ("九月二十五号下午两点", (25, 14, 0)), ("明天十点零五分", (22, 10, 5)),
        ("明天9点一刻", (22, 9, 15)), ("明天下午三点三刻", (22, 15, 45)), ("明天夜里9点", (22, 21, 0)), ("明天9点1刻", (22, 9, 15)),
        ("今天晚上12点", None), ("明天晚上1点", None), ("明天晚上0点", None), ("明天夜里十一点", (22, 23, 0)),
        ("明天中午1点", (22, 13, 0)), ("明天下午12点", (22, 12, 0)), ("明天晚上8点", (22, 20, 0)), ("周三 9:00", (23, 9, 0)),
    ],
)  # fmt: skip
def test_a_moment_as_people_say_it(said: str, meant: tuple[int, int, int] | None) -> None:
    wanted = datetime(2026, 9, meant[0], meant[1], meant[2], tzinfo=CHINA) if meant else None
    assert read_moment(said, NOW) == wanted


REFUSALS = [
    ("prompts", "notice", {"wrong": "改天", "starts": NOW.date(), "ends": NOW.date(), "today": NOW.date()}),
    ("prompts", "decide-2", {"wrong": "改天", "measure": "ordered"}),
    ("prompts", "decide-3", {"wrong": "改天"}),
    ("prompts", "extend-1", {"wrong": "改天"}),
    ("prompts", "recheck-3", {"wrong": "改天"}),
    ("refusals/form", "not-date", {"value": "改天"}),
]


@pytest.mark.parametrize(("template", "name", "known"), REFUSALS)
def test_what_a_date_refused_gives_for_examples_is_read_and_some_are_words(
    template: str, name: str, known: dict[str, object]
) -> None:
    said = "".join(block(template, name, **known)).partition("任务期限")[0]
    assert "改天" in said
    examples = re.findall(
        r"(?<=[：、“])[^：、“”。]+(?=[、”。])|(?<=请写成 )[^、]+", said.partition("改天")[2]
    )
    past, read = name == "not-date", read_moment if name == "notice" else read_day
    assert [e for e in examples if (read_day(e, NOW, past=past) if past else read(e, NOW)) is None] == []
    assert sum(not one[0].isdecimal() for one in examples) >= 2, examples
