"""Entries that may be one shop twice, under its old registration number and under its code: in a draw it would have two chances.

A warning for whoever holds the draw, who can look; two shops may well share a name and a house. Nothing is decided by it.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
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
    seen: dict[str, str] = {}
    again: dict[str, list[str]] = defaultdict(list)
    for id, place in _places([one for one in targets if one.kind not in THINGS]):
        first = seen.setdefault(place, id)
        if first != id:
            again[place].append(id)
    if not again:
        return None
    first, second, *_ = min(sorted((seen[place], *ids)) for place, ids in again.items())
    return Doubles(sum(len(ids) for ids in again.values()), first, second)


def _places(shops: Sequence[Target]) -> Iterator[tuple[str, str]]:
    """Id, and name and address in one, of those whose name another has too: of most the address is not even read."""
    names = [_plain(one.name) for one in shops]
    often = Counter(names)
    for one, name in zip(shops, names, strict=True):
        if name and often[name] > 1:
            address = _plain(one.address)
            if address:
                yield one.id, f"{name}\n{address}"


def _plain(text: str) -> str:
    """Half-width, without spaces."""
    # Brackets are all that most entries have of full width, and to replace them is a tenth of normalising them.
    half = text.replace("（", "(").replace("）", ")")
    return "".join(unicodedata.normalize("NFKC", half).split())
