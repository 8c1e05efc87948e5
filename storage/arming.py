"""Reminders for the cases that were open before there were such: armed once, when the service first starts with them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Engine, select

from storage import casebook, marks, reminders
from storage.case_facts import overlay
from storage.database import reading, writing
from storage.lawbook import Lawbook
from storage.schema import cases

TOGETHER = 50
log = logging.getLogger(__name__)


def arm_older(engine: Engine, lawbook: Lawbook, clock: Callable[[], datetime]) -> int:
    """How many cases were armed; none once it has been done. A case armed already stays as it is.

    Where it is interrupted the next start does it again, to no other effect.
    """
    with reading(engine) as tx:
        if marks.at(tx, marks.ARMED):
            return 0
        still_open = tx.execute(select(cases.c.id).where(cases.c.closed_at.is_(None)).order_by(cases.c.id))
        ids = still_open.scalars().all()
    now = clock()
    for first in range(0, len(ids), TOGETHER):
        _arm(engine, lawbook, ids[first : first + TOGETHER], now)
    with writing(engine) as tx:
        marks.put(tx, marks.ARMED, now)
    return len(ids)


def _arm(engine: Engine, lawbook: Lawbook, ids: Sequence[str], now: datetime) -> None:
    def attempt() -> None:
        with writing(engine) as tx:
            years = overlay(tx)
            for case_id in ids:
                case = casebook.held(tx, case_id)
                profile = lawbook.profiles.get(case.opened.profile)
                if profile is None:
                    # Without its rules nothing falls due; whoever brings them back arms it with the next date.
                    log.error("not armed", extra={"case": case_id, "profile": case.opened.profile})
                    continue
                reminders.arm(tx, case, profile, years, now)

    casebook.with_retry(attempt)
