"""② what happens at the door and inside: two people really, obstacles, items left out, answers put right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from storage import directories, screen
from storage.case_facts import directory
from storage.database import reading, writing
from tests.conversation.conftest import Begin
from tests.conversation.walks import (
    VISIT,
    Scene,
    answer_on,
    arrived,
    entered,
    finished,
    opened,
    prechecked,
    signed,
)
from tests.talking import Phone, phone_of
from workflows.inspection import events as e
from workflows.inspection.case import step

RECORDED = (e.CertificatesShown, e.RightsTold, e.CodeScanned, e.AnswerRecorded, e.EvidenceAttached)


def at_the_door(s: Scene) -> Scene:
    prechecked(s)
    s.clock.now = VISIT
    return s


def change_entry(s: Scene, person: str, **changes: object) -> None:
    with writing(s.house.engine) as tx:
        entry = directory(tx, [person])[person]
        directories.save_inspectors(tx, [replace(entry, **changes)], s.clock())  # type: ignore[arg-type]


def alone(s: Scene) -> Phone:
    s.at(s.market).place()
    return s.market


def two_taps_of_one_account(s: Scene) -> Phone:
    alone(s).place()
    return s.market


def two_accounts_of_one_person(s: Scene) -> Phone:
    alone(s)
    second = phone_of(s.house, s.market.person, "another-phone")
    s.at(second).place()
    return second


def the_same_certificate(s: Scene) -> Phone:
    alone(s)
    with reading(s.house.engine) as tx:
        certificate = directory(tx, [s.market.person])[s.market.person].certificate
    change_entry(s, s.police.person, certificate=certificate)
    s.at(s.police).place()
    return s.police


def an_expert(s: Scene) -> Phone:
    alone(s)
    s.at(s.expert).place()
    s.expert.send(button=f"certificates|{s.case_id}|yes")
    return s.expert


def an_expired_certificate(s: Scene) -> Phone:
    alone(s)
    change_entry(s, s.police.person, valid_until=date(2026, 9, 1))
    s.at(s.police).place()
    return s.police


def a_partner_far_away(s: Scene) -> Phone:
    alone(s)
    s.at(s.police).place(24.9, 102.7)
    return s.police


def a_check_in_of_yesterday(s: Scene) -> Phone:
    alone(s)
    s.clock.pass_time(days=1)
    s.at(s.police).place()
    s.police.send(button=f"certificates|{s.case_id}|yes")
    return s.police


TOLD = "告知对方的检查时间是9月22日（周二），还没有到；今天检查的，记录里写今天，9月21日（周一）。"


@pytest.mark.rule("prior-notice")
def test_a_day_early_is_no_refusal_but_said_on_the_card(begin: Begin) -> None:
    """No rule forbids it: the party may ask for it. What must not happen is that nobody notices."""
    s = begin(prechecked)
    s.at(s.market)
    assert TOLD in s.market.card.lines
    s.market.place()
    assert TOLD in s.market.card.lines and s.market.person in s.case.arrivals
    s.at(s.police).place()
    assert s.police.card.title.startswith("② 出示证件")
    assert TOLD in s.police.card.lines


@pytest.mark.parametrize("hours", [0, 12, 24 * 3])
def test_on_the_day_and_after_it_there_is_nothing_to_say(begin: Begin, hours: int) -> None:
    s = begin(at_the_door)
    s.clock.pass_time(hours=hours)
    assert not any("还没有到" in line for line in s.at(s.market).card.lines)


ATTEMPTS: dict[str, tuple[Callable[[Scene], Phone], str, str]] = {
    "two taps of one account": (two_taps_of_one_account, "same-person", "提醒搭档"),
    "two accounts of one person": (two_accounts_of_one_person, "same-person", "提醒搭档"),
    "the same certificate twice": (the_same_certificate, "same-certificate", "提醒搭档"),
    "an expert": (an_expert, "expert", "提醒搭档"),
    "an expired certificate": (an_expired_certificate, "expired", "不能参加"),
    "a partner far away": (a_partner_far_away, "partner-far", "提醒搭档"),
    "a check-in of yesterday": (a_check_in_of_yesterday, "partner-stale", "提醒搭档"),
}


@pytest.mark.rule("two-on-site", "inspector-certificate")
@pytest.mark.parametrize("name", ATTEMPTS)
def test_with_one_inspector_nothing_is_recorded_by_any_path(begin: Begin, name: str) -> None:
    attempt, reason, helps = ATTEMPTS[name]
    s = begin(at_the_door)
    phone = attempt(s)
    assert phone.card.tone == "refusal", phone.card
    assert any(one.startswith("> ") for one in phone.card.lines)
    refused = [x for x in s.events() if isinstance(x, e.CommandRefused)]
    assert refused[-1].reason == reason
    assert refused[-1].clause
    # Not by forged buttons, not by photos either.
    question = "GA-02-01"
    for data in (
        f"certificates|{s.case_id}|yes",
        f"answer|{s.case_id}|{question}|yes",
        f"finish|{s.case_id}",
    ):
        assert phone.send(button=data).tone == "refusal"
    phone.photo()
    assert not [x for x in s.events() if isinstance(x, RECORDED)]
    # And the button that helps, helps.
    attempt_card = phone.send(button=f"certificates|{s.case_id}|yes")
    phone.tap(helps if helps in [b.label for b in attempt_card.buttons] else attempt_card.buttons[0].label)
    assert phone.card.tone != "refusal"


@pytest.mark.rule("two-on-site")
def test_a_reminder_reaches_the_partner_once_in_a_quarter_of_an_hour(begin: Begin) -> None:
    s = begin(at_the_door)
    alone(s).tap("提醒搭档")
    assert s.market.sees(f"已提醒{s.case.members[s.police.person].name}")
    s.at(s.market).tap("提醒搭档")
    with reading(s.house.engine) as tx:
        shown = [one.body for one in screen.since(tx, "web", s.police.account, 0)]
    assert sum("请您来办" in body for body in shown) == 1


@pytest.mark.rule("scan-on-entry")
@pytest.mark.parametrize(("way", "word"), [("紧急，先检查", "emergency"), ("网络故障", "network")])
def test_a_code_that_cannot_be_scanned_is_put_off_with_a_reason(begin: Begin, way: str, word: str) -> None:
    s = begin(arrived)
    p = s.at(s.market)
    p.tap("已出示证件")
    p.tap("已告知")
    p.tap("填检查码")
    assert p.say("不是这个码").tone == "refusal"
    p.tap("返回任务单")
    p.tap(way)
    p.say("现场断网")
    assert s.case.scan is not None
    assert s.case.scan.ground == word
    assert "符合" in [b.label for b in p.card.buttons]


@pytest.mark.rule("scan-on-entry")
@pytest.mark.parametrize("word", ["取消", "算了", "先不填了"])
def test_giving_up_after_a_wrong_code_is_no_code(begin: Begin, word: str) -> None:
    s = begin(arrived)
    p = s.at(s.market)
    for label in ("已出示证件", "已告知", "填检查码"):
        p.tap(label)
    assert p.say("不是这个码").tone == "refusal"
    assert p.say(word).title.startswith("② 核对检查码")
    assert not p.sees(f"“{word}”")


OBSTACLES = ("查无下落", "已关闭停业", "拒绝、阻挠检查")


@pytest.mark.rule("all-items", "refusal")
@pytest.mark.parametrize("kind", OBSTACLES)
def test_a_visit_that_cannot_be_made_is_recorded_by_two_with_evidence(begin: Begin, kind: str) -> None:
    s = begin(opened)
    p = s.at(s.market)
    p.tap("遇到情况")
    p.tap("检查不能进行")
    p.tap(kind)
    p.say("10时到登记住所，大门上锁")
    assert p.tap("结束现场检查").tone == "refusal"
    p.photo()
    p.tap("结束现场检查")
    p.tap("形成汇总表")
    p.tap("签名确认")
    s.at(s.police).tap("签名确认")
    if kind == OBSTACLES[2]:
        s.police.tap("当事人拒签")
        s.police.say("不配合，未说明理由")
        s.police.say("李四，社区工作人员")
    assert step(s.case) == 4
    for phone in s.team:
        s.at(phone).tap(phone.card.buttons[0].label)
        phone.tap("公示结果")
    assert s.case.closed_at


@pytest.mark.rule("all-items")
def test_an_item_is_left_out_with_its_reason_and_the_summary_says_so(begin: Begin) -> None:
    s = begin(opened)
    p = s.at(s.police)
    p.tap("遇到情况")
    p.tap("有事项不查")
    p.tap("娱乐场所")
    p.say("正在停业装修")
    for _ in range(60):
        if s.at(s.market).card.buttons[0].label == "结束现场检查":
            break
        answer_on(s.market)
    s.market.tap("结束现场检查")
    s.market.tap("形成汇总表")
    assert s.market.sees("未检查，理由：正在停业装修")


@pytest.mark.rule("refusal")
def test_a_party_that_does_not_sign_is_recorded_with_a_witness(begin: Begin) -> None:
    s = begin(finished)
    s.at(s.market).tap("形成汇总表")
    s.market.tap("签名确认")
    s.at(s.police).tap("签名确认")
    s.police.tap("当事人拒签")
    s.police.say("认为应当由总公司签")
    s.police.say("李四，社区工作人员")
    assert step(s.case) == 4
    party = s.case.summary.party if s.case.summary else None
    assert party is not None
    assert (party.refusal, party.witness) == ("认为应当由总公司签", "李四，社区工作人员")


def put_right(phone: Phone, to: str = "不适用") -> None:
    phone.tap("更正答案")
    while not any(b.label.startswith("符合｜") for b in phone.card.buttons):
        phone.tap("更早的")
    phone.tap(next(b.label for b in phone.card.buttons if b.label.startswith("符合｜")))
    phone.tap(to)
    phone.say("看错了一项")


@pytest.mark.rule("summary-signed")
@pytest.mark.parametrize("stage", ["on site", "before the summary", "signed by one", "signed by all"])
def test_a_correction_at_any_stage_voids_what_was_signed(begin: Begin, stage: str) -> None:
    s = begin(
        {"on site": finished, "before the summary": finished}.get(
            stage, signed if "all" in stage else finished
        )
    )
    p = s.at(s.market)
    if stage == "signed by one":
        p.tap("形成汇总表")
        p.tap("签名确认")
    put_right(s.at(p))
    assert s.case.summary is None
    assert sum(isinstance(x, e.AnswerCorrected) for x in s.events()) == 1
    s.at(p).tap("形成汇总表")
    p.tap("签名确认")
    s.at(s.police).tap("签名确认")
    s.police.tap("当事人签字")
    s.police.tap("无异议")
    s.police.say("岩温坎")
    assert step(s.case) == 4


@pytest.mark.rule("summary-signed")
def test_what_is_entered_is_no_longer_corrected(begin: Begin) -> None:
    s = begin(entered)
    p = s.at(s.market)
    assert "更正答案" not in [b.label for b in p.card.buttons]
    key = next(iter(s.case.answers))
    p.send(button=f"correct|{s.case_id}|{key}|na")
    assert p.say("看错了").tone == "refusal"
    assert not any(isinstance(x, e.AnswerCorrected) for x in s.events())


def test_the_experts_words_are_kept_beside_the_answers(begin: Begin) -> None:
    s = begin(opened)
    p = s.at(s.expert)
    p.tap("到场签到")
    p.place()
    p.tap("写专家意见")
    p.say("线路老化，建议更换")
    assert s.case.opinions[p.person] == "线路老化，建议更换"
    assert p.sees("线路老化，建议更换")


def test_a_question_that_may_be_left_open_is_not_counted_before_it_is_answered(begin: Begin) -> None:
    s = begin(opened, task="2026-02")
    s.at(s.police)
    assert s.police.card.done == 0
    assert s.police.sees("第 1/")
