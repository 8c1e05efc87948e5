"""Reading what bureaus really have: their tables, their mistakes, and a sentence for each row refused."""

from __future__ import annotations

import csv
import hashlib
import json
import struct
import zipfile
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TypeVar

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.card import BUTTON_BYTES
from bot.render import button
from storage.draws import case_id_of
from storage.intake.cells import dates, means, numbered, share
from storage.intake.checklists import MOST_KEY_BYTES, parse_checklist
from storage.intake.delimited import read_delimited
from storage.intake.headings import KINDS
from storage.intake.inspectors import parse_inspectors
from storage.intake.items import parse_items
from storage.intake.plan import parse_plan, plan_name, plan_year
from storage.intake.reading import read_table
from storage.intake.rejects import write_rejects
from storage.intake.table import Intake, Rejected, Row, Table
from storage.intake.targets import parse_targets, stream_targets
from workflows.catalogue import Item
from workflows.directory import certificate_valid, counts
from workflows.draw.targets import in_task
from workflows.errors import BadFile, BadInput
from workflows.inspection.handling import MEASURES

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "demo"
REAL = ROOT / "../shared/data/real"
real = pytest.mark.skipif(not REAL.is_dir(), reason="put the bureaus' own files into ../shared/data/real")

GOOD, OTHER = "91532822MA00000153", "91532822MA0000023X"
T = TypeVar("T")


def table(headers: str, *rows: str) -> Table:
    """A table written as "a|b|c" lines, its rows numbered as under one header row."""
    cut = [tuple(row.split("|")) for row in rows]
    return Table("表.csv", tuple(headers.split("|")), tuple(Row(n, cells) for n, cells in enumerate(cut, 2)))


def only(intake: Intake[T]) -> T:
    assert intake.rejected == ()
    ((_, entry),) = intake.accepted
    return entry


def refusal(intake: Intake[T]) -> str:
    assert intake.accepted == ()
    (rejected,) = intake.rejected
    return rejected.reason


def said(intake: Intake[T]) -> str:
    return "\n".join(warned.text for warned in intake.warnings)


def write_xlsx(path: Path, *rows: tuple[object, ...], merged: tuple[str, ...] = ()) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cells in merged:
        book.active.merge_cells(cells)
    book.save(path)
    return path


# --- the bureaus' own files -------------------------------------------------------------------------------------


@real
@pytest.mark.rule("target-identity")
def test_the_real_directory_goes_in_but_for_two_wrong_check_digits() -> None:
    """2883 rows: 1779 credit codes and 1094 old numbers that hold, 8 of 13 digits that cannot be checked, 2 wrong."""
    intake = parse_targets(read_table(REAL / "directory_2883.xlsx"))
    assert [(one.row, one.values[0]) for one in intake.rejected] == [
        (1155, "苍南县电器厂"),
        (1484, "浙江贝贝梯台实业有限公司"),
    ]
    assert all("校验位不对" in one.reason for one in intake.rejected)
    ids = [target.id for _, target in intake.accepted]
    assert (len(ids), len(set(ids)), sum(one.startswith("R:") for one in ids)) == (2881, 2881, 1094 + 8)
    assert sum("13 位旧注册号" in warned.text for warned in intake.warnings) == 8
    assert "登记状态" in said(intake) and "登记机关、管辖单位" in said(intake)
    assert intake.accepted[0][0] == 2 and intake.columns == {"id", "name"}


@real
@pytest.mark.rule("item-fields")
def test_the_real_item_list_goes_in_where_it_says_what_is_inspected() -> None:
    """45 rows: the list has no column of contents; 35 name the part inspected, 10 name only the item."""
    intake = parse_items(read_table(REAL / "items_market_45.csv"))
    assert [one.row for one in intake.rejected] == [4, 7, 10, 11, 12, 13, 14, 33, 34, 35]
    assert {one.reason.split("：")[0] for one in intake.rejected} == {"没有抽查内容，也没有抽查子项"}
    by_id = {item.id: item for _, item in intake.accepted}
    assert len(by_id) == 35
    assert by_id["11-2"].name == "直销违法行为检查：超出直销产品范围从事直销经营活动的检查"
    assert by_id["3-2"].ratio == "抽查比例不少于2‰"
    assert by_id["17-1"].methods == ("现场检查与网络系统、档案书式检查相结合",)


@real
@pytest.mark.rule("target-identity")
def test_the_real_template_is_a_target_table_whose_hints_are_no_target() -> None:
    intake = parse_targets(read_table(REAL / "special_library_template.xlsx"))
    assert "没有统一社会信用代码" in refusal(intake)
    assert intake.rejected[0].row == 3
    assert intake.columns == {"id", "name", "tags"}


