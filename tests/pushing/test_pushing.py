"""What is owed to an account of a chat platform goes out once, late rather than never, and not when it is no longer true."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.card import Card
from bot.channels.port import Channel, Gone, Later, Shut
from bot.deliver import deliver, message
from bot.pushing import push_due
from storage import deliveries, outbox, people, reach
from storage.database import reading, writing
from storage.health import Health, given_up, health
from storage.schema import deliveries as table
from storage.schema import outbox as outbox_table
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
    theirs = partner_there(s)
    s.police.send(button=f"open|{s.case.id}")
    s.police.tap("收到任务")
    assert push(s, far) == 0
    assert outcomes(s) == []
    theirs.send(button=f"open|{s.case.id}")
    s.police.tap("三项都已查阅")
    theirs.say("帮助")
    assert push(s, far) == 0
    assert far.sent == []
    assert set(outcomes(s)) == {"needless"}


def bound(s: Scene, person: str, account: str) -> None:
    with writing(s.house.engine) as tx:
        people.bind(tx, NAME, account, person, s.house.clock())


def put(s: Scene, person: str, count: int, name: str = "a") -> None:
    """Messages to one person, on their way to the platform."""
    with writing(s.house.engine) as tx:
        for number in range(count):
            outbox.add(tx, f"{name}{number}", person, "nudge", s.case.id, "某人", s.house.clock())
    deliver(s.house)


def how(s: Scene) -> Health:
    with reading(s.house.engine) as tx:
        return health(tx, s.clock.now)


def told(s: Scene, kind: str) -> list[Card | None]:
    """What was ever put out of that kind, as it would be drawn now."""
    c = outbox_table.c
    with reading(s.house.engine) as tx:
        rows = tx.execute(select(c.id, c.person, c.kind, c.case, c.detail).where(c.kind == kind)).all()
        return [message(s.house, tx, outbox.Waiting(*row)) for row in rows]


def attempts(s: Scene) -> set[int]:
    with reading(s.house.engine) as tx:
        return set(tx.execute(select(table.c.attempts).where(table.c.done_at.is_(None))).scalars())


@dataclass
class Broken(FakeChannel):
    """Every push fails."""

    error: Exception = field(default_factory=lambda: OSError("line down"))
    tried: int = 0

    async def push(self, account: str, card: Card, key: str) -> None:
        self.tried += 1
        raise self.error


@pytest.mark.parametrize("error", [OSError("line down"), Later(30)], ids=["an error", "asked to wait"])
def test_what_fails_for_a_day_is_given_up_aloud_and_taken_up_again_when_asked(
    s: Scene, error: Exception
) -> None:
    partner_there(s)
    nudged(s)
    broken, began = Broken(error=error), s.clock.now
    deliver(s.house)
    while outcomes(s) == [None]:
        push_due(s.house, {NAME: broken})
        s.clock.pass_time(minutes=10)
        assert (s.clock.now - began).days < 2, "never given up"
    assert outcomes(s) == ["given up"]
    assert (s.clock.now - began).days == 1
    found = how(s)
    assert (found.given_up, found.undelivered) == (1, found.undelivered)
    assert not found.is_well(s.clock.now)
    (card,) = told(s, "undelivered")
    assert card is not None and card.title == "有 1 条消息没有送达"
    with writing(s.house.engine) as tx:
        (one,) = given_up(tx)
        assert one.failure.startswith(f"{NAME}：")
        assert "line down" not in one.failure, "what others say of a failure is not kept"
        assert deliveries.try_again(tx, s.house.clock()) == 1
    assert push_due(s.house, {NAME: FakeChannel()}) == 1
    assert how(s).given_up == 0
    assert told(s, "undelivered") == [None]


def test_a_clock_that_jumps_a_year_gives_nothing_up(s: Scene) -> None:
    partner_there(s)
    nudged(s)
    deliver(s.house)
    push_due(s.house, {NAME: Broken()})
    s.clock.pass_time(days=365)
    push_due(s.house, {NAME: Broken()})
    assert outcomes(s) == [None]
    s.clock.pass_time(days=1)
    assert push_due(s.house, {NAME: FakeChannel()}) == 1


def test_a_clock_set_back_does_not_put_off_what_waits(s: Scene) -> None:
    partner_there(s)
    nudged(s)
    deliver(s.house)
    s.clock.pass_time(days=-90)
    assert push_due(s.house, {NAME: FakeChannel()}) == 1


def test_who_blocked_the_bot_is_left_alone_at_once_and_the_organiser_told_once(s: Scene) -> None:
    partner_there(s)
    put(s, s.market.person, 5)
    far = Broken(error=Gone("blocked"))
    push_due(s.house, {NAME: far})
    assert far.tried == 1
    assert set(outcomes(s)) == {"gone"}
    put(s, s.market.person, 3, name="later")
    push_due(s.house, {NAME: far})
    assert far.tried == 1
    (card,) = told(s, "lost")
    assert card is not None and card.title.endswith("收不到提醒了")
    assert "别的账号照常收到。" in card.lines
    assert how(s).lost == 1
    assert how(s).given_up == 0


def test_who_blocked_one_account_is_still_told_on_the_other(s: Scene) -> None:
    partner_there(s)
    bound(s, s.police.person, "m-2")
    put(s, s.market.person, 1)
    put(s, s.police.person, 1, name="police")
    far = FakeChannel(fails=[Gone("blocked")])
    assert push_due(s.house, {NAME: far}) == 1
    assert [account for account, _ in far.sent] == ["m-2"]


def test_who_writes_again_is_written_to_again(s: Scene, far: FakeChannel) -> None:
    phone = partner_there(s)
    put(s, s.market.person, 1)
    push_due(s.house, {NAME: Broken(error=Gone("blocked"))})
    s.clock.pass_time(hours=1)
    phone.say("任务")
    assert how(s).lost == 0
    assert told(s, "lost") == [None]
    put(s, s.market.person, 1, name="new")
    assert push_due(s.house, {NAME: far}) == 1
    with reading(s.house.engine) as tx:
        assert reach.lost(tx) == ()


def test_a_channel_that_is_shut_loses_no_row_and_counts_no_attempt(s: Scene, far: FakeChannel) -> None:
    partner_there(s)
    put(s, s.market.person, 5)
    shut = Broken(error=Shut("Unauthorized"))
    for _ in range(5 * 24):
        push_due(s.house, {NAME: shut})
        s.clock.pass_time(minutes=15)
    assert attempts(s) == {0}
    assert shut.tried == 5 * 24, "one asks, for all of them"
    assert push_due(s.house, {NAME: far}) == 5


def test_asked_twice_to_wait_all_of_them_wait_and_as_long_as_was_asked(s: Scene) -> None:
    partner_there(s)
    put(s, s.market.person, 6)
    far = Broken(error=Later(37))
    push_due(s.house, {NAME: far})
    assert far.tried == 2
    s.clock.pass_time(seconds=25)
    push_due(s.house, {NAME: far})
    assert far.tried == 2
    s.clock.pass_time(seconds=20)
    assert push_due(s.house, {NAME: FakeChannel()}) == 6


def test_one_chat_that_is_flooded_does_not_hold_up_the_others(s: Scene) -> None:
    partner_there(s)
    put(s, s.market.person, 6)
    assert push_due(s.house, {NAME: FakeChannel(fails=[Later(37)])}) == 5


def test_a_thousand_messages_go_out_no_faster_than_a_platform_takes_them(s: Scene, far: FakeChannel) -> None:
    partner_there(s)
    put(s, s.market.person, 1000)
    rounds = []
    while sent := push_due(s.house, {NAME: far}):
        rounds.append(sent)
        s.clock.pass_time(seconds=1)
    assert sum(rounds) == len(far.sent) == 1000
    assert max(rounds) <= 30
