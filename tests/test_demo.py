"""The demo is for whoever tries it today, whatever year that is."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import demo
from storage import plans, projection
from storage.database import reading
from tests.talking import open_house
from workflows.inspection.facts import local_day


@pytest.mark.parametrize("year", [2026, 2027, 2028])
def test_in_any_year_the_demo_s_tasks_are_open_and_two_teams_are_drawn(tmp_path: Path, year: int) -> None:
    house, clock = open_house(tmp_path)
    clock.now = datetime(year, 10, 8, 1, 0, tzinfo=UTC)
    demo.load(house, lambda said: None)
    with reading(house.engine) as tx:
        kept = plans.current(tx)[0].plan
        cases = projection.all_cases(tx)
    assert str(year) in kept.name
    assert all(task.ends > local_day(clock.now) for task in kept.tasks)
    assert len({case.opened.task for case in cases}) == 2
    assert all(any(m.role == "expert" for m in case.members.values()) for case in cases)
