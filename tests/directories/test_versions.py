"""Who was in the directory on that day, and with what entry, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, select

from storage import directories, directory_versions
from storage.database import reading, writing
from storage.directory_versions import Origin, Version, history, standing
from storage.directory_writing import Counts, forget
from storage.documents import decode
from storage.migrate import configuration, migrate
from storage.schema import directory_versions as versions
from storage.schema import inspectors, targets
from tests.databases import BACKENDS, fresh, opened
from tests.talking import START
from workflows.directory import Inspector, Target
from workflows.inspection.facts import local_day

DAY = timedelta(days=1)
TODAY = local_day(START)
FIRM = Target("R:000000000000001", "第一商店")


@pytest.fixture(params=BACKENDS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with fresh(request.param, tmp_path) as url, opened(url) as found:
        migrate(found)
        yield found


def firms_on(engine: Engine, day: date) -> tuple[Target, ...]:
    with reading(engine) as tx:
        return standing(tx, targets, Target, day)


@pytest.mark.rule("target-status")
def test_a_change_leaves_what_stood_before_it(engine: Engine) -> None:
    closed = replace(FIRM, status="deregistered")
    with writing(engine) as tx:
        directories.save_targets(tx, [FIRM], START, origin=Origin("一月.csv", "li"))
    with writing(engine) as tx:
        directories.save_targets(tx, [closed], START + 3 * DAY, origin=Origin("二月.csv", "wang"))
    assert firms_on(engine, TODAY - DAY) == ()
    assert firms_on(engine, TODAY) == firms_on(engine, TODAY + 2 * DAY) == (FIRM,)
    assert firms_on(engine, TODAY + 3 * DAY) == (closed,)
    with reading(engine) as tx:
        first, second = history(tx, "targets", FIRM.id)
    assert (first.since, first.until, first.origin) == (TODAY, TODAY + 3 * DAY, Origin("一月.csv", "li"))
    assert (second.since, second.until, second.origin.by) == (TODAY + 3 * DAY, None, "wang")


def test_two_changes_on_one_day_are_both_kept_and_the_later_stands(engine: Engine) -> None:
    later = replace(FIRM, name="改名商店")
    with writing(engine) as tx:
        directories.save_targets(tx, [FIRM], START)
        directories.save_targets(tx, [later], START + timedelta(minutes=1))
        assert [version.entry for version in history(tx, "targets", FIRM.id)] == [FIRM, later]
    assert firms_on(engine, TODAY) == (later,)


def test_the_same_again_makes_no_version(engine: Engine) -> None:
    with writing(engine) as tx:
        directories.save_targets(tx, [FIRM], START)
        assert directories.save_targets(tx, [FIRM], START + DAY) == Counts(same=1)
        assert len(history(tx, "targets", FIRM.id)) == 1


def test_who_leaves_is_not_drawn_from_but_found_and_may_come_back(engine: Engine) -> None:
    with writing(engine) as tx:
        directories.save_targets(tx, [FIRM], START)
        directory_versions.close(tx, "targets", [FIRM.id], START + DAY)
        assert directories.all_targets(tx) == ()
        assert directories.get_target(tx, FIRM.id) == FIRM
        assert directories.save_targets(tx, [FIRM], START + 5 * DAY) == Counts(added=1)
        assert directories.all_targets(tx) == (FIRM,)
    assert firms_on(engine, TODAY) == (FIRM,)
    assert firms_on(engine, TODAY + DAY) == firms_on(engine, TODAY + 4 * DAY) == ()
    assert firms_on(engine, TODAY + 5 * DAY) == (FIRM,)


def test_an_entry_is_written_once_however_many_versions_stand_behind_it(engine: Engine) -> None:
    names = ["一", "二", "三"]
    with writing(engine) as tx:
        for number, name in enumerate(names):
            directories.save_targets(tx, [replace(FIRM, name=name)], START + number * DAY)
        behind = tx.execute(select(versions.c.data).order_by(versions.c.version)).scalars().all()
        assert [decode(data, Target).name for data in behind] == ["一", "二"]
        assert [version.entry.name for version in history(tx, "targets", FIRM.id)] == names
    for number, name in enumerate(names):
        assert [one.name for one in firms_on(engine, TODAY + number * DAY)] == [name]


def test_what_is_taken_back_of_an_import_gives_back_the_version_before(engine: Engine) -> None:
    names = ["一", "二", "三"]
    with writing(engine) as tx:
        for number, name in enumerate(names):
            directories.save_targets(tx, [replace(FIRM, name=name)], START + number * DAY)
        before = history(tx, "targets", FIRM.id)[:2]
        assert forget(tx, "targets", [FIRM.id], START + 2 * DAY) == Counts(changed=1)
        assert history(tx, "targets", FIRM.id) == (before[0], replace(before[1], until=None))
        assert forget(tx, "targets", [FIRM.id], START + 2 * DAY) == Counts(same=1)
        directories.save_targets(tx, [replace(FIRM, name="四")], START + 3 * DAY)
        assert [version.entry.name for version in history(tx, "targets", FIRM.id)] == ["一", "二", "四"]
    assert [one.name for one in firms_on(engine, TODAY + 2 * DAY)] == ["二"]


def test_who_left_and_came_back_has_every_entry_there_was(engine: Engine) -> None:
    back = replace(FIRM, name="回来")
    with writing(engine) as tx:
        directories.save_targets(tx, [FIRM], START)
        directory_versions.close(tx, "targets", [FIRM.id], START + DAY, Origin("全量.csv", "li"))
        assert [version.entry for version in history(tx, "targets", FIRM.id)] == [FIRM]
        directories.save_targets(tx, [back], START + 5 * DAY)
        first, last = history(tx, "targets", FIRM.id)
    assert (first.entry, first.until, first.closed) == (FIRM, TODAY + DAY, Origin("全量.csv", "li"))
    assert (last.entry, last.since, last.until) == (back, TODAY + 5 * DAY, None)


@pytest.mark.parametrize("revision", ["0014", "0015"])
def test_an_older_schema_has_every_version_and_gives_it_back(engine: Engine, revision: str) -> None:
    """Of one that stands, of one that was closed, of one that came back, and of an inspector."""
    other, third, one = replace(FIRM, id="R:2"), replace(FIRM, id="R:3"), Inspector("P:1", "林一", "县局")
    with writing(engine) as tx:
        directories.save_targets(tx, [FIRM, other, third], START, origin=Origin("一月.csv", "li"))
        directories.save_targets(
            tx, [replace(FIRM, name="改名")], START + DAY, origin=Origin("二月.csv", "li")
        )
        directories.save_inspectors(tx, [one], START)
        directory_versions.close(tx, "targets", [other.id, third.id], START + DAY, Origin("全量.csv", "li"))
        directories.save_targets(tx, [third], START + 2 * DAY)
    before = everything(engine)
    assert [len(each) for each in before.values()] == [2, 1, 2, 1]
    command.downgrade(configuration(engine), revision)
    with reading(engine) as tx:
        rows = tx.execute(select(versions.c.id, versions.c.data).order_by(versions.c.id, versions.c.version))
        kept = [(id, data) for id, data in rows]
    assert [id for id, _ in kept] == sorted(["P:1", FIRM.id, FIRM.id, "R:2", "R:3", "R:3"])
    assert all(data for _, data in kept) == (revision == "0014")
    migrate(engine)
    assert everything(engine) == before


def everything(engine: Engine) -> dict[str, tuple[Version, ...]]:
    ids = {"R:000000000000001": "targets", "R:2": "targets", "R:3": "targets", "P:1": "inspectors"}
    with reading(engine) as tx:
        return {id: history(tx, directory, id) for id, directory in ids.items()}


def test_inspectors_have_their_history_too(engine: Engine) -> None:
    one = Inspector("P:1", "林一", "县局")
    with writing(engine) as tx:
        directories.save_inspectors(tx, [one], START)
        directories.save_inspectors(tx, [replace(one, on_duty=False)], START + DAY)
        assert standing(tx, inspectors, Inspector, TODAY) == (one,)
        assert standing(tx, inspectors, Inspector, TODAY + DAY) == (replace(one, on_duty=False),)
