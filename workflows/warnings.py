"""What a supervisor is warned of (海南“互联网+监管”预警: field.md 1.2): thresholds a person can explain, no scores."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from workflows.progress import Share

KINDS = {
    "twice": "六十日内重复检查同一对象",
    "unscanned": "检查未扫码",
    "recheck": "复查逾期",
    "silent": "多次检查从未发现问题",
}
WINDOW = timedelta(days=60)  # natural days between two visits of one target
LEAST_VISITS = 5  # fewer visits without a finding say nothing about an inspector


@dataclass(frozen=True, slots=True)
class Warned:
    """`about` is a target's name, or a person's id for "silent"; `since` the day it rests on."""

    kind: str
    about: str
    cases: tuple[str, ...]
    since: date


def warnings(found: Iterable[Share], today: date) -> tuple[Warned, ...]:
    """In the order of `KINDS`, the oldest first."""
    seen = tuple(found)
    warned = (*_twice(seen), *_unscanned(seen, today), *_rechecks(seen, today), *_silent(seen))
    order = list(KINDS)
    return tuple(sorted(warned, key=lambda w: (order.index(w.kind), w.since, w.about, w.cases)))


def _twice(seen: tuple[Share, ...]) -> list[Warned]:
    """Departments on one visit share one case: two cases are two visits."""
    visits: dict[str, dict[str, tuple[date, str]]] = defaultdict(dict)
    for share in seen:
        if share.visited:
            visits[share.target][share.case] = (share.visited, share.target_name)
    found = []
    for cases in visits.values():
        days = sorted((day, case, name) for case, (day, name) in cases.items())
        for (first, before, _), (second, after, name) in pairwise(days):
            if second - first <= WINDOW:
                found.append(Warned("twice", name, (before, after), second))
    return found


def _unscanned(seen: tuple[Share, ...], today: date) -> set[Warned]:
    return {
        Warned("unscanned", s.target_name, (s.case,), s.scan_due)
        for s in seen
        if s.scan_due and s.scan_due < today
    }


def _rechecks(seen: tuple[Share, ...], today: date) -> set[Warned]:
    return {
        Warned("recheck", s.target_name, (s.case,), s.recheck_due)
        for s in seen
        if s.recheck_due and s.recheck_due < today
    }


def _silent(seen: tuple[Share, ...]) -> list[Warned]:
    visits: dict[str, list[Share]] = defaultdict(list)
    for share in seen:
        if share.visited:
            for person in share.persons:
                visits[person].append(share)
    return [
        Warned("silent", person, tuple(s.case for s in made), min(s.visited for s in made if s.visited))
        for person, made in visits.items()
        if len(made) >= LEAST_VISITS and not any(s.found for s in made)
    ]
