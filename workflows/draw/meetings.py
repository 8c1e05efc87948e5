"""Who was in a team with whom how often. Pairs that always go together are what a draw is there to prevent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from workflows.draw.roster import indices


class Meetings:
    """People by their place in the roster. `ever[i]` is the set of those whom i has met at all."""

    def __init__(self, size: int) -> None:
        self.ever = [0] * size
        self.counts = [Counter[int]() for _ in range(size)]

    def add(self, one: int, team: Iterable[int], times: int = 1) -> None:
        """`times` may be negative: a seat was shifted."""
        own, counts, ever = self.counts[one], self.counts, self.ever
        for mate in team:
            before = own.get(mate, 0)
            met = own[mate] = counts[mate][one] = before + times
            if (met == 0) != (before == 0):
                ever[one] ^= 1 << mate
                ever[mate] ^= 1 << one

    def between(self, one: int, team: Sequence[int]) -> int:
        return sum(self.counts[one][mate] for mate in team)

    def least(self, free: int, team: Sequence[int]) -> int:
        """Of the people in `free`, those who met this team least often."""
        strangers, ever = free, self.ever
        for mate in team:
            strangers &= ~ever[mate]
        if strangers or not free:
            return strangers
        times = {one: self.between(one, team) for one in indices(free)}
        fewest, bits = min(times.values()), 0
        for one, met in times.items():
            if met == fewest:
                bits |= 1 << one
        return bits
