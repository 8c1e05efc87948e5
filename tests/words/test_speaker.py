"""The names the office may mention: always those the database holds now, though they are gathered only once they change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.phrases.doors import speaker
from bot.talk import Talk
from bot.turn import Turn
from storage import casebook, directories, named, people, projection, trail
from storage.database import reading, writing
from tests.databases import BACKENDS, demo_copy
from workflows.inspection.case import Case


@pytest.fixture(params=BACKENDS)
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Talk]:
    with demo_copy(request.param, tmp_path) as (house, clock):
        with reading(house.engine) as tx:
            overseer = people.get(tx, people.holding(tx, "supervisor")[0])
        assert overseer is not None
        yield Talk(house, overseer, Turn("web", "a1", "u1"), clock.now)


def first(tx: Connection) -> Case:
    return projection.all_cases(tx)[0]


def move(tx: Connection, case: Case, name: str, now: datetime) -> None:
    """Something happens to the case, after which its target goes by another name."""
    opened = replace(case.opened, target=replace(case.opened.target, name=name))
    trail.append(
        tx, casebook.stream_of(case.id), [trail.Entry("TargetRenamed", f'"{name}"', "P:1", "", "", now)]
    )
    projection.save(tx, case, replace(case, opened=opened, seq=case.seq + 1))


def test_every_name_on_every_case_is_known_closed_ones_too(office: Talk) -> None:
    with writing(office.house.engine) as tx:
        projection.save(tx, first(tx), replace(first(tx), closed_at=office.now))
        every = projection.all_cases(tx)
    who = speaker(office)
    assert who.cases == {one.opened.target.name: [one.id] for one in every}
    assert set(who.known.targets) == set(who.cases)
    for one in every:
        assert all(who.ids["person"][m.name] == m.person for m in one.members.values())
        assert all(who.ids["item"][i.name] == i.id for i in one.opened.items)
        assert who.ids["plan"][one.opened.plan_name] == one.opened.plan
        assert one.opened.target.region in who.ids["region"].values()


def test_what_has_not_changed_is_not_gathered_again(office: Talk) -> None:
    assert speaker(office) is speaker(office)


def test_a_case_that_moved_is_read_again_and_the_others_are_not(office: Talk) -> None:
    with reading(office.house.engine) as tx:
        before = {one.case: one for one in named.named(tx)}
    with writing(office.house.engine) as tx:
        case = first(tx)
        move(tx, case, "勐海新名字歌厅", office.now)
    with reading(office.house.engine) as tx:
        after = {one.case: one for one in named.named(tx)}
    assert after[case.id].target == "勐海新名字歌厅"
    assert [c for c in after if after[c] is not before[c]] == [case.id]
    assert "勐海新名字歌厅" in speaker(office).known.targets


def test_what_was_taken_back_is_not_remembered(office: Talk) -> None:
    """The same case moves again by as many steps: only what it moved to tells the one from the other."""
    with pytest.raises(InterruptedError), writing(office.house.engine) as tx:
        move(tx, first(tx), "勐海没有发生歌厅", office.now)
        assert "勐海没有发生歌厅" in speaker(office).known.targets
        raise InterruptedError
    with writing(office.house.engine) as tx:
        move(tx, first(tx), "勐海真的改名歌厅", office.now)
    known = speaker(office).known.targets
    assert "勐海真的改名歌厅" in known
    assert "勐海没有发生歌厅" not in known


def test_a_newcomer_and_a_new_item_are_known_at_once(office: Talk) -> None:
    speaker(office)
    with writing(office.house.engine) as tx:
        people.save(tx, people.Person("P:new", "召岩新", "县林业局", ("inspector",)))
        item = next(iter(directories.all_items(tx).values()))
        tx.exec_driver_sql("UPDATE items SET data = replace(data, '" + item.name + "', '木材经营的检查')")
    who = speaker(office)
    assert who.ids["person"]["召岩新"] == "P:new"
    assert "县林业局" in who.known.departments
    assert who.ids["item"]["木材经营的检查"] == item.id


def test_an_inspector_may_mention_nothing_but_their_own_cases(office: Talk) -> None:
    with reading(office.house.engine) as tx:
        member = next(m for m in first(tx).members.values() if m.role == "inspector")
        person = people.get(tx, member.person)
        own = {one.opened.target.name for one in projection.cases_of(tx, member.person)}
    assert person is not None
    assert set(speaker(replace(office, person=person)).known.targets) == own
    assert set(speaker(office).known.targets) > own