# --- the demo ---------------------------------------------------------------------------------------------------


def test_the_demo_goes_in_without_a_word() -> None:
    targets = parse_targets(read_table(DEMO / "targets.csv"))
    inspectors = parse_inspectors(read_table(DEMO / "inspectors.csv"))
    items = parse_items(read_table(DEMO / "items.csv"))
    plan = read_table(DEMO / "plan.csv")
    tasks = parse_plan(plan, [item for _, item in items.accepted])
    assert (len(targets.accepted), len(inspectors.accepted), len(items.accepted), len(tasks.accepted)) == (
        40,
        20,
        7,
        3,
    )
    assert targets.rejected + inspectors.rejected + items.rejected + tasks.rejected == ()
    assert targets.warnings + inspectors.warnings + tasks.warnings == ()
    assert plan_year(plan_name(plan), [task for _, task in tasks.accepted]) == 2026


def test_the_demo_can_be_drawn_from() -> None:
    items = [item for _, item in parse_items(read_table(DEMO / "items.csv")).accepted]
    targets = [target for _, target in parse_targets(read_table(DEMO / "targets.csv")).accepted]
    people = [person for _, person in parse_inspectors(read_table(DEMO / "inspectors.csv")).accepted]
    for _, task in parse_plan(read_table(DEMO / "plan.csv"), items).accepted:
        active = [target for target in in_task(targets, task) if target.status == "active"]
        assert len(active) > 2 * (task.quota or 0)
        for department in task.departments:
            assert sum(counts(one, task.ends) and one.department == department for one in people) >= 3
    assert sum(bool(one.certificate) and not certificate_valid(one, date(2026, 9, 1)) for one in people) == 2


# --- tables as they come ----------------------------------------------------------------------------------------


def test_titles_merged_groups_blank_rows_and_signatures_are_not_rows(tmp_path: Path) -> None:
    path = write_xlsx(
        tmp_path / "清单.xlsx",
        ("随机抽查事项清单（样例）", None, None),
        ("填报部门：（盖章）", None, None),
        ("编 号", "抽查事项\n名称", "抽查子项"),
        (11, "直销检查", "重大变更的检查"),
        (None, None, "招募的检查"),
        (),
        ("编 号", "抽查事项\n名称", "抽查子项"),
        (12, "商品检查", "淘汰产品的检查"),
        ("填表人：某某", None, None),
        merged=("A1:C1", "A4:A5", "B4:B5"),
    )
    assert [(row.number, *row.cells) for row in read_table(path).rows] == [
        (4, "11", "直销检查", "重大变更的检查"),
        (5, "11", "直销检查", "招募的检查"),
        (8, "12", "商品检查", "淘汰产品的检查"),
    ]


def test_a_header_of_two_rows_is_read_as_one(tmp_path: Path) -> None:
    path = write_xlsx(
        tmp_path / "计划.xlsx",
        ("抽查任务名称", "抽查日期", None),
        (None, "起", "止"),
        ("娱乐场所抽查", date(2026, 9, 1), date(2026, 12, 31)),
        merged=("A1:A2", "B1:C1"),
    )
    read = read_table(path)
    assert read.headers == ("抽查任务名称", "抽查日期起", "抽查日期止")
    assert [row.cells for row in read.rows] == [("娱乐场所抽查", "2026-09-01", "2026-12-31")]


def test_numbers_of_a_spreadsheet_keep_what_they_say_and_no_more(tmp_path: Path) -> None:
    path = write_xlsx(
        tmp_path / "数.xlsx",
        ("企业名称", "注册号"),
        ("甲", 330000000036006),
        ("乙", 913300005669974600),
    )
    intake = parse_targets(read_table(path))
    assert [target.id for _, target in intake.accepted] == ["R:330000000036006"]
    assert "科学计数" in intake.rejected[0].reason


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_a_text_table_in_every_encoding(tmp_path: Path, encoding: str, separator: str) -> None:
    path = tmp_path / "名录.csv"
    rows = (("名录", ""), ("住所", "企业名称"), ("勐海镇𠮷祥路1号", "甲公司"))
    path.write_bytes("\r\n".join(separator.join(row) for row in rows).encode(encoding))
    assert tuple(read_table(path).rows) == (Row(3, ("勐海镇𠮷祥路1号", "甲公司")),)


def test_a_line_break_in_a_cell_does_not_shift_the_row_numbers(tmp_path: Path) -> None:
    path = tmp_path / "名录.csv"
    path.write_text('企业名称,住所\n甲,"一楼\n二楼"\n乙,三楼\n', encoding="utf-8")
    assert [row.number for row in read_table(path).rows] == [2, 3]


