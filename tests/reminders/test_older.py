"""Cases from before there were reminders get theirs when the service first starts with them, and only once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import inspect

from bot.heartbeat import tick
from storage import marks, projection
from storage.arming import arm_older
from storage.database import reading, writing
from storage.migrate import configuration
from storage.reminders_schema import marks as kept_marks
from storage.reminders_schema import reminders as rows
from tests.databases import BACKENDS, fresh, opened
from tests.reminders.desk import Desk, copies, desk_in
from tests.rules.cases import AYAN, CHEN, MARKET, POLICE, signed
from workflows.inspection.facts import CHINA

CASES = 120


@pytest.fixture(params=BACKENDS)
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """A house whose cases were opened at revision 0004, brought to today's schema since; one is closed."""
    with fresh(str(request.param), tmp_path) as url:
        with opened(url) as engine:
            command.upgrade(configuration(engine), "0004")
            assert not inspect(engine).has_table("reminders")
            done, *still_open = copies(signed().case, CASES + 1)
            with writing(engine) as tx:
                for case in (*still_open, replace(done, closed_at=done.opened_at)):
                    projection.save(tx, None, case)
        desk = desk_in(tmp_path, url)
        yield desk.at(2026, 10, 13, 12, 0)
        desk.house.engine.dispose()


def arm(desk: Desk) -> int:
    return arm_older(desk.house.engine, desk.house.lawbook, desk.clock)


def armed(desk: Desk) -> list[tuple[object, ...]]:
    with reading(desk.house.engine) as tx:
        return [tuple(row) for row in tx.execute(rows.select().order_by(rows.c.case, rows.c.kind))]


def test_they_are_armed_with_what_still_lies_ahead(older: Desk) -> None:
    assert older.pending("C-1") == {}
    assert arm(older) == CASES
    assert older.pending("C-1") == {
        f"entry-{stage}:{department}": datetime(2026, 10, day, 9, 0, tzinfo=CHINA)
        for stage, day in (("5", 19), ("3", 21), ("1", 23), ("0", 26), ("over", 27))
        for department in (MARKET, POLICE)
    }
    assert older.pending("C-0") == {}


def test_they_are_armed_once(older: Desk) -> None:
    arm(older)
    before = armed(older)
    older.clock.pass_time(hours=1)
    assert arm(older) == 0
    assert armed(older) == before


def test_what_was_said_before_a_start_that_died_half_way_is_not_said_again(older: Desk) -> None:
    arm(older)
    older.at(2026, 10, 19, 9, 0)
    assert {one.person: len(one.items) for one in older.swept()} == {AYAN: CASES, CHEN: CASES}
    before = armed(older)
    with writing(older.house.engine) as tx:
        tx.execute(kept_marks.delete().where(kept_marks.c.name == marks.ARMED))
    assert arm(older) == CASES
    assert armed(older) == before
    assert older.swept() == []


def test_the_service_does_it_by_itself(older: Desk) -> None:
    tick(older.house)
    assert len(older.pending("C-7")) == 10


def test_a_case_whose_rules_are_gone_does_not_stop_the_others(older: Desk) -> None:
    strange = next(iter(copies(signed().case, 1)))
    strange = replace(strange, id="C-A", opened=replace(strange.opened, case="C-A", profile="gone"))
    with writing(older.house.engine) as tx:
        projection.save(tx, None, strange)
    assert arm(older) == CASES
    assert older.pending("C-A") == {}
    assert len(older.pending(f"C-{CASES}")) == 10
