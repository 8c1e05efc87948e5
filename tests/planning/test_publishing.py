"""Publishing on both databases: caps block, a joint plan wants its approval, versions are compared, costs are known before."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine, text

from bot.house import House
from storage import directories, phrases, planning, plans
from storage.database import reading, writing
from storage.directory_versions import close
from storage.schema import events
from tests.talking import Clock
from workflows.draw.exceptions import unfounded
from workflows.errors import BadInput, NotFound
from workflows.inspection.facts import Actor
from workflows.inspection.refusals import Refused
from workflows.plan import Plan
from workflows.plan_changes import changes

ORGANISER = Actor("P:O", "信息管理员", "办公室", ("organiser",), "test")
POLICE = "县公安局"


class Room:
    def __init__(self, demo: tuple[House, Clock]) -> None:
        self.house, self.clock = demo
        with reading(self.house.engine) as tx:
            self.plan = plans.current(tx)[0].plan

    def save(self, **changed: object) -> Plan:
        with writing(self.house.engine) as tx:
            return plans.save(tx, replace(self.plan, **changed), "", self.clock())  # type: ignore[arg-type]

    def publish(self, reason: str = "", plan: str = "") -> plans.Kept | Refused:
        with writing(self.house.engine) as tx:
            at = self.clock()
            return planning.publish(tx, self.house.lawbook, plan or self.plan.id, ORGANISER, at, reason)

    def picture(self, **changed: object) -> planning.Picture:
        with reading(self.house.engine) as tx:
            plan = replace(self.plan, **changed)  # type: ignore[arg-type]
            return planning.picture(tx, self.house.lawbook, plan, self.clock())

    def told(self, stream: str) -> list[str]:
        with reading(self.house.engine) as tx:
            query = events.select().where(events.c.stream == stream).order_by(events.c.seq)
            return [row.type for row in tx.execute(query)]


@pytest.fixture
def room(demo: tuple[House, Clock]) -> Room:
    return Room(demo)


@pytest.mark.rule("general-cap")
def test_a_plan_above_the_cap_is_not_published_and_one_within_it_is(room: Room) -> None:
    with writing(room.house.engine) as tx:
        phrases.answer(tx, "GA-02", "ratio", "不超过5%", ORGANISER, room.clock())
    first = room.plan.tasks[0]
    room.save(tasks=(replace(first, quota=2),))
    refused = room.publish()
    assert isinstance(refused, Refused)
    assert (refused.rule, refused.reason) == ("general-cap", "above-ratio")
    assert (refused.detail["planned"], refused.detail["allowed"]) == ("2", "1")
    room.save(tasks=(replace(first, quota=1),))
    assert isinstance(room.publish(), plans.Kept)


@pytest.mark.rule("once-a-year")
@pytest.mark.parametrize(
    ("stated", "reason", "words"),
    [
        ("special-industries", " ", "没有写明理由"),
        ("complaints", "群众投诉", "本地规则不允许"),
        ("key-items", "专项整治", "不是重点检查事项"),
    ],
)
def test_a_plan_with_an_exception_that_does_not_hold_is_not_published(
    room: Room, stated: str, reason: str, words: str
) -> None:
    """By the rule of the draw, which would refuse it too."""
    first, second, *others = room.plan.tasks
    with reading(room.house.engine) as tx:
        items = directories.all_items(tx)
    general = next(id for id, one in items.items() if one.category == "general")
    task = replace(second, items=(*second.items, general), exception=stated, exception_reason=reason)
    kept = room.save(tasks=(first, task, *others))
    refused = room.publish()
    assert isinstance(refused, Refused)
    assert (refused.rule, refused.reason) == ("once-a-year", "unfounded")
    assert second.name in refused.detail["sentence"]
    assert words in refused.detail["sentence"]
    why = unfounded(kept.tasks[1], items, room.house.lawbook.profiles[kept.profile])
    assert why is not None
    assert why.reason == refused.detail["sentence"]
    room.save(
        tasks=(first, replace(task, exception="special-industries", exception_reason="专项整治"), *others)
    )
    assert isinstance(room.publish(), plans.Kept)


@pytest.mark.rule("joint-approval")
def test_a_joint_plan_without_approval_wants_a_reason_or_is_blocked(room: Room) -> None:
    room.save(approval="")
    refused = room.publish()
    assert isinstance(refused, Refused)
    assert (refused.rule, refused.reason) == ("joint-approval", "approval-missing")
    assert isinstance(room.publish("批准文件正在印发"), plans.Kept)
    assert room.told(f"plan:{room.plan.id}")[-2:] == ["PlanPublished", "PlanPublishedWithout"]
    room.save(approval=" ", profile="ankang")
    assert isinstance(room.publish("批准文件正在印发"), Refused)


@pytest.mark.rule("joint-approval", "plan-public")
def test_an_approval_makes_a_new_version_and_the_old_ones_stay(room: Room) -> None:
    room.save(approval="", profile="ankang")
    with writing(room.house.engine) as tx:
        kept = planning.approve(tx, room.plan.id, "联席〔2026〕9号", ORGANISER, room.clock())
    assert (kept.plan.version, kept.published_at) == (3, None)
    assert isinstance(room.publish(), plans.Kept)
    with reading(room.house.engine) as tx:
        versions = plans.versions(tx, room.plan.id)
        with pytest.raises(NotFound):
            plans.versions(tx, "2026-none")
    assert [one.plan.version for one in versions] == [1, 2, 3]
    assert versions[0].plan == room.plan
    assert [one.kind for one in changes(versions[1].plan, versions[2].plan)] == ["approval"]


@pytest.mark.rule("plan-public")
def test_an_approval_given_during_an_import_is_that_of_the_imported_plan(room: Room) -> None:
    def approve() -> plans.Kept:
        with writing(room.house.engine) as tx:
            return planning.approve(tx, room.plan.id, "联席〔2026〕9号", ORGANISER, room.clock())

    changed = replace(room.plan.tasks[0], name="改过的任务")
    with ThreadPoolExecutor(1) as pool:
        with writing(room.house.engine) as tx:
            plans.save(tx, replace(room.plan, tasks=(changed, *room.plan.tasks[1:])), "", room.clock())
            coming = pool.submit(approve)
            wait_for_a_waiter(room.house.engine)
        kept = coming.result(timeout=30)
    assert (kept.plan.tasks[0].name, kept.plan.approval) == ("改过的任务", "联席〔2026〕9号")


def wait_for_a_waiter(engine: Engine) -> None:
    """Until somebody waits for a lock of ours; on SQLite whoever comes second has nothing to read before."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    while engine.dialect.name == "postgresql":
        with engine.connect() as tx:
            if tx.execute(waiting).scalar_one():
                return


