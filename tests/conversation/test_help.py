"""帮助 tells each role what it can ask for, and what it names is answered."""

from __future__ import annotations

import re

import pytest

from tests.conversation.conftest import Begin
from tests.conversation.walks import noted
from tests.talking import person_named, phone_of

ASKED = {
    "沈知远": ("谁逾期了", "谁没签字", "本周到期", "预警", "审批", "换人", "延期", "不再等签字"),
    "方明理": ("审批",),
}


@pytest.mark.parametrize("name", ASKED)
def test_what_help_names_is_there_and_understood(begin: Begin, name: str) -> None:
    s = begin(noted)
    phone = phone_of(s.house, person_named(s.house, name), name)
    told = re.findall("“([^”]+)”", "".join(phone.say("帮助").lines))
    for said in ASKED[name]:
        assert said in told
        assert not phone.say(said).title.startswith("没有听懂")


def test_an_inspector_is_told_what_may_be_asked_on_the_way(begin: Begin) -> None:
    s = begin(noted)
    told = re.findall("“([^”]+)”", "".join(s.at(s.market).say("帮助").lines))
    for said in ("今天查哪几家", "还剩几天", "搭档是谁", "谁没签字"):
        assert said in told
        assert not s.market.say(said).title.startswith("没有听懂")


def test_what_is_not_understood_is_never_answered_with_another_office_s_doors(begin: Begin) -> None:
    s = begin(lambda scene: scene)
    shown = s.market.say("阿斯顿发斯蒂芬")
    assert shown.title.startswith("没有听懂")
    assert not {"抽查计划", "写本周通报", "预警"} & {b.label for b in shown.buttons}
    assert "我的任务" in {b.label for b in shown.buttons}
