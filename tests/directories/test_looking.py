"""suijian target: one entry of the directory as of a day, with its licences and what was last found there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.settings import from_environment
from storage import importing
from storage.database import open_database
from storage.directory_versions import Origin
from storage.importing import Wish
from storage.intake.table import Row, Table
from storage.migrate import migrate
from tests.talking import START
from tests.test_importing import firm
from workflows.inspection.facts import local_day

CODE = firm(1)[1]
TODAY = local_day(START)
PLACES = "专项库名称|统一社会信用代码|企业名称|许可证名称|许可证编号|有效期至|专业资质资格"


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUIJIAN_DATA", str(tmp_path))
    engine = open_database(from_environment().database)
    migrate(engine)
    loaded = (
        ("targets", "统一社会信用代码|企业名称|住所", f"{CODE}|甲公司|某路1号"),
        ("libraries", PLACES, f"药品经营|{CODE}|甲公司|药品经营许可证|Y1|2029-01-01|药品检查员"),
        ("targets", "统一社会信用代码|企业名称", f"{CODE}|乙公司"),
    )
    for later, (kind, headers, row) in enumerate(loaded):
        table = Table("表.csv", tuple(headers.split("|")), (Row(2, tuple(row.split("|"))),))
        importing.load(
            engine, kind, table, "表", START + timedelta(days=later), wish=Wish(origin=Origin("表.csv", "王"))
        )
    engine.dispose()


def said(*words: str) -> str:
    return CliRunner().invoke(main, ["target", *words]).output


@pytest.mark.usefixtures("shell")
def test_an_entry_is_shown_as_it_was_on_the_day() -> None:
    assert f"甲公司（统一社会信用代码 {CODE}）" in said(CODE, "--on", str(TODAY))
    assert "许可证" not in said(CODE, "--on", str(TODAY))
    middle = said(CODE.lower(), "--on", str(TODAY + timedelta(days=1)))
    assert "甲公司" in middle and "药品经营许可证 Y1（有效期至 2029-01-01）" in middle
    assert "专业资质资格：药品检查员" in middle and "来自 表.csv，由 王 导入" in middle
    last = said(CODE, "--on", str(TODAY + timedelta(days=2)))
    assert "乙公司" in last and "Y1" in last and "上次检查：系统里没有办结的检查。" in last


@pytest.mark.usefixtures("shell")
@pytest.mark.parametrize("on", [f"{TODAY:%Y%m%d}", f"{TODAY.year}年{TODAY.month}月{TODAY.day}日"])
def test_the_day_is_read_as_in_the_chat(on: str) -> None:
    assert f"甲公司（统一社会信用代码 {CODE}）" in said(CODE, "--on", on)


@pytest.mark.usefixtures("shell")
def test_a_day_in_words_is_counted_from_today() -> None:
    yesterday = local_day(datetime.now(UTC)) - timedelta(days=1)
    assert said(CODE, "--on", "昨天") == said(CODE, "--on", f"{yesterday}")
    assert said(CODE, "--on", "昨天") != said(CODE, "--on", f"{TODAY}")


@pytest.mark.usefixtures("shell")
@pytest.mark.parametrize(
    "words", [("target", CODE), ("item", "1"), ("directory", "targets", "名录.xlsx")], ids=lambda one: one[0]
)
@pytest.mark.parametrize("on", ["某天", "2026-13-01"])
def test_a_day_that_cannot_be_read_is_told_with_the_ways_to_write_one(
    words: tuple[str, ...], on: str
) -> None:
    told = CliRunner().invoke(main, [*words, "--on", on])
    assert told.exit_code == 1
    assert f"“{on}”不是日期。请写成 2026-09-21" in told.output and "昨天" in told.output


@pytest.mark.usefixtures("shell")
def test_who_was_not_in_the_directory_that_day_is_said_with_the_days_it_was() -> None:
    before = said(CODE, "--on", str(TODAY - timedelta(days=1)))
    assert "的名录库里没有" in before and f"{TODAY} 至" in before and "--on" in before
    assert "请核对代码" in said(firm(2)[1])
    assert "校验位不对" in said(CODE[:-1] + ("0" if CODE[-1] != "0" else "1"))


@pytest.mark.usefixtures("shell")
def test_the_directory_of_a_day_is_written_and_read_in_again(tmp_path: Path) -> None:
    out = tmp_path / "名录库.xlsx"
    told = CliRunner().invoke(main, ["directory", "targets", str(out), "--on", f"{TODAY}"])
    assert "共 1 条" in told.output, told.output
    (row,) = importing.read(out).rows
    assert CODE in row.cells and "甲公司" in row.cells
    CliRunner().invoke(main, ["directory", "targets", str(out), "--on", f"{TODAY + timedelta(days=2)}"])
    again = CliRunner().invoke(main, ["import", "targets", str(out)])
    assert "新增 0，更新 0，未变 1" in again.output, again.output


@pytest.mark.usefixtures("shell")
def test_inspectors_too_are_written_under_headings_that_are_read_in_again(tmp_path: Path) -> None:
    people = tmp_path / "人员.csv"
    headings = "警号,姓名,所属部门,执法证号,有效期起,有效期止,人员类别,专长,在岗状态"
    rows = (
        "A1,甲,县公安局,Z1,2024-01-01,2029-01-01,执法人员,消防、娱乐场所,在岗",
        "A2,乙,县公安局,,,,专家,电气,不在岗",
        "A3,丙,县公安局,Z3；Z4,2020-01-01；2026-01-01,2025-12-31；2030-12-31,执法人员,消防,在岗",
    )
    people.write_text("\n".join((headings, *rows)), encoding="utf-8")
    CliRunner().invoke(main, ["import", "inspectors", str(people)])
    out = tmp_path / "名录库.xlsx"
    told = CliRunner().invoke(main, ["directory", "inspectors", str(out)])
    assert "共 3 条" in told.output, told.output
    again = CliRunner().invoke(main, ["import", "inspectors", str(out)])
    assert "新增 0，更新 0，未变 3" in again.output, again.output


@pytest.mark.usefixtures("shell")
def test_several_tags_are_as_many_when_they_are_read_in_again(tmp_path: Path) -> None:
    firms = tmp_path / "对象.csv"
    firms.write_text(f"统一社会信用代码,企业名称,标签\n{CODE},丙公司,餐饮；娱乐场所\n", encoding="utf-8")
    CliRunner().invoke(main, ["import", "targets", str(firms)])
    out = tmp_path / "名录库.xlsx"
    CliRunner().invoke(main, ["directory", "targets", str(out)])
    again = CliRunner().invoke(main, ["import", "targets", str(out)])
    assert "新增 0，更新 0，未变 1" in again.output, again.output
