"""What is typed: command words at any step, labels and numbers for buttons, words for a form, and what nobody understands."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.channels import terminal
from storage import people
from storage.database import reading
from tests.conversation.conftest import Begin
from tests.conversation.walks import Scene, arrived, finished, noted, opened, prechecked, scene_of, signed
from tests.talking import open_house, phone_of
from workflows.inspection.case import step
from workflows.inspection.facts import CHINA


def describing(s: Scene) -> Scene:
    """A finding, and the words for it being waited for."""
    opened(s)
    s.at(s.police).tap("不符合")
    s.police.tap("写问题情况")
    return s


@pytest.mark.parametrize("begun", [True, False])
def test_giving_up_with_nothing_asked_shows_where_one_is(begin: Begin, begun: bool) -> None:
    s = begin(opened) if begun else begin(lambda scene: scene)
    if begun:
        s.at(s.police)
    assert s.police.say("取消").title.startswith("② 现场检查" if begun else "我的任务")


def test_a_button_s_own_word_typed_too_early_says_what_is_missing(begin: Begin) -> None:
    s = begin(lambda scene: scene)
    s.at(s.police).say("完成预查")
    assert s.police.card.title == "您是要“完成预查”吗？" and step(s.case) == 1
    s.police.tap("完成预查")
    assert s.police.card.tone == "refusal" and step(s.case) == 1


@pytest.mark.parametrize("word", ["任务", "进度", "帮助", "?", "？", "抽取"])
def test_a_command_word_in_the_middle_of_a_form_loses_nothing(begin: Begin, word: str) -> None:
    s = begin(describing)
    s.police.say(word)
    assert not s.case.answers["GA-02-01"].note
    s.police.say("备案证明未能出示")
    assert s.case.answers["GA-02-01"].note == "备案证明未能出示"


def test_coming_back_by_the_list_continues_with_the_question_that_was_left(begin: Begin) -> None:
    s = begin(describing)
    s.police.say("任务")
    s.police.tap(s.target)
    assert s.police.card.title == "问题是什么情况？"
    s.police.tap("先不填了")
    assert s.police.card.title.startswith("②")
    s.police.say("任务")
    s.police.tap(s.target)
    assert s.police.card.title.startswith("②")


def test_a_form_half_filled_goes_on_after_a_restart_and_in_another_app(begin: Begin, tmp_path) -> None:  # type: ignore[no-untyped-def]
    s = begin(signed_but_for_the_party)
    p = s.at(s.police)
    p.tap("当事人签字")
    p.say("认可检查结果")
    s.house.engine.dispose()
    house, clock = open_house(tmp_path / "house0")
    clock.now = s.clock.now
    again = scene_of(house, clock)
    terminal = phone_of(house, s.police.person, s.police.person, "terminal")
    terminal.say("岩温坎，店长")
    party = again.case.summary.party if again.case.summary else None
    assert party is not None
    assert (party.opinion, party.signer) == ("认可检查结果", "岩温坎，店长")
    assert step(again.case) == 4
    house.engine.dispose()


def signed_but_for_the_party(s: Scene) -> Scene:
    finished(s).market.tap("形成汇总表")
    s.market.tap("签名确认")
    s.at(s.police).tap("签名确认")
    return s


@pytest.mark.parametrize("word", ["完成预查", "预查好了", "1", "１", " 完成预查 "])
def test_a_button_is_its_label_its_other_words_or_its_number(begin: Begin, word: str) -> None:
    s = begin(noted)
    s.at(s.market).say(word)
    assert step(s.case) == 2


def test_words_of_the_case_card_work_after_something_else_was_said(begin: Begin) -> None:
    s = begin(opened)
    s.at(s.police).say("天气怎么样")
    assert s.police.card.title.startswith("没有听懂")
    assert "遇到情况" not in [b.label for b in s.police.card.buttons]
    assert s.police.say("查不成").title == "遇到什么情况？"
    s.police.say("返回")
    s.police.say("不适用")
    assert s.case.answers["GA-02-01"].value == "na"


def test_what_is_not_understood_offers_the_three_nearest_things(begin: Begin) -> None:
    s = begin(opened)
    meant = s.at(s.police).say("全部正长")
    assert meant.buttons[0].label.endswith("全部正常")
    card = s.at(s.police).say("火星上有没有企业")
    labels = [b.label for b in card.buttons]
    assert len(labels) == 5
    assert labels[-2:] == ["我的任务", "帮助"]
    assert len({b.data for b in card.buttons}) == 5
    assert "火星上有没有企业" in card.title


def test_while_words_are_awaited_a_number_is_an_answer_and_a_label_is_a_button(begin: Begin) -> None:
    """Decided: 取消 and 无异议 must always work, so a button's words come first; digits are what was asked for."""
    s = begin(signed_but_for_the_party)
    p = s.at(s.police)
    p.tap("当事人签字")
    p.say("2")
    assert p.card.title == "谁签的字？"
    p.say("先不填了")
    assert p.card.title.startswith("③")
    p.tap("当事人签字")
    p.say("没意见")
    assert p.card.title == "谁签的字？"
    p.say("取消")
    assert s.case.summary is not None
    assert s.case.summary.party is None


