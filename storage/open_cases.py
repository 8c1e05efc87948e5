"""Something done to every open case, a few at a time: no turn waits for all of them, and no database locks them all."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from sqlalchemy import Connection, Engine, select

from storage import casebook
from storage.case_facts import overlay
from storage.database import reading, writing
from storage.lawbook import Lawbook
from storage.schema import cases
from workflows.calendar import Overlay
from workflows.inspection.case import Case
from workflows.policy import Profile

TOGETHER = 50
Step = Callable[[Connection, Case, Profile, Overlay], bool]
log = logging.getLogger(__name__)


def each(engine: Engine, lawbook: Lawbook, step: Step) -> int:
    """Of how many the step said yes. Each is held while it is done; where it is interrupted, what was done is kept."""
    still_open = select(cases.c.id).where(cases.c.closed_at.is_(None)).order_by(cases.c.id)
    with reading(engine) as tx:
        ids = tx.execute(still_open).scalars().all()
    batches = (ids[first : first + TOGETHER] for first in range(0, len(ids), TOGETHER))
    return sum(_some(engine, lawbook, batch, step) for batch in batches)


def _some(engine: Engine, lawbook: Lawbook, ids: Sequence[str], step: Step) -> int:
    def attempt() -> int:
        with writing(engine) as tx:
            years = overlay(tx)
            return sum(_one(tx, lawbook, case_id, years, step) for case_id in ids)

    return casebook.with_retry(attempt)


def _one(tx: Connection, lawbook: Lawbook, case_id: str, years: Overlay, step: Step) -> bool:
    case = casebook.held(tx, case_id)
    profile = lawbook.profiles.get(case.opened.profile)
    if profile is None:
        # Without its rules nothing falls due; whoever brings them back does it with the next date.
        log.error("left as it is", extra={"case": case_id, "profile": case.opened.profile})
        return False
    return step(tx, case, profile, years)
