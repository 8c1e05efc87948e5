"""Reminders for the cases that were open before there were such: armed once, when the service first starts with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, Engine

from storage import marks, open_cases, reminders
from storage.database import reading, writing
from storage.lawbook import Lawbook
from workflows.calendar import Overlay
from workflows.inspection.case import Case
from workflows.policy import Profile


def arm_older(engine: Engine, lawbook: Lawbook, clock: Callable[[], datetime]) -> int:
    """How many cases were armed; none once it has been done. A case armed already stays as it is.

    Where it is interrupted the next start does it again, to no other effect.
    """
    with reading(engine) as tx:
        if marks.at(tx, marks.ARMED):
            return 0
    now = clock()

    def arm(tx: Connection, case: Case, profile: Profile, years: Overlay) -> bool:
        reminders.arm(tx, case, profile, years, now)
        return True

    armed = open_cases.each(engine, lawbook, arm)
    with writing(engine) as tx:
        marks.put(tx, marks.ARMED, now)
    return armed