def test_an_ods_sheet_named_xlsx_is_read_for_what_it_is(tmp_path: Path) -> None:
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    rows = "".join(
        "<table:table-row>" + "".join(cell.format(text) for text in row) + "</table:table-row>"
        for row in (("企业名称", "住所"), ("甲", "一楼"))
    )
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    path = tmp_path / "名录.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr(
            "content.xml",
            f'<office:document-content {spaces}><office:body><office:spreadsheet><table:table table:name="一">'
            f"{rows}</table:table></office:spreadsheet></office:body></office:document-content>",
        )
    assert tuple(read_table(path).rows) == (Row(2, ("甲", "一楼")),)


def test_a_second_sheet_is_not_passed_over_in_silence(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(("企业名称", "住所"))
    book.active.append(("甲", "一楼"))
    book.create_sheet("旧名录").append(("企业名称", "住所"))
    book.save(tmp_path / "名录.xlsx")
    assert "旧名录" in read_table(tmp_path / "名录.xlsx").warnings[0]


# --- files that are no tables -----------------------------------------------------------------------------------


def locked_xlsx() -> bytes:
    """What a spreadsheet program writes around a workbook with a password: a compound file with two named streams."""
    none, end = 0xFFFFFFFF, 0xFFFFFFFE

    def entry(name: str, kind: int, child: int = none, right: int = none) -> bytes:
        raw = name.encode("utf-16-le") + b"\0\0"
        links = struct.pack("<HBBIII", len(raw), kind, 1, none, right, child)
        return raw.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", end, 0)

    sectors = struct.pack("<10I", 0, 1, 0, 4096, end, 0, end, 0, 0, none)
    head = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + struct.pack("<5H6xI", 62, 3, 0xFFFE, 9, 6, 0)
        + sectors
    )
    table_of_sectors = struct.pack("<II", 0xFFFFFFFD, end).ljust(512, b"\xff")
    streams = entry("EncryptedPackage", 2, right=2) + entry("EncryptionInfo", 2)
    return (
        head.ljust(512, b"\xff")
        + table_of_sectors
        + (entry("Root Entry", 5, child=1) + streams).ljust(512, b"\0")
    )


