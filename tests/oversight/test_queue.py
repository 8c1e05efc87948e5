"""The queue of those who decide, walked in the words they type: it is found, opened, decided, and it shrinks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conversation.conftest import Begin, begin, nothing_fails  # noqa: F401
from tests.conversation.test_office import under_henan
from tests.conversation.walks import Scene, entered, signed
from tests.talking import Phone
from workflows.inspection.case import evidence_of, findings

MARKET, POLICE = "县市场监督管理局", "县公安局"


def waiting(phone: Phone, word: str = "待审核") -> list[str]:
    """What the queue holds of the one case before it, as its lines say."""
    return [line for line in phone.say(word).lines if line.startswith(("法制审核", "不公示"))]


@pytest.mark.rule("legal-review")
@pytest.mark.parametrize("word", ["待审核", "法制审核", "我要审的", "审批", "有哪些等我审的"])
def test_whatever_the_reviewer_calls_it_the_queue_opens(tmp_path: Path, word: str) -> None:
    s = entered(under_henan(tmp_path))
    assert waiting(s.legal, word) == [f"法制审核：{MARKET}", f"法制审核：{POLICE}"]
    assert s.legal.sees("录入公示截止：10月27日（周二）")


@pytest.mark.rule("legal-review")
def test_the_reviewer_sees_what_the_result_rests_on_decides_and_the_queue_shrinks(tmp_path: Path) -> None:
    s = entered(under_henan(tmp_path), "police")
    assert len(waiting(s.legal)) == 2
    opened = s.legal.tap(s.target)
    (question,) = findings(s.case, POLICE)
    assert s.legal.sees("问题 1：")
    assert s.legal.sees(f"情况：{s.case.answers[question].note}")
    assert any(line.startswith("> ") for line in opened.lines)
    assert opened.photos == evidence_of(s.case, question) != ()

    s.legal.say(f"退回修改（{POLICE}）")
    s.legal.say("依据写得不全")
    assert waiting(s.legal) == [f"法制审核：{MARKET}"]
    assert s.at(s.police).sees("审核退回：依据写得不全")

    s.legal.tap(s.target)
    s.legal.say(f"审核通过（{MARKET}）")
    assert waiting(s.legal) == []
    assert s.legal.sees("现在没有等您决定的事")


@pytest.mark.rule("legal-review")
def test_without_an_opinion_nothing_is_returned(tmp_path: Path) -> None:
    s = entered(under_henan(tmp_path))
    waiting(s.legal)
    s.legal.tap(s.target)
    s.legal.say(f"退回修改（{POLICE}）")
    s.legal.tap("先不填了")
    assert len(waiting(s.legal)) == 2


def asked_to_keep_back(s: Scene) -> Scene:
    p = signed(s).at(s.police)
    p.tap("未发现问题")
    p.tap("申请不公示")
    p.tap("个人隐私")
    p.say("照片中有旅客证件")
    return s


@pytest.mark.rule("secrecy")
@pytest.mark.parametrize("word", ["审批", "等我批的", "待审批的有哪些"])
def test_non_disclosure_waits_for_the_head_and_is_refused_with_a_reason(begin: Begin, word: str) -> None:  # noqa: F811
    s = begin(asked_to_keep_back)
    assert waiting(s.head, word) == [f"不公示：{POLICE}"]
    s.head.tap(s.target)
    assert s.head.sees("照片中有旅客证件")
    s.head.say(f"应当公示（{POLICE}）")
    s.head.say("遮挡后可以公示")
    assert s.case.entries[POLICE].secrecy == "denied"
    assert waiting(s.head, word) == []


@pytest.mark.rule("legal-review")
def test_a_decision_is_typed_without_the_department_only_where_one_is_meant(tmp_path: Path) -> None:
    s = entered(under_henan(tmp_path))
    waiting(s.legal)
    s.legal.tap(s.target)
    s.legal.say("审核通过")
    assert [e.review for e in s.case.entries.values()] == ["", ""]
    s.legal.tap(s.target)
    s.legal.tap(f"审核通过（{MARKET}）")
    s.legal.say("审核通过")
    assert [e.review for e in s.case.entries.values()] == ["passed", "passed"]
