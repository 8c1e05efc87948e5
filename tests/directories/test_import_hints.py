"""What an import tells: a sentence once with its rows, the same before and after, and what to do with the wrong file."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import Workbook

from bot.cli import main

ITEMS = "编号,抽查事项名称,抽查子项,抽查依据,抽查主体,抽查比例\n"


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUIJIAN_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)


def told(kind: str, text: str, *options: str) -> str:
    Path("表.csv").write_text(text, "utf-8")
    return CliRunner().invoke(main, ["import", kind, "表.csv", *options]).output


def items(count: int, ratio: str = "根据实际情况确定") -> str:
    rows = (f"{n},事项{n},子项,《某某法》第{n}条,县公安局,{ratio}\n" for n in range(1, count + 1))
    return ITEMS + "".join(rows)


def test_a_dry_run_tells_what_the_import_tells() -> None:
    hint = "整个文件：没有“登记状态”列"
    firm = "企业名称,统一社会信用代码\n甲公司,91530102000000001N\n"
    assert hint in told("targets", firm, "--dry-run")
    assert hint in told("targets", firm)


def test_the_same_sentence_is_told_once_with_its_rows() -> None:
    said = told("items", items(8))
    assert "第 2、3、4、5、6 行等 8 行：抽查比例“根据实际情况确定”" in said
    assert said.count("根据实际情况确定") == 1


def test_hints_left_out_are_counted_and_can_be_asked_for() -> None:
    each = ITEMS + "".join(f"{n},事项{n},子项,《某某法》,县公安局,按第{n}号文件确定\n" for n in range(12))
    assert "另有 7 种提示未列出，加 --hints 全部列出" in told("items", each)
    everything = told("items", each, "--hints")
    assert "未列出" not in everything
    assert "按第11号文件确定" in everything


def test_the_reason_of_rejected_rows_is_told_and_not_only_written_to_the_file() -> None:
    assert "没有警号（工号），也没有执法证号" in told("inspectors", "姓名,所属部门\n甲,县公安局\n")


@pytest.mark.parametrize(
    ("kind", "text", "likelier"),
    [
        (
            "inspectors",
            "企业名称,统一社会信用代码,住所\n甲公司,91530102000000001N,城关\n",
            "suijian import targets",
        ),
        ("targets", items(1), "suijian import items"),
    ],
)
@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_a_file_of_another_kind_is_recognised(
    kind: str, text: str, likelier: str, options: tuple[str, ...]
) -> None:
    assert f"改用 {likelier}" in told(kind, text, *options)


def test_a_file_that_is_mostly_right_is_not_taken_for_another() -> None:
    said = told("targets", "企业名称,统一社会信用代码\n甲公司,1\n")
    assert "退回 1" in said and "更像" not in said


def test_a_file_without_a_row_says_so() -> None:
    assert "文件里只有列名，没有数据行" in told("targets", "企业名称,统一社会信用代码\n")


@pytest.mark.parametrize("kind", ["recusals", "inspectors"])
def test_an_unknown_recusal_is_rejected_for_its_own_column(kind: str) -> None:
    inspector = "警号,姓名,所属部门,回避对象,回避关系,申报人\nA1,甲,县公安局,"
    told("inspectors", inspector + ",,\n")
    told(kind, inspector + "某某公司,亲属,本人\n")
    row = Path("表.rejected.csv").read_text("utf-8-sig").splitlines()[1]
    assert row.startswith("2,回避对象,某某公司,")


def test_what_is_said_of_the_whole_file_is_said_once() -> None:
    book = Workbook()
    book.active.append(["2026年名录"])
    rows = book.create_sheet("数据")
    rows.append(["企业名称", "统一社会信用代码"])
    rows.append(["甲公司", "91530102000000001N"])
    book.save("名录.xlsx")
    said = CliRunner().invoke(main, ["import", "targets", "名录.xlsx"]).output
    assert said.count("只读了工作表“数据”") == 1


def test_a_folder_is_called_a_folder(tmp_path: Path) -> None:
    said = CliRunner().invoke(main, ["import", "targets", "."])
    assert said.exit_code == 1
    assert f"{tmp_path.name} 是文件夹，不是文件" in said.output
