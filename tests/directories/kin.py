"""Files of one kin: the same rows, as ten bureaus would have saved them. What a form cannot carry is named with it."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl
from hypothesis import strategies as st

from tests.test_importing import firm, wrong

Rows = list[tuple[str, ...]]
HEADERS = ("企业名称", "统一社会信用代码/注册号", "登记状态", "住所", "联系电话")
OTHER_WORDS = ("单位名称（全称）", "统一代码 / 注册号", "企业\n状态*", "住所/经营场所：", "联系方式")
OLD_15, OLD_13 = ("330000000036006", "330000000047893"), ("3300000000360", "5301000000017")
STATUSES = {
    "存续": "active",
    "开业": "active",
    "吊销，未注销": "revoked",
    "注销": "deregistered",
    "迁出": "moved",
}


@dataclass(frozen=True)
class Kin:
    """`rows` go in, in this order; `lost` are the rows that must come back, by what their reason says."""

    rows: tuple[tuple[str, ...], ...]
    lost: tuple[tuple[tuple[str, ...], str], ...]


@st.composite
def kins(draw: st.DrawFn) -> Kin:
    """Firms under every sort of number, and what a bureau's file has wrong: a digit, no number, a number twice."""
    numbers = draw(st.lists(st.integers(1, 99), min_size=1, max_size=6, unique=True))
    codes = [firm(number)[1] for number in numbers] + draw(
        st.lists(st.sampled_from(OLD_15 + OLD_13), unique=True)
    )
    rows = tuple(
        (f"第{at}商店", code, draw(st.sampled_from(sorted(STATUSES))), f"某镇某路{at}号", draw(phones))
        for at, code in enumerate(codes)
    )
    bad = [
        (("错码商店", wrong(draw(st.integers(1, 99)))[1], "存续", "", ""), "校验位不对"),
        (("无码商店", "", "存续", "", ""), "没有统一社会信用代码"),
        (("怪态商店", firm(200)[1], "看情况", "", ""), "登记状态"),
        (("", firm(201)[1], "存续", "", "138"), "没有名称"),
        (("重复商店", rows[0][1], "存续", "", ""), "以后一行为准"),
    ]
    return Kin(rows, tuple(draw(st.lists(st.sampled_from(bad), unique=True))))


phones = st.sampled_from(("", "13800000000", "0691-5120000"))


def in_file_order(kin: Kin) -> Rows:
    """The bad rows first: of two with one number, the good one is the later."""
    return [*(row for row, _ in kin.lost), *kin.rows]


def full_width(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


def widened(rows: Rows) -> Rows:
    """Numbers and telephones as an input method in the wrong mode types them."""
    return [
        (name, full_width(code).lower(), status, address, full_width(phone))
        for name, code, status, address, phone in rows
    ]


def spaced(rows: Rows) -> Rows:
    """Padded with spaces of both widths, with marks nobody sees, the number in groups."""
    return [
        (
            f"\u3000{name} ",
            f" {code[:6]} {code[6:]}\u200b",
            f"{status} ",
            f"\ufeff{address}",
            f"{phone}\u3000",
        )
        for name, code, status, address, phone in rows
    ]


def shuffled(table: Rows, seed: int) -> Rows:
    order = list(range(len(HEADERS)))
    random.Random(seed).shuffle(order)
    return [tuple(row[at] for at in order) for row in table]


def titled(table: Rows) -> Rows:
    """A title, who filled it in, empty lines, a signature below."""
    wide = len(table[0])
    line = ("检查对象名录库（样表）", *[""] * (wide - 1))
    foot = ("填表人：某某", *[""] * (wide - 1))
    return [
        line,
        ("填报部门：（盖章）", *[""] * (wide - 1)),
        ("",) * wide,
        *table[:1],
        *table[1:2],
        ("",) * wide,
        *table[2:],
        foot,
    ]


def numbered(table: Rows) -> Rows:
    """A running number before each row, and a few rows with nothing but it."""
    rows = [("序号", *table[0]), *((str(n), *row) for n, row in enumerate(table[1:], 1))]
    return [*rows, *((str(len(rows) + more), *[""] * len(table[0])) for more in range(3))]


def text(encoding: str, separator: str, ends: str = "\r\n") -> Callable[[Path, Rows], Path]:
    def save(folder: Path, table: Rows) -> Path:
        said = io.StringIO(newline="")
        csv.writer(said, delimiter=separator, lineterminator=ends).writerows(table)
        path = folder / "名录.csv"
        path.write_bytes(said.getvalue().encode(encoding))
        return path

    return save


def workbook(folder: Path, table: Rows) -> Path:
    return _book(folder, table, ())


def merged_workbook(folder: Path, table: Rows) -> Path:
    """The title runs across, as it does in every form; equal neighbours in a column are one cell."""
    wide = "ABCDEFGH"[len(table[0]) - 1]
    return _book(folder, [("名录库", *[""] * (len(table[0]) - 1)), *table], (f"A1:{wide}1",))


def _book(folder: Path, table: Rows, merged: Sequence[str]) -> Path:
    book = openpyxl.Workbook()
    for at, row in enumerate(table, 1):
        for place, cell in enumerate(row, 1):
            if cell:
                book.active.cell(at, place, cell)
    for cells in merged:
        book.active.merge_cells(cells)
    path = folder / "名录.xlsx"
    book.save(path)
    book.close()
    return path


SAVED = {
    "utf-8": text("utf-8", ",", "\n"),
    "utf-8 with a mark": text("utf-8-sig", ","),
    "gb18030": text("gb18030", ","),
    "utf-16, tabs": text("utf-16", "\t"),
    "utf-16-le without a mark": text("utf-16-le", ";"),
    "workbook": workbook,
    "workbook, merged": merged_workbook,
}
WRITTEN: dict[str, Callable[[Rows], Rows]] = {"plain": list, "full width": widened, "spaced": spaced}
LAID_OUT: dict[str, Callable[[Rows], Rows]] = {"plain": list, "titled": titled, "numbered": numbered}
