"""What every engine is given and what it gives back (DR-1, "Bytes": quota, rank, selected)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from workflows.draw.quota import Quota, take
from workflows.draw.strata import Place
from workflows.draw.tickets import HASH
from workflows.errors import BadInput


@dataclass(frozen=True, slots=True)
class Drawn:
    """One stratum: `n` eligible rows, `k` = len(selected), both lists in the order of their ranks."""

    n: int
    selected: Sequence[Place]
    reserve: Sequence[Place]

    @property
    def k(self) -> int:
        return len(self.selected)

    @property
    def threshold(self) -> Place | None:
        """The place of the last one selected; None where none is."""
        return self.selected[-1] if self.selected else None


@dataclass(frozen=True, slots=True)
class Band:
    """The eligible rows of a stratum whose weights have so many decimal digits; excluded rows count as n = 0."""

    stratum: str
    digits: int
    n: int
    total: int
    lightest: int
    heaviest: int


def check_key(key: str) -> None:
    if not HASH.fullmatch(key):
        raise BadInput("抽取密钥应为64位小写十六进制数，请从抽取记录中原样复制。")


def eligible(bands: Iterable[Band], quotas: Mapping[str, Quota]) -> dict[str, int]:
    """Stratum -> n, for every stratum of the quotas. BadInput where a row's stratum has no quota."""
    counted = dict.fromkeys(quotas, 0)
    for band in bands:
        if band.stratum not in counted:
            raise BadInput(f"分层“{band.stratum}”没有抽取比例，请在比例表中补上这一行。")
        counted[band.stratum] += band.n
    return counted


def wanted(quotas: Mapping[str, Quota], counted: Mapping[str, int]) -> dict[str, int]:
    """Stratum -> how many places have to be known: the selected and the reserve, as far as there are rows."""
    return {name: min(take(one, counted[name]) + one.reserve, counted[name]) for name, one in quotas.items()}


def drawn(
    quotas: Mapping[str, Quota], counted: Mapping[str, int], places: Mapping[str, Sequence[Place]]
) -> dict[str, Drawn]:
    """Cuts each stratum's places, already in order, into selected and reserve. Strata come sorted."""
    result = {}
    for stratum in sorted(quotas):
        n, quota = counted[stratum], quotas[stratum]
        ordered, k = places.get(stratum, ()), take(quota, n)
        result[stratum] = Drawn(n, ordered[:k], ordered[k : k + quota.reserve])
    return result
