"""Below which ticket a row has to lie to come into question, so that only few rows are ever sorted.

A cut never decides anything: an engine that finds too few rows below it takes the stratum again without one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import sqrt
from operator import attrgetter

from storage.engines.contract import Band

SPACE = 1 << 52  # u is one of so many numbers
SIGMAS = 6
TICKET_DIGITS = 64
U_DIGITS = 13


@dataclass(frozen=True, slots=True)
class Cut:
    """Rows of this stratum and number of weight digits: rank at most `rank`, hence ticket at most `mark`."""

    stratum: str
    digits: int
    rank: int
    mark: str
    need: int


def cuts(bands: Iterable[Band], needs: Mapping[str, int]) -> list[Cut]:
    """One for each band with eligible rows, of strata where anything is needed at all."""
    own = sorted((b for b in bands if b.n and needs[b.stratum]), key=attrgetter("stratum"))
    found = []
    for stratum, several in groupby(own, key=attrgetter("stratum")):
        rows = list(several)
        rank = highest_rank(rows, needs[stratum])
        found += [_cut(band, rank, needs[stratum]) for band in rows]
    return found


def whole(bands: Iterable[Band], needs: Mapping[str, int]) -> list[Cut]:
    """The cuts that keep every row."""
    return [_cut(band, SPACE - 1, needs[band.stratum]) for band in bands if band.n and needs[band.stratum]]


def _cut(band: Band, rank: int, need: int) -> Cut:
    # rank <= R means u < (R + 1) * weight; the band's heaviest row has the highest such u.
    highest = min((rank + 1) * band.heaviest, SPACE) - 1
    mark = f"{highest:0{U_DIGITS}x}".ljust(TICKET_DIGITS, "f")
    return Cut(band.stratum, band.digits, rank, mark, need)


def highest_rank(bands: Sequence[Band], need: int) -> int:
    """A rank which six standard deviations say at least `need` rows of the stratum do not exceed."""
    low, high = 0, SPACE - 1
    while low < high:
        middle = (low + high) // 2
        if _surely(bands, middle) >= need:
            high = middle
        else:
            low = middle + 1
    return low


def _surely(bands: Sequence[Band], rank: int) -> float:
    """Expected rows up to that rank, less six standard deviations: n (p - 6 sqrt(p (1 - p) / n)), over all bands."""
    expected = variance = 0.0
    for band in bands:
        p = _share(band, rank)
        expected += band.n * p
        variance += band.n * p * (1 - p)
    return expected - SIGMAS * sqrt(variance)


def _share(band: Band, rank: int) -> float:
    """At least this share of the band has that rank or a lower one: exact while no weight fills the whole space."""
    if (rank + 1) * band.heaviest <= SPACE:
        return (rank + 1) * band.total / band.n / SPACE
    return min(1.0, (rank + 1) * band.lightest / SPACE)
