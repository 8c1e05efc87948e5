"""The lists as whoever opens them reads them: what stands where, in which order, and days as days."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from itertools import chain, repeat

import pytest
from python_calamine import CalamineWorkbook

from bot import files
from storage.exports.progress import warning_sheet
from storage.exports.workbook import MOST_ROWS, Sheet, workbook
from tests.conversation.walks import Scene, entered
from tests.oversight.conftest import count_anew
from tests.oversight.test_dialog import ask
from tests.talking import START
from workflows.progress import AXES
from workflows.warnings import Warned

LIST = [
    *(
        "任务单编号",
        "检查对象",
        "统一社会信用代码",
        "部门",
        "执法人员",
        "抽查事项",
        "抽查计划",
        "地区",
        "派发月份",
    ),
    *("状态", "期限", "逾期天数", "未签字", "是否完结"),
]
COUNTS = ["应检查", "待录入", "录入中", "待审核", "已公示", "逾期", "完结", "完成率", "完结率", "按时率"]


@pytest.fixture
def late(office: Scene) -> Scene:
    """Entered, one of two published, and long overdue."""
    entered(office).at(office.market).tap("公示结果")
    count_anew(office.house)
    office.clock.now += timedelta(days=150)
    return office


def table(s: Scene, *given: str) -> tuple[list[object], list[list[object]]]:
    """The headings and the rows below them of an exported list."""
    (file,) = ask(s.head, "export", *given).files
    path = files.where(s.house, file)
    assert path is not None
    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    rows: list[list[object]] = [list(row) for row in sheet.to_python(skip_empty_area=False)]
    top = next(n for n, row in enumerate(rows) if sum(cell != "" for cell in row) > 2)
    return rows[top], rows[top + 1 :]


@pytest.mark.parametrize("kind", ["overdue", "due", "slice"])
def test_a_list_has_its_headings_and_its_days_are_days(late: Scene, kind: str) -> None:
    heads, rows = table(late, kind)
    assert heads == LIST
    days = [row[LIST.index("期限")] for row in rows]
    owed = [day for day in days if day != ""]
    assert owed and all(type(day) is date for day in owed)
    assert days == [*sorted(owed), *[""] * (len(days) - len(owed))]  # type: ignore[type-var]


def test_days_overdue_are_a_number_and_the_most_urgent_stands_first(late: Scene) -> None:
    _, rows = table(late, "overdue")
    ages = [row[LIST.index("逾期天数")] for row in rows]
    assert ages == sorted(ages, reverse=True)  # type: ignore[type-var]
    today = late.clock.now.date()
    for row in rows:
        due = row[LIST.index("期限")]
        assert isinstance(due, date)
        assert row[LIST.index("逾期天数")] == (today - due).days > 0


@pytest.mark.parametrize("axis", AXES)
def test_a_table_has_its_headings_counts_are_numbers_and_rates_are_shares(late: Scene, axis: str) -> None:
    heads, rows = table(late, "axis", axis)
    assert heads[1:] == COUNTS
    assert rows
    for _, *numbers in rows:
        assert all(isinstance(one, float) and one == int(one) for one in numbers[:7])
        assert all(one == "" or 0 <= one <= 1 for one in numbers[7:])  # type: ignore[operator]


def test_warnings_have_their_day_as_a_day() -> None:
    found = [Warned("twice", "某歌厅", ("T-1", "T-2"), date(2026, 9, 21))]
    data = workbook([warning_sheet(found, {}, date(2026, 9, 30))], START)
    rows = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0).to_python()
    assert rows[-2] == ["预警", "涉及", "日期", "任务单编号"]
    assert rows[-1][1:] == ["某歌厅", date(2026, 9, 21), "T-1、T-2"]


def test_a_table_longer_than_a_page_of_excel_goes_on_on_the_next() -> None:
    rows = chain(repeat((), MOST_ROWS - 4), [("最后一行",), ("多出一行",)])
    made = workbook([Sheet("名录库", ("名称",), rows, ("截至今天",))], START)
    book = CalamineWorkbook.from_filelike(BytesIO(made))
    first, second = (book.get_sheet_by_name(name) for name in ("名录库", "名录库（2）"))
    assert (first.height, first.to_python()[-1]) == (MOST_ROWS, ["最后一行"])
    assert second.to_python() == [["名录库（2）"], ["截至今天"], ["名称"], ["多出一行"]]