def far_corner(path: Path) -> bytes:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["B1"], book.active["XFD1048576"] = "企业名称", "住所", "x"
    book.save(path)
    return path.read_bytes()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("名录.xlsx", b"", "空文件"),
        ("名录.xlsx", b"\x89PNG\r\n\x1a\n" + bytes(99), "其实是图片"),
        ("名录.xlsx", b"\xff\xd8\xff\xe0" + bytes(99), "其实是图片"),
        ("名录.csv", b"%PDF-1.7\n", "PDF"),
        ("名录.xls", b"<html><body><table>", "其实是网页"),
        ("名录.xlsx", b'<?xml version="1.0"?><svg xmlns="x"/>', "其实是网页或图形"),
        ("名录.xlsx", b"PK\x03\x04" + bytes(200), "已损坏"),
        ("名录.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "已损坏"),
        ("名录.xlsx", locked_xlsx(), "加了密码"),
        ("名录.csv", "企业名称,住所\n甲,\n".encode() + b"\xe5\xff,\n", "第 3 行起的文字编码"),
        ("名录.csv", bytes(range(256)) * 4, "不是文本表格"),
        ("名录.csv", "今天,天气\n很,好\n".encode(), "找不到列名"),
        ("名录.csv", '企业名称,住所\n甲,"一楼\n乙,二楼\n'.encode(), "双引号不成对"),
        ("名录.csv", b"\n\n , \n", "空表"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(
    tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BadFile, match=says) as refused:
        read_table(path)
    assert str(refused.value).startswith(name) and "请" in str(refused.value)


PASTED_HEAD, PASTED_ROW = (
    "企业名称,住所\n勐海云雾茶山娱乐有限公司,勐海镇\n",
    "勐海孔雀坪歌舞娱乐有限公司,打洛镇\n",
)


@pytest.mark.parametrize(("first", "then"), [("utf-8", "gb18030"), ("gb18030", "utf-8")])
@pytest.mark.parametrize("before", [0, 40, 60_000])
def test_a_file_pasted_together_of_two_encodings_says_where_the_second_begins(
    tmp_path: Path, first: str, then: str, before: int
) -> None:
    path = tmp_path / "名录.csv"
    path.write_bytes((PASTED_HEAD + PASTED_ROW * before).encode(first) + (PASTED_ROW * 3).encode(then))
    said = f"第 {before + 3} 行起的文字编码与前面的行不同：前面是 {first.upper()}"
    with pytest.raises(BadFile, match=said):
        read_table(path)


def test_every_character_of_gb_2312_is_read_in_it_beside_headings_in_latin(tmp_path: Path) -> None:
    """女 alone would be a letter in UTF-8; it must not make the file one of two encodings."""
    every = "".join(
        bytes((high, low)).decode("gb2312", errors="ignore")
        for high in range(0xB0, 0xF8)
        for low in range(0xA1, 0xFF)
    )
    rows = "".join(f"女,{every[at : at + 12]}\n" for at in range(0, len(every), 12))
    path = tmp_path / "名录.csv"
    path.write_bytes(f"sex,name\n女,a\n{rows}企业名称,住所\n{PASTED_ROW}".encode("gb18030"))
    assert read_delimited(path).about >= len(rows.splitlines())


def test_a_truncated_a_word_and_an_endless_workbook_are_refused(tmp_path: Path) -> None:
    whole = write_xlsx(tmp_path / "a.xlsx", ("企业名称", "住所"), ("甲", "一楼")).read_bytes()
    word = tmp_path / "word.xlsx"
    with zipfile.ZipFile(word, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    cases = {
        whole[: len(whole) // 2]: "已损坏",
        word.read_bytes(): "Word 文档",
        far_corner(tmp_path / "far.xlsx"): "范围过大",
    }
    for content, says in cases.items():
        (tmp_path / "b.xlsx").write_bytes(content)
        with pytest.raises(BadFile, match=says):
            read_table(tmp_path / "b.xlsx")


def test_a_file_that_is_not_there_is_said_not_to_be(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="打不开文件"):
        read_table(tmp_path / "没有.xlsx")


@given(st.binary(max_size=300))
def test_no_bytes_whatever_make_the_reader_stumble(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "任意.xlsx"
    path.write_bytes(content)
    try:
        read_table(path)
    except BadFile as refused:
        assert "请" in str(refused)


# --- cells ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "means_"),
    [
        ("2019-03-01", ["2019-03-01"]),
        ("2019年3月1日", ["2019-03-01"]),
        ("2019.3.1", ["2019-03-01"]),
        ("２０１９／３／１", ["2019-03-01"]),
        ("20190301", ["2019-03-01"]),
        ("2019-03-01 00:00:00", ["2019-03-01"]),
        ("43525", ["2019-03-01"]),
        ("长期", ["9999-09-09"]),
        ("2026-11-01至2026-12-31", ["2026-11-01", "2026-12-31"]),
        ("2026.9.1-2026.12.31", ["2026-09-01", "2026-12-31"]),
        ("2026年9月1日—12月31日", ["2026-09-01", "2026-12-31"]),
        ("2026年9月至12月", ["2026-09-01", "2026-12-31"]),
        ("2026年9月至9999年12月", ["2026-09-01", "9999-12-31"]),
        ("/", []),
        ("", []),
    ],
)
def test_dates_as_people_write_them(written: str, means_: list[str]) -> None:
    assert [day.isoformat() for day in dates(written, "日期")] == means_


@pytest.mark.parametrize("written", ["下半年", "2026-02-30", "2026年13月1日", "3月1日", "0"])
def test_a_date_nobody_can_know_is_refused(written: str) -> None:
    with pytest.raises(BadInput, match="2026-11-01"):
        dates(written, "成立日期")


@given(st.dates(date(1928, 1, 1), date(2100, 1, 1)))
def test_a_date_reads_the_same_from_text_and_from_a_serial(day: date) -> None:
    serial = str((day - date(1899, 12, 30)).days)
    assert dates(f"{day.year}年{day.month}月{day.day}日", "") == dates(serial, "") == (day,)


@given(st.text(max_size=60))
def test_no_text_makes_a_date_stumble(text: str) -> None:
    try:
        dates(text, "日期")
    except BadInput as refused:
        assert "日期" in str(refused)


def test_contents_methods_and_shares_as_the_documents_print_them() -> None:
    assert numbered("1.备案情况；2.安全设施、保安人员配备情况；3.经营活动是否合规。") == (
        "备案情况",
        "安全设施、保安人员配备情况",
        "经营活动是否合规",
    )
    assert means("现场检查技术检测") == ("现场检查", "技术检测")
    assert means("现场检查或书面检查") == ("现场检查或书面检查",)
    assert [share(text) for text in ("0.05", "5%", "2‰", "1次/年")] == ["5%", "5%", "2‰", "1次/年"]


# --- targets ----------------------------------------------------------------------------------------------------


@pytest.mark.rule("target-identity")
def test_annex_2_names_no_target_that_can_be_known() -> None:
    intake = parse_targets(table("序号|企业名称|成立日期|住所", "1|甲公司|2019年3月1日|一楼"))
    assert "target-identity" in refusal(intake)
    assert intake.rejected[0].values == ("1", "甲公司", "2019年3月1日", "一楼")


@pytest.mark.rule("target-identity")
def test_of_one_target_twice_in_a_file_the_later_row_stands() -> None:
    intake = parse_targets(
        table("企业名称|统一社会信用代码", f"旧名|{GOOD}", f"乙|{OTHER}", f"新名|{GOOD.lower()}")
    )
    assert [(row, target.name) for row, target in intake.accepted] == [(3, "乙"), (4, "新名")]
    assert [(one.row, "第 4 行" in one.reason) for one in intake.rejected] == [(2, True)]


def test_columns_in_any_order_and_every_field() -> None:
    target = only(
        parse_targets(
            table(
                "经度|纬度|登记状态|主体类型(必填)|名称|行业|专项库|统一信用代码/注册号|风险等级|成立时间|联系电话",
                f"100.45|２１．９６|在营（开业）|有限责任公司|🍵茶馆|餐饮；重要信息系统、重点网站责任单位|食品库|{GOOD}|b类|43525|0000-1",
            )
        )
    )
    assert (target.id, target.name, target.kind, target.status) == (GOOD, "🍵茶馆", "enterprise", "active")
    assert target.tags == ("餐饮", "重要信息系统、重点网站责任单位", "食品库")
    assert (target.latitude, target.longitude, target.risk) == (21.96, 100.45, "B")
    assert target.established == date(2019, 3, 1)


@pytest.mark.rule("target-status")
@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("存续", "active"),
        ("吊销，未注销", "revoked"),
        ("注销", "deregistered"),
        ("歇业", "closed"),
        ("迁出", "moved"),
    ],
)
def test_the_status_is_understood(written: str, status: str) -> None:
    target = only(parse_targets(table("名称|统一社会信用代码|登记状态", f"甲|{GOOD}|{written}")))
    assert target.status == status


@pytest.mark.rule("target-status")
def test_a_status_nobody_understands_does_not_pass_as_active() -> None:
    assert "target-status" in refusal(
        parse_targets(table("名称|统一社会信用代码|登记状态", f"甲|{GOOD}|待定中"))
    )


@pytest.mark.rule("target-kinds")
@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("个体工商户", "individual"),
        ("农民专业合作社", "cooperative"),
        ("个人独资企业", "enterprise"),
        ("事业单位", "organisation"),
        ("项目", "project"),
        ("", "enterprise"),
    ],
)
def test_the_kind_is_understood(written: str, kind: str) -> None:
    assert only(parse_targets(table("名称|统一社会信用代码|主体类型", f"甲|{GOOD}|{written}"))).kind == kind


