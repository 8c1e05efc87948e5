"""From a file on a desk to the directories: what is right goes in, the rest comes back with reasons, twice is once."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result
from stdnum.cn.uscc import calc_check_digit

from bot.cli import main
from bot.cli.importing import progress_bar
from storage import directories, importing, people, plans
from storage.database import reading
from storage.migrate import migrate
from tests.databases import everything, opened
from tests.talking import START
from workflows.directory import Target

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "demo"
HEADERS = ("企业名称", "统一社会信用代码", "登记状态", "住所", "联系人")


@dataclass(frozen=True)
class Desk:
    """A clerk's folder, where files lie and the command is run; the data are kept elsewhere."""

    folder: Path
    url: str
    run: Callable[..., Result]

    def table(
        self, name: str, *rows: Sequence[str], headers: Sequence[str] = HEADERS, encoding: str = "utf-8"
    ) -> Path:
        said = io.StringIO(newline="")
        csv.writer(said).writerows([headers, *rows])
        path = self.folder / name
        path.write_bytes(said.getvalue().encode(encoding))
        return path

    def everything(self) -> dict[str, list[tuple[object, ...]]]:
        with opened(self.url) as engine:
            return everything(engine)

    def targets(self) -> dict[str, Target]:
        with opened(self.url) as engine, reading(engine) as tx:
            return {one.id: one for one in directories.all_targets(tx)}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    folder, data = tmp_path / "desk", tmp_path / "data"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("SUIJIAN_DATA", str(data))

    def run(*words: object) -> Result:
        return CliRunner().invoke(main, ["import", *map(str, words)])

    with opened(f"sqlite:///{data / 'suijian.db'}") as engine:
        migrate(engine)
    return Desk(folder, f"sqlite:///{data / 'suijian.db'}", run)


def firm(number: int, **changes: str) -> tuple[str, ...]:
    """A row with a code whose check digit is right."""
    body = f"91532822MA{number:07d}"
    row = dict(
        zip(
            HEADERS,
            (f"勐海第{number}商店", body + calc_check_digit(body), "存续", f"某路{number}号", "张三"),
            strict=True,
        )
    )
    return tuple((row | changes).values())


def wrong(number: int) -> tuple[str, ...]:
    """The same with a wrong one."""
    name, code, *rest = firm(number)
    return (name, code[:-1] + ("0" if code[-1] != "0" else "1"), *rest)


# -- the demo's own files ----------------------------------------------------------------------------------


def demo_files() -> Iterator[tuple[str, Path]]:
    yield "items", DEMO / "items.csv"
    for file in sorted((DEMO / "checklists").glob("*.csv")):
        yield "checklist", file
    yield "targets", DEMO / "targets.csv"
    yield "inspectors", DEMO / "inspectors.csv"
    yield "plan", DEMO / "plan.csv"


def test_the_demo_s_files_go_in_whole_and_a_second_time_change_nothing(desk: Desk) -> None:
    for kind, file in demo_files():
        result = desk.run(kind, file)
        assert (result.exit_code, "更新 0，未变 0，退回 0" in result.output) == (0, True), result.output
    before = desk.everything()
    for kind, file in demo_files():
        result = desk.run(kind, file)
        assert (result.exit_code, "新增 0，更新 0" in result.output) == (0, True), result.output
    assert desk.everything() == before
    assert len(desk.targets()) == 40
    with opened(desk.url) as engine, reading(engine) as tx:
        assert len(directories.all_inspectors(tx)) == len(people.everybody(tx)) == 20
        assert [kept.plan.version for kept in plans.current(tx)] == [1]
    assert list(desk.folder.iterdir()) == []


# -- rows that go in, rows that come back -------------------------------------------------------------------


@pytest.mark.rule("target-identity")
def test_a_wrong_check_digit_comes_back_with_its_row_and_reason_and_the_rest_goes_in(desk: Desk) -> None:
    desk.table("对象.csv", firm(1), wrong(2), firm(3))
    result = desk.run("targets", "对象.csv")
    assert result.exit_code == 0
    assert "新增 2，更新 0，未变 0，退回 1" in result.output
    assert "对象.rejected.csv" in result.output
    with (desk.folder / "对象.rejected.csv").open(encoding="utf-8-sig", newline="") as file:
        headers, row = csv.reader(file)
    assert headers == ["行号", "退回的列", "退回的值", "原因", "改正办法", *HEADERS]
    assert (row[:3], row[5:]) == (["3", "统一社会信用代码", wrong(2)[1]], list(wrong(2)))
    assert "校验位不对" in row[3]
    assert row[4].startswith("请对照营业执照")


