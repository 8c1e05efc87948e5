"""Spreadsheets (.xlsx, .xls, .ods) as sheets of text."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from storage.intake.delimited import Lines
from workflows.errors import BadFile

Cell = int | float | str | bool | time | date | datetime | timedelta
Grid = list[list[str]]

MOST_BYTES = 200_000_000
MOST_UNPACKED = 2_000_000_000
MOST_CELLS = 60_000_000
_SAVE_AGAIN = "请用表格软件打开，另存为 .xlsx 后再导入"
_PLACE = re.compile(rb'r="([A-Z]{1,3})([0-9]{1,7})"')
_FAR = re.compile(rb'r="([A-Z]{2,3})[0-9]')
_MOST_ROWS = 1_048_576


def read_workbook(path: Path, data_is_zip: bool) -> list[tuple[str, Lines]]:
    """Every sheet by name, from its first row on, merged cells filled. Raises BadFile."""
    (_check_archive if data_is_zip else _check_compound)(path)
    try:
        # By content: calamine would believe the file's name, and an .xls is often named .xlsx.
        with path.open("rb") as file, CalamineWorkbook.from_filelike(file) as book:
            sheets = [(name, book.get_sheet_by_name(name)) for name in book.sheet_names]
            return [(name, _lines(sheet)) for name, sheet in sheets]
    except PasswordError as error:
        raise BadFile(_locked(path)) from error
    except (CalamineError, OSError, ValueError) as error:
        raise BadFile(f"{path.name} 已损坏或不是表格文件，读不出来：{_SAVE_AGAIN}") from error
    except BaseException as error:
        # The parser, written in Rust, reports its own panic as a BaseException: the file is at fault.
        if type(error).__name__ != "PanicException":
            raise
        raise BadFile(f"{path.name} 已损坏，读不出来：{_SAVE_AGAIN}") from error


def _locked(path: Path) -> str:
    return f"{path.name} 加了密码，打不开：请取消密码后另存，再导入"


def _is_word(path: Path) -> str:
    return f"{path.name} 是 Word 文档：请把其中的表格复制到表格软件，另存为 .xlsx 后再导入"


def _check_compound(path: Path) -> None:
    """The old container of .xls holds Word files too, and every .xlsx with a password."""
    data = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise BadFile(_locked(path))
    if "WordDocument".encode("utf-16-le") in data:
        raise BadFile(_is_word(path))


def _check_archive(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            unpacked = sum(entry.file_size for entry in archive.infolist())
            if unpacked > MOST_UNPACKED:
                raise BadFile(f"{path.name} 解开后有 {unpacked // 1_000_000} MB，太大了：请拆成几个文件导入")
            if "word/document.xml" in names:
                raise BadFile(_is_word(path))
            for name in sorted(n for n in names if n.startswith("xl/worksheets/sheet")):
                _check_extent(path, archive.read(name))
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        OSError,
        EOFError,
        ValueError,
    ) as error:
        raise BadFile(f"{path.name} 已损坏（文件不完整），读不出来：请重新拷贝或下载，再导入") from error


def _check_extent(path: Path, sheet: bytes) -> None:
    """The parser lays a sheet out as a full rectangle: one stray cell far away would take all memory."""
    # Nearly every sheet is narrow, and then there is no need to look where each of its cells stands.
    widest = max(map(_column_number, set(_FAR.findall(sheet))), default=26)
    if widest * _MOST_ROWS <= MOST_CELLS:
        return
    places = _PLACE.findall(sheet)
    last_row = max((int(digits) for _, digits in places), default=0)
    last_column = max((_column_number(letters) for letters, _ in places), default=0)
    if last_row * last_column > MOST_CELLS:
        raise BadFile(
            f"{path.name} 的内容直到第 {last_row} 行、第 {last_column} 列，范围过大：请删除表外的内容"
        )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _lines(sheet: CalamineSheet) -> Lines:
    """A sheet without merged cells is turned into text only as far as it is read."""
    merged = sheet.merged_cell_ranges or ()
    if not merged:
        return Lines(partial(_rows, sheet), sheet.total_height + (sheet.start or (0, 0))[0])
    grid = [[cell_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    for (top, left), (bottom, right) in merged:
        _fill(grid, top, left, bottom, right)
    return Lines(partial(iter, grid), len(grid))


def _rows(sheet: CalamineSheet) -> Iterator[list[str]]:
    for row in sheet.iter_rows():
        yield [cell if type(cell) is str else cell_text(cell) for cell in row]


def _fill(grid: Grid, top: int, left: int, bottom: int, right: int) -> None:
    if top >= len(grid) or left >= len(grid[top]):
        return
    value = grid[top][left]
    for row in grid[top : bottom + 1]:
        row[left : right + 1] = [value] * len(row[left : right + 1])


def cell_text(cell: Cell) -> str:
    """A cell as text: whole numbers without ".0", dates as YYYY-MM-DD.

    A spreadsheet keeps 15 digits of a number. A longer one is written in scientific form, so nobody takes
    its last digits for true.
    """
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, int | float):
        if abs(cell) >= 1e15:
            return f"{cell:.14E}"
        return str(int(cell)) if cell == int(cell) else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def is_blank(row: Sequence[str]) -> bool:
    return not any(cell.strip() for cell in row)
