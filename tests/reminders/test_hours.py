"""Long holidays, days that are jumped over, and a machine that stands elsewhere."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.reminders.desk import HEAD, Desk, desk_in
from tests.reminders.test_sweep import stages
from tests.rules.cases import CHEN, Walk, signed
from workflows.inspection.facts import CHINA


def before_spring() -> Walk:
    """Signed on the 19th of January 2026: due on Saturday the 14th of February, the last day worked before the holiday."""
    return signed(now=datetime(2026, 1, 19, 9, 30, tzinfo=CHINA))


@pytest.mark.rule("entry-deadline")
def test_nothing_is_said_over_the_spring_festival_and_the_head_hears_on_the_first_morning_after(
    either: Desk,
) -> None:
    walk = before_spring()
    assert {clock.due for clock in walk.case.clocks.values()} == {date(2026, 2, 14)}
    either.at(2026, 1, 19, 12, 0).keep(walk.case)
    said = either.until(2026, 2, 26, 0, 0)
    assert stages(said, CHEN)[-3:] == ["02-14 09 entry-0", "02-24 09 entry-over", "02-25 09 entry-over"]
    assert stages(said, HEAD) == ["02-24 09 entry-over"] * 2 + ["02-25 09 entry-over"] * 2
    assert not any(date(2026, 2, 15) <= one.at.astimezone(CHINA).date() <= date(2026, 2, 23) for one in said)
    assert not any(item.late for one in said for item in one.items)


def test_who_was_away_all_through_the_festival_says_only_what_is_true_after_it(either: Desk) -> None:
    either.at(2026, 1, 19, 12, 0).keep(before_spring().case)
    either.at(2026, 2, 13, 20, 0).swept()
    either.at(2026, 2, 20, 12, 0)
    assert either.swept() == []
    assert stages(either.until(2026, 2, 25, 0, 0), CHEN) == ["02-24 09 entry-over"]


def test_a_whole_day_that_is_jumped_over_loses_nothing_that_still_holds(either: Desk) -> None:
    either.at(2026, 9, 21, 12, 0).keep(signed().case)
    either.at(2026, 10, 22, 10, 0).swept()
    said = either.at(2026, 10, 24, 10, 0).swept()  # a Saturday: the morning of the 23rd was not there
    assert said == []
    assert stages(either.at(2026, 10, 26, 10, 0).swept(), CHEN) == ["10-26 10 entry-0"]
    assert stages(either.at(2026, 10, 27, 9, 0).swept(), CHEN) == ["10-27 09 entry-over"]
    assert stages(either.at(2026, 10, 29, 9, 0).swept(), CHEN) == ["10-29 09 entry-over"]
    assert stages(either.until(2026, 10, 30, 12, 0), CHEN) == ["10-30 09 entry-over"]


MONTH = """
import sys
from pathlib import Path
from tests.reminders.test_hours import month
print("\\n".join(month(Path(sys.argv[1]))))
"""


def month(folder: Path) -> list[str]:
    """What two people are told in October."""
    desk = desk_in(folder)
    desk.at(2026, 9, 21, 12, 0).keep(signed().case)
    said = desk.until(2026, 10, 29, 0, 0)
    cards = [card.title for _, card in desk.cards() if card]
    desk.house.engine.dispose()
    return [*stages(said, CHEN), *stages(said, HEAD), *cards]


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Kiritimati"])
def test_a_machine_elsewhere_says_the_same_at_the_same_time(zone: str, tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "there").mkdir()
    told = subprocess.run(
        [sys.executable, "-c", MONTH, str(tmp_path / "there")],
        env={**os.environ, "TZ": zone},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.splitlines() == month(tmp_path / "here")
    assert "10-12 09 entry-10" in told.stdout
