"""The office: what awaits a decision, the organiser's plan and draw, the reviewer under a profile that asks for one."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import demo
from storage import projection, screen
from storage.database import reading
from tests.conversation.conftest import Begin
from tests.conversation.walks import Scene, entered, noted, scene_of, signed
from tests.talking import Phone, open_house, phone_of
from workflows.inspection.case import step


def under_henan(folder: Path) -> Scene:
    """The demo's plan under henan-police: a legal reviewer approves before anything is published."""
    house, clock = open_house(folder)
    kept, demo.PROFILE = demo.PROFILE, "henan-police"
    try:
        demo.load(house, lambda said: None)
    finally:
        demo.PROFILE = kept
    return scene_of(house, clock)


@pytest.mark.rule("legal-review")
def test_a_result_is_reviewed_returned_entered_again_and_passed(tmp_path: Path) -> None:
    s = entered(under_henan(tmp_path))
    p = s.at(s.police)
    assert p.tap("公示结果").tone == "refusal"
    s.legal.say("任务")
    assert s.legal.sees("法制审核：县市场监督管理局")
    assert s.legal.sees("法制审核：县公安局")
    s.legal.tap(s.target)
    s.legal.tap("退回修改（县公安局）")
    s.legal.say("依据写得不全")
    s.legal.tap("审核通过（县市场监督管理局）")
    assert s.at(p).sees("审核退回：依据写得不全")
    p.tap("未发现问题")
    s.legal.say("任务")
    s.legal.tap(s.target)
    s.legal.tap("审核通过（县公安局）")
    for phone in s.team:
        s.at(phone).tap("公示结果")
    assert s.case.closed_at


@pytest.mark.rule("legal-review")
def test_two_departments_results_waiting_make_one_notice_at_the_end_that_says_both(tmp_path: Path) -> None:
    s = signed(under_henan(tmp_path))
    s.at(s.market).tap("未发现问题")
    before = _newest(s.legal)
    s.legal.say("帮助")
    s.at(s.police).tap("未发现问题")
    after = _newest(s.legal)
    assert after[0] > before[0]
    assert "有结果等您审核" in after[1]
    assert "县市场监督管理局" in after[1]
    assert "县公安局" in after[1]


def _newest(phone: Phone) -> tuple[int, str]:
    with reading(phone.house.engine) as tx:
        last = screen.since(tx, "web", phone.account, 0)[-1]
    return last.id, last.body


def at_the_start(s: Scene) -> Scene:
    return s


@pytest.mark.rule("mutual-blind", "by-machine")
def test_until_release_nobody_can_see_who_goes_where(begin: Begin) -> None:
    s = begin(at_the_start)
    with reading(s.house.engine) as tx:
        before = {c.id for c in projection.all_cases(tx)}
    o = s.organiser
    o.say("抽取")
    drawn = o.tap("抽取：放射源")
    assert drawn.title.startswith("确认抽取")
    sealed = o.tap("确认抽取")
    assert "看不到" in "".join(sealed.lines)
    for phone in (o, s.head, s.legal, s.market):
        for word in ("任务", "进度", "抽取"):
            phone.say(word)
            assert not phone.sees("放射源与易制毒化学品抽查") or phone is o
    with reading(s.house.engine) as tx:
        assert {c.id for c in projection.all_cases(tx)} == before
    o.say("抽取")
    o.tap("派发：放射源")
    o.tap("签字确认")
    with reading(s.house.engine) as tx:
        assert {c.id for c in projection.all_cases(tx)} == before
    o.tap("派发任务")
    with reading(s.house.engine) as tx:
        new = [c for c in projection.all_cases(tx) if c.id not in before]
    assert len(new) == 2
    for person in new[0].members:
        member = phone_of(s.house, person)
        member.say("任务")
        assert member.sees(new[0].opened.target.name)


@pytest.mark.rule("by-machine")
def test_only_the_organiser_publishes_draws_and_releases(begin: Begin) -> None:
    s = begin(at_the_start)
    s.organiser.say("抽取")
    way = s.organiser.button("抽取：放射源").data
    sure = way + "|yes"
    for phone in (s.market, s.expert, s.head, s.legal):
        for data in (
            way,
            sure,
            way.replace("draw", "release"),
            "publish-plan||" + way.split("|")[2],
            "drawing|",
        ):
            assert phone.send(button=data).title == "抽取由信息管理员办理"
        assert phone.say("抽取").title == "抽取由信息管理员办理"
    s.organiser.say("抽取")
    assert s.organiser.sees("未抽取")


def test_an_old_draw_button_never_draws_from_a_newer_plan(begin: Begin) -> None:
    s = begin(at_the_start)
    s.organiser.say("抽取")
    plan, place = s.organiser.button("抽取：放射源").data.split("|")[2:]
    newer = plan.rsplit(".", 1)[0] + ".9"
    s.organiser.send(button=f"draw||{newer}|{place}|yes")
    assert s.organiser.sees("未抽取")
    first, second = (s.organiser.send(button=f"draw||{plan}|{place}|yes") for _ in range(2))
    assert first.title == second.title
    assert first.lines == second.lines


def test_who_oversees_has_nothing_to_decide_until_something_waits(begin: Begin) -> None:
    s = begin(noted)
    assert s.head.say("任务").title == "我的任务"
    assert s.head.sees("没有等您决定的事")
    assert [b.label for b in s.head.card.buttons] == ["进度"]
    assert [b.label for b in s.organiser.say("任务").buttons] == ["进度", "抽查计划"]
    for label in ("进度", "分类查看", "按计划", "2026年", s.target[:8]):
        s.head.tap(label)
    assert s.head.card.title.startswith("① 预查对比")
    refused = s.head.send(button=f"finish-precheck|{s.case_id}")
    assert refused.title == "这个任务不归您办"
    assert step(s.case) == 1


def test_a_reminder_of_a_closed_case_reaches_nobody(begin: Begin) -> None:
    from tests.conversation.walks import published

    s = begin(published)
    s.market.send(button=f"remind|{s.case_id}")
    assert s.market.sees("没有需要提醒的人")
    assert "请您来办" not in _newest(s.police)[1]
