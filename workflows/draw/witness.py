"""What the witnesses give: at least 20 decimal digits each, rolled and not chosen; who gives none is ABSENT (draw.md)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from workflows.draw.tickets import ID
from workflows.errors import BadInput

ABSENT = "ABSENT"
DIGITS = re.compile(r"[0-9]{20,200}")


def check(witness: str, digits: str) -> None:
    """BadInput for an id outside the alphabet, or digits that are too few or none."""
    if not ID.fullmatch(witness):
        raise BadInput(f"见证人编号“{witness}”含有不允许的字符，请改正。")
    if not DIGITS.fullmatch(digits):
        raise BadInput("见证数应为20至200位数字（用骰子掷出，不要自己想），请重新录入。")


def text(expected: Iterable[str], given: Mapping[str, str]) -> tuple[str, ...]:
    """`W01=27182818284590452353` or `W03=ABSENT` for each, sorted by the bytes of the id."""
    for witness, digits in given.items():
        check(witness, digits)
    return tuple(f"{one}={given.get(one, ABSENT)}" for one in sorted(expected, key=str.encode))
