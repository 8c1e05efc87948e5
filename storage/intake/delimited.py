"""Text tables (.csv, .txt): UTF-8, GB18030 or UTF-16, split where the most known headings appear.

They are read through, never held: a directory of a whole province is one such file.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
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
_HEAD_CHARACTERS = 100_000
_LONGEST_CELL = 1_000_000
_CHUNK = 1 << 20
# Bytes by their place in a Chinese character as UTF-8 writes it. Six of those in a row GB18030 reads as others, and
# hardly ever writes itself.
_PLACES = bytes(76 if 0xE4 <= byte <= 0xE9 else 84 if 0x80 <= byte <= 0xBF else 46 for byte in range(256))
_AS_UTF_8 = b"LTT" * 6
_CHINESE = re.compile("[一-鿿]")


@dataclass(frozen=True, slots=True)
class Lines:
    """`read` goes through the records from the first, as a spreadsheet would count them; `about` is at least their number."""

    read: Callable[[], Iterator[list[str]]]
    about: int


class _Gulps(io.BufferedReader):
    """A file read by the megabyte, whatever is asked for.

    By eight kilobytes, as text is read otherwise, a thread gives Python away so often, and takes it back so soon, that
    the threads beside it hardly come to theirs.
    """

    def read1(self, size: int = -1, /) -> bytes:
        return super().read1(_CHUNK)


def read_delimited(path: Path) -> Lines:
    """A text table. Raises BadFile for what is none, before anything of it is used."""
    encoding, quoted, lines = _survey(path)
    separator = _separator(path, encoding)
    read = partial(_records, path, encoding, separator)
    if quoted:
        for _ in read():
            pass
    return Lines(read, lines + 1)


def _records(path: Path, encoding: str, separator: str) -> Iterator[list[str]]:
    csv.field_size_limit(_LONGEST_CELL)
    with io.TextIOWrapper(_Gulps(path.open("rb", buffering=0)), encoding, newline="") as file:
        reader = csv.reader(file, delimiter=separator, strict=True)
        try:
            yield from reader
        except csv.Error as error:
            raise BadFile(
                f"{path.name} 第 {reader.line_num} 行附近的双引号不成对，分不清列：请改正，或另存为 .xlsx"
            ) from error


def _separator(path: Path, encoding: str) -> str:
    with path.open(encoding=encoding) as file:
        head = "".join(line for line in islice(_lines(file), _HEAD_LINES))
    return max(_SEPARATORS, key=lambda mark: _headings(head, mark))


def _lines(file: io.TextIOWrapper) -> Iterator[str]:
    return iter(file.read(_HEAD_CHARACTERS).splitlines(keepends=True))


def _headings(head: str, separator: str) -> int:
    rows = csv.reader(io.StringIO(head, newline=""), delimiter=separator)
    return max((known(row) for row in rows), default=0)


def _survey(path: Path) -> tuple[str, bool, int]:
    """The encoding, whether anything is quoted, and how many lines end. Raises BadFile where no encoding fits."""
    with path.open("rb") as file:
        start = file.read(4096)
    readable, zeros = 0, b"\0" in start
    for encoding in _encodings(start):
        found = _tried(path, encoding)
        if not isinstance(found, int):
            return (encoding, *found)
        if found > 1 and _begins_in(path, encoding, found):
            raise BadFile(
                f"{path.name} 第 {found} 行起的文字编码与前面的行不同：前面是 {encoding.upper()}，这一行不是。"
                "请把整个文件另存为 UTF-8 编码的 CSV 或 .xlsx，再导入"
            )
        readable = max(readable, found)
    if readable and not zeros:
        raise BadFile(
            f"{path.name} 第 {readable} 行起的文字编码无法识别：请另存为 UTF-8 编码的 CSV 或 .xlsx，再导入"
        )
    raise BadFile(
        f"{path.name} 不是文本表格，或者文字编码无法识别：请另存为 UTF-8 编码的 CSV 或 .xlsx，再导入"
    )


def _begins_in(path: Path, encoding: str, until: int) -> bool:
    """Whether the lines before line `until` are Chinese in this encoding, with headings among them."""
    with path.open(encoding=encoding, errors="replace") as file:
        head = "".join(islice(_lines(file), min(_HEAD_LINES, until - 1)))
    return bool(_CHINESE.search(head)) and any(_headings(head, mark) for mark in _SEPARATORS)


def _tried(path: Path, encoding: str) -> int | tuple[bool, int]:
    """Whether anything is quoted and the lines there are, or the line where reading in this encoding ends."""
    decoder = codecs.getincrementaldecoder(encoding)()
    quoted, lines = False, 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            foreign = chunk.translate(_PLACES).find(_AS_UTF_8) if encoding == "gb18030" else -1
            if foreign >= 0:
                return lines + 1 + chunk[:foreign].count(b"\n")
            try:
                text = decoder.decode(chunk, final=False)
            except UnicodeDecodeError as error:
                return lines + 1 + error.object[: error.start].count(b"\n")
            if "\0" in text:
                return 0
            quoted = quoted or '"' in text
            lines += text.count("\n") or text.count("\r")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return lines + 1
    return quoted, lines


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