def test_the_rejects_once_mended_go_in_as_they_are(desk: Desk) -> None:
    desk.table("对象.csv", firm(1), wrong(2))
    desk.run("targets", "对象.csv")
    rejects = desk.folder / "对象.rejected.csv"
    rejects.write_text(
        rejects.read_text(encoding="utf-8-sig").replace(wrong(2)[1], firm(2)[1]), encoding="utf-8-sig"
    )
    assert "新增 1，更新 0，未变 0，退回 0" in desk.run("targets", rejects).output
    assert set(desk.targets()) == {firm(1)[1], firm(2)[1]}


def test_a_file_that_is_there_is_never_written_over(desk: Desk) -> None:
    """It may be somebody's own, or the rejects of before, half mended by hand."""
    own = desk.folder / "对象.rejected.csv"
    own.write_text("我自己的笔记", encoding="utf-8")
    desk.table("对象.csv", wrong(2))
    assert "对象.rejected.2.csv" in desk.run("targets", "对象.csv").output
    assert own.read_text(encoding="utf-8") == "我自己的笔记"
    written = (desk.folder / "对象.rejected.2.csv").read_bytes()
    assert wrong(2)[1].encode() in written
    desk.table("对象.csv", wrong(2), wrong(4))
    assert "对象.rejected.3.csv" in desk.run("targets", "对象.csv").output
    assert (desk.folder / "对象.rejected.2.csv").read_bytes() == written


def test_the_same_rejects_again_are_not_written_again(desk: Desk) -> None:
    desk.table("对象.csv", firm(1), wrong(2))
    for _ in range(3):
        assert "写入 对象.rejected.csv" in desk.run("targets", "对象.csv").output
    assert sorted(path.name for path in desk.folder.iterdir()) == ["对象.csv", "对象.rejected.csv"]


def test_a_folder_of_that_name_is_left_alone(desk: Desk) -> None:
    (desk.folder / "对象.rejected.csv").mkdir()
    desk.table("对象.csv", wrong(2))
    assert "对象.rejected.2.csv" in desk.run("targets", "对象.csv").output


# -- an update touches what the file speaks of --------------------------------------------------------------


@pytest.mark.rule("target-status")
def test_an_update_touches_only_the_columns_of_the_file(desk: Desk) -> None:
    """A list of telephone contacts brings no deregistered firm back to life."""
    desk.table("对象.csv", firm(1, 登记状态="注销"), firm(2))
    desk.run("targets", "对象.csv")
    before = desk.targets()
    name, code = firm(1)[:2]
    desk.table("电话.csv", (name, code, "李四"), headers=("企业名称", "统一社会信用代码", "联系人"))
    assert "新增 0，更新 1，未变 0" in desk.run("targets", "电话.csv").output
    after = desk.targets()
    assert (
        (after[code].status, after[code].address)
        == (before[code].status, before[code].address)
        == ("deregistered", "某路1号")
    )
    assert (before[code].contact, after[code].contact) == ("张三", "李四")
    assert after[firm(2)[1]] == before[firm(2)[1]]


@pytest.mark.rule("target-status")
def test_a_changed_status_changes_the_directory_at_once(desk: Desk) -> None:
    desk.table("对象.csv", firm(1))
    desk.run("targets", "对象.csv")
    desk.table("对象.csv", firm(1, 登记状态="吊销"))
    assert "更新 1" in desk.run("targets", "对象.csv").output
    assert desk.targets()[firm(1)[1]].status == "revoked"


