"""What a witness is told when they ask for help: what they can do now, in six lines."""

from __future__ import annotations

from tests.ceremony.hall import DRAWN_AT, ROLLED, Hall
from tests.talking import Phone


def helped(phone: Phone) -> str:
    shown = phone.say("帮助")
    assert shown.title == "见证人现在能做什么" and len(shown.lines) <= 5
    return "\n".join(shown.lines)


def test_a_witness_is_told_what_they_can_do_at_every_stage(hall: Hall) -> None:
    w = hall.first
    assert "现在没有等您的抽取" in helped(w)
    hall.committed()
    assert "请掷骰子二十次以上" in helped(w)
    hall.give(w, ROLLED[0])
    assert "等截止" in helped(w)
    hall.give(hall.second, ROLLED[1])
    hall.organiser.tap("看抽取进展")
    hall.organiser.tap("截止录入")
    assert "等开奖，9月21日（周一）21:30开出" in helped(w)
    hall.clock.now = DRAWN_AT
    assert "号码已经开出，请照开奖公告录入" in helped(w)
    hall.type(hall.organiser)
    hall.type(w)
    assert "等信息管理员抽取" in helped(w)
    hall.organiser.send(button=hall.data("hold-draw"))
    assert "请核对记录摘要，然后签字" in helped(w)
    w.tap("放射源")
    w.tap("签字确认")
    assert "等派发" in helped(w)


def test_nobody_else_s_help_is_a_witness_s(hall: Hall) -> None:
    for phone in (hall.organiser, hall.head):
        assert phone.say("帮助").title == "随检能帮您做什么"


def test_a_draw_is_begun_again_with_a_reason_by_the_organiser_s_own_words(hall: Hall) -> None:
    o = hall.drawn()
    o.say("重新抽一次")
    assert o.sees("作废这次抽取") and o.sees("请选理由")
    o.say("名单有误")
    assert o.sees("作废理由：名单有误") and hall.kept.ceremony.abandoned
