"""Feeds of the register and sub-libraries: in the order of their days, twice is once, late changes nothing later."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from storage import directories, importing
from storage.database import reading, writing
from storage.directory_versions import history
from storage.directory_writing import Counts
from storage.intake.headings import columns_of
from storage.intake.reading import read_table
from storage.intake.table import Intake, Row, Table
from storage.migrate import migrate
from storage.schema import targets as entries
from tests.databases import BACKENDS, fresh, opened
from tests.talking import START
from tests.test_importing import firm
from workflows.directory import Library, Licence, StatusEvent, Target, happened

CODE, OTHER, NEW = (firm(number)[1] for number in (1, 2, 3))
FEED = "统一社会信用代码|企业名称|变动类型|变动日期"
PLACES = "专项库名称|对应专项库监管标签|统一社会信用代码/注册号|企业名称|许可证名称|许可证编号|许可批准日期|有效期至|许可发证机关"


@pytest.fixture(params=BACKENDS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with fresh(request.param, tmp_path) as url, opened(url) as found:
        migrate(found)
        load(found, "targets", "统一社会信用代码|企业名称", f"{CODE}|甲公司", f"{OTHER}|乙公司")
        yield found


def load(engine: Engine, kind: str, headers: str, *rows: str) -> tuple[Intake[object], Counts]:
    lines = tuple(Row(n, tuple(row.split("|"))) for n, row in enumerate(rows, 2))
    return importing.load(engine, kind, Table("表.csv", tuple(headers.split("|")), lines), "表", START)


def targets(engine: Engine) -> dict[str, Target]:
    with reading(engine) as tx:
        return {one.id: one for one in directories.all_targets(tx)}


@pytest.mark.rule("target-status")
def test_events_are_taken_in_the_order_of_their_days_and_once(engine: Engine) -> None:
    feed = (
        f"{CODE}||注销|2026-03-02",
        f"{CODE}||吊销，未注销|2026-03-01",
        f"{NEW}|丙公司|新设登记|2026-02-01",
    )
    assert load(engine, "status", FEED, *feed)[1] == Counts(added=1, changed=1)
    one = targets(engine)[CODE]
    assert one.status == "deregistered"
    assert [(event.day, event.event) for event in one.events] == [
        (date(2026, 3, 1), "吊销"),
        (date(2026, 3, 2), "注销"),
    ]
    assert (targets(engine)[NEW].established, targets(engine)[NEW].status) == (date(2026, 2, 1), "active")
    assert load(engine, "status", FEED, *feed)[1] == Counts(same=2)
    with reading(engine) as tx:
        assert len(history(tx, "targets", CODE)) == 2


def test_what_is_said_twice_is_told_in_words(engine: Engine) -> None:
    twice = f"{CODE}||注销|2026-03-02"
    (refused,) = load(engine, "status", FEED, twice, twice)[0].rejected
    assert (refused.row, refused.reason) == (2, f"与第 3 行是同一个（{CODE} 2026-03-02 注销），以后一行为准")
    load(engine, "inspectors", "姓名|警号|所属部门", "甲|1|局", "乙|2|局")
    (refused,) = load(engine, "recusals", "姓名|回避对象", f"甲|乙；{CODE}", f"甲|2；{CODE}")[0].rejected
    assert (refused.row, refused.reason) == (2, f"与第 3 行是同一个（1 回避 2、{CODE}），以后一行为准")


@pytest.mark.rule("target-status")
def test_what_comes_in_late_or_founds_the_known_leaves_the_status(engine: Engine) -> None:
    load(engine, "status", FEED, f"{CODE}||注销|2026-03-02", f"{OTHER}||停业|2026-03-02")
    load(
        engine,
        "status",
        FEED,
        f"{CODE}|旧名|变更|2026-01-01",
        f"{CODE}||停业|2026-01-02",
        f"{OTHER}||设立|2026-04-01",
    )
    found = targets(engine)
    assert (found[CODE].status, found[CODE].name, len(found[CODE].events)) == ("deregistered", "甲公司", 3)
    assert found[OTHER].status == "closed"
    load(engine, "status", FEED, f"{OTHER}|乙新公司|恢复营业|2026-05-01")
    assert (targets(engine)[OTHER].status, targets(engine)[OTHER].name) == ("active", "乙新公司")


@pytest.mark.rule("target-status")
def test_an_event_of_nobody_or_of_no_day_comes_back(engine: Engine) -> None:
    rows = (
        f"{NEW}|丙|注销|2026-01-01",
        f"{NEW}||设立|2026-01-01",
        f"{CODE}||注销|",
        f"{CODE}||看看|2026-01-01",
    )
    intake, counts = load(engine, "status", FEED, *rows)
    assert counts == Counts()
    said = [one.reason for one in intake.rejected]
    for words, reason in zip(("不在检查对象名录库", "没有名称", "没有变动日期", "看不懂"), said, strict=True):
        assert words in reason


days = st.builds(StatusEvent, st.dates(), st.just("事"), st.sampled_from(["active", "revoked", "closed", ""]))


@given(st.lists(days, unique_by=lambda one: one.day, max_size=6), st.randoms())
def test_in_whatever_order_they_come_the_history_is_the_same(
    events: list[StatusEvent], random: object
) -> None:
    one = other = Target("R:1", "甲")
    mixed = [*events]
    random.shuffle(mixed)  # type: ignore[attr-defined]
    for event in sorted(events, key=lambda event: event.day):
        one = happened(one, event)
    for event in (*mixed, *mixed):
        other = happened(other, event)
    assert one.events == other.events
    if events and max(events, key=lambda event: event.day).status:
        assert one.status == other.status


@pytest.mark.rule("target-kinds")
def test_a_target_may_be_in_several_libraries_with_several_licences(engine: Engine) -> None:
    rows = (
        f"食品销售|餐饮,校园|{CODE}|甲公司|食品经营许可证|JY1|2024-01-01|2029-01-01|市局",
        f"食品销售|冷链|{CODE}|甲公司|酒类许可|JL2||9999-09-09|",
        f"特种设备使用|电梯|{CODE}|甲公司|无|无|||",
        f"食品销售|餐饮|{NEW}|丙公司|||||",
    )
    assert load(engine, "libraries", PLACES, *rows)[1] == Counts(added=1, changed=1)
    food, lifts = targets(engine)[CODE].libraries
    assert (food.name, food.tags) == ("食品销售", ("餐饮", "校园", "冷链"))
    assert food.licences[0] == Licence("食品经营许可证", "JY1", date(2024, 1, 1), date(2029, 1, 1), "市局")
    assert [one.number for one in food.licences] == ["JY1", "JL2"]
    assert lifts == Library("特种设备使用", ("电梯",))
    assert targets(engine)[CODE].tags == ("食品销售", "餐饮", "校园", "冷链", "特种设备使用", "电梯")
    assert load(engine, "libraries", PLACES, *rows)[1] == Counts(same=2)
    load(engine, "targets", "统一社会信用代码|企业名称|所属行业", f"{CODE}|甲公司|餐饮业")
    one = targets(engine)[CODE]
    assert (one.industry, len(one.libraries)) == ("餐饮业", 2)


FORM = PLACES + "|专业监管|专业资质资格|配备专家（组长）"


@pytest.mark.rule("target-kinds")
def test_a_place_keeps_what_is_asked_of_its_inspectors(engine: Engine) -> None:
    row = f"药品经营|零售|{CODE}|甲公司|药品经营许可证|Y1||||是|保化检查员,药品检查员|药品GSP"
    more = f"药品经营|零售|{CODE}|甲公司|器械许可证|Q1||||是|药品检查员、医疗器械检查员|无"
    load(engine, "libraries", FORM, row, more)
    (place,) = targets(engine)[CODE].libraries
    assert place.professional is True
    assert place.qualifications == ("保化检查员", "药品检查员", "医疗器械检查员")
    assert place.experts == ("药品GSP",)
    assert load(engine, "libraries", FORM, row, more)[1] == Counts(same=1)


@pytest.mark.rule("target-kinds")
def test_what_is_asked_of_inspectors_stands_until_it_is_said_otherwise(engine: Engine) -> None:
    load(engine, "libraries", FORM, f"药品经营||{CODE}|甲公司||||||是|药品检查员|药品GSP")
    load(engine, "libraries", PLACES, f"药品经营||{CODE}|甲公司|药品经营许可证|Y1|||")
    load(engine, "libraries", FORM, f"药品经营||{CODE}|甲公司|药品经营许可证|Y1||||||")
    (place,) = targets(engine)[CODE].libraries
    assert (place.professional, place.qualifications, place.experts) == (True, ("药品检查员",), ("药品GSP",))
    load(engine, "libraries", FORM, f"药品经营||{CODE}|甲公司|药品经营许可证|Y1||||否|无|无")
    (place,) = targets(engine)[CODE].libraries
    assert (place.professional, place.qualifications, place.experts) == (False, (), ())
    with reading(engine) as tx:
        kept = [version.entry for version in history(tx, "targets", CODE)]
    asked = [one.libraries[0].qualifications for one in kept if isinstance(one, Target) and one.libraries]
    assert asked == [("药品检查员",), ("药品检查员",), ()]


@pytest.mark.rule("target-kinds")
def test_a_place_kept_before_anything_was_asked_of_inspectors_is_still_the_same(engine: Engine) -> None:
    row = f"药品经营||{CODE}|甲公司|药品经营许可证|Y1|||"
    load(engine, "libraries", PLACES, row)
    asked = ',"professional":null,"qualifications":null,"experts":null'
    with writing(engine) as tx:
        assert asked in tx.execute(select(entries.c.data).where(entries.c.id == CODE)).scalar_one()
        tx.execute(entries.update().values(data=func.replace(entries.c.data, asked, "")))
    assert load(engine, "libraries", PLACES, row)[1] == Counts(same=1)


def test_the_bureau_s_own_form_is_a_table_of_libraries() -> None:
    form = Path(__file__).resolve().parents[2] / "../shared/data/real/special_library_template.xlsx"
    if form.is_file():
        assert {"专项库名称", "许可证名称", "许可发证机关"} <= set(read_table(form).headers)
    assert set(columns_of(PLACES.split("|"), "libraries")) >= {
        "library",
        "tags",
        "licence",
        "issued",
        "until",
        "issuer",
    }