def test_what_does_harm_is_refused_and_what_does_none_is_warned_of() -> None:
    long_name = parse_targets(table("名称|统一社会信用代码", f"{'名' * 4000}|{GOOD}"))
    assert "4000 个字" in refusal(long_name)
    long_remark = parse_targets(table("名称|统一社会信用代码|信用记录", f"甲|{GOOD}|{'好' * 4000}"))
    assert len(only(long_remark).credit) == 4000
    swapped = parse_targets(table("名称|统一社会信用代码|纬度|经度|风险等级", f"甲|{GOOD}|100.45|21.96|高"))
    assert (only(swapped).latitude, only(swapped).risk) == (None, "")
    assert "是否填反" in said(swapped) and "风险等级" in said(swapped)


@pytest.mark.parametrize(
    ("latitude", "longitude"), [("60", "100.45"), ("21.96", ""), ("21.96", "东经一百度"), ("nan", "100")]
)
def test_half_a_place_or_one_abroad_is_no_place(latitude: str, longitude: str) -> None:
    intake = parse_targets(table("名称|统一社会信用代码|纬度|经度", f"甲|{GOOD}|{latitude}|{longitude}"))
    assert (only(intake).latitude, only(intake).longitude) == (None, None)
    assert "没有采用" in said(intake)


def test_progress_is_told_and_ends_at_the_last_row() -> None:
    told: list[int] = []
    parse_targets(table("名称|统一社会信用代码", *[f"甲|{GOOD}"] * 450), told.append)
    assert told == [200, 400, 450]


# --- inspectors -------------------------------------------------------------------------------------------------

PEOPLE = "姓名|警号|所属部门|执法证号|有效期起|有效期止|人员类别|在岗状态|回避对象"


