"""The public random event, as text: RFC 3797 section 4 for lotteries, the round and its value for drand (draw.md)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from workflows.errors import BadInput

KINDS = ("unordered", "ordered", "drand")
DRAND = re.compile(r"drand:[0-9A-Za-z._-]{1,64}:[1-9][0-9]*=[0-9a-f]{64}")
SHAPES = {
    "unordered": re.compile(r"((0|[1-9][0-9]*)\.)+/"),
    "ordered": re.compile(r"[0-9]+\./"),
    "drand": DRAND,
}


def unordered(numbers: Iterable[int]) -> str:
    """Ascending, a full stop behind each, a stroke behind the source: `1.2.5./`."""
    known = sorted(numbers)
    if not known or known[0] < 0:
        raise BadInput("公开随机源的号码不能为空或为负，请照开奖公告录入。")
    return "".join(f"{number}." for number in known) + "/"


def ordered(digits: str) -> str:
    """As drawn, leading zeros kept: dice, 排列5. `638` gives `638./`."""
    if not re.fullmatch(r"[0-9]+", digits):
        raise BadInput("按顺序开出的号码只写数字，不留空格，请照开奖公告录入。")
    return f"{digits}./"


def drand(chain: str, round: int, value: str) -> str:
    """One round of a drand chain, `value` its randomness as 64 lower-case hex digits."""
    text = f"drand:{chain}:{round}={value}"
    if not DRAND.fullmatch(text):
        raise BadInput("drand 的链名、轮次或随机值写法不对，请照官方接口返回的值录入。")
    return text


def fits(kind: str, source: str) -> bool:
    """Whether a source's text has the shape of its kind; unordered numbers must stand in ascending order."""
    if kind not in SHAPES or not SHAPES[kind].fullmatch(source):
        return False
    if kind != "unordered":
        return True
    numbers = source[:-2].split(".")
    return numbers == sorted(numbers, key=lambda number: (len(number), number))


def text(sources: Sequence[str]) -> str:
    """All sources in the order in which the plan announced them."""
    return "".join(sources)
