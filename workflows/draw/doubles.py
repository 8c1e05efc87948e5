"""Entries that may be one shop twice, under its old registration number and under its code: in a draw it would have two chances.

A warning for whoever holds the draw, who can look; two shops may well share a name and a house. Nothing is decided by it.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workflows.directory import Target

# Two lifts of one house, or two lots of one product, are rightly called the same.
THINGS = ("product", "project", "conduct")


@dataclass(frozen=True, slots=True)
class Doubles:
    """`pairs` counts each further entry of one shop with its first; `first` and `second` are the ids of one such pair."""

    pairs: int
    first: str
    second: str


def doubles(targets: Iterable[Target]) -> Doubles | None:
    """Those with the same name and the same address, neither of them empty; None where there are none."""
    shops = [one for one in targets if one.kind not in THINGS]
    names = _plain([one.name for one in shops])
    # Most names stand once: only where one does not is the address read.
    alike = _again(names)
    addresses = _plain([shops[at].address for at in alike])
    places = [
        f"{names[at]}\n{address}" if address else "" for at, address in zip(alike, addresses, strict=True)
    ]
    found: dict[str, list[str]] = defaultdict(list)
    for number in _again(places):
        found[places[number]].append(shops[alike[number]].id)
    if not found:
        return None
    first, second, *_ = min(sorted(ids) for ids in found.values())
    return Doubles(sum(len(ids) - 1 for ids in found.values()), first, second)


def _again(said: Sequence[str]) -> list[int]:
    """Where something stands that is said more than once; "" says nothing."""
    often = Counter(said)
    return [at for at, one in enumerate(said) if one and often[one] > 1]


def _plain(texts: Sequence[str]) -> list[str]:
    """Half-width, without spaces: in one go for all, which no line feed is left in to confuse."""
    whole = "\n".join(["".join(one.split()) for one in texts])
    # Brackets are all that most entries have of full width, and to replace them is a tenth of normalising them.
    half = whole.replace("（", "(").replace("）", ")")
    return unicodedata.normalize("NFKC", half).split("\n") if texts else []
