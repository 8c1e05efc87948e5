"""Free words in the chat: a question is answered, an act is shown as a button and changes nothing until it is tapped."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.dialogs.case import OVERSEERS
from bot.phrases.answering import freely, nearest
from bot.reply import Reply
from bot.talk import Talk
from bot.turn import Turn
from storage import awaiting, casebook, people, projection
from storage.database import reading, writing
from tests.oversight.conftest import count_anew
from tests.talking import Phone, demo_house, phone_of
from workflows.inspection.case import Case


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Talk:
    folder: Path = tmp_path_factory.mktemp("free")
    house, clock = demo_house(folder)
    with reading(house.engine) as tx:
        first = projection.all_cases(tx)[0]
        person = people.get(tx, next(p for p, m in first.members.items() if m.role == "inspector"))
    assert person is not None
    return Talk(house, person, Turn("web", "a1", "u1"), clock.now)


@pytest.fixture(scope="module")
def case(talk: Talk) -> Case:
    with reading(talk.house.engine) as tx:
        return projection.cases_of(tx, talk.person.id)[0]


def _freely(talk: Talk, said: str, seen: str = "") -> Reply:
    reply = freely(talk, said, seen)
    assert reply is not None, said
    return reply


def _seq(talk: Talk, case: Case) -> int:
    with reading(talk.house.engine) as tx:
        return casebook.load(tx, case.id).seq


def test_a_target_by_a_part_of_its_name_opens_its_case(talk: Talk, case: Case) -> None:
    assert _freely(talk, f"帮我打开{case.opened.target.name[:-4]}看看").case == case.id


@pytest.mark.parametrize("said", ["提醒一下搭档", "我要申请回避", "帮我签到", "公示一下", "我生病了去不了"])
def test_an_act_is_a_button_and_nothing_has_happened(talk: Talk, case: Case, said: str) -> None:
    before = _seq(talk, case)
    shown = _freely(talk, said, case.id).cards[-1]
    assert shown.lines[0] == case.opened.target.name
    assert "点下面的按钮才会办" in shown.lines[1]
    assert case.id in shown.buttons[0].data
    assert _seq(talk, case) == before


@pytest.mark.parametrize("said", ["怎么申请回避", "可以签到了吗", "能不能请假"])
def test_a_question_about_an_act_is_explained_without_the_button_that_does_it(
    talk: Talk, case: Case, said: str
) -> None:
    shown = _freely(talk, said, case.id).cards[-1]
    assert shown.title.endswith("这样办")
    assert {b.data.split("|")[0] for b in shown.buttons} == {"case", "home", "help"}


@pytest.mark.parametrize(
    "said", ["请问我今天要去哪几家", "还剩几天", "谁逾期了", "查到哪一步了", "现在进展怎么样"]
)
def test_a_question_is_answered(talk: Talk, case: Case, said: str) -> None:
    assert _freely(talk, said, case.id).cards


def test_an_act_without_a_case_asks_which_where_there_is_none_or_more_than_one(talk: Talk) -> None:
    with reading(talk.house.engine) as tx:
        overseer = people.get(tx, people.holding(tx, "supervisor")[0])
    assert overseer is not None
    assert _freely(replace(talk, person=overseer), "我要申请回避").cards[-1].title == "说的是哪一家？"


def test_an_act_without_a_case_means_the_only_one_and_still_asks_first(talk: Talk) -> None:
    assert _freely(talk, "我要申请回避").cards[-1].title == "您是要“申请回避”吗？"


@pytest.mark.parametrize("said", ["今天天气怎么样", "先别公示", "等会儿再签到", "123", "😀"])
def test_what_is_not_understood_is_left_to_the_nearest_three(talk: Talk, case: Case, said: str) -> None:
    assert freely(talk, said, case.id) is None


def test_a_target_of_another_team_is_not_known(talk: Talk) -> None:
    with reading(talk.house.engine) as tx:
        mine = {c.id for c in projection.cases_of(tx, talk.person.id)}
        other = next(c for c in projection.all_cases(tx) if c.id not in mine)
    reply = freely(talk, f"打开{other.opened.target.name}", "")
    assert reply is None or reply.case != other.id


def test_the_nearest_things_are_buttons_that_work_here(talk: Talk, case: Case) -> None:
    near = nearest(talk, "先别公示", case.id)
    assert "公示结果" in near
    assert nearest(talk, "先别公示", "").keys().isdisjoint({"公示结果"})
    assert {"我的任务", "进度", "帮助"} <= nearest(talk, "啦啦啦", "").keys()


@pytest.mark.parametrize("said", ["还剩几天", "我要签到"])
def test_who_has_one_task_means_that_one_before_opening_it(talk: Talk, case: Case, said: str) -> None:
    reply = _freely(talk, said)
    assert any(case.id in b.data for card in reply.cards for b in card.buttons)


@pytest.fixture(scope="module")
def office(talk: Talk) -> Talk:
    """The supervisor's turn, with everything counted."""
    count_anew(talk.house)
    with reading(talk.house.engine) as tx:
        overseer = people.get(tx, people.holding(tx, "supervisor")[0])
    assert overseer is not None
    return replace(talk, person=overseer)


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("县公安局上个月的进度", "进度 · 县公安局｜2026年8月派发"),
        ("县公安局的进度", "进度 · 县公安局"),
        ("看看各部门的进度", "按部门 · 全部部门"),
        ("县公安局谁逾期了", "谁逾期了 · 县公安局"),
        ("谁没签字", "谁没签字 · 全部部门"),
        ("本周到期的有哪些", "到期的任务 · 9月21日（周一）至9月27日（周日）到期"),
        ("预警", "预警 · 全部部门"),
    ],
)
def test_what_a_question_names_reaches_the_card(office: Talk, said: str, title: str) -> None:
    assert _freely(office, said).cards[-1].title == title