@pytest.mark.rule("inspector-certificate")
def test_annex_2_names_people_who_cannot_count_yet() -> None:
    intake = parse_inspectors(
        table(
            "序号|姓名|性别|职务（职级）|警号|所属部门|联系电话|手机号码",
            "1|林一帆|男|一级警员|０１２３|县公安局|0000-1|",
        )
    )
    person = only(intake)
    assert (person.id, person.title, person.phone) == ("P:0123", "一级警员", "0000-1")
    assert not counts(person, date(2026, 9, 1))
    assert "inspector-certificate" in said(intake)


@pytest.mark.rule("inspector-certificate")
@pytest.mark.parametrize(
    ("written", "role"), [("执法人员", "inspector"), ("专家", "expert"), ("执法辅助人员", "assistant")]
)
def test_who_counts_is_read_from_the_role(written: str, role: str) -> None:
    person = only(parse_inspectors(table(PEOPLE, f"甲|1|县公安局|Z1|2024-01-01|2029-01-01|{written}||")))
    assert (person.role, counts(person, date(2026, 9, 1))) == (role, role == "inspector")


@pytest.mark.rule("two-on-site")
def test_one_certificate_for_two_people_is_sound_for_neither() -> None:
    intake = parse_inspectors(table(PEOPLE, "甲|1|局|Z1|||||", "乙|2|局|ｚ 1|||||", "丙|3|局|Z3|||||"))
    assert [person.name for _, person in intake.accepted] == ["丙"]
    assert [one.row for one in intake.rejected] == [2, 3] and "第 2、3 行" in intake.rejected[0].reason


@pytest.mark.rule("recusal")
def test_a_recusal_names_a_target_or_the_row_is_refused() -> None:
    row = "甲|1|局|Z1||2029-01-01|||云雾公司；" + OTHER
    assert only(parse_inspectors(table(PEOPLE, row), [("云雾公司", GOOD)])).recusals == (GOOD, OTHER)
    assert "不在检查对象名录库" in refusal(parse_inspectors(table(PEOPLE, row)))


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("甲||局||||||", "没有警号"),
        ("甲|1||Z1|||||", "没有所属部门"),
        ("|1|局|Z1|||||", "没有姓名"),
        ("甲|1|局|Z1|2029-01-01|2024-01-01|||", "填反"),
        ("甲|1|局|Z1|||临时的||", "人员类别"),
        ("甲|4.5E+14|局|Z1|||||", "科学计数"),
        ("甲|警一|局|Z1|||||", "只能用字母"),
    ],
)
def test_an_inspector_who_cannot_be_known_is_refused(row: str, says: str) -> None:
    assert says in refusal(parse_inspectors(table(PEOPLE, row)))


@pytest.mark.parametrize(
    ("written", "on_duty"), [("", True), ("在岗", True), ("不在岗", False), ("休假", False), ("？", False)]
)
def test_who_is_not_known_to_be_on_duty_is_not_drawn(written: str, on_duty: bool) -> None:
    assert only(parse_inspectors(table(PEOPLE, f"甲|1|局|Z1||2029-01-01||{written}|"))).on_duty is on_duty


# --- items ------------------------------------------------------------------------------------------------------

ITEM = "序号|部 门|抽 查\n事 项|检 查对 象|检查内容|事 项类 别|检查方式|检查部门实施层级|检查依据|备 注"


@pytest.mark.rule("item-fields")
def test_annex_1_with_its_broken_headings() -> None:
    item = only(
        parse_items(
            table(ITEM, "1|省局|年报检查|企业|是否真实|重点检查事项|现场检查、书面检查|县|《条例》第三条|"),
            "SJ-",
        )
    )
    assert (item.id, item.department, item.category) == ("SJ-1", "省局", "key")
    assert item.methods == ("现场检查", "书面检查")


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        pytest.param("1|省局|甲|企业|内容||||/|", "legal-basis", marks=pytest.mark.rule("legal-basis")),
        pytest.param("1||甲|企业|内容||||《法》|", "item-fields", marks=pytest.mark.rule("item-fields")),
        pytest.param("1|省局|甲|企业|||||《法》|", "item-fields", marks=pytest.mark.rule("item-fields")),
    ],
)
def test_an_item_without_basis_department_or_content_is_refused(row: str, rule: str) -> None:
    assert rule in refusal(parse_items(table(ITEM, row)))


@pytest.mark.rule("item-fields")
def test_what_else_an_item_lacks_is_warned_of() -> None:
    intake = parse_items(table(ITEM, "1|省局|甲|企业|内容||||《法》|"))
    only(intake)
    assert "没有写抽查方式" in said(intake) and "没有“抽查频次”列" in said(intake)


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("药品检查员、保化检查员", ("药品检查员", "保化检查员")),
        ("药品检查员/GSP；药品检查员", ("药品检查员", "GSP")),
        *((nothing, ()) for nothing in ("", "无", "无需", "不限", "否", "无需专业岗位资格", "/")),
    ],
)
def test_an_item_says_what_its_inspectors_are_to_be_qualified_for(
    written: str, asked: tuple[str, ...]
) -> None:
    headers = "编号|事项名称|检查依据|部门|检查内容|资质要求"
    assert only(parse_items(table(headers, f"1|检查|《例》|局|看|{written}"))).qualifications == asked


