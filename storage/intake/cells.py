"""What one cell says: dates, lists, shares, yes and no, as people write them."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from datetime import date, timedelta

from workflows.errors import BadInput

NOTHING = frozenset(
    {"/", "\\", "-", "--", "—", "——", "无", "暂无", "空", "待定", "不详", "n/a", "null", "none", "#n/a"}
)
_NONE = frozenset({"不限", "无要求", "没有", "无需专业岗位资格", "无需专业资质"})
NAME, LINE, TEXT = 200, 500, 30_000

# What real templates ask for where a licence has no end.
FOREVER = date(9999, 9, 9)
# The first day of a spreadsheet's calendar; it believes 1900 was a leap year, so serials are right from 1 March 1900.
_SERIAL_ZERO = date(1899, 12, 30)
_DATE = re.compile(
    r"(?P<y>(?:19|20|99)\d\d)(?P<m>[01]\d)(?P<d>[0-3]\d)(?!\d)"
    r"|(?:(?P<y2>\d{4})\s*[年./-]\s*)?(?P<m2>\d{1,2})\s*(?:[月./-]\s*(?P<d2>\d{1,2})(?!\d)\s*日?|月)"
)
_LIST = re.compile(r"[;；,，|\n]")
_MEANS = re.compile(r"[、;；,，/\n]")
_NUMBERING = re.compile(r"(?<![0-9.])(?:[（(][0-9]{1,2}[)）]|[0-9]{1,2}[.．、](?![0-9])|[①-⑳])")
_METHODS = re.compile(
    r"现场检查|实地检查|实地核查|书面检查|网上检查|网络检查|网络监测|技术检测|检验检测|查阅台账|查阅资料|专业机构检查|抽样检验"
)
_WORDS = re.compile(r"[、;；,，/|\n]")
_SHARE = re.compile(r"0?\.[0-9]+|1\.0+")


def half_width(text: str) -> str:
    return (text if text.isascii() else unicodedata.normalize("NFKC", text)).strip()


def within(text: str, most: int, what: str) -> str:
    """The text, on one line where it is a name or a line. Raises BadInput above `most` characters."""
    if len(text) > most:
        raise BadInput(f"{what}有 {len(text)} 个字，最多 {most} 个：请缩短后再导入")
    return text if most == TEXT else " ".join(text.split("\n"))


def exact(text: str, what: str) -> str:
    """A number that is a name: no spaces, half-width, upper-case. Raises BadInput where a spreadsheet rounded it."""
    number = re.sub(r"\s", "", half_width(text)).upper()
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?E\+?[0-9]+", number):
        raise BadInput(
            f"{what}“{number}”已被表格软件改成科学计数，后几位丢失：请把该列设为文本格式后重新填写"
        )
    return number


def listed(text: str) -> tuple[str, ...]:
    """A list whose entries may hold "、" themselves: split at ；, ， or a line break, each entry once."""
    return _once(_LIST.split(text))


def named(text: str) -> tuple[str, ...]:
    """A list of departments: split at "、" too."""
    return _once(_MEANS.split(text))


def means(text: str) -> tuple[str, ...]:
    """Methods of inspection. The line break between two of them is often lost: 现场检查技术检测 (003 annex 5)."""
    if "相结合" in text:
        return (text,)
    pieces: list[str] = []
    for piece in _MEANS.split(text):
        run = _METHODS.findall(piece)
        pieces += run if "".join(run) == piece.strip() else [piece]
    return _once(pieces)


def words(text: str, what: str) -> tuple[str, ...]:
    """Qualifications (资质), short words: split at "、" and "/" too. 无, 无需 and a mere 是 or 否 name none."""
    pieces = _once(_WORDS.split(within(text, TEXT, what)))
    return tuple(
        word for word in pieces if half_width(word).lower() not in NOTHING | _NONE and affirmed(word) is None
    )


def numbered(text: str) -> tuple[str, ...]:
    """Contents written "1.…；2.…" or one per line, without their numbers."""
    pieces = re.split(r"[;；\n]", _NUMBERING.sub("\n", text))
    return _once([piece.strip(" \u3000。.") for piece in pieces])


def share(text: str) -> str:
    """A ratio as written; a cell formatted as a percentage arrives as 0.05 and is 5% again."""
    if not _SHARE.fullmatch(text):
        return text
    return f"{float(text) * 100:.10g}%"


def one_date(text: str, what: str) -> date | None:
    """The one date of a cell, None where there is none. Raises BadInput."""
    found = dates(text, what)
    if len(found) > 1:
        raise BadInput(f"{what}“{text}”里有 {len(found)} 个日期：请只写一个，例如 2026-11-01")
    return found[0] if found else None


def dates(text: str, what: str) -> tuple[date, ...]:
    """Every date of a cell, in order: 2019-03-01, 2019年3月1日, 2019.3.1, 20190301, a spreadsheet's serial number.

    In a period the second date may leave out the year, and a month without a day is its first day, in second place
    its last: 2026年9月至12月. Raises BadInput where something is written and no date can be read.
    """
    written = half_width(text)
    if not written or written.lower() in NOTHING:
        return ()
    if written in {"长期", "长期有效"}:
        return (FOREVER,)
    if re.fullmatch(r"[1-7][0-9]{4}(\.[0-9]+)?", written):
        return (_SERIAL_ZERO + timedelta(days=int(float(written))),)
    found: list[date] = []
    for match in _DATE.finditer(written):
        found.append(_day(match, found[-1].year if found else None, text, what))
    if not found:
        raise BadInput(f"{what}“{text[:30]}”看不懂：请写成 2026-11-01 这样的日期")
    return tuple(found)


def _day(match: re.Match[str], year_before: int | None, text: str, what: str) -> date:
    parts = match.groupdict()
    year = int(parts["y"] or parts["y2"] or year_before or 0)
    month, day = int(parts["m"] or parts["m2"]), parts["d"] or parts["d2"]
    try:
        if day:
            return date(year, month, int(day))
        last = year_before is not None
        return date(year, month, monthrange(year, month)[1] if last else 1)
    except ValueError as error:
        raise BadInput(f"{what}“{text[:30]}”不是有效日期：请写成 2026-11-01 这样的日期") from error


def whole(text: str, what: str) -> int | None:
    """A count such as "3", "３户" or "1,200". Raises BadInput."""
    written = half_width(text).replace(",", "")
    if not written or written.lower() in NOTHING:
        return None
    match = re.fullmatch(r"([0-9]{1,9})(\.0+)?\s*[户家个名人件批次]?", written)
    if match is None:
        raise BadInput(f"{what}“{text[:30]}”不是整数：请只写数字，例如 3")
    return int(match[1])


def affirmed(text: str) -> bool | None:
    """Whether the cell says yes, says no, or (None) neither."""
    word = half_width(text).lower()
    if word in {"是", "yes", "y", "true", "1", "√", "✓", "需", "需要", "必答"}:
        return True
    return False if word in {"否", "no", "n", "false", "0", "×", "不", "无需", "不需要", "选答"} else None


def _once(pieces: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(piece.strip() for piece in pieces if piece.strip()))
