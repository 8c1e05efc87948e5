"""A live location tells where a phone is every few seconds; it checks in once."""

from __future__ import annotations

from typing import Any

from tests.conversation.walks import VISIT, prechecked
from tests.telegram.conftest import LIN, ZHOU, Desk
from tests.telegram.test_answers import at_the_case
from workflows.inspection.events import CheckedIn

SITE = {"latitude": 21.98708, "longitude": 100.45883, "live_period": 900}
NEAR = SITE | {"latitude": 21.98710}
NOWHERE = SITE | {"latitude": 0.0, "longitude": 0.0}


async def at_the_door(desk: Desk, who: int = LIN) -> None:
    prechecked(desk.scene)
    desk.clock.now = VISIT
    await at_the_case(desk, who)


def check_ins(desk: Desk) -> list[CheckedIn]:
    return [event for event in desk.scene.events() if isinstance(event, CheckedIn)]


async def moves(desk: Desk, sent: dict[str, Any], *places: dict[str, float]) -> None:
    for place in places:
        desk.api.person_edits(LIN, sent["message"], location=place)
    await desk.settle()


async def test_its_first_point_checks_in_and_the_many_after_it_do_not(desk: Desk) -> None:
    await at_the_door(desk)
    sent = desk.api.person_sends(LIN, location=SITE)
    await moves(desk, sent, NEAR, SITE, NEAR)
    assert [event.latitude for event in check_ins(desk)] == [SITE["latitude"]]


async def test_a_first_point_far_from_the_partner_is_refused_and_leaves_it_to_the_next(desk: Desk) -> None:
    await at_the_door(desk)
    desk.scene.at(desk.scene.police).place()
    sent = desk.api.person_sends(LIN, location=NOWHERE)
    await moves(desk, sent, NEAR, SITE)
    assert [event.latitude for event in check_ins(desk)][1:] == [NEAR["latitude"]]


async def test_walking_away_afterwards_moves_no_check_in(desk: Desk) -> None:
    await at_the_door(desk)
    sent = desk.api.person_sends(LIN, location=SITE)
    await moves(desk, sent, NOWHERE)
    assert [event.latitude for event in check_ins(desk)] == [SITE["latitude"]]


async def test_a_check_in_that_could_not_be_drawn_is_not_made_again(desk: Desk) -> None:
    """The request for a place still stands in the chat, for Telegram took no more messages; the record decides."""
    await at_the_door(desk)
    for method in ("editMessageText", "sendMessage", "deleteMessage"):
        desk.api.refuse(method, 429, "Too Many Requests: retry after 100", retry_after=100)
    sent = desk.api.person_sends(LIN, location=SITE)
    await desk.settle()
    assert any("发送我的位置" in message["text"] for message in desk.api.seen(LIN))
    await moves(desk, sent, NOWHERE)
    assert len(check_ins(desk)) == 1


async def test_the_same_point_told_again_after_a_crash_is_one(desk: Desk) -> None:
    await at_the_door(desk)
    sent = desk.api.person_sends(LIN, location=SITE)
    await desk.settle()
    desk.api.again(sent)
    await desk.settle()
    assert len(check_ins(desk)) == 1


async def test_after_a_check_in_has_run_out_a_live_location_counts_again_where_it_is_asked_for(
    desk: Desk,
) -> None:
    await at_the_door(desk)
    sent = desk.api.person_sends(LIN, location=SITE)
    await desk.settle()
    desk.clock.pass_time(hours=9)
    await at_the_case(desk)
    await moves(desk, sent, NEAR, SITE)
    assert [event.latitude for event in check_ins(desk)] == [SITE["latitude"], NEAR["latitude"]]


async def test_where_no_place_is_asked_for_it_says_and_does_nothing(desk: Desk) -> None:
    sent = desk.api.person_sends(ZHOU, text="任务")
    await desk.settle()
    before = desk.api.seen(ZHOU)
    desk.api.person_edits(ZHOU, sent["message"], location=SITE)
    await desk.settle()
    assert desk.api.seen(ZHOU) == before
    assert check_ins(desk) == []
