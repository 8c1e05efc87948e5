"""From the assignment to the closed case, by nothing but what people read and tap."""

from __future__ import annotations

import pytest

from tests.conversation.conftest import Begin
from tests.conversation.walks import finished, published, signed
from workflows.inspection import events as e
from workflows.inspection.case import CLOSED, step


@pytest.mark.rule("step-order", "no-double-entry", "archive", "report-up")
def test_a_visit_without_findings_closes_when_both_departments_have_published(begin: Begin) -> None:
    s = begin(published)
    assert step(s.case) == CLOSED
    assert s.at(s.market).card.title == f"✓ 已办结 · {s.target}"
    assert s.at(s.police).sees("案卷已归档")
    assert any(isinstance(x, e.OutcomeReported) for x in s.events())


def measure(s, label: str):  # type: ignore[no-untyped-def]
    """⑤ the one finding, with its measure being chosen."""
    p = s.at(s.police)
    p.tap("1. ")
    p.tap(label)
    return p


@pytest.mark.rule("handle", "re-check")
def test_an_ordered_correction_that_fails_its_recheck_is_ordered_again_and_closes(begin: Begin) -> None:
    s = begin(published, "police")
    assert step(s.case) == 5
    p = measure(s, "责令限期改正")
    suggested = [b.label for b in p.card.buttons]
    assert [b.label for b in p.say("改天吧").buttons] == suggested
    p.say("9月30日")
    p.tap("1. ")
    p.tap("登记整改情况")
    p.say("负责人称已补办")
    p.tap("1. ")
    p.tap("复查不合格")
    p.say("仍未取得")
    assert p.say("改天").title == "没有读出日期：改天"
    p.say("10月20日")
    p.tap("1. ")
    assert p.sees("复查 1 次不合格")
    p.tap("登记整改情况")
    p.say("已取得备案证明")
    p.photo(b"\xff\xd8again")
    p.tap("1. ")
    p.tap("复查合格")
    p.say("备案证明齐全")
    assert s.at(p).card.title.startswith("✓ 已办结")


@pytest.mark.rule("handle")
def test_a_finding_can_be_handed_over(begin: Begin) -> None:
    s = begin(published, "police")
    p = measure(s, "移交有关部门")
    p.say("县文化和旅游局")
    p.say("15天内")
    p.tap("1. ")
    p.tap("登记办理结果")
    p.say("文旅函〔2026〕3号")
    assert step(s.case) == CLOSED


@pytest.mark.rule("handle")
def test_a_finding_can_be_filed(begin: Begin) -> None:
    s = begin(published, "police")
    p = measure(s, "立案查处")
    p.say("后天")
    p.tap("1. ")
    p.tap("登记办理结果")
    p.say("勐公立字〔2026〕11号")
    assert step(s.case) == CLOSED


@pytest.mark.rule("criminal")
def test_a_suspected_crime_waits_for_the_head_and_then_goes_over(begin: Begin) -> None:
    s = begin(published, "police")
    p = measure(s, "涉嫌犯罪，移送司法机关")
    p.say("勐海县人民检察院，办案管理中心")  # too long for a button that carries it: the day is typed
    p.say("9月30日")
    p.tap("1. ")
    assert p.sees("等领导小组办公室的负责人决定")
    p.tap("提醒搭档")
    assert p.sees("领导小组办公室")
    s.head.say("任务")
    assert s.head.sees("移送司法机关：勐海县人民检察院")
    s.head.tap(s.target)
    s.head.tap("批准移送")
    s.head.say("任务")
    assert s.head.sees("没有等您决定的事")
    s.at(p).tap("1. ")
    p.tap("登记办理结果")
    p.say("移送〔2026〕1号")
    assert step(s.case) == CLOSED


@pytest.mark.rule("criminal")
def test_a_transfer_the_head_denies_is_decided_anew(begin: Begin) -> None:
    s = begin(published, "police")
    p = measure(s, "涉嫌犯罪，移送司法机关")
    p.say("县检察院")
    p.say("9月30日")
    s.head.say("任务")
    s.head.tap(s.target)
    s.head.tap("不批准移送")
    s.head.say("情节轻微，不构成犯罪")
    s.at(p).tap("1. ")
    p.tap("当场改正")
    p.say("已当场备案")
    assert step(s.case) == CLOSED


@pytest.mark.rule("handle")
def test_more_findings_than_buttons_can_all_be_reached(begin: Begin) -> None:
    """Seven findings: those nobody has decided on come first, and the list turns its pages."""
    s = begin(finished, "police", "market")
    for phone in s.team:
        for _ in range(3):
            s.at(phone).tap("更正答案")
            while not any(b.label.startswith("符合｜") for b in phone.card.buttons):
                phone.tap("更早的")
            phone.tap(next(b.label for b in phone.card.buttons if b.label.startswith("符合｜")))
            phone.tap("不符合")
            phone.say("复核后认定")
            s.at(phone).photo(b"\xff\xd8" + str(len(s.case.evidence)).encode())
    _close_the_visit(s)
    seen = set()
    for _ in range(4):
        seen |= {b.label for b in s.police.card.buttons if b.label[0].isdecimal()}
        s.police.tap("其他问题")
    assert len(seen) == len([a for a in s.case.answers.values() if a.value == "no"]) == 8


def _close_the_visit(s) -> None:  # type: ignore[no-untyped-def]
    s.at(s.market).tap("形成汇总表")
    s.market.tap("签名确认")
    s.at(s.police).tap("签名确认")
    s.police.tap("当事人签字")
    s.police.tap("无异议")
    s.police.say("岩温坎")
    s.at(s.market).tap("违反")
    s.market.tap("公示结果")
    s.at(s.police).tap("违反")
    s.police.tap("公示结果")
    s.at(s.police)


@pytest.mark.rule("entry-deadline")
def test_a_result_entered_too_late_needs_its_reason_and_shows_it_to_the_head(begin: Begin) -> None:
    s = begin(signed)
    s.clock.pass_time(days=40)
    s.market.say("任务")
    assert s.market.sees("逾期 1")
    s.market.tap(s.target)
    assert s.market.sees("已逾期")
    s.market.tap("未发现问题")
    assert s.market.sees("为什么逾期")
    s.market.say("系统停机维护")
    s.market.tap("公示结果")
    s.head.say("进度")
    assert s.head.counts("逾期") == 1
    s.head.tap("谁逾期了")
    assert s.head.sees("县公安局")
    s.head.tap(s.target)
    assert s.head.sees("逾期原因：系统停机维护")


@pytest.mark.rule("secrecy")
@pytest.mark.parametrize("granted", [True, False])
def test_non_disclosure_is_asked_with_its_ground_and_decided_by_the_head(begin: Begin, granted: bool) -> None:
    s = begin(signed)
    p = s.at(s.police)
    p.tap("未发现问题")
    stale = p.button("公示结果").data
    p.tap("申请不公示")
    p.tap("个人隐私")
    asked = p.say("照片中有旅客证件")
    assert "公示结果" not in [one.label for one in asked.buttons]
    assert p.send(button=stale).tone == "refusal"
    s.head.say("任务")
    s.head.tap(s.target)
    assert s.head.sees("照片中有旅客证件")
    s.head.tap("同意不公示" if granted else "应当公示")
    if not granted:
        s.head.say("遮挡后可以公示")
        s.at(p).tap("公示结果")
    assert s.case.entries["县公安局"].secrecy == ("granted" if granted else "denied")
    s.at(s.market).tap("未发现问题")
    s.market.tap("公示结果")
    assert step(s.case) == CLOSED
