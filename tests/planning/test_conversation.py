"""The organiser in the chat: 计划, its cost, year, changes, publication; the list's questions; 风险; 专项."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.dialogs.risk import explained
from bot.house import House
from bot.render import text
from storage import ad_hoc, directories, people, phrases, planning, plans, projection, risk
from storage.database import reading, writing
from storage.lawbook import Lawbook
from tests.databases import demo_copy
from tests.risk.test_classes import BUREAU
from tests.talking import Clock, Phone, phone_of
from workflows.catalogue import Item, Stated
from workflows.plan import Plan
from workflows.policy import parse_profile
from workflows.ratio import Ratio

ITEM = Item(
    "X-1",
    "即时公示信息的检查",
    "《企业信息公示暂行条例》第十条",
    "县市场监督管理局",
    "企业",
    ("公示",),
    ratio="不低于3%或按专项计划确定",
)


class Office:
    def __init__(self, house: House, clock: Clock) -> None:
        self.house, self.clock = house, clock
        with reading(house.engine) as tx:
            organiser, supervisor = people.holding(tx, "organiser")[0], people.holding(tx, "supervisor")[0]
            self.plan = plans.current(tx)[0].plan
        self.phone = phone_of(house, organiser)
        self.supervisor = phone_of(house, supervisor)

    def save(self, **changed: object) -> Plan:
        with writing(self.house.engine) as tx:
            return plans.save(tx, replace(self.plan, **changed), "", self.clock())  # type: ignore[arg-type]

    def now(self) -> plans.Kept:
        with reading(self.house.engine) as tx:
            return plans.current(tx)[0]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with demo_copy("sqlite", tmp_path) as (house, clock):
        yield Office(house, clock)


def test_the_plan_shows_what_it_costs_and_the_year_it_fills(office: Office) -> None:
    o = office.phone
    o.say("计划")
    assert o.sees("任务 3 项，拟查 4 户")
    o.tap("工作量")
    assert o.sees("范围内 12 户，存续 11 户，拟查 1 户")
    assert o.card.files[0].name.endswith(".xlsx")
    o.tap("看计划")
    o.tap("年历")
    assert o.sees("□□□□□□□□■■■■ 娱乐场所联合抽查")
    assert o.card.files


def test_a_month_without_enough_people_is_told_before_the_plan_is_public(office: Office) -> None:
    task = replace(office.plan.tasks[0], quota=None, ratio="100%", ends=office.plan.tasks[0].starts)
    office.save(tasks=(replace(task, quota=11),))
    office.phone.say("计划")
    assert office.phone.sees("人手不够")
    assert office.phone.sees("9月县公安局需要6人日")


@pytest.mark.rule("once-a-year")
def test_the_plan_shows_its_exceptions_and_one_without_a_reason_is_not_published(office: Office) -> None:
    first, *others = office.plan.tasks
    bare = replace(first, exception="special-industries")
    o = office.phone
    office.save(tasks=(bare, *others))
    o.say("计划")
    assert o.sees("年度例外")
    assert o.sees(f"{first.name}：特殊行业，没有写理由")
    o.tap("公开计划")
    assert o.card.tone == "refusal"
    assert o.sees("请在计划中补写例外理由")
    assert office.now().published_at is None
    office.save(tasks=(replace(bare, exception_reason="专项整治"), *others))
    o.say("计划")
    assert o.sees(f"{first.name}：特殊行业，专项整治")
    o.tap("公开计划")
    assert o.card.tone == "done"


@pytest.mark.rule("joint-approval", "plan-public")
def test_a_joint_plan_is_approved_by_number_and_published(office: Office) -> None:
    office.save(approval="")
    o = office.phone
    o.say("计划")
    assert o.tap("公开计划").tone == "refusal"
    o.tap("补批准文号")
    o.say("联席〔2026〕9号")
    assert o.sees("批准文件：联席〔2026〕9号")
    o.tap("公开计划")
    assert o.card.tone == "done"
    assert office.now().published_at is not None
    o.tap("看计划")
    o.tap("这一版改了什么")
    assert o.sees("批准文件由“没有写”改为“联席〔2026〕9号”")


@pytest.mark.rule("joint-approval")
def test_without_an_approval_a_reason_is_asked_and_kept(office: Office) -> None:
    office.save(approval="")
    o = office.phone
    o.say("计划")
    o.tap("公开计划")
    o.tap("写明理由后公开")
    o.say("批准文件正在印发")
    assert o.card.tone == "done"
    assert office.now().published_at is not None


@pytest.mark.rule("general-cap")
def test_a_question_of_the_list_is_answered_by_a_tap_or_in_words(office: Office) -> None:
    with writing(office.house.engine) as tx:
        directories.save_items(tx, [ITEM], office.clock())
        phrases.keep(tx, [ITEM], office.clock())
    o = office.phone
    o.say("计划")
    assert o.sees("1 处比例或频次等您说明")
    o.tap("比例和频次")
    o.tap("X-1 抽查比例")
    assert o.sees("不低于3%或按专项计划确定")
    o.say("看着办")
    assert o.sees("“看着办”还不是一个确定的数")
    o.say("不超过3%")
    assert o.card.tone == "done"
    with reading(office.house.engine) as tx:
        assert phrases.meanings(tx)["X-1"] == Stated(Ratio(3, 100, "at-most"))
        assert next(one for one in phrases.every(tx) if one.item == "X-1").by == o.person


def test_a_choice_offered_is_taken_by_its_button(office: Office) -> None:
    with writing(office.house.engine) as tx:
        directories.save_items(tx, [ITEM], office.clock())
        phrases.keep(tx, [ITEM], office.clock())
    o = office.phone
    for way in ("计划", "比例和频次"):
        o.say(way)
    o.tap("X-1 抽查比例")
    o.tap("不少于3%")
    with reading(office.house.engine) as tx:
        assert phrases.meanings(tx)["X-1"] == Stated(Ratio(3, 100, "at-least"))


@pytest.mark.rule("risk-ratio")
def test_why_a_ratio_is_what_it_is_answers_with_class_circumstances_and_clause(office: Office) -> None:
    o = office.phone
    o.say("风险")
    assert o.sees("本局方案没有写各类的抽查比例")
    assert o.sees("还没有评定过")
    o.tap("重新评定")
    assert o.card.tone == "done"
    with reading(office.house.engine) as tx:
        assert len(risk.kept(tx)) == 40
    o.say("为什么抽查比例是10%")
    o.say("孔雀坪")
    assert o.sees("名录库写的是B类")
    assert o.sees("海市监发〔2019〕52号 二（三）、二（六）")
    assert o.sees("计划写明查 1 户")
    assert o.sees("范围内 11 户，抽 1 户，约9.1%")
    o.say("为什么勐海恒电镀件有限公司是D类")
    assert o.card.title.startswith("勐海恒电镀件有限公司")
    assert o.tap("问另一户").asks == "text"


@pytest.mark.rule("risk-ratio")
def test_where_the_plan_fixes_the_number_the_class_is_told_how_many_of_it_are_drawn(office: Office) -> None:
    own = replace(office.house, lawbook=with_ratios(office.house.lawbook))
    task = replace(office.plan.tasks[0], quota=4, ratio="按风险等级")
    office.save(tasks=(task,), profile="demo-county")
    with reading(own.engine) as tx:
        shop = next(one for one in directories.all_targets(tx) if "孔雀坪" in one.name)
        picture = planning.picture(tx, own.lawbook, plans.current(tx)[0].plan, office.clock())
    ((among, drawn),) = [row[1:] for row in picture.planned[0].strata if row[0] == "B"]
    said = "\n".join(explained(own, shop, office.clock(), own.lawbook.profiles["demo-county"]))
    assert 0 < drawn < among
    assert f"B类 {among} 户，抽 {drawn} 户" in said
    assert "计划写明共查 4 户，按各类的户数和抽查比例分到各类" in said
    assert "本局对B类的抽查比例是 3%，只用来定各类分多少" in said


def with_ratios(lawbook: Lawbook) -> Lawbook:
    """The lawbook with a bureau whose classes have ratios."""
    own = parse_profile(BUREAU, "示范县.toml", lawbook.profiles)
    return replace(lawbook, profiles={**lawbook.profiles, own.id: own})


@pytest.mark.rule("ad-hoc")
def test_a_complaint_is_opened_step_by_step_with_a_drawn_team(office: Office) -> None:
    p = office.supervisor
    p.say("专项")
    p.tap("投诉举报")
    p.say("勐海")
    assert p.sees("请写得全一些")
    p.say("孔雀坪")
    assert p.card.buttons[0].label == "☐ 娱乐场所监督检查"
    p.tap("娱乐场所监督检查")
    p.tap("选好了")
    p.say("12345工单〔2026〕88号")
    p.say("被投诉夜间接待未成年人")
    p.say("10月31日")
    assert p.sees("被投诉夜间接待未成年人")
    assert p.sees("不能指定")
    p.tap("抽人并派发")
    assert p.card.tone == "done", p.card
    with reading(office.house.engine) as tx:
        kept = ad_hoc.recent(tx)[0]
        assert kept.opened_at is not None
    p.say("专项")
    assert p.sees("投诉举报：12345工单〔2026〕88号")


@pytest.mark.rule("ad-hoc")
def test_half_filled_it_waits_and_goes_on_where_it_stopped(office: Office) -> None:
    p = office.supervisor
    p.say("专项")
    p.tap("转办交办")
    p.say("孔雀坪")
    p.say("帮助")
    p.say("专项")
    p.tap("接着填")
    assert p.sees("孔雀坪")
    p.tap("娱乐场所监督检查")
    p.tap("选好了")
    assert p.sees("来源文件")


def inspector(office: Office) -> Phone:
    with reading(office.house.engine) as tx:
        case = projection.all_cases(tx)[0]
    return phone_of(office.house, next(iter(case.members)))


@pytest.mark.rule("ad-hoc", "plan-public")
@pytest.mark.parametrize("word", ["计划", "风险", "专项", "年历", "工作量"])
def test_nobody_but_the_office_sees_or_opens_any_of_it(office: Office, word: str) -> None:
    phone = inspector(office)
    assert phone.say(word).tone == "refusal"
    for data in ("plan-publish||x", "ad-hoc-new||clue", "risk-assess", "phrase||GA-02|ratio|#|0"):
        assert phone.send(button=data).tone in ("refusal", "plain")
    with reading(office.house.engine) as tx:
        assert ad_hoc.recent(tx) == ()
        assert risk.kept(tx) == {}


@pytest.mark.rule("ad-hoc", "no-double-entry")
def test_the_mark_stands_on_every_card_and_the_reason_only_where_the_team_and_the_office_read_it(
    office: Office,
) -> None:
    p = office.supervisor
    p.say("专项")
    p.tap("投诉举报")
    p.say("孔雀坪")
    p.tap("娱乐场所监督检查")
    p.tap("选好了")
    for said in ("工单88号", "被投诉夜间接待未成年人", "10月31日"):
        p.say(said)
    p.tap("抽人并派发")
    with reading(office.house.engine) as tx:
        case = next(one for one in projection.all_cases(tx) if not one.opened.random)
    member = phone_of(office.house, next(iter(case.members)))
    member.say("任务")
    assert member.sees("投诉举报（非随机抽查）")
    member.send(button=f"open|{case.id}")
    assert member.sees("投诉举报（非随机抽查）")
    assert member.sees("来源和理由：工单88号；被投诉夜间接待未成年人")
    notice = text("precheck/notice", case=case)
    assert f"任务为“投诉举报（非随机抽查）”，编号 {case.opened.plan}。" in "".join(notice)
    assert f"至{case.opened.ends.year}年10月31日，不事先约定" in "".join(notice)
    assert "被投诉" not in "".join(notice)
    assert "工单88号" not in "".join(notice)
