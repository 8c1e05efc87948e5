"""What the draws of a year have already asked of everybody, released or still sealed: who was drawn, sat, met and led."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from itertools import combinations

from sqlalchemy import Connection, select

from storage import sealing
from storage.schema import cases, draws
from storage.sealing import Sealed
from workflows.ad_hoc import counts_for_the_year
from workflows.draw.ledger import Year
from workflows.inspection.facts import CHINA, local_day
from workflows.plan import Task
from workflows.policy import Profile

MET_DAYS = 365


def drawn_in(tx: Connection, year: int, profile: Profile) -> frozenset[str]:
    """Targets with an inspection opened, or a draw sealed, in that year, as far as they count (once-a-year, ad-hoc)."""
    sealed = [one for _, one in _sealed(tx, date(year, 1, 1), date(year, 12, 31))]
    counted = [one for one in sealed if counts_for_the_year(_task(one).ad_hoc, profile)]
    beside = {one.plan.id for one in sealed if _task(one).ad_hoc} - {one.plan.id for one in counted}
    opened_then = cases.c.opened_at.between(*_between(date(year, 1, 1), date(year, 12, 31)))
    query = select(cases.c.target, cases.c.plan).where(opened_then)
    opened = {row.target for row in tx.execute(query) if row.plan not in beside}
    return frozenset(opened) | {d.target_id for one in counted for d in one.result.selected}


def loads_in(tx: Connection, year: int) -> tuple[tuple[str, int], ...]:
    """Seats each inspector was given in that year."""
    sealed = _sealed(tx, date(year, 1, 1), date(year, 12, 31))
    return tuple(sorted(_loads([one for _, one in sealed]).items()))


def year_until(tx: Connection, today: date) -> Year:
    """Seats and leaderships since the year began; who shared a team with whom in the last twelve months."""
    since = today - timedelta(days=MET_DAYS)
    sealed = _sealed(tx, min(since, date(today.year, 1, 1)), date.max)
    own = [one for at, one in sealed if at.year == today.year]
    recent = [one for at, one in sealed if at >= since]
    met: Counter[tuple[str, str]] = Counter()
    for one in recent:
        for drawn in one.result.selected:
            met.update(combinations(sorted(m.inspector_id for m in drawn.members), 2))
    led = Counter(m.inspector_id for one in own for d in one.result.selected for m in d.members if m.leader)
    return Year(loads=_loads(own), met=dict(met), led=dict(led))


def _loads(sealed: list[Sealed]) -> Counter[str]:
    return Counter(m.inspector_id for one in sealed for d in one.result.selected for m in d.members)


def _sealed(tx: Connection, first: date, last: date) -> list[tuple[date, Sealed]]:
    """The draws held from the one day to the other, in China."""
    query = select(draws.c.id, draws.c.held_at, draws.c.data).where(
        draws.c.held_at.between(*_between(first, last))
    )
    rows = tx.execute(query.order_by(draws.c.id))
    return [(local_day(row.held_at), sealing.read(tx, row.id, row.data)) for row in rows]


def _between(first: date, last: date) -> tuple[datetime, datetime]:
    return datetime.combine(first, time.min, CHINA), datetime.combine(last, time.max, CHINA)


def _task(sealed: Sealed) -> Task:
    return next(t for t in sealed.plan.tasks if t.id == sealed.result.task_id)