def test_in_the_list_a_number_opens_even_while_a_form_waits(begin: Begin) -> None:
    s = begin(describing)
    s.police.say("任务")
    s.police.say("1")
    assert s.police.card.title == "问题是什么情况？"
    assert not s.case.answers["GA-02-01"].note


@pytest.mark.parametrize(
    "said",
    [
        "位置 21.98708,100.45883",
        "位置：21.98708，100.45883",
        "定位 21.98708 100.45883",
        "签到 21.98708，100.45883",
        "21.98708,100.45883",
    ],
)
def test_a_place_may_be_typed(begin: Begin, said: str) -> None:
    s = begin(prechecked)
    s.clock.pass_time(days=1)
    s.at(s.market).say(said)
    assert s.market.person in s.case.arrivals


@pytest.mark.parametrize("said", ["3 5", "3，5", "12 月", "21.9 100", "3、5"])
def test_two_numbers_are_no_place(begin: Begin, said: str) -> None:
    s = begin(prechecked)
    s.clock.pass_time(days=1)
    assert s.at(s.market).say(said).title.startswith("没有听懂")
    assert not s.case.arrivals


@pytest.mark.parametrize("said", ["位置", "位置 北京", "位置 nan,nan", "位置 95,200"])
def test_a_place_that_cannot_be_read_is_said_to_be_none(begin: Begin, said: str) -> None:
    s = begin(prechecked)
    assert s.at(s.market).say(said).title == "没有读出位置"
    assert not s.case.arrivals


def test_a_number_in_a_form_may_be_full_width_and_has_to_be_one(begin: Begin) -> None:
    s = begin(opened)
    p = s.at(s.police)
    p.tap("全部正常")
    p.tap("确认全部正常")
    while not (p.card.asks == "text" and p.sees("请填数字")):
        p.say("2026-06-01") if p.card.asks == "text" else p.photo(
            b"\xff\xd8" + str(len(s.case.evidence)).encode()
        )
    key = p.card.form.split("|")[2]
    assert p.say("十二").title == "这里要填数字"
    p.say("１２")
    assert s.case.answers[key].value == "12"


def test_a_day_in_an_answer_is_the_last_such_day(begin: Begin) -> None:
    s = begin(opened)
    p = s.at(s.police)
    p.tap("符合")
    assert p.sees("请填日期")
    p.say("12月3日")
    assert s.case.answers["GA-02-02"].value == "2025-12-03"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("明天9点", "9月22日（周二）09:00"),
        ("9月25日14:30", "9月25日（周五）14:30"),
        ("下周三下午3点半", "9月30日（周三）15:30"),
        ("下周三下午三点", "9月30日（周三）15:00"),
    ],
)
def test_an_appointment_is_read_as_people_write_it(begin: Begin, said: str, meant: str) -> None:
    s = begin(noted)
    p = s.at(s.market)
    p.tap("约定检查时间")
    suggested = [b.label for b in p.card.buttons]
    assert p.say("改天吧").title.startswith("没有读出日期和时间")
    assert [b.label for b in p.card.buttons] == suggested
    p.say(said)
    assert p.sees(f"检查时间：{meant}")


def test_no_time_before_the_task_begins_is_offered(begin: Begin) -> None:
    s = begin(noted)
    begins = s.case.opened.starts
    s.clock.now = datetime(begins.year, begins.month, begins.day, 9, tzinfo=CHINA) - timedelta(days=20)
    s.at(s.market).tap("约定检查时间")
    assert s.market.card.buttons[0].label == "9月1日（周二）09:00"
    assert s.market.sees("任务期限：9月1日（周二）至12月31日（周四）")


def test_a_refusal_leaves_the_screen_once_the_case_goes_on(begin: Begin) -> None:
    from tests.conversation.test_two_at_once import on_screen

    s = begin(noted)
    p = s.at(s.market)
    p.send(button=f"form|{s.case_id}")
    assert any(b.card and b.card.tone == "refusal" for b in on_screen(p))
    p.tap("返回任务单")
    assert not any(b.card and b.card.tone == "refusal" for b in on_screen(p))
    p.say("胡言乱语")
    p.say("返回")
    p.say("完成预查")
    assert step(s.case) == 2
    assert not any(b.card and b.card.key == "unknown" for b in on_screen(p))


def test_the_item_table_numbers_its_questions(begin: Begin) -> None:
    s = begin(noted)
    card = s.at(s.market).send(button=f"items|{s.case_id}")
    assert any(one.startswith("1") for one in card.lines)
    assert any(one.startswith("8") for one in card.lines)


