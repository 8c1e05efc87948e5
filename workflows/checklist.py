"""Checklists (检查表): the questions an item asks on site. Columns follow the XLSForm habit; 安政办发〔2019〕2号 三(四) names the contents.

A question's `kind` says what an answer holds:
verdict (符合 / 不符合 / 不适用), number, date, text or photo. `relevant` names the earlier answer it depends on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

KINDS = ("verdict", "number", "date", "text", "photo")
CONFORMS, VIOLATES, NOT_APPLICABLE = "yes", "no", "na"
VERDICTS = {CONFORMS: "符合", VIOLATES: "不符合", NOT_APPLICABLE: "不适用"}

_CONDITION = re.compile(r"^(?P<key>[\w-]+)\s*(?P<op>=|!=|>=|<=|>|<)\s*(?P<value>.+)$")
_CONSTRAINT = re.compile(r"^\.\s*(?P<op>=|!=|>=|<=|>|<)\s*(?P<value>.+)$")


@dataclass(frozen=True, slots=True)
class Question:
    """One line of a checklist. `basis` cites the article it rests on; `guide` says how to check (作业指导)."""

    key: str
    label: str
    basis: str
    kind: str = "verdict"
    relevant: str = ""
    constraint: str = ""
    constraint_message: str = ""
    required: bool = True
    guide: str = ""


@dataclass(frozen=True)
class Checklist:
    """An edition of an item's questions; `edition` is the SHA-256 of its canonical JSON, pinned by every case that uses it."""

    edition: str
    item: str
    questions: tuple[Question, ...]

    def find(self, key: str) -> Question | None:
        return self._by_key.get(key)

    @cached_property
    def _by_key(self) -> dict[str, Question]:
        return {question.key: question for question in reversed(self.questions)}


def is_relevant(question: Question, values: Mapping[str, str]) -> bool:
    """Whether the question is asked, given the values answered so far (`relevant` is "KEY = value" or empty).

    A condition on an unanswered question does not hold: what hangs on an answer waits for it.
    """
    if not question.relevant:
        return True
    match = _CONDITION.match(question.relevant)
    if match is None:
        raise ValueError(f"relevant of {question.key} is not KEY op VALUE: {question.relevant!r}")
    answered = values.get(match["key"])
    return answered is not None and _holds(answered, match["op"], match["value"])


def satisfies(question: Question, value: str) -> bool:
    """Whether the value keeps the question's constraint (". >= 0" or empty)."""
    if not question.constraint:
        return True
    match = _CONSTRAINT.match(question.constraint)
    if match is None:
        raise ValueError(f"constraint of {question.key} is not '. op VALUE': {question.constraint!r}")
    return _holds(value, match["op"], match["value"])


def _holds(left: str, op: str, right: str) -> bool:
    pair: tuple[float, float] | tuple[str, str]
    try:
        pair = (float(left), float(right))
    except ValueError:
        pair = (left.strip(), right.strip())
    a, b = pair
    return {
        "=": a == b,
        "!=": a != b,
        ">=": a >= b,  # type: ignore[operator]
        "<=": a <= b,  # type: ignore[operator]
        ">": a > b,  # type: ignore[operator]
        "<": a < b,  # type: ignore[operator]
    }[op]
