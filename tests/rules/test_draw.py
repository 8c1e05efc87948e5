"""The draw: who is drawn, who goes there, who steps in, and that nobody chose any of it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.directory import Certificate, Inspector, Target, certified_throughout, counts
from workflows.draw.hold import DrawRequest, DrawResult, hold
from workflows.draw.impossible import DrawImpossible
from workflows.draw.targets import exclusions, in_scope, select_targets, share, size
from workflows.draw.teams import Visit, Year, seats, step_in
from workflows.draw.tickets import key, rank, ticket
from workflows.errors import BadInput
from workflows.plan import Task

VECTORS = Path(__file__).resolve().parents[2] / "../shared/data/draw"
SEED = "5a" * 32
ON, STARTS, ENDS = date(2026, 9, 1), date(2026, 9, 7), date(2026, 9, 30)
LEAD, SECOND, THIRD = "公安局", "市场监管局", "文旅局"

TASK = Task(
    id="T1",
    name="旅馆业联合抽查",
    targeted=False,
    items=("I-1", "I-2"),
    scope="旅馆、个体工商户",
    starts=STARTS,
    ends=ENDS,
    lead=LEAD,
    departments=(LEAD, SECOND),
    quota=3,
)


def hotel(number: int, **facts: object) -> Target:
    return replace(Target(id=f"R:{number:015d}", name=f"旅馆{number}", tags=("旅馆",)), **facts)


def officer(number: int, department: str = LEAD, **facts: object) -> Inspector:
    known = Inspector(
        id=f"P:{number:04d}",
        name=f"人员{number}",
        department=department,
        certificate=f"Z{number:04d}",
        valid_from=date(2024, 1, 1),
        valid_until=date(2027, 12, 31),
    )
    return replace(known, **facts)


RENEWED = Certificate("Y9999", ON, date(2028, 12, 31))


def a_request(**facts: object) -> DrawRequest:
    usual = DrawRequest(
        plan_id="2026-01",
        task=TASK,
        targets=tuple(hotel(number) for number in range(8)),
        inspectors=tuple(officer(number, (LEAD, SECOND)[number % 2]) for number in range(8)),
        seed=SEED,
        on=ON,
    )
    return replace(usual, **facts)


def drawn(request: DrawRequest) -> DrawResult:
    result = hold(request)
    assert isinstance(result, DrawResult), result
    return result


def impossible(request: DrawRequest) -> DrawImpossible:
    result = hold(request)
    assert isinstance(result, DrawImpossible), result
    return result


@st.composite
def worlds(draw: st.DrawFn) -> DrawRequest:
    """Directories with every kind of person and target in them; any department count, any team size."""
    departments = draw(st.sampled_from([(LEAD,), (LEAD, SECOND), (LEAD, SECOND, THIRD)]))
    targets = [
        hotel(
            number,
            status=draw(st.sampled_from(["active", "active", "active", "revoked", "closed"])),
            tags=draw(st.sampled_from([("旅馆",), ("旅馆", "餐饮"), ("网吧",)])),
            region=draw(st.sampled_from(["", "530300", "530400"])),
        )
        for number in range(draw(st.integers(1, 9)))
    ]
    ids = [target.id for target in targets]
    people = [
        officer(
            number,
            draw(st.sampled_from([LEAD, SECOND, THIRD])),
            role=draw(st.sampled_from(["inspector"] * 4 + ["expert", "assistant"])),
            certificate=draw(st.sampled_from([f"Z{number:04d}", f"Z{number:04d}", "Z9999", ""])),
            valid_from=draw(st.sampled_from([date(2024, 1, 1), None, ON + timedelta(1)])),
            valid_until=draw(st.sampled_from([date(2027, 12, 31), ENDS, ENDS - timedelta(1), None])),
            on_duty=draw(st.sampled_from([True, True, True, False])),
            region=draw(st.sampled_from(["", "", "5303"])),
            recusals=tuple(draw(st.lists(st.sampled_from(ids), max_size=2))),
            expertise=draw(st.sampled_from([(), ("旅馆",), ("I-2", "消防")])),
            certificates=draw(
                st.sampled_from([(), (), (RENEWED,), (RENEWED, Certificate(f"Y{number:04d}", None, ENDS))])
            ),
        )
        for number in range(draw(st.integers(0, 14)))
    ]
    # Three of each department whom nothing hinders, so that most worlds can be drawn.
    solid = [officer(100 + number, (LEAD, SECOND, THIRD)[number % 3]) for number in range(9)]
    return a_request(
        task=replace(TASK, departments=departments, quota=draw(st.integers(1, 6))),
        targets=tuple(targets),
        inspectors=tuple(people + draw(st.sampled_from([solid, solid, solid, []]))),
        year_drawn=frozenset(draw(st.lists(st.sampled_from(ids), max_size=3))),
        team_size=draw(st.integers(2, 3)),
        experts=draw(st.booleans()),
        seed=draw(st.sampled_from([SEED, "00" * 32, "c3" * 32])),
    )


# Tickets and targets


def shared_vectors() -> tuple[dict[str, object], dict[str, dict[str, int]]]:
    if not (VECTORS / "vectors.json").exists():
        pytest.skip(
            "the draw's published vectors are absent: put lines.txt and vectors.json in ../shared/data/draw"
        )
    strata: dict[str, dict[str, int]] = {}
    for line in (VECTORS / "lines.txt").read_text("utf-8").split():
        id, stratum, weight, status = line.split("|")
        if status == "E":
            strata.setdefault(stratum, {})[id] = int(weight)
    return json.loads((VECTORS / "vectors.json").read_text("utf-8")), strata


@pytest.mark.rule("by-machine", "substitute")
def test_published_vectors_come_out_digit_by_digit() -> None:
    vectors, strata = shared_vectors()
    own = key(vectors["seed"], "object/2026-YN-0001")
    assert own == vectors["key"]
    assert ticket(own, vectors["first_line"].split("|")[0]) == vectors["ticket0"]
    assert strata.keys() == vectors["result"].keys()
    ratios = {"FOOD:5301:A": "1%", "FOOD:5301:B": "3%", "FOOD:5301:C": "10%", "FOOD:5301:D": "50%"}
    for stratum, expected in vectors["result"].items():
        count = size(replace(TASK, quota=None, ratio=ratios[stratum]), len(strata[stratum]))
        selected, reserve = select_targets(own, strata[stratum], count, 2)
        assert (len(strata[stratum]), count) == (expected["n"], expected["k"])
        assert list(selected) == expected["selected"]
        assert list(reserve) == expected["substitutes"]
        assert ticket(own, selected[-1]) == expected["threshold"]


def test_a_heavier_entry_ranks_earlier_by_its_weight_and_keeps_its_ticket() -> None:
    own = key(SEED, "object/p")
    light, heavy = rank(own, "A"), rank(own, "A", 4)
    assert heavy[0] == light[0] // 4
    assert heavy[1:] == light[1:] == (ticket(own, "A"), "A")


@pytest.mark.rule("by-machine")
@given(st.sets(st.from_regex(r"[0-9A-Z]{1,18}", fullmatch=True), min_size=2, max_size=30), st.integers(1, 10))
def test_a_row_that_leaves_moves_nobody_else(ids: set[str], count: int) -> None:
    own = key(SEED, "object/p")
    before, _ = select_targets(own, dict.fromkeys(ids, 1), len(ids), 0)
    gone = before[min(count, len(before)) - 1]
    after, _ = select_targets(own, dict.fromkeys(ids - {gone}, 1), len(ids), 0)
    assert after == tuple(id for id in before if id != gone)


@given(st.integers(1, 500), st.integers(1, 100))
def test_a_ratio_is_rounded_up_and_never_misses_by_a_whole_target(eligible: int, percent: int) -> None:
    count = size(replace(TASK, quota=None, ratio=f"{percent}％"), eligible)
    assert 0 <= count * 100 - eligible * percent < 100


def test_a_quota_larger_than_the_directory_draws_everybody() -> None:
    result = drawn(a_request(task=replace(TASK, quota=50)))
    assert (len(result.selected), result.eligible, result.reserve) == (8, 8, ())
    assert size(replace(TASK, quota=50), 8) == 8


@pytest.mark.parametrize(("ratio", "count"), [("1/20", 5), ("0.5%", 1), (" 100 % ", 100), ("2.5％", 3)])
def test_ratios_as_bureaus_write_them(ratio: str, count: int) -> None:
    assert size(replace(TASK, quota=None, ratio=ratio), 100) == count


@pytest.mark.parametrize("ratio", ["", "每年一次", "0%", "101%", "3/2", "5", "1/0", "≤3%", "9" * 5000 + "%"])
def test_a_ratio_nobody_can_compute_is_sent_back(ratio: str) -> None:
    with pytest.raises(BadInput, match="抽查比例"):
        share(ratio)


@pytest.mark.parametrize("quota", [0, -1])
def test_a_quota_below_one_is_sent_back(quota: int) -> None:
    with pytest.raises(BadInput, match="抽查数量"):
        hold(a_request(task=replace(TASK, quota=quota)))


def test_the_scope_means_a_tag_or_a_kind_and_no_part_of_a_word() -> None:
    assert in_scope(hotel(1), "网吧；旅馆")
    assert in_scope(hotel(1, tags=()), "企业、网吧")
    assert not in_scope(hotel(1, tags=("旅馆业",)), "旅馆")
    assert not in_scope(hotel(1, tags=("",)), "、")


def test_a_task_of_one_region_leaves_the_others_alone() -> None:
    targets = (hotel(1, region="530302"), hotel(2, region="530402"), hotel(3))
    result = drawn(a_request(targets=targets, task=replace(TASK, region="5303")))
    assert {one.target_id for one in result.selected} == {targets[0].id, targets[2].id}


@pytest.mark.rule("target-status", "once-a-year")
def test_each_exclusion_carries_its_rule_and_other_trades_are_not_excluded() -> None:
    targets = (
        hotel(1, status="deregistered"),
        hotel(2),
        hotel(3),
        hotel(4, tags=("网吧",), status="revoked"),
    )
    reasons = exclusions(targets, TASK, {targets[1].id})
    assert reasons == {targets[0].id: "target-status", targets[1].id: "once-a-year"}
    result = drawn(a_request(targets=targets, year_drawn=frozenset([targets[1].id])))
    assert dict(result.excluded) == reasons
    assert (result.targets_total, result.eligible, len(result.selected)) == (3, 1, 1)


@pytest.mark.rule("target-status", "once-a-year")
@given(worlds())
def test_nobody_excluded_or_of_another_trade_is_ever_drawn(request_: DrawRequest) -> None:
    result = hold(request_)
    if isinstance(result, DrawImpossible):
        return
    known = {target.id: target for target in request_.targets}
    for id in [one.target_id for one in result.selected] + list(result.reserve):
        assert known[id].status == "active"
        assert "旅馆" in known[id].tags
        assert id not in request_.year_drawn
    assert result.eligible + len(result.excluded) == result.targets_total
    assert len(result.selected) == min(request_.task.quota, result.eligible)


@pytest.mark.rule("once-a-year")
@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({"year_drawn": frozenset(hotel(number).id for number in range(8))}, "once-a-year"),
        ({"targets": (hotel(1, status="closed"),)}, "target-status"),
        ({"targets": (hotel(1, tags=("网吧",)),)}, "plan-fields"),
        ({"targets": ()}, "plan-fields"),
    ],
)
def test_when_nobody_is_left_to_draw_the_answer_names_the_rule(facts: dict[str, object], rule: str) -> None:
    assert impossible(a_request(**facts)).rule == rule


# Determinism: the draw is the directories and the seed, nothing else


@pytest.mark.rule("by-machine")
@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(request_: DrawRequest, shuffler: object) -> None:
    targets, inspectors = list(request_.targets), list(request_.inspectors)
    shuffler.shuffle(targets)
    shuffler.shuffle(inspectors)
    again = replace(request_, targets=tuple(targets), inspectors=tuple(inspectors))
    assert hold(again) == hold(request_)


@pytest.mark.rule("by-machine")
def test_another_seed_is_another_draw() -> None:
    picks = {
        tuple(one.target_id for one in drawn(a_request(seed=f"{number:064x}")).selected)
        for number in range(20)
    }
    assert len(picks) > 15


def test_this_draw_stays_this_draw() -> None:
    """A recorded draw must come out the same in every later version."""
    result = drawn(a_request())
    teams = {one.target_id[-1]: [member.inspector_id for member in one.members] for one in result.selected}
    assert teams == {"6": ["P:0004", "P:0005"], "0": ["P:0000", "P:0001"], "4": ["P:0002", "P:0003"]}
    assert [id[-1] for id in result.reserve] == ["5", "2"]
    assert result.selected[0].substitutes == (
        (LEAD, ("P:0002", "P:0000", "P:0006")),
        (SECOND, ("P:0001", "P:0007", "P:0003")),
    )
    assert result.inputs_digest == "fc04014d8245484622093fb5370896a013d5a0da24fb7e1fb736b539d0c4bf8e"


@pytest.mark.parametrize(
    "change",
    [
        {"year_drawn": frozenset([hotel(0).id])},
        {"targets": tuple(hotel(number) for number in range(7))},
        {"inspectors": tuple(officer(number, (LEAD, SECOND)[number % 2], title="x") for number in range(9))},
        {"task": replace(TASK, quota=2)},
        {"on": ON + timedelta(1)},
        {"reserve": 3},
        {"loads": (("P:0001", 2),)},
        {"plan_id": "2026-02"},
    ],
)
def test_the_digest_names_everything_the_draw_looked_at(change: dict[str, object]) -> None:
    assert drawn(a_request(**change)).inputs_digest != drawn(a_request()).inputs_digest


def test_the_digest_is_blind_to_what_the_draw_never_reads() -> None:
    renamed = tuple(replace(target, phone="1") for target in a_request().targets)
    assert drawn(a_request(targets=renamed)).inputs_digest == drawn(a_request()).inputs_digest


@pytest.mark.parametrize("seed", ["", "5a" * 31, "5A" * 32, "5a" * 33, "zz" * 32])
def test_a_seed_that_is_not_32_bytes_of_hex_is_sent_back(seed: str) -> None:
    with pytest.raises(BadInput, match="种子"):
        hold(a_request(seed=seed))


@pytest.mark.parametrize("plan_id", ["2026\n01"])
def test_a_line_feed_cannot_forge_another_purpose(plan_id: str) -> None:
    with pytest.raises(BadInput, match="换行"):
        hold(a_request(plan_id=plan_id))


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"targets": (hotel(1), hotel(1, name="同号"))}, "检查对象名录库.*两次"),
        ({"targets": (hotel(1, id="R:1|2"),)}, "检查对象名录库.*不允许"),
        ({"inspectors": (officer(1), officer(1, SECOND))}, "人员名录库.*两次"),
        ({"inspectors": (officer(1, id="P:甲"),)}, "人员名录库.*不允许"),
    ],
)
def test_a_directory_that_names_somebody_twice_or_unreadably_is_sent_back(
    facts: dict[str, object], words: str
) -> None:
    with pytest.raises(BadInput, match=words):
        hold(a_request(**facts))


# Teams


@pytest.mark.rule("team-size", "inspector-certificate", "leader", "recusal", "one-visit")
@settings(max_examples=200)
@given(worlds())
def test_every_team_keeps_every_rule(request_: DrawRequest) -> None:
    result = hold(request_)
    if isinstance(result, DrawImpossible):
        return
    known = {person.id: person for person in request_.inspectors}
    task = request_.task
    visits = [one.target_id for one in result.selected]
    assert len(visits) == len(set(visits))
    for one in result.selected:
        team = [known[member.inspector_id] for member in one.members]
        for day in range((ENDS - ON).days + 1):
            assert (
                sum(counts(person, ON + timedelta(day)) for person in team) == len(team) >= request_.team_size
            )
        assert all(person.on_duty and one.target_id not in person.recusals for person in team)
        assert all(member.department == known[member.inspector_id].department for member in one.members)
        assert {member.department for member in one.members} == set(task.departments)
        assert (
            len({person.id for person in team}) == len({person.certificate for person in team}) == len(team)
        )
        assert [member.department for member in one.members if member.leader] == [task.lead]


@pytest.mark.rule("substitute", "recusal", "inspector-certificate")
@settings(max_examples=200)
@given(worlds())
def test_substitutes_stand_in_ticket_order_and_keep_every_rule(request_: DrawRequest) -> None:
    result = hold(request_)
    if isinstance(result, DrawImpossible):
        return
    known = {person.id: person for person in request_.inspectors}
    own = key(request_.seed, f"match/{request_.plan_id}")
    for one in result.selected:
        assert {department for department, _ in one.substitutes} == set(request_.task.departments)
        present = {member.inspector_id for member in one.members} | set(one.experts)
        held = {known[id].certificate for id in present}
        for department, waiting in one.substitutes:
            tickets = [ticket(own, f"T{one.target_id}|{id}") for id in waiting]
            assert tickets == sorted(tickets)
            assert not present & set(waiting)
            certificates = [known[id].certificate for id in waiting]
            assert len(set(certificates)) == len(certificates)
            assert not held & set(certificates)
            for person in (known[id] for id in waiting):
                assert person.department == department
                assert one.target_id not in person.recusals
                assert person.on_duty and counts(person, ON) and counts(person, ENDS)


@pytest.mark.rule("substitute")
def test_everybody_of_the_department_who_may_go_waits_in_line() -> None:
    for one in drawn(a_request()).selected:
        for department, waiting in one.substitutes:
            seated = {member.inspector_id for member in one.members if member.department == department}
            everybody = {person.id for person in a_request().inspectors if person.department == department}
            assert set(waiting) == everybody - seated


@pytest.mark.rule("inspector-certificate")
@pytest.mark.parametrize(
    "facts",
    [
        {"valid_until": ENDS - timedelta(1)},
        {"valid_from": ON + timedelta(1)},
        {"valid_until": None},
        {"certificate": ""},
        {"on_duty": False},
    ],
)
def test_who_cannot_stand_in_a_doorway_on_every_day_of_the_task_is_not_drawn(
    facts: dict[str, object],
) -> None:
    people = (officer(1), officer(2, SECOND, **facts))
    answer = impossible(a_request(inspectors=people))
    assert (answer.rule, answer.department, answer.needed, answer.available) == (
        "inspector-certificate",
        SECOND,
        1,
        0,
    )
    assert SECOND in answer.reason


@pytest.mark.rule("inspector-certificate")
def test_a_certificate_that_ends_on_the_last_day_will_do() -> None:
    people = (officer(1, valid_from=ON, valid_until=ENDS), officer(2, SECOND))
    assert drawn(a_request(inspectors=people))


DAYS = st.one_of(st.none(), st.integers(-3, 15).map(lambda days: ON + timedelta(days)))


@pytest.mark.rule("inspector-certificate")
@given(
    st.lists(st.builds(Certificate, st.sampled_from(["Z1", ""]), DAYS, DAYS), max_size=4), st.integers(0, 12)
)
def test_several_certificates_do_where_one_or_another_holds_on_every_day(
    held: list[Certificate], length: int
) -> None:
    one = Inspector("P:1", "甲", LEAD, "", certificates=tuple(held))
    days = [ON + timedelta(day) for day in range(length + 1)]
    every = all(any(own.holds(day) for own in held) for day in days)
    assert certified_throughout(one, days[0], days[-1]) == every


@pytest.mark.rule("inspector-certificate")
def test_who_has_a_gap_between_two_certificates_is_not_drawn() -> None:
    gap = Certificate("Z1", None, ON + timedelta(1)), Certificate("Z9", ON + timedelta(3), ENDS)
    people = (officer(1, certificate="", valid_until=None, certificates=gap), officer(2, SECOND))
    assert impossible(a_request(inspectors=people)).rule == "inspector-certificate"
    joined = replace(people[0], certificates=(gap[0], replace(gap[1], valid_from=ON + timedelta(2))))
    assert drawn(a_request(inspectors=(joined, people[1])))


@pytest.mark.rule("inspector-certificate")
def test_a_draw_after_the_window_still_asks_for_a_certificate_today() -> None:
    late = ENDS + timedelta(10)
    people = (officer(1, valid_until=ENDS), officer(2, SECOND))
    assert impossible(a_request(inspectors=people, on=late)).rule == "inspector-certificate"
    renewed = (officer(1, valid_from=late), officer(2, SECOND))
    assert drawn(a_request(inspectors=renewed, on=late))


@pytest.mark.rule("team-size")
def test_one_person_is_no_team() -> None:
    assert impossible(a_request(team_size=1)).rule == "team-size"
    alone = replace(TASK, departments=(LEAD,))
    answer = impossible(a_request(task=alone, inspectors=(officer(1), officer(2, role="expert"))))
    assert (answer.rule, answer.needed, answer.available) == ("team-size", 2, 1)


@pytest.mark.rule("team-size")
def test_one_certificate_in_two_records_is_one_person() -> None:
    alone = replace(TASK, departments=(LEAD,))
    answer = impossible(a_request(task=alone, inspectors=(officer(1), officer(2, certificate="Z0001"))))
    assert answer.rule == "team-size"


@pytest.mark.rule("team-size", "one-visit")
@pytest.mark.parametrize(
    ("departments", "team_size", "expected"),
    [
        ((LEAD,), 2, {LEAD: 2}),
        ((LEAD, SECOND), 2, {LEAD: 1, SECOND: 1}),
        ((LEAD, SECOND), 3, {LEAD: 2, SECOND: 1}),
        ((LEAD, SECOND, THIRD), 2, {LEAD: 1, SECOND: 1, THIRD: 1}),
    ],
)
def test_every_department_has_a_seat_and_the_lead_the_odd_one(
    departments: tuple[str, ...], team_size: int, expected: dict[str, int]
) -> None:
    assert seats(departments, team_size) == expected


@pytest.mark.rule("leader")
def test_a_lead_department_without_people_cannot_lead() -> None:
    answer = impossible(a_request(inspectors=(officer(1, SECOND), officer(2, SECOND))))
    assert (answer.rule, answer.department) == ("leader", LEAD)
    answer = impossible(a_request(inspectors=(officer(1), officer(2))))
    assert (answer.rule, answer.department) == ("team-size", SECOND)


@pytest.mark.rule("leader")
def test_leading_goes_round() -> None:
    people = (officer(1), officer(2), officer(3, SECOND))
    result = drawn(a_request(inspectors=people, team_size=3, task=replace(TASK, quota=8)))
    led = [member.inspector_id for one in result.selected for member in one.members if member.leader]
    assert led.count("P:0001") == led.count("P:0002") == 4


@pytest.mark.rule("leader", "one-visit")
@pytest.mark.parametrize("departments", [(), (SECOND, LEAD), (SECOND,)])
def test_a_task_whose_lead_does_not_come_first_is_not_drawn(departments: tuple[str, ...]) -> None:
    assert impossible(a_request(task=replace(TASK, departments=departments))).rule == "plan-fields"


@pytest.mark.rule("recusal")
def test_recusal_is_never_relaxed_and_the_answer_does_not_say_for_whom() -> None:
    everyone = tuple(hotel(number).id for number in range(8))
    answer = impossible(a_request(inspectors=(officer(1), officer(2, SECOND, recusals=everyone))))
    assert (answer.rule, answer.department, answer.available) == ("recusal", SECOND, 0)
    assert not any(
        target.id in answer.reason or target.name in answer.reason for target in a_request().targets
    )


@pytest.mark.rule("recusal")
def test_a_recused_inspector_is_passed_over_for_that_target_only() -> None:
    targets = (hotel(1), hotel(2))
    people = (
        officer(1),
        officer(2, SECOND, recusals=(targets[0].id,)),
        officer(3, SECOND),
        officer(4, SECOND),
    )
    # The recused one is the least loaded by far, so only recusal keeps them away.
    loads = (("P:0003", 9), ("P:0004", 9))
    result = drawn(a_request(targets=targets, inspectors=people, loads=loads))
    teams = {one.target_id: {member.inspector_id for member in one.members} for one in result.selected}
    assert "P:0002" not in teams[targets[0].id]
    assert "P:0002" in teams[targets[1].id]


def test_an_inspector_goes_only_where_their_region_reaches() -> None:
    targets = (hotel(1, region="530302"), hotel(2))
    near, far = officer(2, SECOND, region="5303"), officer(3, SECOND, region="5304")
    result = drawn(a_request(targets=targets, inspectors=(officer(1), near, far), loads=((near.id, 9),)))
    waiting = {one.target_id: dict(one.substitutes)[SECOND] for one in result.selected}
    assert waiting == {targets[0].id: (), targets[1].id: (near.id,)}


@pytest.mark.rule("substitute")
def test_of_two_records_with_one_certificate_the_earlier_ticket_waits() -> None:
    pair = (officer(3, SECOND, certificate="Z9999"), officer(4, SECOND, certificate="Z9999"))
    people = (officer(1), officer(2, SECOND), *pair)
    loads = tuple((person.id, 9) for person in pair)
    own = key(SEED, "match/2026-01")
    result = drawn(a_request(inspectors=people, loads=loads, task=replace(TASK, quota=8)))
    for one in result.selected:
        first = min(pair, key=lambda person: ticket(own, f"T{one.target_id}|{person.id}"))
        assert dict(one.substitutes)[SECOND] == (first.id,)


@pytest.mark.rule("substitute")
def test_who_is_there_as_an_expert_does_not_also_wait_as_a_substitute() -> None:
    twice = officer(3, SECOND, certificate="Z9999")
    knowing = officer(50, role="expert", expertise=("I-2",), certificate="Z9999")
    people = (officer(1), officer(2, SECOND), twice, knowing)
    for one in drawn(a_request(inspectors=people, experts=True, loads=((twice.id, 9),))).selected:
        assert one.experts == (knowing.id,)
        assert dict(one.substitutes)[SECOND] == ()


def test_work_is_spread_and_starts_from_the_year_so_far() -> None:
    people = (officer(0), *(officer(number, SECOND) for number in range(1, 5)))
    targets = tuple(hotel(number) for number in range(20))
    request_ = a_request(targets=targets, inspectors=people, task=replace(TASK, quota=20))
    seated = [
        m.inspector_id for one in drawn(request_).selected for m in one.members if m.department == SECOND
    ]
    loads = [seated.count(person.id) for person in people[1:]]
    assert max(loads) - min(loads) <= 2
    tired = drawn(replace(request_, loads=(("P:0001", 100),)))
    assert "P:0001" not in {member.inspector_id for one in tired.selected for member in one.members}


@given(st.integers(0, 10_000))
def test_who_met_the_team_before_is_kept_apart(number: int) -> None:
    mate, met, stranger = officer(1), officer(2, SECOND), officer(3, SECOND)
    people = {LEAD: [mate], SECOND: [met, stranger]}
    year = Year(loads={stranger.id: 1}, met={(mate.id, met.id): 1})
    visit = Visit(hotel(number), {LEAD: 1, SECOND: 1}, LEAD)
    team = step_in(people, visit, key(SEED, "match/p"), year).teams[visit.target.id]
    assert stranger.id in {member.inspector_id for member in team}


def test_an_expert_helps_where_they_know_the_trade_and_never_counts() -> None:
    knowing = officer(50, "检测中心", role="expert", expertise=("旅馆",), certificate="")
    others = (
        officer(51, "检测中心", role="expert", expertise=("网吧",)),
        officer(52, "检测中心", role="expert", expertise=("I-2",), on_duty=False),
        officer(53, "检测中心", role="assistant", expertise=("旅馆",)),
    )
    people = (*a_request().inspectors, knowing, *others)
    for one in drawn(a_request(inspectors=people, experts=True)).selected:
        assert one.experts == (knowing.id,)
        assert len(one.members) == 2
    assert all(one.experts == () for one in drawn(a_request(inspectors=people)).selected)


def test_no_expert_is_no_obstacle_and_a_recused_one_is_none() -> None:
    everyone = tuple(hotel(number).id for number in range(8))
    people = (*a_request().inspectors, officer(50, role="expert", expertise=("旅馆",), recusals=everyone))
    assert all(one.experts == () for one in drawn(a_request(inspectors=people, experts=True)).selected)
