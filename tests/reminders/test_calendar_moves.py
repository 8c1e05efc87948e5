"""A year's notice comes in: dates that were guessed are settled, and every reminder is on a morning that is worked on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import pytest
from chinese_calendar.constants import holidays, workdays
from click.testing import CliRunner
from msgspec import ValidationError
from sqlalchemy import select

from bot.cli import main
from storage import casebook, projection, year_tables
from storage.calendars import encode
from storage.case_facts import gather
from storage.database import reading, writing
from storage.reminders_schema import reminders as rows
from storage.schema import cases
from tests.databases import BACKENDS, demo_copy
from tests.reminders.desk import Desk, copies
from tests.rules.cases import AYAN, CHEN, MARKET, Walk, precheck_commands, signed
from workflows.calendar import YearTable, add_working_days
from workflows.calendar_fixed import statutory
from workflows.inspection.case import Case
from workflows.inspection.events import EntryClockStarted
from workflows.inspection.facts import CHINA, Actor

NOON = (2026, 9, 21, 12, 0)
MANY, LAST = 60, "C-9"
MACHINE = Actor("", "", "", ("organiser",), "test")


def year_2026(*, off: set[date] = frozenset(), on: set[date] = frozenset()) -> YearTable:  # type: ignore[assignment]
    """The year as announced, with some days changed."""
    free = {day for day in holidays if day.year == 2026} | off
    worked = {day for day in workdays if day.year == 2026} | on
    return YearTable(2026, frozenset(free - on), frozenset(worked - off), "测试通知")


def announce(desk: Desk, table: YearTable) -> int:
    house = desk.house
    return year_tables.save(house.engine, house.lawbook, table, encode(table), desk.clock.now)


def october(desk: Desk, department: str = MARKET) -> dict[str, str]:
    """ "10-23" by stage, of what one department is still to be told."""
    return {
        kind.partition(":")[0]: f"{at:%m-%d}"
        for kind, at in desk.pending().items()
        if kind.endswith(department)
    }


@pytest.mark.rule("entry-deadline")
def test_working_days_before_a_date_that_stays_move_its_reminders(either: Desk) -> None:
    either.at(*NOON).keep(signed().case)
    before = {
        "entry-10": "10-12",
        "entry-5": "10-19",
        "entry-3": "10-21",
        "entry-1": "10-23",
        "entry-0": "10-26",
    }
    assert october(either) == before | {"entry-over": "10-27"}
    tuesday, saturday = date(2026, 10, 20), date(2026, 10, 24)
    assert announce(either, year_2026(off={tuesday}, on={saturday})) == 0
    moved = {"entry-3": "10-22", "entry-1": "10-24"}
    assert october(either) == before | moved | {"entry-over": "10-27"}
    said = either.until(2026, 10, 27, 0, 0)
    days = [f"{one.at.astimezone(CHINA):%m-%d}" for one in said if one.person == CHEN]
    assert days == ["10-12", "10-19", "10-22", "10-24", "10-26"]


def test_a_year_that_comes_in_is_no_turn_anybody_waits_for_and_goes_on_where_it_stopped(either: Desk) -> None:
    either.at(*NOON)
    for case in copies(signed().case, MANY):
        either.keep(case)
    whole = spoil_the_last(either)
    table = year_2026(off={date(2026, 10, 20)}, on={date(2026, 10, 24)})
    with pytest.raises(ValidationError):
        announce(either, table)
    eve = datetime(2026, 10, 24, 9, 0, tzinfo=CHINA)
    moved = [f"C-{n}" for n in range(MANY) if eve in either.pending(f"C-{n}").values()]
    assert 0 < len(moved) < MANY - 1
    with writing(either.house.engine) as tx:
        tx.execute(cases.update().where(cases.c.id == LAST).values(state=whole))
    announce(either, table)
    assert eve in either.pending(LAST).values()


def spoil_the_last(desk: Desk) -> str:
    """Makes the case that comes last unreadable; what it said."""
    mine = cases.c.id == LAST
    with writing(desk.house.engine) as tx:
        whole = str(tx.execute(select(cases.c.state).where(mine)).scalar_one())
        tx.execute(cases.update().where(mine).values(state="{}"))
    return whole


def test_an_appointment_s_eve_moves_though_no_deadline_runs(either: Desk) -> None:
    walk = Walk()
    walk.do(AYAN, *precheck_commands(datetime(2026, 9, 24, 10, 0, tzinfo=CHINA)))
    either.at(*NOON).keep(walk.case)
    assert either.pending(of="appointment") == {"appointment-1:": datetime(2026, 9, 23, 9, 0, tzinfo=CHINA)}
    assert announce(either, year_2026(off={date(2026, 9, 23)})) == 0
    assert either.pending(of="appointment") == {"appointment-1:": datetime(2026, 9, 22, 9, 0, tzinfo=CHINA)}


def test_what_comes_every_morning_moves_to_the_next_one_that_is_worked_on(either: Desk) -> None:
    either.at(*NOON).keep(signed().case)
    either.until(2026, 10, 27, 12, 0)
    assert october(either) == {"entry-over": "10-28"}
    announce(either, year_2026(off={date(2026, 10, 28), date(2026, 10, 29)}))
    assert october(either) == {"entry-over": "10-30"}
    announce(either, year_2026())
    assert october(either) == {"entry-over": "10-28"}


def test_what_was_said_this_morning_is_not_said_again_today(either: Desk) -> None:
    either.at(*NOON).keep(signed().case)
    either.until(2026, 10, 28, 12, 0)
    announce(either, year_2026(on={date(2026, 10, 31)}))
    assert october(either) == {"entry-over": "10-29"}
    assert either.until(2026, 10, 29, 0, 0) == []


@pytest.fixture(params=BACKENDS)
def guessed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Desk, Case]]:
    with running_over(str(request.param), tmp_path) as both:
        yield both


@contextmanager
def running_over(backend: str, folder: Path) -> Iterator[tuple[Desk, Case]]:
    """A case of the demo whose time runs into a year nobody has announced."""
    with demo_copy(backend, folder) as (house, clock):
        clock.now = datetime(2026, 12, 28, 10, 0, tzinfo=CHINA)
        with writing(house.engine) as tx:
            case = projection.all_cases(tx)[0]
            facts = gather(tx, house.lawbook, case, MACHINE, clock.now)
            last = add_working_days(date(2026, 12, 28), 20, {})
            started = EntryClockStarted(
                tuple({item.department for item in case.opened.items}),
                date(2026, 12, 28),
                last.date,
                last.confirmed,
                last.version,
            )
            case = casebook.record(tx, case, (started,), facts, "")
        yield Desk(house, clock), case


def year_2027() -> YearTable:
    """As such a notice goes: the first of January, and a Spring Festival of eight days from the fifth of February."""
    off = {date(2027, 1, 1), *(date(2027, 2, day) for day in range(5, 13)), date(2027, 1, 18)}
    return YearTable(2027, frozenset(off), frozenset(), "2027年放假通知")


@pytest.mark.rule("clock-counting")
def test_a_deadline_in_a_year_nobody_announced_is_provisional_until_somebody_does(
    guessed: tuple[Desk, Case],
) -> None:
    desk, case = guessed
    before = {clock.due for clock in case.clocks.values()}
    assert {clock.confirmed for clock in case.clocks.values()} == {False}
    assert announce(desk, year_2027()) == 1
    after = casebook.find(desk.house.engine, case.id)
    expected = add_working_days(date(2026, 12, 28), 20, {2027: year_2027()})
    assert {(c.due, c.confirmed) for c in after.clocks.values()} == {(expected.date, True)}
    assert expected.date not in before
    last = {at for kind, at in desk.pending(case.id).items() if kind.startswith("entry-0")}
    assert last == {datetime.combine(expected.date, datetime.min.time().replace(hour=9), CHINA)}


def test_the_same_year_again_changes_no_row(guessed: tuple[Desk, Case]) -> None:
    desk, _ = guessed
    announce(desk, year_2027())
    assert announce(desk, year_2027()) == 0
    with reading(desk.house.engine) as tx:
        kept = tx.execute(rows.select().order_by(rows.c.id)).all()
    announce(desk, year_2027())
    with reading(desk.house.engine) as tx:
        assert tx.execute(rows.select().order_by(rows.c.id)).all() == kept


def test_the_import_says_how_many_are_due_on_another_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_over("sqlite", tmp_path) as (_, case):
        due = {clock.due for clock in case.clocks.values()}
    notice = tmp_path / "2027.csv"
    off = sorted({*statutory(2027), *due})
    notice.write_text("日期,休/班\n" + "\n".join(f"{day},休" for day in off), encoding="utf-8")
    monkeypatch.setenv("SUIJIAN_DATA", str(tmp_path))
    monkeypatch.delenv("SUIJIAN_DATABASE", raising=False)
    for moved in (1, 0):
        said = CliRunner().invoke(main, ["calendar", "import", str(notice)])
        assert said.output.endswith(f"{moved} 件任务的到期日有变。\n")
