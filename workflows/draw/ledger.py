"""What has been asked of everybody so far: seats, meetings, leaderships. A draw begins with one and ends with one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from workflows.draw.meetings import Meetings
from workflows.draw.roster import Roster


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """`loads`: inspector id -> seats since the year began. `met`: two inspector ids in order -> teams they shared
    in the last twelve months. `led`: inspector id -> teams led since the year began.
    """

    loads: Mapping[str, int] = field(default_factory=dict)
    met: Mapping[tuple[str, str], int] = field(default_factory=dict)
    led: Mapping[str, int] = field(default_factory=dict)


class Ledger:
    """A year while it is being written. `levels`: department -> load -> the set of those who carry it."""

    def __init__(self, roster: Roster, year: Year) -> None:
        self.load = [year.loads.get(one.id, 0) for one in roster.people]
        self.department = [one.department for one in roster.people]
        self.levels: dict[str, dict[int, int]] = {name: {} for name in roster.departments}
        for at, load in enumerate(self.load):
            self._enter(at, load)
        self.meetings = Meetings(len(roster.people))
        for (one, other), times in year.met.items():
            if one in roster.place and other in roster.place:
                self.meetings.add(roster.place[one], [roster.place[other]], times)
        self.led = Counter(year.led)

    def _enter(self, at: int, load: int) -> None:
        own = self.levels[self.department[at]]
        own[load] = own.get(load, 0) | 1 << at

    def carry(self, at: int, seats: int) -> None:
        own, bit, load = self.levels[self.department[at]], 1 << at, self.load[at]
        own[load] ^= bit
        if not own[load]:
            del own[load]
        self.load[at] = load + seats
        own[load + seats] = own.get(load + seats, 0) | bit

    def least_loaded(self, free: int, department: str) -> int:
        """Step 2, first half: of `free`, not empty, those whose load ≤ least load + 1."""
        own = self.levels[department]
        least = min(own)
        if not own[least] & free:
            least = min([load for load, who in own.items() if who & free])
        return free & (own[least] | own.get(least + 1, 0))

    def seat(self, at: int, mates: Sequence[int]) -> None:
        self.carry(at, 1)
        self.meetings.add(at, mates)

    def unseat(self, at: int, mates: Sequence[int]) -> None:
        self.carry(at, -1)
        self.meetings.add(at, mates, -1)

    def closed(self, roster: Roster, before: Year) -> Year:
        """The year after this draw; whoever was not in it keeps what they had."""
        met = {(min(pair), max(pair)): times for pair, times in before.met.items()}
        ids = [one.id for one in roster.people]
        for at, counts in enumerate(self.meetings.counts):
            own = ids[at]
            met |= {(own, ids[mate]): times for mate, times in counts.items() if own < ids[mate]}
        met = {pair: times for pair, times in met.items() if times}
        loads = {**before.loads, **dict(zip(ids, self.load, strict=True))}
        return Year(loads=loads, met=met, led=dict(self.led))
