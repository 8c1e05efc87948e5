"""The office changes a case under way: by the draw, with a reason, seen by all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from bot.deliver import message
from storage.database import reading
from storage.outbox import Waiting
from tests.conversation.walks import Scene, finished, published, scene, signed
from tests.talking import Phone
from workflows.inspection.case import step
from workflows.inspection.facts import CHINA, local_day


@pytest.fixture
def s(tmp_path: Path) -> Scene:
    return scene(tmp_path)


def steered(s: Scene, way: str) -> None:
    """The case before the supervisor, and what they want to change."""
    s.head.send(button=f"open|{s.case_id}")
    s.head.tap("调整安排")
    s.head.tap(way)


@pytest.mark.rule("substitute", "leader")
def test_the_office_replaces_somebody_and_the_draw_names_who_comes(s: Scene) -> None:
    before = set(s.case.members)
    name = s.case.members[s.market.person].name
    steered(s, "换人")
    s.head.tap(name)
    s.head.tap("生病住院")
    assert s.market.person not in s.case.members
    assert sum(m.leader for m in s.case.members.values()) == 1
    new = set(s.case.members) - before
    assert new <= {p for order in s.case.opened.substitutes.values() for p in order}
    assert s.head.sees(f"原检查组已退出：{name}")
    assert s.head.sees("，组长）")
    assert s.head.sees("，专家）")
    with reading(s.house.engine) as tx:
        told = message(s.house, tx, Waiting(1, s.market.person, "released", s.case_id, ""))
    assert told and [one.label for one in told.buttons] == ["我的任务"]


@pytest.mark.rule("summary-signed")
def test_the_office_stops_waiting_for_a_signature_and_the_sheet_says_so(s: Scene) -> None:
    finished(s).market.tap("形成汇总表")
    s.market.tap("签名确认")
    s.at(s.market).tap("当事人签字")
    s.market.tap("无异议")
    s.market.say("岩温坎")
    name = s.case.members[s.police.person].name
    steered(s, "不再等签字")
    s.head.tap(name)
    s.head.say("住院，短期内不能签字")
    assert step(s.case) == 4
    assert s.head.sees(f"已决定不再等{name}签字")


@pytest.mark.rule("summary-signed")
def test_who_is_not_waited_for_may_still_sign(s: Scene) -> None:
    finished(s).market.tap("形成汇总表")
    s.market.tap("签名确认")
    steered(s, "不再等签字")
    s.head.tap(s.case.members[s.police.person].name)
    s.head.say("住院，短期内不能签字")
    s.at(s.police).tap("签名确认")
    assert s.case.summary
    assert s.police.person in s.case.summary.signatures


def test_the_list_counts_to_the_day_a_correction_is_due_not_to_the_visit_s_last_day(s: Scene) -> None:
    published(s, "police")
    s.at(s.police)
    s.police.send(button=f"decide|{s.case_id}|GA-02-01|ordered")
    s.police.say("2027年1月29日")
    assert local_day(s.clock.now) < s.case.opened.ends
    s.clock.now = datetime(2027, 1, 5, 9, 0, tzinfo=CHINA)
    s.police.say("任务")
    assert s.police.sees("逾期 0")
    assert s.police.sees("期限：1月29日（周五），还有 24 天")
    s.clock.now = datetime(2027, 1, 30, 9, 0, tzinfo=CHINA)
    s.market.say("任务")
    assert s.market.sees("逾期 1")
    assert s.market.sees("期限：1月29日（周五），已过期 1 天")


def test_a_deadline_in_another_year_says_so_on_the_card_and_in_the_notice(s: Scene) -> None:
    published(s, "police")
    s.at(s.police)
    s.police.send(button=f"decide|{s.case_id}|GA-02-01|ordered")
    s.police.say("2027年1月5日")
    assert s.police.sees("2027年1月5日")
    s.police.send(button=f"handle|{s.case_id}|GA-02-01")
    assert s.police.sees("限2027年1月5日")
    s.clock.pass_time(days=120)
    with reading(s.house.engine) as tx:
        told = message(s.house, tx, Waiting(1, s.market.person, "assigned", s.case_id, ""))
    assert told
    assert any("2026年12月31日" in line for line in told.lines)


@pytest.mark.parametrize("slip", ["2099年1月5日", "9999年12月31日"])
def test_a_year_mistyped_moves_nothing_and_leaves_the_teams_list_readable(s: Scene, slip: str) -> None:
    """Working days are counted only as far as there is a calendar: such a deadline took the list from all of the team."""
    ends = s.case.opened.ends
    steered(s, "延期")
    s.head.tap("任务期限")
    assert s.head.say(slip).title == "这个日期太远"
    forged = f"extend|{s.case_id}|window|2099-01-05|停产"
    assert s.head.send(button=forged).title == "这个日期太远"
    assert s.case.opened.ends == ends
    assert s.market.say("任务").title == "我的任务"


@pytest.mark.rule("own-entry")
def test_who_signed_and_fell_ill_before_the_entry_holds_nothing_up(s: Scene) -> None:
    """The office says so, and the one who was there as well is offered both results, one after the other."""
    signed(s)
    name = s.case.members[s.police.person].name
    steered(s, "不再等签字")
    s.head.tap(name)
    assert s.head.sees(f"为什么不再等{name}录入")
    s.head.say("住院，短期内不能办理")
    for _ in range(2):
        s.at(s.market).tap("未发现问题")
        s.at(s.market).tap("公示结果")
    assert s.case.closed_at
    assert {entry.by for entry in s.case.entries.values()} == {s.market.person}


@pytest.mark.rule("trace")
def test_the_task_s_last_day_moves_in_three_steps(s: Scene) -> None:
    before = s.case.opened.ends
    steered(s, "延期")
    s.head.tap("任务期限")
    s.head.say("等通知")
    assert s.head.sees("没有读出日期")
    s.head.say("今天")
    assert s.head.sees("新的日期要比原来的晚")
    assert s.head.sees(f"原来的日期是{before.year}年12月31日")
    s.head.send(button=s.head.card.buttons[0].data)
    s.head.say("企业停产检修")
    assert s.case.opened.ends > before
    assert s.head.sees("企业停产检修")


@pytest.mark.rule("entry-deadline")
def test_the_entry_s_days_do_not_grow_and_the_clause_is_named(s: Scene) -> None:
    signed(s)
    steered(s, "延期")
    s.head.tap("录入公示期限")
    assert s.head.card.tone == "refusal"
    assert s.head.sees("不能延长")


@pytest.mark.rule("re-check")
def test_a_correction_gets_longer(s: Scene) -> None:
    published(s, "police")
    p = s.at(s.police)
    p.tap("1. ")
    p.tap("责令限期改正")
    p.say("9月30日")
    steered(s, "延期")
    s.head.tap("整改：")
    s.head.say("10月20日")
    s.head.say("配件未到货")
    (moved,) = s.case.extensions
    assert (moved.before.day, moved.until.day) == (30, 20)


@pytest.mark.parametrize("who", [lambda s: s.market, lambda s: s.legal])
def test_nobody_else_is_offered_or_let_do_it(s: Scene, who: Callable[[Scene], Phone]) -> None:
    phone = who(s)
    phone.send(button=f"open|{s.case_id}")
    assert not any(b.label == "调整安排" for b in phone.card.buttons)
    phone.send(button=f"reassign|{s.case_id}|0|leave")
    assert phone.card.tone == "refusal"