def test_what_a_person_is_on_is_a_list_with_its_excel(office: Talk, case: Case) -> None:
    member = next(m for m in case.members.values() if m.role == "inspector")
    shown = _freely(office, f"{member.name}在查什么").cards[-1]
    assert shown.title.startswith(f"{member.name}在查什么")
    assert any(case.opened.target.name in line for line in shown.lines)
    assert "导出表格" in [b.label for b in shown.buttons]


def test_the_list_asked_for_as_a_file_comes_as_that_file(office: Talk, case: Case) -> None:
    member = next(m for m in case.members.values() if m.role == "inspector")
    shown = _freely(office, "导出各部门的进度").cards[-1]
    assert shown.files
    assert member.name in _freely(office, f"{member.name}的尽职记录").cards[-1].title


def test_a_plan_an_item_and_a_person_are_known_by_name(office: Talk, case: Case) -> None:
    for name in (case.opened.plan_name, case.opened.items[0].name):
        assert name in _freely(office, f"{name}的进度").cards[-1].title


@pytest.mark.parametrize(("said", "verb"), [("我要延期", "extend"), ("换人", "reassign"), ("免签", "excuse")])
def test_what_the_office_decides_is_a_button_of_the_case(
    office: Talk, case: Case, said: str, verb: str
) -> None:
    shown = _freely(office, said, case.id).cards[-1]
    assert shown.buttons[0].data.split("|")[:2] == [verb, case.id]


def test_an_inspector_is_not_told_of_others_by_asking(talk: Talk, case: Case) -> None:
    with reading(talk.house.engine) as tx:
        stranger = next(
            p for p in people.everybody(tx) if p.id not in case.members and "inspector" in p.roles
        )
    reply = freely(talk, f"{stranger.name}在查什么", "")
    assert reply is None or stranger.name not in reply.cards[-1].title


@pytest.mark.parametrize("said", ["搭档是谁", "谁跟我一组", "检查组有哪些人", "组长是谁"])
def test_who_goes_together_is_told_by_name_and_certificate(talk: Talk, case: Case, said: str) -> None:
    shown = _freely(talk, said, case.id).cards[-1]
    assert shown.title == f"检查组 · {case.opened.target.name}"
    for member in case.members.values():
        assert any(member.name in line and member.certificate in line for line in shown.lines)


def test_who_belongs_to_no_team_is_not_told_who_does(talk: Talk, case: Case) -> None:
    with reading(talk.house.engine) as tx:
        outside = next(
            p for p in people.everybody(tx) if p.id not in case.members and not set(p.roles) & set(OVERSEERS)
        )
    assert case.opened.target.name not in str(
        _freely(replace(talk, person=outside, views={}), "搭档是谁", case.id).cards
    )


def test_the_office_is_shown_what_is_under_way_to_choose_from(talk: Talk) -> None:
    with reading(talk.house.engine) as tx:
        overseer = people.get(tx, people.holding(tx, "supervisor")[0])
        every = {c.opened.target.name for c in projection.all_cases(tx)}
    assert overseer is not None
    shown = _freely(replace(talk, person=overseer), "换人").cards[-1]
    assert every <= {b.label for b in shown.buttons}


def test_who_has_no_case_is_not_told_to_choose_from_none(talk: Talk) -> None:
    with reading(talk.house.engine) as tx:
        witness = people.get(tx, people.holding(tx, "witness")[0])
    assert witness is not None
    assert (
        _freely(replace(talk, person=witness), "我要申请回避").cards[-1].title == "现在没有能办这件事的任务"
    )


@pytest.fixture(scope="module")
def organiser(talk: Talk) -> Talk:
    with reading(talk.house.engine) as tx:
        person = people.get(tx, people.holding(tx, "organiser")[0])
    assert person is not None
    return replace(talk, person=person)


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("停用账号", "已绑定的账号"),
        ("计划执行得怎么样", "2026年度勐海县市场监管领域部门联合抽查计划"),
        ("风险等级怎么分的", "风险分类"),
        ("投诉举报核查", "临时检查"),
    ],
)
def test_the_organiser_s_doors_are_found_by_what_they_are_for(organiser: Talk, said: str, title: str) -> None:
    assert title in _freely(organiser, said).cards[-1].title


