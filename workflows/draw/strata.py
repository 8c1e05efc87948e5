"""Who is drawn of each stratum: the lowest ranks, the threshold and the reserve (draw.md, "selected").

The lines may be a stream read twice, once to count and once to rank: per stratum no more than twice what is drawn is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from workflows.draw.lines import Line
from workflows.draw.quota import Quota, take
from workflows.draw.tickets import tickets
from workflows.errors import BadInput


class Place(NamedTuple):
    """Compares as DR-1's rank does. `rank` is floor(u / weight), `ticket` 64 hex digits."""

    rank: int
    ticket: str
    id: str


@dataclass(frozen=True, slots=True)
class Selection:
    """One stratum: `n` eligible, both lists in the order of their ranks."""

    n: int
    selected: tuple[Place, ...]
    reserve: tuple[Place, ...]

    @property
    def threshold(self) -> Place | None:
        """The last one selected, None where nobody is."""
        return self.selected[-1] if self.selected else None


def count(lines: Iterable[Line], quotas: Mapping[str, Quota]) -> dict[str, int]:
    """Stratum -> eligible lines, for every stratum of the plan. BadInput for a stratum the plan does not know."""
    counted = Counter(dict.fromkeys(quotas, 0))
    for line in lines:
        if line.stratum not in counted:
            raise BadInput(f"分层“{line.stratum}”没有抽取比例，请在计划中补上后重新冻结。")
        counted[line.stratum] += line.eligible
    return dict(counted)


def select(
    lines: Iterable[Line], key: str, quotas: Mapping[str, Quota], counted: Mapping[str, int]
) -> dict[str, Selection]:
    """Stratum -> its selection, strata sorted. `counted` is what `count` gave for the same lines."""
    sizes = {name: take(quota, counted[name]) for name, quota in quotas.items()}
    kept: dict[str, list[Place]] = {name: [] for name in quotas}
    ticket = tickets(key)
    for line in lines:
        if line.eligible:
            own = ticket(line.id)
            places, most = kept[line.stratum], sizes[line.stratum] + quotas[line.stratum].reserve
            places.append(Place(int(own[:13], 16) // line.weight, own, line.id))
            if len(places) > 2 * most + 16:
                _cut(places, most)
    return {name: _selection(kept[name], counted[name], sizes[name], quotas[name]) for name in sorted(quotas)}


def _cut(places: list[Place], most: int) -> None:
    places.sort()
    del places[most:]


def _selection(places: list[Place], n: int, k: int, quota: Quota) -> Selection:
    _cut(places, k + quota.reserve)
    return Selection(n, tuple(places[:k]), tuple(places[k:]))


def batches(selected: Sequence[Place], number: int) -> tuple[tuple[str, ...], ...]:
    """Key item, high ratio (key-batches): everyone is inspected, the draw decides who comes in which batch.

    Earlier batches take the odd ones; their order is the order of the ranks.
    """
    if number < 1:
        raise BadInput("分批检查至少要分一批，请修改计划。")
    small, odd = divmod(len(selected), number)
    cuts = [part * small + min(part, odd) for part in range(number + 1)]
    return tuple(tuple(place.id for place in selected[a:b]) for a, b in pairwise(cuts))


def threshold_lines(selections: Mapping[str, Selection]) -> tuple[str, ...]:
    """`stratum|n|k|rank|ticket` of the last selected, sorted: their Merkle root is public while the draw is sealed."""
    return tuple(
        f"{name}|{one.n}|{len(one.selected)}|{at.rank if at else ''}|{at.ticket if at else ''}"
        for name, one in sorted(selections.items(), key=lambda pair: pair[0].encode())
        for at in (one.threshold,)
    )
