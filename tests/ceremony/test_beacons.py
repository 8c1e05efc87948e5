"""Several public random events in one seed: each typed by two persons, each disagreement its own."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import ceremony_drafts
from storage.database import reading
from tests.ceremony.hall import NUMBERS, OTHERS, ROLLED, Hall
from tests.draw.world import BEACON_AT, FIRST, ORGANISER, SECOND
from tests.draw.world import Hall as Rules
from tests.talking import Phone
from workflows.draw.ceremony import commands as c
from workflows.draw.ceremony import events as e
from workflows.draw.ceremony.state import agreed, differing
from workflows.inspection.facts import CHINA
from workflows.inspection.refusals import Refused

FIVE = "00638"
AT_2126 = datetime(2026, 9, 21, 21, 26, tzinfo=CHINA)
AT_2140 = datetime(2026, 9, 21, 21, 40, tzinfo=CHINA)


def both(hall: Hall) -> Hall:
    """快乐8 and 排列5 announced, witnesses heard."""
    o = hall.announced()
    o.tap("选公开随机源")
    assert o.sees("已选：快乐8")
    o.tap("排列5")
    o.say("26254 今天21:25")
    assert o.sees("快乐8 第 2026254 期") and o.sees("排列5 第 26254 期")
    o.tap("冻结名单")
    o.tap("公布承诺")
    for phone, digits in zip((hall.first, hall.second), ROLLED, strict=True):
        hall.give(phone, digits)
    o.tap("看抽取进展")
    o.tap("截止录入")
    return hall


@pytest.mark.rule("by-machine")
def test_each_source_is_typed_as_soon_as_it_is_drawn_and_by_two(hall: Hall) -> None:
    o = both(hall).organiser
    hall.clock.now = AT_2126
    o.tap("录入开奖号码")
    assert o.sees("录入排列5")
    o.say(FIVE)
    assert o.sees("再请一人") and hall.stage == "NONCES"
    hall.type(hall.first, FIVE)
    assert hall.first.sees(f"排列5：{FIVE}（两人相同，已定）")
    o.send(button=hall.data("enter-beacon"))
    assert o.sees("快乐8 第 2026254 期：9月21日（周一）21:30开出") and len(o.card.buttons) == 1
    hall.clock.now = AT_2140
    hall.type(o, NUMBERS)
    assert o.sees("快乐8：再请一人")
    hall.type(hall.second, NUMBERS)
    fixed = hall.kept.ceremony.beacon
    assert fixed and [one.endswith("/") for one in fixed.sources] == [True, True]
    assert fixed.sources[0].startswith("1.2.5.") and fixed.sources[1] == f"{FIVE}./"
    o.send(button=hall.data("hold-draw"))
    assert hall.stage == "DRAWN"


@pytest.mark.rule("by-machine")
def test_a_disagreement_about_one_leaves_the_other_alone(hall: Hall) -> None:
    both(hall)
    hall.clock.now = AT_2140
    for phone, numbers in ((hall.organiser, NUMBERS), (hall.first, OTHERS)):
        phone.send(button=hall.data("enter-beacon"))
        phone.tap("快乐8 2026254期")
        phone.say(numbers)
    assert hall.first.sees("快乐8：两人录入的不一致") and hall.first.sees("排列5：还没有录入")
    for phone in (hall.organiser, hall.second):
        phone.send(button=hall.data("enter-beacon"))
        phone.tap("排列5 26254期")
        phone.say(FIVE)
    assert hall.stage == "NONCES" and hall.second.sees("排列5：00638（两人相同，已定）")
    # Only one is open still, so that one is asked for.
    hall.type(hall.head, NUMBERS)
    assert hall.stage == "BEACON"


def test_what_cannot_be_that_source_is_asked_again(hall: Hall) -> None:
    o = both(hall).organiser
    hall.clock.now = AT_2140
    o.send(button=hall.data("enter-beacon"))
    o.tap("排列5 26254期")
    o.say("六三八")
    assert o.sees("录入排列5") and o.sees("写法不对")
    o.say(FIVE)
    assert hall.kept.ceremony.entries[o.person] == ("", f"{FIVE}./")


@pytest.mark.parametrize(
    "typed", [NUMBERS[:-3], NUMBERS + " 3", NUMBERS.replace("80", "81"), NUMBERS.replace("80", "5")]
)
def test_a_lottery_has_as_many_numbers_as_it_draws(hall: Hall, typed: str) -> None:
    o = both(hall).organiser
    hall.clock.now = AT_2140
    o.send(button=hall.data("enter-beacon"))
    o.tap("快乐8 2026254期")
    assert o.sees("20 个号码")
    o.say(typed)
    assert o.sees("个数或写法不对") and not hall.kept.ceremony.entries
    o.say(NUMBERS)
    assert o.sees("快乐8：再请一人")


def awaiting_a_round(hall: Hall) -> Phone:
    """The organiser, once nothing is missing but a round of drand."""
    o = hall.drafted()
    for way in ("选公开随机源", "国际随机源", "冻结名单", "公布承诺", "截止录入"):
        o.tap(way)
    return o


def test_where_a_round_of_drand_is_looked_up_is_said_with_its_number(hall: Hall) -> None:
    o = awaiting_a_round(hall)
    (source,) = hall.kept.ceremony.plan.sources
    hall.clock.now = source.at
    o.tap("录入开奖号码")
    assert o.sees(f"/public/{source.draw} 查询") and o.sees("randomness")
    o.say("a3" * 31)
    assert o.sees("写法不对")
    o.say("A3" * 32)
    assert hall.kept.ceremony.entries[o.person] == (f"drand:quicknet:{source.draw}=" + "a3" * 32,)


def test_a_long_value_is_shortened_on_the_card_unless_two_have_to_be_compared(hall: Hall) -> None:
    o = awaiting_a_round(hall)
    hall.clock.now = hall.kept.ceremony.plan.sources[0].at
    o.tap("录入开奖号码")
    o.say("a3" * 32)
    assert o.sees("a3a3a3a3…a3a3a3a3") and not o.sees("a3" * 32)
    hall.head.send(button=hall.data("enter-beacon"))
    hall.head.say("a3" * 16 + "b4" * 16)
    assert hall.head.sees("a3" * 32) and hall.head.sees("a3" * 16 + "b4" * 16)
    hall.head.send(button=hall.data("enter-beacon"))
    hall.head.say("a3" * 32)
    assert hall.head.sees("a3a3a3a3…a3a3a3a3（两人相同，已定）")


def test_the_same_lottery_again_takes_the_place_of_the_first_and_none_clears_all(hall: Hall) -> None:
    o = hall.announced()
    o.tap("选公开随机源")
    o.tap("快乐8")
    o.say("2026255 明天21:30")
    assert o.sees("快乐8 第 2026255 期") and not o.sees("2026254")
    o.tap("选公开随机源")
    o.tap("国际随机源")
    plan, task = hall_task(hall)
    with reading(hall.house.engine) as tx:
        draft = ceremony_drafts.get(tx, f"{plan}/{task}", o.person)
    assert [one.name for one in draft.sources] == ["快乐8", "quicknet"]
    assert o.sees(f"国际随机源 quicknet 第 {draft.sources[1].draw} 轮")
    o.tap("选公开随机源")
    o.tap("不用")
    assert not o.sees("快乐8") and not o.sees("quicknet")


def hall_task(hall: Hall) -> tuple[str, str]:
    from storage import plans

    with reading(hall.house.engine) as tx:
        plan = plans.current(tx)[0].plan
    return plan.id, plan.tasks[2].id


# -- the rules themselves -----------------------------------------------------------------------------------

PEOPLE = (ORGANISER, FIRST, SECOND)
SOURCES = (("1.5.12.80./", "1.5.12.79./"), ("638./", "639./"))
typing = st.lists(
    st.tuples(st.sampled_from(PEOPLE), st.sampled_from((0, 1)), st.sampled_from((0, 1))), max_size=12
)


def ready() -> Rules:
    hall = Rules()
    hall.speak()
    hall.do(c.CloseNonces())
    hall.now = BEACON_AT
    return hall


@given(typing)
def test_nothing_is_fixed_that_two_did_not_type_and_what_two_typed_stays(typed: list[tuple]) -> None:  # type: ignore[type-arg]
    hall, settled = ready(), {}
    for who, place, which in typed:
        told = tuple(SOURCES[place][which] if at == place else "" for at in (0, 1))
        hall.do(c.EnterBeacon(told), who)
        assert hall.ceremony
        for at in (0, 1):
            now = agreed(hall.ceremony.entries, at)
            assert settled.setdefault(at, now) in ("", now)
            settled[at] = now
            votes = [entry[at] for entry in hall.ceremony.entries.values()]
            assert not now or votes.count(now) >= 2
        assert (hall.ceremony.beacon is not None) == all(settled.values())
        if hall.ceremony.beacon:
            assert hall.ceremony.beacon.sources == (settled[0], settled[1])
            break


def test_one_that_differs_is_shown_without_the_other() -> None:
    hall = ready()
    hall.do(c.EnterBeacon((SOURCES[0][0], SOURCES[1][0])))
    answer = hall.do(c.EnterBeacon((SOURCES[0][1], SOURCES[1][0])), FIRST)
    assert isinstance(answer, tuple) and isinstance(answer[1], e.BeaconDiffers)
    assert {text for _, text in answer[1].entries} == set(SOURCES[0])
    assert hall.ceremony and differing(hall.ceremony.entries) == (0,)
    late = hall.do(c.EnterBeacon(("", SOURCES[1][1])), FIRST)
    assert isinstance(late, Refused) and late.reason == "stage"
    blocked = hall.do(hall.holding())
    assert isinstance(blocked, Refused) and blocked.reason == "beacon-differs"