def test_somebody_s_account_is_asked_about_and_still_in_force(organiser: Talk, case: Case) -> None:
    member = next(m for m in case.members.values() if m.role == "inspector")
    with writing(organiser.house.engine) as tx:
        people.bind(tx, "web", "just-one", member.person, organiser.now)
    shown = _freely(organiser, f"停用{member.name}的账号").cards[-1]
    assert "确认停用" in [b.label for b in shown.buttons]
    assert any(member.name in said for said in (shown.title, *shown.lines))
    with reading(organiser.house.engine) as tx:
        assert people.behind(tx, "web", "just-one")


def test_where_no_draw_is_under_way_a_draw_anew_opens_the_plan_s_tasks(organiser: Talk) -> None:
    shown = _freely(organiser, "重新抽一次").cards[-1]
    assert shown.title.startswith("抽查计划")


def test_codes_are_the_organisers_own_door(talk: Talk) -> None:
    with reading(talk.house.engine) as tx:
        organiser = people.get(tx, people.holding(tx, "organiser")[0])
    assert organiser is not None
    assert "发绑定码" in [
        b.label for b in _freely(replace(talk, person=organiser), "绑定码").cards[-1].buttons
    ]


def test_this_person_is_the_one_the_card_before_the_asker_is_about(office: Talk, case: Case) -> None:
    member = next(m for m in case.members.values() if m.role == "inspector")
    named = phone_of(office.house, office.person.id, "this-person")
    everybody = named.say("这个人在查什么").title
    assert everybody == "按人员 · 全部部门"
    for asked in (f"{member.name}的进度", f"{member.name}在查什么"):
        assert member.name in named.say(asked).title
        assert named.say("这个人在查什么").title.startswith(f"{member.name}在查什么")
    named.say("进度")
    assert named.say("他在查啥").title == everybody


def test_this_person_is_told_no_further_than_the_asker_may_see(talk: Talk, office: Talk, case: Case) -> None:
    with reading(talk.house.engine) as tx:
        stranger = next(
            p for p in people.everybody(tx) if p.id not in case.members and "inspector" in p.roles
        )
    own = phone_of(talk.house, talk.person.id, "own-phone")
    own.say(f"{stranger.name}在查什么")
    assert stranger.name not in own.say("这个人在查什么").title


def _before_no_case(talk: Talk) -> Phone:
    with writing(talk.house.engine) as tx:
        awaiting.look_at(tx, talk.person.id, awaiting.Focus())
    return phone_of(talk.house, talk.person.id, "which-firm")


@pytest.mark.parametrize(
    ("said", "title"),
    [("换人", "换下谁？"), ("不再等签字", "没有等签字"), ("我要延期", "延"), ("调整安排", "调整")],
)
def test_what_was_asked_for_without_a_firm_comes_once_the_firm_is_chosen(
    office: Talk, case: Case, said: str, title: str
) -> None:
    phone = _before_no_case(office)
    before = _seq(office, case)
    assert phone.say(said).title == "说的是哪一家？"
    shown = phone.tap(case.opened.target.name)
    assert title in shown.title and case.opened.target.name in shown.lines
    assert _seq(office, case) == before


def test_a_choice_of_firms_does_nothing_that_has_to_be_confirmed(office: Talk, case: Case) -> None:
    phone = _before_no_case(office)
    before = _seq(office, case)
    assert phone.say("公示").title == "说的是哪一家？"
    phone.tap(case.opened.target.name)
    assert _seq(office, case) == before


@pytest.mark.parametrize(
    ("said", "title", "verbs"),
    [
        ("灭火器过期了", "像是现场看到的情况", ["case"]),
        ("许可证过期了", "像是现场看到的情况", ["case"]),
        ("路上堵车晚点到", "到场时间以签到为准", ["notice", "case"]),
        ("照片传错了", "照片放错了可以改放", ["home", "help"]),
        ("怎么拍照", "照片直接发来就行", ["home", "help"]),
        ("名单怎么导进去", "名单由信息管理员在服务器上导入", ["home", "help"]),
        ("改到后天上午行不", "“约定检查时间”这样办", ["case", "home", "help"]),
    ],
)
def test_what_happens_on_the_way_and_on_site_is_answered_with_what_helps(
    talk: Talk, case: Case, said: str, title: str, verbs: list[str]
) -> None:
    shown = _freely(talk, said, case.id).cards[-1]
    assert shown.title == title
    assert [b.data.split("|")[0] for b in shown.buttons] == verbs
    assert all("{" not in one for one in shown.lines)


def test_what_a_stranger_sees_on_site_opens_nobody_s_case(talk: Talk, case: Case) -> None:
    with reading(talk.house.engine) as tx:
        outside = next(
            p for p in people.everybody(tx) if p.id not in case.members and not set(p.roles) & set(OVERSEERS)
        )
    shown = _freely(replace(talk, person=outside, views={}), "灭火器过期了", case.id).cards[-1]
    assert case.opened.target.name not in str(shown)
