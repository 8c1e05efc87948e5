"""A target's credit-risk class and why it has it: what the directory says, moved by circumstances and by results.

云政办发〔2016〕105号 一(四), 二(三); 安政办发〔2019〕2号 三(三); 海市监发〔2019〕52号 二(三), 二(六); 晋政发〔2019〕15号 二(七).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from workflows.directory import Target
from workflows.policy import Profile
from workflows.policy.vocabulary import CLASSES

RULE = "risk-ratio"
_LEVEL = re.compile(r"(?:信用)?(?:风险)?([A-Da-d])(?:级|类)?")
_LEVEL_WORDS = {
    "低": "A",
    "低风险": "A",
    "信用风险低": "A",
    "一般": "B",
    "一般风险": "B",
    "信用风险一般": "B",
    "较高": "C",
    "较高风险": "C",
    "信用风险较高": "C",
    "高": "D",
    "高风险": "D",
    "信用风险高": "D",
}
# The words that say a circumstance, each the whole of a tag or of one part of 信用记录: "未列入…" says it of nobody.
MARKS: dict[str, tuple[str, ...]] = {
    "attention": ("社会关注度高", "关注度高"),
    "complaints": ("投诉举报多",),
    "special-industry": ("特殊行业", "重点领域"),
    "abnormal-list": ("列入经营异常名录", "经营异常名录", "经营异常", "列入异常名录"),
    "violations": ("严重违法失信", "列入严重违法失信名单", "有严重违法违规记录", "严重违法违规"),
    "dishonest": ("失信", "有失信行为", "失信被执行人"),
    "good-credit": ("守法经营", "信用良好", "守法经营、信用良好"),
}


@dataclass(frozen=True, slots=True)
class Past:
    """One visit of a target: `findings` counts what was not in order, `kind` is "" for a random inspection."""

    case: str
    day: date
    findings: int = 0
    uncooperative: bool = False
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One circumstance that moved the class: `by` is +1 or -1; `words` the mark in the directory, else `cases`."""

    circumstance: str
    by: int
    words: str = ""
    cases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assessment:
    """`stated` is the class the directory gives, "" where it gives none and the profile's default was taken."""

    target: str
    grade: str
    stated: str
    start: str
    steps: tuple[Step, ...]


def assess(target: Target, history: Iterable[Past], profile: Profile, today: date) -> Assessment:
    """The class of a target today. Each circumstance counts once; nothing lowers while something raises."""
    stated = level_of(target.risk)
    start = stated or profile.text(RULE, "default")
    visits = sorted(history, key=lambda past: (past.day, past.case))
    raised = _steps(target, visits, profile, today, "raises", 1)
    steps = raised or _steps(target, visits, profile, today, "lowers", -1)
    grades = list(CLASSES)
    place = grades.index(start) + sum(step.by for step in steps)
    return Assessment(target.id, grades[min(max(place, 0), len(grades) - 1)], stated, start, steps)


def level_of(written: str) -> str:
    """ "C", "c类", "信用风险较高" -> "C"; "" for what names no class."""
    text = written.strip()
    found = _LEVEL.fullmatch(text)
    return found[1].upper() if found else _LEVEL_WORDS.get(text, "")


def _steps(
    target: Target, visits: Sequence[Past], profile: Profile, today: date, way: str, by: int
) -> tuple[Step, ...]:
    found = []
    for circumstance in profile.words(RULE, way):
        words = _mark(target, circumstance)
        cases = () if words else _results(circumstance, visits, profile, today)
        if words or cases:
            found.append(Step(circumstance, by, words, cases))
    return tuple(found)


def _mark(target: Target, circumstance: str) -> str:
    said = {part.strip() for part in re.split(r"[;；,，。\n]", target.credit)} | set(target.tags)
    return next((word for word in MARKS.get(circumstance, ()) if word in said), "")


def bad_credit(target: Target) -> bool:
    """Whether the directory says so itself, whatever the class."""
    return any(_mark(target, circumstance) for circumstance in ("violations", "dishonest"))


def special_industry(target: Target) -> bool:
    """Whether the directory marks it as one, whatever the profile makes of that."""
    return bool(_mark(target, "special-industry"))


def _results(circumstance: str, visits: Sequence[Past], profile: Profile, today: date) -> tuple[str, ...]:
    """The cases that speak for a circumstance; none where they are too few or too old."""
    recent = [past for past in visits if _years_ago(past.day, today) < profile.number(RULE, "years")]
    if circumstance == "finding":
        return tuple(past.case for past in recent if past.findings)
    if circumstance == "uncooperative":
        return tuple(past.case for past in recent if past.uncooperative)
    if circumstance == "complaints":
        cases = tuple(past.case for past in recent if past.kind == "complaint")
        return cases if len(cases) >= profile.number(RULE, "complaints") else ()
    if circumstance == "clean":
        last = visits[-profile.number(RULE, "clean") :]
        enough = len(last) == profile.number(RULE, "clean") > 0
        clean = enough and not any(past.findings or past.uncooperative for past in last)
        return tuple(past.case for past in last) if clean else ()
    return ()


def _years_ago(day: date, today: date) -> int:
    """Whole years since: a result counts until the day before its anniversary."""
    return today.year - day.year - ((today.month, today.day) < (day.month, day.day))
