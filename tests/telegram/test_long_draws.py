"""The bar of a long freeze moves in the message that shows it: edited there, not more often than every ten seconds."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from bot.channels.telegram.long_draws import PAUSE_SECONDS, LongDraws
from bot.channels.telegram.showing import ANEW, Chat, show
from bot.dialogs.ceremony_freezing import card_for
from storage import ceremony_runs, people, plans
from storage.ceremony_runs import Run, Wish
from storage.database import reading, writing
from tests.telegram.conftest import Desk
from workflows.inspection.facts import Actor

CHENG = 4711
OWNER = "this machine"


@dataclass
class Freezing:
    """A freeze that is being worked out, its card in the organiser's chat."""

    desk: Desk
    draw: str
    bars: LongDraws
    seconds: float = 0.0

    def note(self, done: int) -> None:
        with writing(self.desk.house.engine) as tx:
            run = ceremony_runs.of(tx, self.draw)
            assert run
            now = replace(run, step="lines", done=done)
            ceremony_runs.note(tx, self.draw, now, OWNER, self.desk.clock())

    async def round(self, after: float = 0.0) -> int:
        """How many requests it made."""
        self.seconds += after
        made = len(self.desk.api.calls)
        await self.bars.redraw()
        return len(self.desk.api.calls) - made

    @property
    def texts(self) -> list[tuple[int, str]]:
        return [(one["message_id"], one["text"]) for one in self.desk.api.seen(CHENG)]


@pytest.fixture
async def freezing(desk: Desk) -> Freezing:
    organiser = desk.scene.organiser.person
    desk.bind(CHENG, organiser)
    with writing(desk.house.engine) as tx:
        plan = plans.current(tx)[0].plan
        task = plan.tasks[-1]
        draw, person = f"{plan.id}/{task.id}", people.get(tx, organiser)
        assert person
        by = Actor(person.id, person.name, person.department, person.roles, f"telegram:{CHENG}")
        ceremony_runs.begin(tx, draw, by, Wish(plan.id, task.id))
        card = card_for(desk.house, tx, draw, person, desk.clock())
    assert card
    await show(Chat(desk.channel.bot, desk.house, str(CHENG)), [card], ANEW)
    made = Freezing(desk, draw, LongDraws(desk.channel.bot, desk.house))
    made.bars.clock = lambda: made.seconds
    await made.round()
    return made


async def test_the_bar_moves_in_the_message_that_stands(freezing: Freezing) -> None:
    ((message, before),) = freezing.texts
    freezing.note(40)
    assert await freezing.round(after=PAUSE_SECONDS) == 1
    ((same, after),) = freezing.texts
    assert same == message and after != before


async def test_it_is_edited_every_ten_seconds_at_most_and_only_when_it_moved(freezing: Freezing) -> None:
    freezing.note(40)
    assert await freezing.round(after=PAUSE_SECONDS) == 1
    freezing.note(55)
    assert await freezing.round(after=PAUSE_SECONDS - 1) == 0
    assert await freezing.round(after=1) == 1
    assert await freezing.round(after=PAUSE_SECONDS) == 0


async def test_why_nothing_was_frozen_is_shown_at_once_and_then_it_is_left_alone(freezing: Freezing) -> None:
    freezing.note(40)
    await freezing.round(after=PAUSE_SECONDS)
    with writing(freezing.desk.house.engine) as tx:
        run = ceremony_runs.of(tx, freezing.draw)
        assert isinstance(run, Run)
        ceremony_runs.fail(tx, freezing.draw, run, "名录库一直有变动。")
    assert await freezing.round(after=1) == 1
    assert "名录库一直有变动" in freezing.texts[0][1]
    assert await freezing.round(after=PAUSE_SECONDS) == 0


async def test_a_message_taken_away_is_not_sent_anew(freezing: Freezing) -> None:
    ((message, _),) = freezing.texts
    del freezing.desk.api.chats[CHENG][message]
    freezing.note(40)
    await freezing.round(after=PAUSE_SECONDS)
    assert freezing.texts == []


async def test_nobody_else_s_chat_is_touched(freezing: Freezing) -> None:
    with reading(freezing.desk.house.engine) as tx:
        assert ceremony_runs.under_way(tx) == (freezing.draw,)
    freezing.note(40)
    before = len(freezing.desk.api.calls)
    await freezing.round(after=PAUSE_SECONDS)
    assert {call.sent["chat_id"] for call in freezing.desk.api.calls[before:]} == {str(CHENG)}