@pytest.mark.rule("legal-basis")
def test_a_plan_with_an_item_taken_off_the_list_is_not_published(room: Room) -> None:
    gone = room.plan.tasks[0].items[0]
    room.save(name="第二份")
    with writing(room.house.engine) as tx:
        close(tx, "items", [gone], room.clock())
    refused = room.publish()
    assert isinstance(refused, Refused) and refused.rule == "legal-basis"
    assert refused.detail["items"] == gone


def test_the_cost_of_the_demo_s_plan_is_what_a_person_counts(room: Room) -> None:
    found = room.picture()
    entertainment = found.planned[0]
    assert (entertainment.meant, entertainment.eligible, entertainment.drawn) == (12, 11, 1)
    september = [one for one in found.loads if one.month == date(2026, 9, 1) and one.department == POLICE]
    assert len(september) == 1
    assert not september[0].short
    many = room.picture(tasks=(replace(room.plan.tasks[1], quota=1000, ends=date(2026, 9, 30)),))
    assert many.planned[0].drawn == many.planned[0].eligible


@pytest.mark.rule("risk-ratio")
def test_a_plan_by_classes_cannot_be_counted_without_the_bureau_s_ratios(room: Room) -> None:
    task = replace(room.plan.tasks[0], quota=None, ratio="按风险等级")
    planned = room.picture(tasks=(task,)).planned[0]
    assert (planned.drawn, planned.strata) == (0, ())
    assert "permille" in planned.problem


@pytest.mark.rule("item-coverage")
def test_coverage_is_counted_once_with_the_whole_and_kept_on_the_trail(room: Room) -> None:
    profile = room.house.lawbook.profiles["yunnan"]
    with writing(room.house.engine) as tx:
        found = planning.count_coverage(tx, POLICE, 10, False, profile, ORGANISER, room.clock())
        assert (found.listed, found.share) == (6, 60)
    assert room.told("catalogue") == ["CoverageCounted"]
    with writing(room.house.engine) as tx, pytest.raises(BadInput):
        planning.count_coverage(tx, POLICE, 5, False, profile, ORGANISER, room.clock())


def test_a_plan_that_stands_published_stays_as_it_was_published(room: Room) -> None:
    with reading(room.house.engine) as tx:
        before = plans.get(tx, room.plan.id)
        assert directories.all_items(tx)
    assert room.publish() == before
