"""抽查比例 and 抽查频次 as bureaus write them, read into numbers; what has no single meaning is a question, never a guess.

The phrases are those of 豫政办〔2017〕80号, field.md 1.2 and 3.2, and real lists of items. A phrase is read only
where every character of it is understood.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction

BOUNDS = {"at-most": "不超过", "at-least": "不少于", "exactly": ""}
FIELDS = {"ratio": "抽查比例", "frequency": "抽查频次"}
PERIODS = {1: "每月", 3: "每季度", 6: "每半年", 12: "每年"}


@dataclass(frozen=True, slots=True)
class Ratio:
    """`num`/`den` in lowest terms, above 0 and at most 1. `bound` is a key of `BOUNDS`; only "at-most" is a cap."""

    num: int
    den: int
    bound: str = "exactly"
    per_year: bool = False


@dataclass(frozen=True, slots=True)
class Frequency:
    """`times` in `months`, for the targets of `classes` (all where empty). `same_target`: so often for each of them."""

    times: int
    months: int = 12
    classes: tuple[str, ...] = ()
    bound: str = "exactly"
    same_target: bool = False


Reading = Ratio | tuple[Frequency, ...]


@dataclass(frozen=True, slots=True)
class Unclear:
    """What the organiser is asked about. `why`: no-number | alternatives | range | subject. `choices` may be empty."""

    field: str
    phrase: str
    why: str
    choices: tuple[Reading, ...] = ()


_DIGITS = {sign: number for number, sign in enumerate("零一二三四五六七八九")} | {"两": 2}
# Nobody writes more digits, and more would be no number to compute with.
_N = r"(?:\d{1,9}(?:\.\d{1,9})?|[零一二两三四五六七八九十百]{1,9})"
_MOST = r"不超过|不高于|不多于|不大于|不得超过|不得高于|至多|最多|上限为?"
_LEAST = r"不少于|不低于|不得少于|不得低于|至少|最少|不小于"
_PART = rf"(?P<percent>{_N})%|(?P<mille>{_N})‰|(?P<den>百|千|万|{_N})分之(?P<num>{_N})|(?P<over>\d{{1,9}}/[1-9]\d{{0,8}})"
_WHOLE = r"全部|全覆盖|全量"
_RATIO = re.compile(
    rf"(?P<year>每年|年度|全年)?(?:(?:抽查|检查|抽取)?比例)?[:为是按]?(?P<year2>每年)?(?:(?P<most>{_MOST})|(?P<least>{_LEAST}))?"
    rf"(?:{_PART}|(?P<whole>{_WHOLE}))(?:(?P<under>以内|以下)|(?P<above>以上))?(?P<year3>/年|每年)?"
)
_ANY_PART = re.compile(rf"(?:(?P<most>{_MOST})|(?P<least>{_LEAST}))?(?:{_PART})")
_FEW = r"(?:\d{1,2}|[一二两三四五六七八九十]{1,4})"
# "3月1次" may mean March: without 每 a number of months needs 个.
_PERIOD = rf"每(?:个?(?:年|月|季度?)|半年|{_FEW}年|{_FEW}个?月|{_FEW}个?季度)|{_FEW}年|半年|{_FEW}个月"
_VERB = r"(?:组织|抽查|检查|开展|进行){0,4}"
_BOUND = r"(?:(?P<most{0}>" + _MOST + r")|(?P<least{0}>" + _LEAST + r"))?"
_CLASS = r"(?:[一二三四五六七八九十]级|[A-Da-d][级类]|(?:中高|高|中|低|较高)风险)"
_FREQUENCY = re.compile(
    rf"(?P<classes>{_CLASS}(?:[、和及与或]{_CLASS})*)?(?P<noun>[^\d一二两三四五六七八九十每不至最/、；;,]*?)"
    rf"(?P<same>对同一(?:单位|企业|对象|检查对象|市场主体|经营主体))?(?:"
    + rf"(?P<p1>{_PERIOD})" + _VERB + _BOUND.format(1) + _VERB + rf"(?P<n1>{_N})次"
    + "|" + _BOUND.format(2) + rf"(?P<n2>{_N})次[/每](?P<p2>半年|年|季度?|月)"
    + r")(?=[、；;,。和]|$)"
)  # fmt: skip
_OR = re.compile(r"或者?按?|、或")
_RANGE = re.compile(rf"{_N}[%‰]?(?:-|~|至|到){_N}")


def parse_ratio(phrase: str) -> Ratio | Unclear:
    """The ratio a phrase states; `Unclear` where it states none, more than one, or one for somebody else."""
    text = _plain(phrase)
    found = _RATIO.fullmatch(text)
    part = _part(found) if found else None
    if found and part:
        year = any(found[name] for name in ("year", "year2", "year3"))
        bound = _bound(found["most"] or found["under"], found["least"] or found["above"])
        return Ratio(part.numerator, part.denominator, bound, year)
    return Unclear("ratio", phrase, _why(text), _ratios_in(text))


def parse_frequency(phrase: str) -> tuple[Frequency, ...] | Unclear:
    """One frequency for each group of classes the phrase names, or one for all."""
    text = _plain(phrase)
    found, at = [], 0
    while one := _FREQUENCY.match(text, at):
        if one.end() == at or not (read := _frequency(one)):
            break
        found.append(read)
        at = one.end() + (one.end() < len(text))
    split = len(found) > 1 and not all(one.classes for one in found)
    if found and at >= len(text) and not split:
        return tuple(found)
    return Unclear("frequency", phrase, _why(text), tuple((one,) for one in _frequencies_in(text)))


def parse(field: str, phrase: str) -> Reading | Unclear:
    return parse_ratio(phrase) if field == "ratio" else parse_frequency(phrase)


def written(reading: Reading) -> str:
    """As an official would write it: 不超过5%/年；一级治安管理场所每年1次、二级、三级每半年1次."""
    if isinstance(reading, Ratio):
        year = "/年" if reading.per_year else ""
        return f"{BOUNDS[reading.bound]}{share_text(Fraction(reading.num, reading.den))}{year}"
    return "；".join(_written(one) for one in reading)


def share_text(share: Fraction) -> str:
    """5%, 12.5%, 2‰, 1/3."""
    if (share * 1000).denominator == 1 and share * 100 < 1:
        return f"{share * 1000}‰"
    percent = share * 100
    return f"{float(percent):.10g}%" if (percent * 1000).denominator == 1 else str(share)


def _written(one: Frequency) -> str:
    period = PERIODS.get(one.months) or (
        f"每{one.months // 12}年" if one.months % 12 == 0 else f"每{one.months}个月"
    )
    same = "对同一对象" if one.same_target else ""
    return f"{'、'.join(one.classes)}{same}{period}{BOUNDS[one.bound]}{one.times}次"


def _plain(phrase: str) -> str:
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", phrase)).replace("，", ",")
    return re.sub(r"[—–−]+", "-", text).strip("。.;；,")


def _number(text: str) -> Fraction:
    if text[0].isdecimal():
        return Fraction(text)
    total, digit = 0, 0
    for sign in text:
        if sign in "十百":
            total += (digit or 1) * (10 if sign == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS[sign]
    return Fraction(total + digit)


def _part(found: re.Match[str]) -> Fraction | None:
    """The share itself; None where it is no share, such as 120 %."""
    said = found.groupdict()
    if said.get("whole"):
        return Fraction(1)
    if said["percent"] or said["mille"]:
        part = _number(said["percent"] or said["mille"]) / (100 if said["percent"] else 1000)
    elif said["over"]:
        part = Fraction(said["over"])
    else:
        den = {"百": 100, "千": 1000, "万": 10000}.get(said["den"]) or _number(said["den"])
        part = _number(said["num"]) / den if den else Fraction(0)
    return part if 0 < part <= 1 else None


def _bound(most: str | None, least: str | None) -> str:
    return "at-most" if most else "at-least" if least else "exactly"


def _frequency(found: re.Match[str]) -> Frequency | None:
    times = _number(found["n1"] or found["n2"])
    months = _months(found["p1"] or found["p2"])
    if times.denominator != 1 or times < 1 or months < 1 or not _whose(found):
        return None
    noun = found["noun"] if found["classes"] else ""
    names = re.findall(_CLASS, found["classes"] or "")
    bound = _bound(found["most1"] or found["most2"], found["least1"] or found["least2"])
    return Frequency(int(times), months, tuple(name + noun for name in names), bound, bool(found["same"]))


def _whose(found: re.Match[str]) -> bool:
    """Whether what stands before the frequency is a class of targets; "县级局每月" is a rule for somebody."""
    return bool(found["classes"]) or not found["noun"]


def _months(period: str) -> int:
    number = re.search(_FEW, period)
    unit = next(months for sign, months in (("半年", 6), ("季", 3), ("年", 12), ("月", 1)) if sign in period)
    return int(_number(number[0]) if number else 1) * unit


def _why(text: str) -> str:
    if not re.search(r"\d|百分之|千分之|[一二两三四五六七八九十]次", text):
        return "no-number"
    if _OR.search(text):
        return "alternatives"
    return "range" if _RANGE.search(text) else "subject"


def _ratios_in(text: str) -> tuple[Ratio, ...]:
    found = []
    for one in _ANY_PART.finditer(text):
        part = _part(one)
        if part:
            bound = _bound(one["most"], one["least"])
            found.append(Ratio(part.numerator, part.denominator, bound))
    return tuple(dict.fromkeys(found))


def _frequencies_in(text: str) -> tuple[Frequency, ...]:
    """What could be meant: each frequency that stands anywhere in it, and both ends of 1-2次/年."""
    found = []
    ends = re.search(rf"({_N})[-~至到]({_N})次[/每](半年|年|季度?|月)", text)
    if ends:
        months = _months(ends[3])
        found += [Frequency(int(_number(ends[n])), months) for n in (1, 2)]
    for said in re.finditer(rf"每(半年|年|季度?|月)(?:组织)?({_N})次", text):
        found.append(Frequency(int(_number(said[2])), _months(said[1])))
    return tuple(dict.fromkeys(found))