def test_an_item_that_asks_for_a_qualification_without_naming_it_is_warned_of() -> None:
    rows = (
        "1|检查|《例》|局|看|需专业岗位资格|",
        "2|复查|《例》|局|看|无需专业岗位资格|",
        "3|抽样|《例》|局|看|需专业岗位资格|药品检查员",
    )
    intake = parse_items(table("编号|事项名称|检查依据|部门|检查内容|检查人员要求|所需资质", *rows))
    warned = [one.row for one in intake.warnings if "所需资质" in one.text]
    assert warned == [2]


def test_parts_under_one_number_and_items_without_any() -> None:
    headers = "编号|抽查事项名称|抽查子项|抽查依据|抽查主体"
    rows = (
        "5|药品检查|批发|《法》|局",
        "5|药品检查|零售|《法》|局",
        "6|化妆品|证后|《法》|局",
        "|无号|证后|《法》|局",
    )
    first = [item.id for _, item in parse_items(table(headers, *rows)).accepted]
    again = [item.id for _, item in parse_items(table(headers, *rows)).accepted]
    assert first[:3] == ["5-1", "5-2", "6"] and first == again and first[3].startswith("I-")


# --- the plan ---------------------------------------------------------------------------------------------------

PLAN = "抽查计划名称|抽查任务名称|抽查类型|抽查事项|抽查对象|抽查日期|发起部门|参与部门|抽查数量|是否事先告知"
ROW = "2026年度计划|娱乐场所|不定向|GA-02|娱乐场所|2026-09-01至2026-12-31|县市监局|县公安局|1|是"
ITEMS = (
    Item("GA-02", "娱乐场所监督检查", "《例》", "公安", "娱乐场所", ("一",)),
    Item("GA-06", "剧毒化学品跨省、跨市运输监督检查", "《例》", "公安", "运输", ("一",)),
)


@pytest.mark.rule("plan-fields")
def test_a_task_with_its_eight_fields() -> None:
    task = only(parse_plan(table(PLAN, ROW), ITEMS))
    assert (task.items, task.departments, task.targeted, task.quota) == (
        ("GA-02",),
        ("县市监局", "县公安局"),
        False,
        1,
    )
    assert (task.starts, task.ends, task.unannounced) == (date(2026, 9, 1), date(2026, 12, 31), False)


@pytest.mark.rule("plan-fields")
@pytest.mark.parametrize("field", range(8))
def test_each_of_the_eight_fields_is_compulsory(field: int) -> None:
    cells = ROW.split("|")
    cells[field] = ""
    assert "plan-fields" in refusal(parse_plan(table(PLAN, "|".join(cells)), ITEMS))


@pytest.mark.rule("plan-fields")
@pytest.mark.parametrize(
    "written",
    [
        "GA-02、GA-06",
        "娱乐场所监督检查、剧毒化学品跨省、跨市运输监督检查",
        "ｇａ-02；GA-06剧毒化学品跨省、跨市运输监督检查",
    ],
)
def test_items_are_named_by_number_or_by_name(written: str) -> None:
    task = only(parse_plan(table(PLAN, ROW.replace("GA-02", written)), ITEMS))
    assert task.items == ("GA-02", "GA-06")


@pytest.mark.rule("legal-basis")
def test_an_item_not_on_the_list_is_refused_with_the_nearest_names() -> None:
    reason = refusal(parse_plan(table(PLAN, ROW.replace("GA-02", "娱乐场所检查")), ITEMS))
    assert "GA-02 娱乐场所监督检查" in reason and "legal-basis" in reason


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ("2026-09-01至2026-12-31", "2026-09-01", "起止"),
        ("2026-09-01至2026-12-31", "2026-12-31至2026-09-01", "晚于"),
        ("|县市监局|", "|县市监局、县公安局|", "只能有一个"),
        ("|1|", "|若干|", "不是整数"),
        ("|不定向|", "|随便|", "定向"),
        ("|是", "|看情况", "prior-notice"),
    ],
)
def test_a_task_that_cannot_be_carried_out_is_refused(was: str, becomes: str, says: str) -> None:
    assert says in refusal(parse_plan(table(PLAN, ROW.replace(was, becomes)), ITEMS))


