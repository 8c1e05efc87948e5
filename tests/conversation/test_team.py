"""Who is on the team, and how that changes: stepping aside, being objected to, being ill."""

from __future__ import annotations

import pytest

from storage import screen
from storage.database import reading
from tests.conversation.conftest import Begin
from tests.conversation.walks import Scene, noted, opened, scene_of
from tests.talking import phone_of
from workflows.inspection import events as e
from workflows.inspection.case import step


def at_the_start(s: Scene) -> Scene:
    return s


def on_screen(s: Scene, person: str) -> list[str]:
    with reading(s.house.engine) as tx:
        return [one.body for one in screen.since(tx, "web", f"phone-of-{person}", 0)]


def substitute_of(s: Scene) -> str:
    return next(x.member.person for x in s.events() if isinstance(x, e.SubstituteDrawn))


@pytest.mark.rule("recusal", "substitute")
@pytest.mark.parametrize("by_party", [False, True])
def test_a_recusal_is_decided_by_the_head_and_the_next_of_the_draw_is_told(
    begin: Begin, by_party: bool
) -> None:
    s = begin(opened if by_party else noted)
    p, leaving = s.at(s.market), s.case.members[s.police.person].name
    if by_party:
        p.tap("遇到情况")
        p.tap("其他事项")
        p.tap("申请回避")
        p.tap(f"当事人申请{leaving}回避")
        p.say("与店长是亲属")
    else:
        s.at(s.police).tap("其他事项")
        s.police.tap("申请回避")
        s.police.tap("本人申请回避")
        s.police.say("与店长是亲属")
    s.head.say("任务")
    assert s.head.sees(f"回避：{leaving}")
    s.head.tap(s.target)
    assert s.head.sees("与店长是亲属")
    s.head.tap(f"同意回避（{leaving}）")
    new = substitute_of(s)
    assert s.police.person not in s.case.members
    assert new in s.case.members
    substitute = phone_of(s.house, new)
    substitute.say("任务")
    substitute.tap(s.target)
    assert substitute.sees("检查组") or substitute.sees("签到")
    assert any("您已不在检查组" in body for body in on_screen(s, s.police.person))


@pytest.mark.rule("recusal")
def test_a_recusal_denied_says_why_and_the_visit_goes_on(begin: Begin) -> None:
    s = begin(opened)
    s.at(s.police).tap("遇到情况")
    s.police.tap("其他事项")
    s.police.tap("申请回避")
    s.police.tap("本人申请回避")
    s.police.say("曾在附近居住")
    s.head.say("任务")
    s.head.tap(s.target)
    s.head.tap("不同意回避")
    s.head.say("不影响公正执法")
    assert any("回避申请没有批准" in body for body in on_screen(s, s.police.person))
    assert "符合" in [b.label for b in s.at(s.police).card.buttons]


@pytest.mark.rule("substitute")
def test_who_cannot_come_is_replaced_and_has_the_case_no_more(begin: Begin) -> None:
    s = begin(noted)
    p = s.at(s.police)
    p.tap("其他事项")
    p.tap("不能参加")
    p.say("临时出差")
    assert p.card.key == "home"
    assert not p.sees(s.target)
    assert substitute_of(s) in s.case.members
    # What they still have on the screen is no way in.
    refused = p.send(button=f"open|{s.case_id}")
    assert refused.title == "这个任务不归您办"
    assert p.photo().title == "收到文件，没有记到任务里"
    assert any(isinstance(x, e.CommandRefused) and x.rule == "by-machine" for x in s.events())


@pytest.mark.rule("substitute")
def test_a_seat_nobody_can_fill_is_told_to_the_organiser(begin: Begin) -> None:
    s = begin(noted)
    p = s.at(s.expert)
    p.tap("其他事项")
    p.tap("不能参加")
    p.say("生病")
    assert any("检查组缺人" in body for body in on_screen(s, s.organiser.person))
    assert s.expert.person not in s.case.members
    assert step(s.case) == 1


@pytest.mark.rule("recusal")
def test_a_head_who_was_drawn_decides_on_others_and_never_on_themselves(begin: Begin) -> None:
    from dataclasses import replace

    from storage import people
    from storage.database import writing

    s = begin(noted)
    with writing(s.house.engine) as tx:
        person = people.get(tx, s.market.person)
        assert person is not None
        people.save(tx, replace(person, roles=(*person.roles, "supervisor")))
    for phone in s.team:
        s.at(phone).tap("其他事项")
        phone.tap("申请回避")
        phone.tap("本人申请回避")
        phone.say("亲属关系")
    s.market.say("任务")
    s.market.tap(f"！{s.target}")
    own = next(b.label for b in s.market.card.buttons if s.case.members[s.market.person].name in b.label)
    assert s.market.tap(own).tone == "refusal"
    s.market.say("任务")
    s.market.tap(f"！{s.target}")
    s.market.tap(f"同意回避（{s.case.members[s.police.person].name}）")
    assert s.police.person not in s.case.members
    assert s.market.person in s.case.members


def test_scenes_are_what_they_say(begin: Begin) -> None:
    s = begin(at_the_start)
    assert scene_of(s.house, s.clock).case_id == s.case_id
    assert step(s.case) == 1


def test_who_asked_to_step_aside_sees_that_it_was_asked_and_who_decides(begin: Begin) -> None:
    s = begin(noted)
    s.at(s.police).tap("其他事项")
    s.police.tap("申请回避")
    s.police.tap("本人申请回避")
    s.police.say("店主是我表哥")
    name = s.case.members[s.police.person].name
    assert s.police.sees(f"已申请回避：{name}，等领导小组办公室决定")
    s.head.say("审批")
    s.head.tap(s.target)
    s.head.tap("不同意回避")
    s.head.say("没有影响公正的关系")
    assert not s.at(s.police).sees("已申请回避")