def test_a_day_of_another_year_says_its_year(begin: Begin) -> None:
    s = begin(arrived)
    assert s.at(s.market).sees("有效期至2029年2月28日")
    s = begin(signed)
    s.clock.now = s.clock.now.replace(year=2027, month=1, day=5)
    assert s.at(s.market).sees("2026年10月")


@pytest.mark.parametrize("said", ["还剩几天", "这个怎么填？", "谁没签字", "要多久能查完", "组长是谁"])
def test_a_question_in_the_middle_of_a_form_is_not_written_into_the_record(begin: Begin, said: str) -> None:
    s = begin(describing)
    assert s.police.say(said).title == f"“{said}”像是在问随检，没有填进去"
    assert not s.case.answers["GA-02-01"].note
    s.police.say("备案证明未能出示")
    assert s.case.answers["GA-02-01"].note == "备案证明未能出示"


def test_what_looks_like_a_question_is_written_where_that_is_said(begin: Begin) -> None:
    s = begin(describing)
    s.police.say("填：备案证明在哪，没人说得清")
    assert s.case.answers["GA-02-01"].note == "备案证明在哪，没人说得清"


@pytest.mark.parametrize(
    "said", ["当事人不知道备案证明在哪", "老板问能不能缓几天", "谁值班都没有登记，备案证明过期"]
)
def test_an_account_that_tells_of_a_question_is_an_account(begin: Begin, said: str) -> None:
    s = begin(describing)
    s.police.say(said)
    assert s.case.answers["GA-02-01"].note == said


@pytest.mark.parametrize(
    "said", ["还有几项没查？", "还剩几项啊", "我查到第几项了", "还有啥没弄", "接下来干什么"]
)
def test_what_is_left_is_told_in_the_middle_of_a_form_and_the_question_stays_open(
    begin: Begin, said: str
) -> None:
    s = begin(describing)
    every, left = len(s.case.answers), 34
    shown = s.police.say(said)
    assert shown.title.endswith("没有填进去")
    assert f"现在是第②步现场检查，检查项共 {left} 项，还有 {left - every + 1} 项没有回答。" in shown.lines
    assert not s.case.answers["GA-02-01"].note
    s.police.say("备案证明未能出示")
    assert s.case.answers["GA-02-01"].note == "备案证明未能出示"


def test_before_the_questions_are_asked_the_step_alone_is_told(begin: Begin) -> None:
    s = begin(noted)
    s.at(s.market).tap("约定检查时间")
    assert "现在是第①步预查对比。" in s.market.say("还有几项没查？").lines
    assert s.market.say("明天9点").title == "请对方准备哪些材料？"


@pytest.mark.parametrize(
    "said",
    ["这个要拍照不", "搭档到了没", "不知道写啥", "写错了怎么改", "刚才那项点错了", "亮证要不要两个人都亮"],
)
def test_a_question_without_a_word_for_it_is_not_written_either(begin: Begin, said: str) -> None:
    s = begin(describing)
    assert s.police.say(said).title.endswith("没有填进去")
    assert not s.case.answers["GA-02-01"].note


@pytest.mark.parametrize("said", ["返回", "返回上一步", "等下再写", "跳过吧", "先空着"])
def test_who_goes_back_has_written_nothing(begin: Begin, said: str) -> None:
    s = begin(describing)
    assert s.police.say(said).title.startswith("② 现场检查")
    assert not s.case.answers["GA-02-01"].note


@pytest.mark.parametrize(
    "said", ["没有", "监控从来不开", "应急灯一直不亮", "下一步由消防部门处理", "灭火器过期3个，标签看不清"]
)
def test_a_short_account_is_written_as_it_is(begin: Begin, said: str) -> None:
    s = begin(describing)
    s.police.say(said)
    assert s.case.answers["GA-02-01"].note == said


@pytest.mark.parametrize("said", ["还有什么没做", "还差什么", "接下来干什么", "还有啥没弄"])
def test_what_is_still_to_do_is_the_case_looked_at_or_the_list(begin: Begin, said: str) -> None:
    s = begin(opened)
    assert s.at(s.police).say(said).title.startswith("② 现场检查")
    assert s.organiser.say(said).title == "我的任务"


@pytest.mark.parametrize("said", ["退出", " EXIT ", "quit"])
def test_a_terminal_is_left_by_saying_so_and_nothing_is_lost(
    begin: Begin, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    s = begin(describing)
    with reading(s.house.engine) as tx:
        whose = people.get(tx, s.police.person)
    assert whose is not None
    lines = iter([f"{said}\n"])
    terminal.chat(s.house, whose, lambda: next(lines))
    assert capsys.readouterr().out.endswith("已退出。没办完的都留着，下次从停下的地方接着办。\n")
    s.police.say("备案证明未能出示")
    assert s.case.answers["GA-02-01"].note == "备案证明未能出示"
