"""Text tables (.csv, .txt): UTF-8, GB18030 or UTF-16, split where the most known headings appear."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from storage.intake.headings import known
from workflows.errors import BadFile

_MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
_SEPARATORS = ",\t;|，"
_HEAD_LINES = 40
_LONGEST_CELL = 1_000_000


def read_delimited(path: Path, data: bytes) -> list[list[str]]:
    """The rows of a text table, one per record as a spreadsheet would count them. Raises BadFile."""
    text = _decode(path, data)
    head = "\n".join(text.splitlines()[:_HEAD_LINES])
    separator = max(_SEPARATORS, key=lambda mark: _headings(head, mark))
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        return list(reader)
    except csv.Error as error:
        raise BadFile(
            f"{path.name} 第 {reader.line_num} 行附近的双引号不成对，分不清列：请改正，或另存为 .xlsx"
        ) from error


def _headings(head: str, separator: str) -> int:
    rows = csv.reader(io.StringIO(head, newline=""), delimiter=separator)
    return max((known(row) for row in rows), default=0)


def _decode(path: Path, data: bytes) -> str:
    readable = 0
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            readable = max(readable, error.start)
            continue
        if "\0" not in text:
            return text
    if readable and b"\0" not in data:
        line = data.count(b"\n", 0, readable) + 1
        raise BadFile(
            f"{path.name} 第 {line} 行起的文字编码无法识别：请另存为 UTF-8 编码的 CSV 或 .xlsx，再导入"
        )
    raise BadFile(
        f"{path.name} 不是文本表格，或者文字编码无法识别：请另存为 UTF-8 编码的 CSV 或 .xlsx，再导入"
    )


def _encodings(data: bytes) -> tuple[str, ...]:
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return (encoding,)
    # Half the bytes of ASCII in UTF-16 are zero: which half tells the byte order.
    if b"\0" in data:
        return (
            ("utf-16-le", "utf-16-be")
            if data[1::2].count(0) > data[::2].count(0)
            else ("utf-16-be", "utf-16-le")
        )
    return ("utf-8", "gb18030")
