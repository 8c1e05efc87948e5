"""The catalogue's items are dated versions: changed, taken off the list, shown as of a day, given out and read in again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine

from bot.cli import main
from bot.settings import from_environment
from storage import directories, importing, phrases
from storage.database import open_database, reading, writing
from storage.directory_versions import Origin, history, standing
from storage.directory_writing import Counts
from storage.importing import Wish
from storage.intake.table import Row, Table
from storage.migrate import migrate
from storage.schema import items as rows
from tests.databases import BACKENDS, fresh, opened
from tests.talking import START
from workflows.catalogue import Item
from workflows.inspection.facts import local_day

DAY = timedelta(days=1)
TODAY = local_day(START)
HEADERS = ("编号", "抽查事项", "抽查依据", "抽查主体", "抽查内容", "抽查比例", "事项类别")
FAIR = ("1", "公平秤检查", "《计量法》第十八条", "县市场监管局", "1.秤\n2.标识", "不超过5%", "一般检查事项")
METER = ("2", "加油机检查", "《计量法》第九条", "县市场监管局", "加油机", "", "重点检查事项")
CLUB = ("G1", "娱乐场所检查", "《娱乐场所管理条例》", "县公安局", "备案", "", "一般检查事项")


@pytest.fixture(params=BACKENDS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with fresh(request.param, tmp_path) as url, opened(url) as found:
        migrate(found)
        yield found


def load(engine: Engine, days: int, *listed: tuple[str, ...], full: bool = False) -> Counts:
    table = Table(
        "清单.xlsx", HEADERS, tuple(Row(number, cells) for number, cells in enumerate(listed, start=2))
    )
    origin = Origin(f"清单{days}.xlsx", "li")
    intake, counts = importing.load(
        engine, "items", table, "清单", START + days * DAY, wish=Wish(full=full, origin=origin)
    )
    assert not intake.rejected
    return counts


def listed(engine: Engine, days: int) -> list[str]:
    with reading(engine) as tx:
        return [item.name for item in standing(tx, rows, Item, TODAY + days * DAY)]


@pytest.mark.rule("legal-basis")
def test_a_changed_item_leaves_what_stood_before_it(engine: Engine) -> None:
    assert load(engine, 0, FAIR, METER) == Counts(added=2)
    new = (*FAIR[:2], "《计量法》第二十条", *FAIR[3:])
    assert load(engine, 3, new, METER) == Counts(changed=1, same=1)
    with reading(engine) as tx:
        first, second = history(tx, "items", "1")
        assert isinstance(first.entry, Item) and isinstance(second.entry, Item)
        assert (first.entry.basis, first.until) == ("《计量法》第十八条", TODAY + 3 * DAY)
        assert (second.entry.basis, second.origin) == ("《计量法》第二十条", Origin("清单3.xlsx", "li"))
        assert directories.all_items(tx)["1"] == second.entry


@pytest.mark.rule("legal-basis")
def test_a_full_list_takes_off_what_its_own_departments_no_longer_have(engine: Engine) -> None:
    load(engine, 0, FAIR, METER, CLUB)
    assert load(engine, 5, METER, full=True) == Counts(same=1, gone=1)
    with reading(engine) as tx:
        assert sorted(directories.all_items(tx)) == ["2", "G1"]
        assert directories.ever_items(tx)["1"].name == "公平秤检查"
    assert listed(engine, 4) == ["公平秤检查", "加油机检查", "娱乐场所检查"]
    assert listed(engine, 5) == ["加油机检查", "娱乐场所检查"]
    assert load(engine, 9, FAIR) == Counts(added=1)
    assert "公平秤检查" in listed(engine, 9)


def test_nobody_is_asked_what_the_phrases_of_an_item_off_the_list_mean(engine: Engine) -> None:
    unclear = (*METER[:5], "视情况确定", METER[6])
    load(engine, 0, FAIR, unclear)
    with reading(engine) as tx:
        assert [one.item for one in phrases.open_questions(tx)] == ["2"]
    load(engine, 1, FAIR, full=True)
    with reading(engine) as tx:
        assert phrases.open_questions(tx) == ()


def test_a_part_whose_row_was_refused_is_not_taken_off(engine: Engine) -> None:
    parts = [(*FAIR[:1], f"公平秤检查{part}", *FAIR[2:]) for part in ("甲", "乙")]
    load(engine, 0, *parts, METER)
    table = Table("清单.xlsx", HEADERS, (Row(2, METER), Row(3, (*parts[0][:2], "", *parts[0][3:]))))
    _, counts = importing.load(engine, "items", table, "清单", START + DAY, wish=Wish(full=True))
    assert counts.gone == 0
    with reading(engine) as tx:
        assert sorted(directories.all_items(tx)) == ["1-1", "1-2", "2"]


FIRE = ("", "消防检查", "《消防法》第五十三条", "县公安局", "通道", "", "一般检查事项")
PAWN = ("G 2", "典当业检查", "《典当管理办法》", "县公安局", "台账", "", "一般检查事项")


def both(*rows: tuple[str, ...], headers: tuple[str, ...] = HEADERS) -> Table:
    return Table("两部门.xlsx", headers, tuple(Row(at, cells) for at, cells in enumerate(rows, start=2)))


def without_basis(row: tuple[str, ...]) -> tuple[str, ...]:
    return (*row[:2], "", *row[3:])


@pytest.mark.rule("legal-basis")
@pytest.mark.parametrize("refused", [FIRE, PAWN, CLUB], ids=lambda row: row[1])
def test_of_two_departments_lists_nobody_leaves_for_a_row_that_was_refused(
    engine: Engine, refused: tuple[str, ...]
) -> None:
    """Whether the row has a number, a number written with a space, or none: its item is then known by its name."""
    stood = (FAIR, METER, CLUB, FIRE, PAWN)
    load(engine, 0, *stood)
    named = listed(engine, 0)
    again = both(*(without_basis(row) if row is refused else row for row in stood))
    intake, counts = importing.load(engine, "items", again, "清单", START + DAY, wish=Wish(full=True))
    assert (len(intake.rejected), counts.gone) == (1, 0)
    assert listed(engine, 1) == named


@pytest.mark.rule("legal-basis")
def test_what_neither_department_names_leaves_beside_a_refused_row(engine: Engine) -> None:
    load(engine, 0, FAIR, METER, CLUB, FIRE, PAWN)
    table = both(METER, PAWN, without_basis(FIRE))
    _, counts = importing.load(engine, "items", table, "清单", START + DAY, wish=Wish(full=True))
    assert counts.gone == 2
    assert sorted(listed(engine, 1)) == ["典当业检查", "加油机检查", "消防检查"]


@pytest.mark.rule("legal-basis")
def test_a_department_whose_every_row_was_refused_loses_nothing(engine: Engine) -> None:
    load(engine, 0, FAIR, METER, CLUB, FIRE)
    table = both(FAIR, METER, without_basis(FIRE))
    _, counts = importing.load(engine, "items", table, "清单", START + DAY, wish=Wish(full=True))
    assert counts.gone == 0


@pytest.mark.rule("legal-basis")
def test_a_part_without_a_number_is_known_by_its_name_and_its_part(engine: Engine) -> None:
    headers = ("编号", "抽查事项", "抽查子项", *HEADERS[2:])
    parts = [(*FIRE[:2], part, *FIRE[2:]) for part in ("疏散通道", "器材")]
    importing.load(engine, "items", both(*parts, headers=headers), "清单", START)
    again = both(parts[0], (*parts[1][:3], "", *parts[1][4:]), headers=headers)
    _, counts = importing.load(engine, "items", again, "清单", START + DAY, wish=Wish(full=True))
    assert counts.gone == 0


def test_a_new_version_keeps_the_checklist_of_the_item(engine: Engine) -> None:
    load(engine, 0, FAIR)
    with writing(engine) as tx:
        tx.execute(rows.update().values(edition="e1"))
        directories.save_items(tx, [replace(directories.all_items(tx)["1"], note="新")], START + DAY)
        assert directories.edition_of(tx, "1") == "e1"


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SUIJIAN_DATA", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    engine = open_database(from_environment().database)
    migrate(engine)
    load(engine, 0, FAIR, METER, CLUB)
    load(engine, 2, (*FAIR[:5], "不超过3%", FAIR[6]))
    engine.dispose()
    return tmp_path


def said(*words: str) -> str:
    return CliRunner().invoke(main, list(words)).output


@pytest.mark.usefixtures("shell")
def test_an_item_is_shown_as_it_was_on_the_day_with_every_change() -> None:
    before = said("item", "1", "--on", f"{TODAY}")
    assert "公平秤检查（1，一般检查事项）" in before and "抽查比例：不超过5%" in before
    assert "抽查依据：《计量法》第十八条" in before and "2. 标识" in before
    now = said("item", "1", "--on", f"{TODAY + 2 * DAY}")
    assert "不超过3%" in now and f"第 1 版：{TODAY} 起，至 {TODAY + 2 * DAY} 止，来自 清单0.xlsx" in now
    assert "的抽查事项清单里没有 1：清单里有它的日子是" in said("item", "1", "--on", f"{TODAY - DAY}")
    assert "请核对事项编号" in said("item", "9")


def test_the_list_of_a_day_is_written_and_read_in_again(shell: Path) -> None:
    told = said("directory", "items", "清单.xlsx", "--on", f"{TODAY + 2 * DAY}")
    assert "在清单里的共 3 条" in told
    again = said("import", "items", "清单.xlsx", "--dry-run", "--full")
    assert "将新增 0，更新 0，未变 3，退回 0，移出 0" in again, again


def test_a_dry_run_names_each_field_that_would_change(shell: Path) -> None:
    (shell / "新.csv").write_text(
        ",".join(HEADERS) + "\n" + ",".join((*METER[:4], "加油机；计量器具", "", "一般检查事项")),
        encoding="utf-8",
    )
    told = said("import", "items", "新.csv", "--dry-run", "--full")
    assert "更新 2 加油机检查：事项类别 由“重点检查事项”改为“一般检查事项”" in told
    assert "抽查内容 由“加油机”改为“加油机；计量器具”" in told
    assert "移出 1" in told and "移出 G1" not in told


def test_a_list_speaks_for_its_own_departments_only_when_it_is_asked_how_many_leave(shell: Path) -> None:
    (shell / "新.csv").write_text(
        ",".join(HEADERS) + "\n" + ",".join((*METER[:4], "加油机", "", "")), encoding="utf-8"
    )
    told = said("import", "items", "新.csv", "--full")
    assert "现有 2 条，按这个文件要移出 1 条，超过两成，没有导入" in told
