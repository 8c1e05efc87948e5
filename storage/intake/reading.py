"""From a bureau's file to a `Table`: the right sheet, its header, the rows without the furniture."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from storage.intake.delimited import Lines, read_delimited
from storage.intake.headings import known, plain
from storage.intake.table import Row, Table
from storage.intake.workbook import MOST_BYTES, is_blank, read_workbook
from workflows.errors import BadFile

_OTHER_FILES = (
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"RIFF", "图片或音像"),
    (b"%PDF", "PDF 文件"),
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
)
_WEB_PAGE = re.compile(rb"^\s*(<\?xml[^>]*>\s*)?<(!doctype|html|table|meta|head|svg)", re.IGNORECASE)
_FOOTER = re.compile(r"^(填表人|填报人|填报单位|填报部门|审核人|负责人|制表人?|注|备注|说明|合计)\s*[:：]")
# Invisible marks and direction overrides: nobody types them, and they make two equal names differ.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
# What a rejects file puts before a cell that a spreadsheet would run as a formula.
_INERT = re.compile(r"^'(?=[=+\-@])")
_TITLE_ROWS = 30
_BOOKS = frozenset({".xlsx", ".xls", ".xlsm", ".ods"})


@dataclass(frozen=True, slots=True)
class Rows(Collection[Row]):
    """The rows of a table that are somebody, read from the file each time; the first stands at `first` + 1."""

    lines: Lines
    first: int
    headers: tuple[str, ...]
    serial: frozenset[int]

    def raw(self) -> Iterator[tuple[int, Sequence[str]]]:
        """Every row below the header with its number, as it stands in the file: not cleaned, furniture among them."""
        return enumerate(islice(self.lines.read(), self.first, None), self.first + 1)

    def row(self, number: int, cells: Sequence[str]) -> Row | None:
        """A raw row cleaned; None for furniture."""
        fit = _fit(cells, len(self.headers))
        return None if fit == self.headers or _is_furniture(fit, self.serial) else Row(number, fit)

    def __iter__(self) -> Iterator[Row]:
        return (row for number, cells in self.raw() if (row := self.row(number, cells)))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, row: object) -> bool:
        return any(row == one for one in self)


def read_table(path: Path) -> Table:
    """Read an .xlsx, .xls, .ods, .csv or .txt file. Raises BadFile with one sentence for a person."""
    sheets = [
        (name, lines) for name, lines in _sheets(path) if any(not is_blank(row) for row in lines.read())
    ]
    if not sheets:
        raise BadFile(f"{path.name} 是空表，没有任何内容：请检查是否选对了文件")
    for name, lines in sheets:
        at = _header_row(lines)
        if at is not None:
            others = [other for other, _ in sheets if other != name]
            unread = (f"只读了工作表“{name}”，没有读：{'、'.join(others)}",) if others else ()
            return _table(path.name, lines, at, unread)
    raise BadFile(f"{path.name} 里找不到列名（如“企业名称”）：请在数据上方加一行列名，列名见导入说明")


def _sheets(path: Path) -> list[tuple[str, Lines]]:
    if path.is_dir():
        raise BadFile(f"{path.resolve().name} 是文件夹，不是文件：请写明里面的哪个文件")
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(1024)
    except OSError as error:
        raise BadFile(f"打不开文件 {path.name}：请检查文件是否存在、是否有权读取") from error
    if size == 0:
        raise BadFile(f"{path.name} 是空文件（0 字节）：请重新拷贝或下载，再导入")
    for mark, what in _OTHER_FILES:
        if head.startswith(mark):
            raise BadFile(f"{path.name} 其实是{what}，不是表格：请选择 .xlsx 或 .csv 文件")
    if size > MOST_BYTES:
        raise BadFile(f"{path.name} 有 {size // 1_000_000} MB，太大了：请拆成几个文件导入")
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return read_workbook(path, data_is_zip=head.startswith(b"PK"))
    if _WEB_PAGE.match(head.removeprefix(b"\xef\xbb\xbf")):
        raise BadFile(f"{path.name} 其实是网页或图形，不是表格：请用表格软件打开，另存为 .xlsx 后再导入")
    # Many a system calls its text table .xls; one without a heading is a torn workbook.
    if path.suffix.lower() not in _BOOKS:
        return [("", read_delimited(path))]
    return [("", _misnamed(path, size))]


def _misnamed(path: Path, size: int) -> Lines:
    """Text that is named a workbook: taken where a header is found in it."""
    torn = f"{path.name} 已损坏或不完整（{size} 字节），不是表格文件：请重新拷贝或下载，再导入"
    try:
        lines = read_delimited(path)
    except BadFile as error:
        raise BadFile(torn) from error
    if _header_row(lines) is None:
        raise BadFile(torn)
    return lines


def _header_row(lines: Lines) -> int | None:
    scores = [known(row) for row in islice(lines.read(), _TITLE_ROWS)]
    best = max(scores, default=0)
    return scores.index(best) if best >= 2 else None


def _table(source: str, lines: Lines, at: int, warnings: tuple[str, ...]) -> Table:
    top, below = [*islice(lines.read(), at, at + 2), []][:2]
    first = at + 1
    if below != top and known(below) and any(a and a == b for a, b in zip(top, below, strict=False)):
        top, first = _joined(top, below), at + 2
    width = max(n for n, cell in enumerate(top, 1) if cell.strip())
    headers = tuple(_clean(cell) for cell in top[:width])
    serial = frozenset(n for n, header in enumerate(headers) if plain(header) == "序号")
    return Table(source, headers, Rows(lines, first, headers, serial), warnings, max(0, lines.about - first))


def _joined(top: Sequence[str], below: Sequence[str]) -> list[str]:
    """A header of two rows: "抽查日期" over "起" is "抽查日期起"."""
    return [a if a == b else a + b for a, b in zip(top, below, strict=True)]


def _is_furniture(cells: tuple[str, ...], serial: frozenset[int]) -> bool:
    """Blank lines, lines with only their number (003 annex 2), a note across, "填表人：" below."""
    filled = {n: cell for n, cell in enumerate(cells) if cell}
    if set(filled) <= serial:
        return True
    texts = set(filled.values())
    return len(texts) == 1 and (1 < len(filled) == len(cells) or bool(_FOOTER.match(texts.pop())))


def _fit(row: Sequence[str], width: int) -> tuple[str, ...]:
    cells = [_clean(cell) for cell in row[:width]]
    return tuple(cells + [""] * (width - len(cells)))


def _clean(cell: str) -> str:
    text = unicodedata.normalize("NFC", cell.replace("\r\n", "\n").replace("\r", "\n"))
    return _INERT.sub("", _INVISIBLE.sub("", text).strip())
