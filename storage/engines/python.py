"""The draw in plain Python: two passes over the source, and no more rows kept than a stratum may need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256

from storage.engines.contract import Drawn, check_key, drawn, eligible, wanted
from storage.engines.cutting import U_DIGITS
from storage.engines.reading import Row, rows, survey
from storage.engines.source import Source
from workflows.draw.quota import Quota
from workflows.draw.strata import Place

SLACK = 1000  # rows beyond twice what is needed, so that small strata are not sorted all the time


class Lowest:
    """The `need` lowest places of one stratum, out of any number offered, in memory for twice as many."""

    def __init__(self, need: int) -> None:
        self.need, self.full = need, 2 * need + SLACK
        self.kept: list[Place] = []
        self.highest: Place | None = None

    def offer(self, place: Place) -> None:
        if self.highest is None or place < self.highest:
            self.kept.append(place)
            if len(self.kept) >= self.full:
                self.prune()

    def prune(self) -> None:
        self.kept.sort()
        del self.kept[self.need :]
        if self.need and len(self.kept) == self.need:
            self.highest = self.kept[-1]


def draw(source: Source, key: str, quotas: Mapping[str, Quota]) -> dict[str, Drawn]:
    """Stratum -> what is drawn. BadInput for a key, a quota or a row that is not as DR-1 has it."""
    check_key(key)
    counted = eligible(survey(source), quotas)
    lowest = {stratum: Lowest(need) for stratum, need in wanted(quotas, counted).items()}
    _offer(rows(source), key, lowest)
    for one in lowest.values():
        one.prune()
    return drawn(quotas, counted, {stratum: tuple(one.kept) for stratum, one in lowest.items()})


def _offer(found: Iterable[Row], key: str, lowest: Mapping[str, Lowest]) -> None:
    kept = sha256(key.encode())  # the key fills SHA-256's first block: its state is computed once
    for id, stratum, weight, status in found:
        if status == "E":
            state = kept.copy()
            state.update(id.encode())
            ticket = state.hexdigest()
            lowest[stratum].offer(Place(int(ticket[:U_DIGITS], 16) // weight, ticket, id))
