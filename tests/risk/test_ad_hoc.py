"""Complaints, clues and campaigns: opened by the office with a source and a reason, a drawn team, the same five steps, marked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.house import House
from storage import ad_hoc, casebook, directories, draws, projection, trail
from storage.database import reading, writing
from storage.policies import load_profiles
from storage.schema import events
from tests.talking import Clock
from workflows.ad_hoc import KINDS, AdHoc, counts_for_the_year, decide, departments_of, missing
from workflows.catalogue import Item
from workflows.directory import Target, Tie
from workflows.draw.impossible import DrawImpossible
from workflows.inspection.case import Case, step
from workflows.inspection.facts import Actor
from workflows.inspection.refusals import Refused

ORGANISER = Actor("P:O", "信息管理员", "办公室", ("organiser",), "test")
SUPERVISOR = replace(ORGANISER, roles=("supervisor",))
INSPECTOR = replace(ORGANISER, roles=("inspector",))
POLICE, MARKET = "县公安局", "县市场监督管理局"
SHOP = "91532822MA0000023X"
WHOLE = AdHoc(
    "complaint", (SHOP,), ("GA-02",), "12345工单〔2026〕88号", "被投诉夜间接待未成年人", date(2026, 10, 31)
)
TARGETS = {SHOP: Target(SHOP, "勐海孔雀坪歌舞娱乐有限公司"), "R:1": Target("R:1", "旧店", status="revoked")}
ITEMS = {
    "GA-02": Item(
        "GA-02", "娱乐场所监督检查", "《娱乐场所管理条例》第三条", "省公安厅", "娱乐场所", ("备案",)
    )
}
TODAY = date(2026, 9, 21)
PROFILES = load_profiles()


def refused(task: AdHoc, actor: Actor = ORGANISER) -> str:
    found = decide(task, TARGETS, ITEMS, actor, TODAY)
    return found.reason if found else ""


@pytest.mark.rule("ad-hoc")
@pytest.mark.parametrize("kind", KINDS)
def test_the_office_opens_a_task_that_is_whole(kind: str) -> None:
    assert refused(replace(WHOLE, kind=kind)) == ""
    assert refused(replace(WHOLE, kind=kind), SUPERVISOR) == ""
    assert refused(replace(WHOLE, kind=kind), INSPECTOR) == "not-opener"


@pytest.mark.rule("ad-hoc")
@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"targets": ()}, "incomplete"),
        ({"items": ()}, "incomplete"),
        ({"source": ""}, "incomplete"),
        ({"reason": ""}, "incomplete"),
        ({"ends": None}, "incomplete"),
        ({"kind": "random"}, "incomplete"),
        ({"items": ("GA-99",)}, "unlisted"),
        ({"targets": ("R:9",)}, "unknown-target"),
        ({"targets": ("R:1",)}, "not-active"),
        ({"ends": date(2026, 9, 20)}, "past-end"),
        ({"ends": TODAY}, ""),
    ],
)
def test_what_is_missing_or_wrong_is_said(changed: dict[str, object], reason: str) -> None:
    assert refused(replace(WHOLE, **changed)) == reason  # type: ignore[arg-type]


def test_what_is_asked_next() -> None:
    assert missing(AdHoc("clue")) == "targets"
    assert missing(replace(WHOLE, reason="")) == "reason"
    assert missing(WHOLE) == ""


@pytest.mark.rule("ad-hoc")
def test_the_departments_are_those_that_carry_the_items_the_opener_s_first() -> None:
    market = replace(ITEMS["GA-02"], id="SJ-01", department="省市场监督管理局")
    known = (MARKET, POLICE)
    assert departments_of([ITEMS["GA-02"]], known, "办公室") == (POLICE,)
    assert departments_of([market, ITEMS["GA-02"]], known, POLICE) == (POLICE, MARKET)
    assert departments_of([market], (POLICE,), POLICE) == market


@pytest.mark.rule("ad-hoc", "once-a-year")
def test_it_counts_for_the_year_only_where_the_profile_says_so() -> None:
    national = PROFILES["national"]
    assert counts_for_the_year("", national)
    assert not counts_for_the_year("complaint", national)
    rule = replace(national.rules["ad-hoc"], parameters={"counted": True})
    assert counts_for_the_year("complaint", replace(national, rules={**national.rules, "ad-hoc": rule}))


class Room:
    def __init__(self, demo: tuple[House, Clock]) -> None:
        self.house, self.clock = demo

    def begin(self, task: AdHoc = WHOLE) -> str:
        with writing(self.house.engine) as tx:
            id = ad_hoc.begin(tx, task.kind, ORGANISER, self.clock()).id
            ad_hoc.put(tx, id, task)
            return id

    def open(self, id: str, actor: Actor = ORGANISER) -> tuple[str, ...] | Refused | DrawImpossible:
        seeds = ("5e" * 32, "d0" * 32)
        return ad_hoc.open_task(
            self.house.engine, self.house.lawbook, id, "menghai", seeds, actor, self.clock()
        )

    def case(self, id: str) -> Case:
        with reading(self.house.engine) as tx:
            return casebook.load(tx, id)


@pytest.fixture
def room(demo: tuple[House, Clock]) -> Room:
    return Room(demo)


@pytest.mark.rule("ad-hoc", "by-machine", "team-size")
def test_the_case_opens_with_a_drawn_team_and_says_it_is_not_random(room: Room) -> None:
    id = room.begin()
    opened = room.open(id)
    assert isinstance(opened, tuple)
    case = room.case(opened[0])
    assert (case.opened.random, case.opened.ad_hoc, case.opened.target.id) == (False, "complaint", SHOP)
    assert case.opened.task_name == "投诉举报（非随机抽查）"
    assert case.opened.origin == "12345工单〔2026〕88号；被投诉夜间接待未成年人"
    inspectors = [m for m in case.members.values() if m.role == "inspector"]
    assert len(inspectors) >= 2
    assert {m.department for m in inspectors} == {POLICE}
    assert sum(m.leader for m in inspectors) == 1
    assert step(case) == 1
    with reading(room.house.engine) as tx:
        told = tx.execute(events.select().where(events.c.stream == f"ad-hoc:{id}")).all()
        assert [(row.type, row.by) for row in told] == [("AdHocOpened", "P:O")]
        trail.verify(tx)


@pytest.mark.rule("ad-hoc", "recusal")
def test_relatives_are_kept_apart_beside_the_plan_too(room: Room) -> None:
    with writing(room.house.engine) as tx:
        police = [one for one in directories.all_inspectors(tx) if one.department == POLICE]
        first, *others = police
        kin = tuple(Tie(one.id, "亲属") for one in others)
        away = [replace(one, on_duty=False) for one in others[1:]]
        directories.save_inspectors(tx, [replace(first, ties=kin), *away], room.clock())
    assert isinstance(room.open(room.begin()), DrawImpossible)


@pytest.mark.rule("ad-hoc")
def test_opening_twice_opens_one_and_what_was_opened_is_not_changed(room: Room) -> None:
    id = room.begin()
    assert isinstance(room.open(id), tuple)
    assert room.open(id) == ()
    with writing(room.house.engine) as tx:
        assert ad_hoc.put(tx, id, replace(WHOLE, reason="另一个理由")).task == WHOLE
        assert ad_hoc.recent(tx)[0].opened_at is not None


@pytest.mark.rule("ad-hoc")
def test_several_targets_each_get_their_team(room: Room) -> None:
    with reading(room.house.engine) as tx:
        shops = tuple(
            t.id for t in directories.all_targets(tx) if "娱乐场所" in t.tags and t.status == "active"
        )
    opened = room.open(room.begin(replace(WHOLE, kind="campaign", targets=shops[:4])))
    assert isinstance(opened, tuple)
    assert {room.case(id).opened.target.id for id in opened} == set(shops[:4])


@pytest.mark.rule("ad-hoc")
def test_nothing_is_opened_against_a_refusal_or_without_people(room: Room) -> None:
    with reading(room.house.engine) as tx:
        before = len(projection.all_cases(tx))
    assert isinstance(room.open(room.begin(), INSPECTOR), Refused)
    assert isinstance(room.open(room.begin(replace(WHOLE, reason=""))), Refused)
    far = room.open(room.begin(replace(WHOLE, ends=date(2090, 1, 1))))
    assert isinstance(far, DrawImpossible)
    with reading(room.house.engine) as tx:
        assert len(projection.all_cases(tx)) == before


@pytest.mark.rule("ad-hoc", "once-a-year")
def test_a_target_inspected_for_a_complaint_may_still_be_drawn_this_year(room: Room) -> None:
    assert isinstance(room.open(room.begin()), tuple)
    menghai = room.house.lawbook.profiles["menghai"]
    counted = replace(menghai.rules["ad-hoc"], parameters={"counted": True})
    strict = replace(menghai, rules={**menghai.rules, "ad-hoc": counted})
    with reading(room.house.engine) as tx:
        random = {c.opened.target.id for c in projection.all_cases(tx) if c.opened.random}
        assert SHOP not in random
        assert draws.drawn_in(tx, 2026, menghai) >= random
        assert SHOP not in draws.drawn_in(tx, 2026, menghai)
        assert SHOP in draws.drawn_in(tx, 2026, strict)
