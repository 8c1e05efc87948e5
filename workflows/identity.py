"""Who a target is: 统一社会信用代码 (GB 32100—2015) or an old registration number (GS 15—2006).

Rule target-identity.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from stdnum.cn import ric

from workflows.errors import BadInput

_INVISIBLE = re.compile(r"[\s'`·\-\u200b-\u200f\u2060\ufeff]")
_COPY_MARK = re.compile(r"\([0-9]{1,2}[-/][0-9]{1,2}\)$")
_ROUNDED = re.compile(r"[0-9]+(\.[0-9]+)?E\+?[0-9]+")
_CREDIT_SHAPE = re.compile(r"[1-9ANY][1-9][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
# GB 32100 table 3: position i weighs 3^i mod 31, the check digit 1; a right code adds up to a multiple of 31.
_TERMS = tuple(
    {sign: value * weight % 31 for value, sign in enumerate(_ALPHABET)}
    for weight in (*(pow(3, place, 31) for place in range(17)), 1)
)
_HEAD = re.compile(r"[1-9ANY][1-9][0-9]{6}")
_COOPERATIVE = re.compile(r"[1-6][0-9]{5}NA[0-9]{6}X")
_OLD = re.compile(r"[1-6][0-9]{12}")
_UNVERIFIED = "没有校验位，无法核对真伪：请尽快换成统一社会信用代码"


@dataclass(frozen=True, slots=True)
class Identity:
    """`id` is the code, or "R:" + registration number; `note` says in Chinese what could not be verified."""

    id: str
    note: str = ""


def parse_identity(raw: str) -> Identity:
    """Read a number as people write it: full-width, lower-case, spaced, with the licence's copy mark "(1-1)".

    Raises BadInput, in Chinese, where the check digit is wrong or the number is of no known shape.
    """
    number = _COPY_MARK.sub("", unicodedata.normalize("NFKC", raw).upper().strip())
    if _ROUNDED.fullmatch(number):
        raise BadInput(
            f"号码“{_short(raw)}”已被表格软件改成科学计数，后几位丢失，无法还原：请把该列设为文本格式后重新填写"
        )
    number = _INVISIBLE.sub("", number)
    if len(number) == 18:
        return Identity(_credit_code(number))
    if len(number) == 15:
        return _registration(number)
    if _OLD.fullmatch(number):
        return Identity("R:" + number, f"13 位旧注册号 {number} {_UNVERIFIED}")
    raise BadInput(_unknown(number))


def usual_kind(identity: str) -> str:
    """The kind (`directory.TARGET_KINDS`) a number tells: GB 32100 character 2, GS 15 digit 7."""
    if not identity.startswith("R:"):
        return {"91": "enterprise", "92": "individual", "93": "cooperative"}.get(identity[:2], "organisation")
    number = identity.removeprefix("R:")
    if "NA" in number:
        return "cooperative"
    return "individual" if len(number) == 15 and number[6] in "6789" else "enterprise"


def _credit_code(number: str) -> str:
    strangers = sorted(set(re.findall("[IOSVZ]", number)))
    if strangers:
        raise BadInput(
            f"统一社会信用代码 {number} 里有字母 {'、'.join(strangers)}，代码不用它：请核对是否把数字认错"
        )
    # GB 32100 also gives codes that begin with a letter (A1, N2, Y1); stdnum's own shape refuses them.
    if sound_code(number):
        return number
    if _resident(number):
        raise BadInput("填写的是居民身份证号，不能作为检查对象的代码：请填统一社会信用代码或注册号")
    if not _CREDIT_SHAPE.fullmatch(number):
        raise BadInput(f"“{_short(number)}”虽有 18 位，但不是统一社会信用代码：请对照营业执照核对")
    raise BadInput(f"统一社会信用代码 {number} 的校验位不对：请对照营业执照逐位核对")


def _resident(number: str) -> bool:
    """Whether this is the number of somebody's identity card; the library knows places that it cannot name."""
    try:
        return bool(ric.is_valid(number))
    except KeyError:
        return True


def sound_code(number: str) -> bool:
    """Whether this is an 18-digit code of the right shape whose check digit holds, as written: upper-case, half-width.

    A whole directory is read through here: the places after the registration office are added up by twos.
    """
    one, two, three, four, five = _pairs()
    try:
        total = _head(number[:8]) + one[number[8:10]] + two[number[10:12]] + three[number[12:14]]
        return len(number) == 18 and (total + four[number[14:16]] + five[number[16:]]) % 31 == 0
    except KeyError:
        return False


@cache
def _pairs() -> tuple[dict[str, int], ...]:
    """What each pair of signs adds, for the places from the ninth on."""
    return tuple(
        {a + b: _TERMS[place][a] + _TERMS[place + 1][b] for a in _ALPHABET for b in _ALPHABET}
        for place in range(8, 18, 2)
    )


@lru_cache(maxsize=100_000)
def _head(eight: str) -> int:
    """What the registering department, the kind and the office add. KeyError for signs that cannot stand there."""
    if _HEAD.fullmatch(eight) is None:
        raise KeyError(eight)
    return sum(terms[sign] for terms, sign in zip(_TERMS, eight, strict=False))


def _registration(number: str) -> Identity:
    if _COOPERATIVE.fullmatch(number):
        return Identity(
            "R:" + number,
            f"农民专业合作社旧注册号 {number} {_UNVERIFIED}",
        )
    if not re.fullmatch("[0-9]{15}", number):
        raise BadInput(f"“{_short(number)}”虽有 15 位，但不是注册号：注册号全是数字（农民专业合作社含 NA）")
    if not _mod_11_10(number):
        raise BadInput(f"15 位注册号 {number} 的校验位不对：请对照营业执照逐位核对，或填统一社会信用代码")
    return Identity("R:" + number)


def _mod_11_10(number: str) -> bool:
    """GS 15—2006 appendix A, the hybrid system MOD 11,10 of GB/T 17710."""
    product = 10
    for digit in number[:-1]:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return (product + int(number[-1])) % 10 == 1


def _unknown(number: str) -> str:
    if not number:
        return "没有统一社会信用代码，也没有注册号，无法确认是哪一家：请补填后再导入（规则 target-identity）"
    if re.fullmatch("[0-9A-Z]{8}[0-9X]", number):
        return f"“{number}”是组织机构代码，不能作为检查对象的代码：请填 18 位统一社会信用代码"
    return (
        f"“{_short(number)}”有 {len(number)} 位，不是统一社会信用代码（18 位）或注册号（15 位、旧 13 位）："
        "请对照营业执照核对"
    )


def _short(text: str) -> str:
    return text if len(text) <= 30 else text[:30] + "…"