@pytest.mark.rule("plan-public")
def test_a_changed_plan_is_the_next_version(desk: Desk) -> None:
    for kind, file in demo_files():
        desk.run(kind, file)
    changed = (DEMO / "plan.csv").read_text(encoding="utf-8").replace("2026-12-31", "2026-11-30")
    (desk.folder / "plan.csv").write_text(changed, encoding="utf-8")
    assert "更新 3" in desk.run("plan", "plan.csv").output
    with opened(desk.url) as engine, reading(engine) as tx:
        (kept,) = plans.current(tx)
    assert (kept.plan.version, kept.published_at) == (2, None)


# -- files as they really come ------------------------------------------------------------------------------


def test_a_workbook_and_a_csv_of_the_same_rows_are_the_same(desk: Desk) -> None:
    desk.table("对象.csv", firm(1), firm(2))
    desk.run("targets", "对象.csv")
    book = openpyxl.Workbook()
    for row in (HEADERS, firm(1), firm(2)):
        book.active.append(row)
    book.save(desk.folder / "对象.xlsx")
    book.close()
    assert "新增 0，更新 0，未变 2，退回 0" in desk.run("targets", "对象.xlsx").output


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
def test_a_file_saved_by_an_old_spreadsheet_is_read(desk: Desk, encoding: str) -> None:
    desk.table("对象.csv", firm(1, 企业名称="勐海㛃㛃商店"), encoding=encoding)
    result = desk.run("targets", "对象.csv")
    assert (result.exit_code, desk.targets()[firm(1)[1]].name) == (0, "勐海㛃㛃商店"), result.output


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("坏.xlsx", b"PK\x03\x04 not a workbook"),
        ("空.csv", b""),
        ("图.csv", b"\x89PNG\r\n\x1a\n\x00\x00"),
        ("没有.csv", None),
    ],
)
def test_what_is_no_table_gets_a_sentence_and_changes_nothing(
    desk: Desk, name: str, content: bytes | None
) -> None:
    if content is not None:
        (desk.folder / name).write_bytes(content)
    before = desk.everything()
    result = desk.run("targets", name)
    assert result.exit_code == 1
    assert not result.output.isascii()
    assert "Error" not in result.output
    assert "Traceback" not in result.output
    assert name in result.output
    assert desk.everything() == before


def test_a_checklist_of_an_item_nobody_listed_says_what_to_do(desk: Desk) -> None:
    result = desk.run("checklist", DEMO / "checklists" / "GA-01.csv")
    assert result.exit_code == 1
    assert "先导入清单" in result.output


def test_an_unknown_profile_names_those_there_are(desk: Desk) -> None:
    result = desk.run("plan", DEMO / "plan.csv", "--profile", "nowhere")
    assert result.exit_code == 1
    assert "menghai" in result.output


def test_a_failure_in_the_middle_leaves_nothing_of_the_file(desk: Desk) -> None:
    """One transaction per file: half an import would be a directory nobody ever had."""
    desk.table("对象.csv", *(firm(number) for number in range(1500)))
    before = desk.everything()

    def torn(rows: int) -> None:
        if rows >= 1200:
            raise OSError("the disk is full")

    with opened(desk.url) as engine, pytest.raises(OSError, match="full"):
        table = importing.read(desk.folder / "对象.csv")
        importing.load(engine, "targets", table, "对象", START, torn)
    assert desk.everything() == before


# -- a long one ---------------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_long_import_shows_how_far_it_is_where_somebody_watches() -> None:
    watched, short, unwatched = Terminal(), Terminal(), io.StringIO()
    for out, rows in ((watched, 600), (short, 5), (unwatched, 600)):
        with progress_bar(rows, "targets", out) as progress:
            progress(rows)
    assert "检查对象" in watched.getvalue()
    assert short.getvalue() == unwatched.getvalue() == ""


def test_what_an_import_says_is_not_mixed_with_its_progress(desk: Desk) -> None:
    desk.table("多.csv", *(firm(number) for number in range(600)))
    assert desk.run("targets", "多.csv").output.splitlines() == ["多.csv：新增 600，更新 0，未变 0，退回 0。"]


def test_progress_never_runs_back_and_reaches_the_end(desk: Desk) -> None:
    seen: list[int] = []
    desk.table("多.csv", *(firm(number) for number in range(3000)))
    with opened(desk.url) as engine:
        importing.load(engine, "targets", importing.read(desk.folder / "多.csv"), "多", START, seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 3000
    assert len(seen) > 1