def test_a_file_holds_one_plan() -> None:
    with pytest.raises(BadInput, match="plan-fields"):
        plan_name(table(PLAN, "|娱乐场所" + "|" * 8))
    intake = parse_plan(table(PLAN, ROW, ROW.replace("2026年度计划", "另一计划")), ITEMS)
    assert len(intake.accepted) == 1 and "另一份计划" in intake.rejected[0].reason


# --- checklists -------------------------------------------------------------------------------------------------

QUESTIONS = "key|label|kind|relevant|constraint|constraint_message|required|basis|guide"


def test_a_checklist_has_one_edition_however_it_was_saved() -> None:
    rows = ("A-1|已备案|verdict|||| yes|《例》第九条|看证", "A-2|日期|date|A-1 = yes|||no|《例》第九条|")
    checklist = only(parse_checklist(table(QUESTIONS, *rows), "A"))
    body = {"item": "A", "questions": [asdict(question) for question in checklist.questions]}
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert checklist.edition == hashlib.sha256(text.encode()).hexdigest()
    assert [question.required for question in checklist.questions] == [True, False]
    changed = only(parse_checklist(table(QUESTIONS, rows[0], rows[1].replace("no", "yes")), "A"))
    assert changed.edition != checklist.edition


@pytest.mark.rule("legal-basis")
@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("A-2|问|||||||", "legal-basis"),
        ("A-2|问|choice|||||《例》|", "不是 verdict"),
        ("A-2|问||A-9 = yes||||《例》|", "前面问题"),
        ("A-2|问||A-1 含 yes||||《例》|", "写法不对"),
        ("A-2|问|||大于零|||《例》|", "写法不对"),
        ("A-1|问||||||《例》|", "重复"),
        ("甲|问||||||《例》|", "只能用字母"),
        (f"{'K' * 24}|问||||||《例》|", f"代号“{'K' * 24}”有 24 个字节"),
    ],
)
def test_one_bad_question_keeps_the_whole_checklist_out(row: str, says: str) -> None:
    intake = parse_checklist(table(QUESTIONS, "A-1|已备案|||||yes|《例》|", row), "A")
    assert says in refusal(intake)
    assert intake.rejected[0].row == 3
    assert "整张表都没有导入" in said(intake)


@pytest.mark.rule("all-items")
def test_the_longest_key_fits_every_button_of_its_question() -> None:
    key = "K" * MOST_KEY_BYTES
    checklist = only(parse_checklist(table(QUESTIONS, f"{key}|已备案|||||yes|《例》|"), "A"))
    assert checklist.questions[0].key == key
    measure = max(MEASURES, key=len)
    due = button("decide", case_id_of("draw", 1), key, measure, str(date(2026, 11, 21)))
    assert len(due.data.encode()) == BUTTON_BYTES


# --- the rejects file -------------------------------------------------------------------------------------------


@pytest.mark.rule("target-identity")
def test_the_rejects_file_opens_in_a_spreadsheet_and_can_be_mended(tmp_path: Path) -> None:
    read = table("企业名称|注册号", '=HYPERLINK("x")|330000000036007', "乙，“丙”|")
    path = tmp_path / "退回.csv"
    write_rejects(path, parse_targets(read).rejected, read.headers)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["行号", "退回的列", "退回的值", "原因", "改正办法", "企业名称", "注册号"]
    assert rows[1][:3] == ["2", "注册号", "330000000036007"] and rows[1][5].startswith("'=")
    assert "校验位不对" in rows[1][3] and rows[1][4].startswith("请对照营业执照")
    mended = path.read_text(encoding="utf-8-sig").replace("330000000036007", "330000000036006")
    path.write_text(mended, encoding="utf-8-sig")
    assert [target.id for _, target in parse_targets(read_table(path)).accepted] == ["R:330000000036006"]


@pytest.mark.parametrize("cell", ["=1+1", "+86 691 5160000", "-", "@某店", "'老店'"])
def test_a_cell_kept_from_running_is_read_in_again_as_it_was(cell: str, tmp_path: Path) -> None:
    read = table("企业名称|统一社会信用代码|地址", f"丙|{GOOD}|{cell}")
    once = [data for _, _, data in stream_targets(read)]
    path = tmp_path / "退回.csv"
    write_rejects(path, [Rejected(2, "试", row.cells) for row in read.rows], read.headers)
    assert [data for _, _, data in stream_targets(read_table(path))] == once


# --- the manual -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_the_manual_names_a_column_for_every_field(kind: str) -> None:
    manual = (ROOT / "docs/import.md").read_text(encoding="utf-8")
    assert [field for field, names in KINDS[kind].items() if not any(name in manual for name in names)] == []
