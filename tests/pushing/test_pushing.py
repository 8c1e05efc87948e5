"""What is owed to an account of a chat platform goes out once, late rather than never, and not when it is no longer true."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.card import Card
from bot.channels.port import Channel, Gone, Later
from bot.deliver import deliver
from bot.pushing import push_due
from storage import deliveries, people
from storage.database import writing
from storage.schema import deliveries as table
from tests.conversation.walks import Scene, scene
from tests.talking import Phone

NAME = "elsewhere"


@dataclass
class FakeChannel:
    """A platform that keeps what it was given, or fails as it was told to."""

    name: str = NAME
    keyed: bool = False
    sent: list[tuple[str, Card]] = field(default_factory=list)
    fails: list[Exception] = field(default_factory=list)

    async def push(self, account: str, card: Card, key: str) -> None:
        if self.fails:
            raise self.fails.pop(0)
        self.sent.append((account, card))


@pytest.fixture
def s(tmp_path: Path) -> Iterator[Scene]:
    opened = scene(tmp_path)
    yield opened
    opened.house.engine.dispose()


@pytest.fixture
def far() -> FakeChannel:
    return FakeChannel()


def partner_there(s: Scene) -> Phone:
    """The market inspector has an account on the platform too, and nothing older waits."""
    deliver(s.house)
    with writing(s.house.engine) as tx:
        people.bind(tx, NAME, "m-1", s.market.person, s.house.clock())
    return Phone(s.house, s.market.person, "m-1", NAME)


def push(s: Scene, far: Channel) -> int:
    deliver(s.house)
    return push_due(s.house, {NAME: far})


def nudged(s: Scene) -> None:
    """The police inspector reminds the partner."""
    s.police.say("任务")
    s.police.send(button=f"remind|{s.case.id}")


def outcomes(s: Scene) -> list[str | None]:
    with writing(s.house.engine) as tx:
        return [row.outcome for row in tx.execute(select(table))]


def test_a_reminder_from_the_partner_reaches_the_platform_once(s: Scene, far: FakeChannel) -> None:
    partner_there(s)
    nudged(s)
    assert push(s, far) == 1
    assert push(s, far) == 0
    ((account, card),) = far.sent
    assert account == "m-1"
    assert any(b.data.endswith(s.case.id) for b in card.buttons)
    assert outcomes(s) == ["sent"]


def test_what_the_platform_asks_to_wait_with_is_sent_when_the_time_has_come(
    s: Scene, far: FakeChannel
) -> None:
    partner_there(s)
    nudged(s)
    far.fails = [Later(30)]
    assert push(s, far) == 0
    s.clock.pass_time(seconds=20)
    assert push(s, far) == 0
    s.clock.pass_time(seconds=15)
    assert push(s, far) == 1


def test_a_failure_is_tried_again_and_a_gone_account_is_not(
    s: Scene, far: FakeChannel, caplog: pytest.LogCaptureFixture
) -> None:
    partner_there(s)
    nudged(s)
    far.fails = [OSError("line down"), Gone("blocked")]
    assert push(s, far) == 0
    s.clock.pass_time(minutes=1)
    assert push(s, far) == 0
    assert outcomes(s) == ["gone"]
    s.clock.pass_time(days=1)
    assert push(s, far) == 0
    assert "not sent" in caplog.text


def test_a_sender_that_died_leaves_a_lease_that_runs_out(s: Scene, far: FakeChannel) -> None:
    partner_there(s)
    nudged(s)
    deliver(s.house)
    with writing(s.house.engine) as tx:
        assert len(deliveries.claim(tx, [NAME], s.house.clock())) == 1
    assert push(s, far) == 0
    s.clock.pass_time(seconds=90)
    assert push(s, far) == 1


def test_a_changed_case_is_not_pushed_to_who_does_not_have_it_on_screen(s: Scene, far: FakeChannel) -> None:
    partner_there(s)
    s.police.send(button=f"open|{s.case.id}")
    s.police.tap("收到任务")
    assert push(s, far) == 0
    assert far.sent == []
    assert set(outcomes(s)) == {"needless"}
