"""What the teams are drawn from besides the directories: who may not sit together, who met, who led. All of it is named."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date

import pytest

from storage import directories, plans
from storage.database import reading, writing
from storage.draw_inputs import Inputs, collect
from storage.year_so_far import drawn_in
from tests.ceremony.hall import Hall
from tests.rules.test_draw import ENDS, LEAD, SECOND, TASK, a_request, drawn, officer
from workflows.catalogue import Item
from workflows.departments import department_for
from workflows.directory import Certificate, Library, Tie
from workflows.draw.announced import canonical
from workflows.draw.asking import conditions_of
from workflows.draw.hold import hold, input_lines, looked_at
from workflows.draw.impossible import DrawImpossible
from workflows.draw.matching import request_of, result_digest
from workflows.draw.targets import in_scope
from workflows.draw.teams import Conditions
from workflows.draw.tickets import digest

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
        {"conditions": Conditions(qualifications={LEAD: ("消防",)})},
        {"conditions": Conditions(asked={("R:1", LEAD): ("消防",)})},
        {"met": {(ANNA.id, BERT.id): 1}},
        {"led": {ANNA.id: 1}},
    ],
    ids=["apart", "needs", "asked", "met", "led"],
)
def test_the_digest_names_everything_the_draw_looks_at(change: dict[str, object]) -> None:
    plain = a_request()
    changed = replace(plain, **change)  # type: ignore[arg-type]
    assert looked_at(changed) != looked_at(plain)
    assert len(input_lines(changed)) == len(input_lines(plain)) + 1


@pytest.mark.rule("inspector-certificate")
def test_whichever_certificate_is_in_force_counts_and_all_are_frozen() -> None:
    """The one that stands in the record lapsed; of the others one holds on every day of the task."""
    lapsed = replace(ANNA, valid_until=date(2026, 1, 1))
    others = (Certificate("Y1", None, date(2026, 2, 1)), Certificate("Y2", None, date(2028, 1, 1)))
    asked = a_request(inspectors=(lapsed, BERT), task=replace(TASK, quota=1))
    assert isinstance(hold(asked), DrawImpossible)
    held = replace(asked, inspectors=(replace(lapsed, certificates=others), BERT))
    assert {m.inspector_id for one in drawn(held).selected for m in one.members} == {ANNA.id, BERT.id}
    lines = [one for one in input_lines(held) if one.startswith('["certificate"')]
    assert [one.split(",")[2] for one in lines] == ['"Y1"', '"Y2"']
    assert hold(request_of(input_lines(held), held.seed, "")) == hold(held)


@pytest.mark.rule("inspector-certificate", "by-machine")
def test_who_stood_when_the_list_was_frozen_is_drawn_by_that_list_whatever_the_rules_ask_since() -> None:
    """A rule made stricter must neither fail the proof of a draw held before it, nor turn a frozen list into another."""
    apart = (Certificate("Y1", None, date(2026, 9, 10)), Certificate("Y2", date(2026, 9, 20), ENDS))
    lapsing = replace(ANNA, valid_until=date(2026, 1, 1), certificates=apart)
    asked = a_request(inspectors=(lapsing, BERT), task=replace(TASK, quota=1))
    assert isinstance(hold(asked), DrawImpossible)
    file = (f"{ANNA.id}|{LEAD}|1|E", f"{BERT.id}|{SECOND}|1|E")
    held = drawn(request_of(input_lines(asked), asked.seed, "", file))
    assert {m.inspector_id for one in held.selected for m in one.members} == {ANNA.id, BERT.id}
    out = (f"{ANNA.id}|{LEAD}|1|E", f"{BERT.id}|{SECOND}|1|X:CERTIFICATE")
    assert isinstance(hold(request_of(input_lines(asked), asked.seed, "", out)), DrawImpossible)


@pytest.mark.rule("team-size")
def test_the_first_seat_holds_what_the_items_ask_for_and_without_anybody_the_answer_names_it() -> None:
    needs = Conditions(qualifications={LEAD: ("特种设备检验",)})
    plain = a_request(inspectors=(ANNA, officer(4), officer(6), BERT), conditions=needs)
    refused = hold(plain)
    assert isinstance(refused, DrawImpossible)
    assert "3名执法人员中无人具备“特种设备检验”资格" in refused.reason
    able = replace(ANNA, expertise=("特种设备检验",))
    held = replace(plain, inspectors=(able, *plain.inspectors[1:]))
    assert all(able.id in {m.inspector_id for m in one.members} for one in drawn(held).selected)
    assert hold(request_of(input_lines(held), held.seed, "")) == hold(held)


@pytest.mark.rule("team-size")
def test_what_one_target_asks_for_and_nobody_holds_is_refused_with_the_target_s_name() -> None:
    """A word written wrongly is found where it stands, not looked for in the whole directory."""
    plain = a_request()
    first, second = plain.targets[:2]
    refused = hold(replace(plain, conditions=Conditions(asked={(second.id, LEAD): ("消防",)})))
    assert isinstance(refused, DrawImpossible)
    assert f"4名执法人员中无人具备“消防”资格，检查对象“{second.name}”要求" in refused.reason
    asked = {(first.id, LEAD): ("消防",), (second.id, LEAD): ("消防",), (second.id, SECOND): ("检验",)}
    refused = hold(replace(plain, conditions=Conditions(asked=asked)))
    assert isinstance(refused, DrawImpossible)
    assert f"检查对象“{first.name}”等2户要求" in refused.reason


@pytest.mark.rule("substitute")
def test_who_waits_for_the_only_seat_of_a_department_holds_what_is_asked_of_it() -> None:
    words = ("特种设备检验",)
    able = [replace(one, expertise=words) for one in (ANNA, officer(4))]
    people = (*able, officer(6), BERT, CARL)
    needs = Conditions(qualifications={LEAD: words})
    asked = a_request(inspectors=people, conditions=needs)
    for one in drawn(asked).selected:
        (there,) = {m.inspector_id for m in one.members} & {ANNA.id, able[1].id}
        assert dict(one.substitutes)[LEAD] == tuple({ANNA.id, able[1].id} - {there})
        assert one.asked == ((LEAD, words),)
    # Of two seats who leaves is not known yet: everybody waits.
    for one in drawn(replace(asked, team_size=3)).selected:
        seated = {m.inspector_id for m in one.members}
        assert set(dict(one.substitutes)[LEAD]) == {ANNA.id, able[1].id, "P:0006"} - seated


@pytest.mark.rule("team-size")
def test_what_a_target_asks_for_is_held_there_and_again_in_the_replay() -> None:
    able = replace(ANNA, expertise=("消防",))
    plain = a_request(inspectors=(able, officer(4), officer(6), BERT), loads=((ANNA.id, 9),))
    asked = {(one.id, LEAD): ("消防",) for one in plain.targets}
    held = replace(plain, conditions=Conditions(asked=asked))
    assert all(able.id in {m.inspector_id for m in one.members} for one in drawn(held).selected)
    assert hold(request_of(input_lines(held), held.seed, "")) == hold(held)


@pytest.mark.rule("once-a-year")
def test_the_exception_and_its_reason_are_read_back() -> None:
    task = replace(TASK, exception="key-items", exception_reason="专项整治")
    asked = replace(a_request(), task=task)
    again = request_of(input_lines(asked), asked.seed, "").task
    assert (again.exception, again.exception_reason) == (task.exception, task.exception_reason)


def test_a_draw_of_which_nothing_was_asked_is_named_as_before_anything_could_be() -> None:
    result = drawn(a_request())
    said = asdict(result)
    before = [{name: one[name] for name in one if name != "asked"} for one in said["selected"]]
    assert result_digest(result) == digest(canonical(said | {"selected": before}))
    some = replace(result.selected[0], asked=((LEAD, ("消防",)),))
    other = replace(result, selected=(some, *result.selected[1:]))
    assert result_digest(other) != result_digest(result)


def test_what_a_library_asks_for_comes_from_whichever_department_has_somebody() -> None:
    item = Item("I-2", "检查", "《例》", LEAD, "旅馆", ("看",), qualifications=("消防",))
    able = replace(BERT, expertise=("特种设备检验",))
    places = (Library("旅馆", qualifications=("特种设备检验",)), Library("餐饮", qualifications=("健康证",)))
    target = replace(a_request().targets[0], libraries=places)
    people = {LEAD: [ANNA], SECOND: [able]}
    found = conditions_of(TASK, {"I-2": item}, [target], [ANNA, able], people)
    assert found.qualifications == {LEAD: ("消防",)}
    assert found.asked == {(target.id, SECOND): ("特种设备检验",)}


def test_all_that_is_asked_of_one_department_adds_up() -> None:
    items = {
        id: Item(id, "检查", "《例》", LEAD, "旅馆", ("看",), qualifications=(word,))
        for id, word in (("I-1", "消防"), ("I-2", "检验"))
    }
    target = replace(
        a_request().targets[0], libraries=(Library("旅馆", qualifications=("健康证", "辐射安全")),)
    )
    found = conditions_of(TASK, items, [target], [ANNA], {LEAD: [ANNA], SECOND: []})
    assert found.qualifications == {LEAD: ("消防", "检验")}
    assert found.asked == {(target.id, LEAD): ("健康证", "辐射安全")}


def test_what_the_catalogue_asks_for_is_frozen_with_the_draw(hall: Hall) -> None:
    with reading(hall.house.engine) as tx:
        kept = plans.current(tx)[0].plan
        task = kept.tasks[2]
        item = directories.all_items(tx)[task.items[0]]
    sender = department_for(item.department, task.departments)
    needy = replace(item, qualifications=("辐射安全",))
    with writing(hall.house.engine) as tx:
        directories.save_items(tx, [needy], hall.clock())
        profile = hall.house.lawbook.profiles[kept.profile]
        refused = collect(tx, kept, task, "D-1", profile, hall.clock().date(), everybody=False)
        assert isinstance(refused, DrawImpossible)
        assert "“辐射安全”" in refused.reason
        own = [one for one in directories.all_inspectors(tx) if one.department == sender]
        directories.save_inspectors(tx, [replace(one, expertise=("辐射安全",)) for one in own], hall.clock())
        found = collect(tx, kept, task, "D-1", profile, hall.clock().date(), everybody=False)
    assert isinstance(found, Inputs)
    assert f'["needs","{sender}","辐射安全"]' in input_lines(found.request)


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


@pytest.mark.rule("once-a-year")
def test_a_task_with_an_exception_draws_those_already_drawn_and_says_why(hall: Hall) -> None:
    """The demo has drawn its first task; another one of the same scope may only with an exception draw them again."""
    with reading(hall.house.engine) as tx:
        kept = plans.current(tx)[0].plan
        profile, today = hall.house.lawbook.profiles[kept.profile], hall.clock().date()
        again = replace(kept.tasks[0], id="T-again")
        special = replace(again, exception="special-industries", exception_reason="专项整治")
        plain, found, bare = (
            collect(tx, kept, task, "D-1", profile, today, everybody=False)
            for task in (again, special, replace(special, exception_reason=""))
        )
    assert isinstance(plain, Inputs)
    assert isinstance(found, Inputs)
    drawn_before = {one.split("|")[0] for one in plain.objects if "|X:INSPECTED-" in one}
    assert found.request.let_in == drawn_before != set()
    assert {one.split("|")[0] for one in found.objects if one.endswith("|E")} > drawn_before
    assert any("专项整治" in line for line in input_lines(found.request))
    assert isinstance(bare, DrawImpossible)
    assert bare.rule == "once-a-year"
    assert "没有写明理由" in bare.reason


@pytest.mark.rule("once-a-year", "risk-ratio")
def test_bad_credit_is_class_d_or_what_the_directory_says(hall: Hall) -> None:
    with reading(hall.house.engine) as tx:
        kept = plans.current(tx)[0].plan
        profile, today = hall.house.lawbook.profiles[kept.profile], hall.clock().date()
        task = replace(kept.tasks[0], id="T-again", exception="bad-credit", exception_reason="信用不良")
        drawn_before = drawn_in(tx, today.year, profile)
        known = [one for one in directories.all_targets(tx) if one.id in drawn_before]
    (first, *_) = [one for one in known if in_scope(one, task.scope)]
    found = []
    for risk, credit in (("A", ""), ("D", ""), ("A", "失信被执行人")):
        changed = replace(first, risk=risk, credit=credit, tags=tuple(set(first.tags) - {"失信"}))
        with writing(hall.house.engine) as tx:
            directories.save_targets(tx, [changed], hall.clock())
            inputs = collect(tx, kept, task, "D-1", profile, today, everybody=False)
        assert isinstance(inputs, Inputs)
        found.append(first.id in inputs.request.let_in)
    assert found == [False, True, True]
