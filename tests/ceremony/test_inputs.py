"""What the teams are drawn from besides the directories: who may not sit together, who met, who led. All of it is named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from storage import directories, plans
from storage.database import reading, writing
from storage.draw_inputs import Inputs, collect
from tests.ceremony.hall import Hall
from tests.rules.test_draw import LEAD, SECOND, TASK, a_request, drawn, officer
from workflows.directory import Tie
from workflows.draw.hold import input_lines, looked_at
from workflows.draw.teams import Conditions

ANNA, BERT, CARL = officer(1), officer(2, SECOND), officer(3, SECOND)
PAIR = Conditions(conflicts=frozenset([(ANNA.id, BERT.id)]))


@pytest.mark.rule("recusal", "substitute")
def test_a_couple_is_never_at_one_table_nor_waits_for_it() -> None:
    """Without the pair the least loaded of the department would go everywhere."""
    asked = a_request(inspectors=(ANNA, BERT, CARL), loads=((CARL.id, 50),), task=replace(TASK, quota=6))
    assert any(BERT.id in {m.inspector_id for m in one.members} for one in drawn(asked).selected)
    for one in drawn(replace(asked, conditions=PAIR)).selected:
        assert {m.inspector_id for m in one.members} == {ANNA.id, CARL.id}
        assert BERT.id not in dict(one.substitutes)[SECOND]


def test_an_expert_is_no_relative_of_the_team() -> None:
    knowing = officer(50, role="expert", expertise=("I-2",))
    asked = a_request(inspectors=(ANNA, BERT, knowing), experts=True)
    assert all(one.experts == (knowing.id,) for one in drawn(asked).selected)
    kin = Conditions(conflicts=frozenset([(ANNA.id, knowing.id)]))
    assert all(one.experts == () for one in drawn(replace(asked, conditions=kin)).selected)


@pytest.mark.rule("leader")
def test_who_led_before_lets_the_other_lead() -> None:
    two = officer(4)
    asked = a_request(inspectors=(ANNA, two, BERT), team_size=3, task=replace(TASK, quota=1))
    (usual,) = [m.inspector_id for one in drawn(asked).selected for m in one.members if m.leader]
    (other,) = [
        m.inspector_id
        for one in drawn(replace(asked, led={usual: 3})).selected
        for m in one.members
        if m.leader
    ]
    assert {usual, other} == {ANNA.id, two.id}


def test_who_met_often_is_kept_apart_where_others_may_go() -> None:
    asked = a_request(inspectors=(ANNA, BERT, CARL), task=replace(TASK, quota=1))
    (usual,) = [
        m.inspector_id for one in drawn(asked).selected for m in one.members if m.department == SECOND
    ]
    met = {(ANNA.id, usual): 4}
    (other,) = [
        m.inspector_id
        for one in drawn(replace(asked, met=met)).selected
        for m in one.members
        if m.department == SECOND
    ]
    assert {usual, other} == {BERT.id, CARL.id}


@pytest.mark.parametrize(
    "change",
    [
        {"conditions": PAIR},
        {"conditions": Conditions(qualifications={LEAD: "消防"})},
        {"met": {(ANNA.id, BERT.id): 1}},
        {"led": {ANNA.id: 1}},
    ],
    ids=["apart", "needs", "met", "led"],
)
def test_the_digest_names_everything_the_draw_looks_at(change: dict[str, object]) -> None:
    plain = a_request()
    changed = replace(plain, **change)  # type: ignore[arg-type]
    assert looked_at(changed) != looked_at(plain)
    assert len(input_lines(changed)) == len(input_lines(plain)) + 1


@pytest.mark.rule("recusal")
def test_colleagues_who_are_kin_in_the_directory_are_kept_apart_in_the_draw(hall: Hall) -> None:
    """However the directory says it, and whichever of the two said it."""
    with reading(hall.house.engine) as tx:
        kept = plans.current(tx)[0].plan
        one, other, third, *_ = directories.all_inspectors(tx)
    said = [
        replace(one, ties=(Tie(other.id, "夫妻", one.id),)),
        replace(third, recusals=(*third.recusals, one.id)),
    ]
    with writing(hall.house.engine) as tx:
        directories.save_inspectors(tx, said, hall.clock())
        profile = hall.house.lawbook.profiles[kept.profile]
        found = collect(tx, kept, kept.tasks[2], "D-1", profile, hall.clock().date(), everybody=False)
    assert isinstance(found, Inputs)
    pairs = {tuple(sorted(pair)) for pair in ((one.id, other.id), (one.id, third.id))}
    assert found.request.conditions.conflicts == pairs
