"""Codes on record: one person, one use, one day; guesses counted; everything on the trail but the code."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.house import House
from storage import enrolment, people, trail
from storage.database import reading, writing
from storage.documents import decode
from storage.enrolment import Answer, Hand, Knock
from storage.people import Person
from storage.schema import events
from tests.databases import BACKENDS, everything, fresh
from tests.talking import Clock, open_house
from workflows.enrolment import code_from

OFFICE = Hand("P:XX1", "web:office", "web:office:u1")
LI, YU = (
    Person("P:1", "李示例", "县公安局", ("inspector",)),
    Person("P:2", "玉示例", "县公安局", ("inspector",)),
)


@dataclass
class Desk:
    """An office that issues codes and phones that type them."""

    house: House
    clock: Clock
    numbers: Iterator[int] = field(default_factory=lambda: count(12345, 987_654_321))

    def issue(self, person: Person) -> str:
        code = code_from(next(self.numbers))
        enrolment.issue(self.house.engine, [(person.id, code)], OFFICE, self.clock())
        return code

    def type(self, said: str, account: str = "a1", channel: str = "telegram") -> Answer:
        knock = Knock(channel, account, said, f"{channel}:{account}:u9")
        return enrolment.redeem(self.house.engine, knock, self.clock())

    def owner(self, account: str = "a1") -> Person | None:
        with reading(self.house.engine) as tx:
            return people.behind(tx, "telegram", account)


@pytest.fixture(params=BACKENDS)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    with fresh(request.param, tmp_path) as url:
        house, clock = open_house(tmp_path, url)
        with writing(house.engine) as tx:
            for person in (LI, YU):
                people.save(tx, person)
        yield Desk(house, clock)
        with reading(house.engine) as tx:
            trail.verify(tx)
        house.engine.dispose()


def test_a_code_binds_the_account_it_is_typed_from_and_no_other(desk: Desk) -> None:
    code = desk.issue(LI)
    assert desk.type(code.lower()) == Answer("bound", LI)
    assert desk.owner() == LI
    assert desk.type(code, "a2").outcome == "used"
    assert desk.owner("a2") is None


def test_a_code_opens_nothing_after_a_day(desk: Desk) -> None:
    code = desk.issue(LI)
    desk.clock.pass_time(hours=24)
    assert desk.type(code).outcome == "expired"
    assert desk.owner() is None


def test_a_new_code_takes_the_place_of_the_last(desk: Desk) -> None:
    before, other, now = desk.issue(LI), desk.issue(YU), desk.issue(LI)
    assert desk.type(before).outcome == "withdrawn"
    assert desk.type(now) == Answer("bound", LI)
    assert desk.type(other, "a2") == Answer("bound", YU)


def test_a_bound_account_stays_whose_it_is_and_the_code_unused(desk: Desk) -> None:
    desk.type(desk.issue(LI))
    code = desk.issue(YU)
    assert desk.type(code) == Answer("already", LI)
    assert desk.type(code, "a2") == Answer("bound", YU)


def test_a_revoked_account_is_nobody_s_until_it_is_bound_again(desk: Desk) -> None:
    desk.type(desk.issue(LI))
    assert enrolment.revoke(desk.house.engine, "telegram", "a1", OFFICE, desk.clock()) == LI
    assert desk.owner() is None
    assert enrolment.revoke(desk.house.engine, "telegram", "a1", OFFICE, desk.clock()) is None
    assert desk.type(desk.issue(YU)) == Answer("bound", YU)


def test_the_sixth_guess_waits_even_with_the_right_code(desk: Desk) -> None:
    code = desk.issue(LI)
    for n in range(5):
        assert desk.type(code_from(n)).outcome == "wrong"
    waiting = desk.type(code)
    assert (waiting.outcome, desk.owner()) == ("wait", None)
    assert waiting.until is not None
    desk.clock.now = waiting.until
    assert desk.type(code) == Answer("bound", LI)


def test_a_code_guessed_a_hundred_times_never_opens(desk: Desk) -> None:
    """Whoever guesses all day long, as often as they like, finds the door shut when they are right at last."""
    code = desk.issue(LI)
    outcomes = []
    for n in range(100):
        outcomes.append(desk.type(code_from(n)).outcome)
        desk.clock.pass_time(minutes=14)
    assert outcomes.count("wrong") == 20
    assert desk.type(code).outcome == "wait"
    assert desk.owner() is None


def test_a_hundred_accounts_with_one_guess_each_shut_the_door_too(desk: Desk) -> None:
    code = desk.issue(LI)
    for n in range(100):
        assert desk.type(code_from(n), f"stranger{n}").outcome == "wrong"
    assert desk.type(code, "stranger100").outcome == "wait"
    desk.clock.pass_time(minutes=15)
    assert desk.type(code) == Answer("bound", LI)


def test_guesses_while_waiting_do_not_lengthen_the_wait(desk: Desk) -> None:
    for n in range(5):
        desk.type(code_from(n))
    first = desk.type(code_from(6)).until
    desk.clock.pass_time(minutes=5)
    assert desk.type(code_from(7)).until == first


def test_what_is_no_code_is_no_guess(desk: Desk) -> None:
    for _ in range(30):
        assert desk.type("你好").outcome == "unread"
    assert desk.type(desk.issue(LI)) == Answer("bound", LI)


def test_two_phones_with_one_code_are_not_both_let_in(desk: Desk) -> None:
    code = desk.issue(LI)
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(lambda n: desk.type(code, f"a{n}").outcome, range(4)))
    assert sorted(outcomes) == ["bound", "used", "used", "used"]


def test_the_organiser_sees_which_it_was(desk: Desk) -> None:
    used, old = desk.issue(LI), desk.issue(YU)
    desk.type(used)
    desk.issue(YU)
    since = desk.clock()
    for account, code in (("s1", used), ("s2", old), ("s3", code_from(1))):
        desk.type(code, account)
    with reading(desk.house.engine) as tx:
        seen = [(one.outcome, one.person) for one in enrolment.failed_tries(tx, since)]
    assert seen == [("used", LI), ("withdrawn", YU), ("wrong", None)]


def test_everything_is_on_the_trail_of_the_person_and_the_code_nowhere(desk: Desk) -> None:
    first, second = desk.issue(LI), desk.issue(LI)
    desk.type(first)
    desk.type(second)
    enrolment.revoke(desk.house.engine, "telegram", "a1", OFFICE, desk.clock())
    with reading(desk.house.engine) as tx:
        rows = list(tx.execute(select(events).where(events.c.stream == "person:P:1").order_by(events.c.seq)))
    assert [(row.type, row.by, row.via) for row in rows] == [
        ("CodeIssued", "P:XX1", "web:office"),
        ("CodeWithdrawn", "P:XX1", "web:office"),
        ("CodeIssued", "P:XX1", "web:office"),
        ("CodeRefused", "", "telegram:a1"),
        ("AccountBound", "P:1", "telegram:a1"),
        ("AccountRevoked", "P:XX1", "web:office"),
    ]
    assert decode(rows[4].data, dict[str, object])["account"] == "a1"
    kept = repr(everything(desk.house.engine))
    for code in (first, second):
        assert code not in kept
        assert code.replace("-", "") not in kept


def test_who_has_neither_account_nor_code_is_known(desk: Desk) -> None:
    desk.type(desk.issue(LI))
    desk.issue(YU)
    with reading(desk.house.engine) as tx:
        assert enrolment.without_account(tx) == (YU,)
        assert [code.person for code in enrolment.open_codes(tx, desk.clock())] == [YU.id]
        assert [(one.account, one.person) for one in enrolment.bindings(tx)] == [("a1", LI)]
    desk.clock.pass_time(hours=24)
    with reading(desk.house.engine) as tx:
        assert enrolment.open_codes(tx, desk.clock()) == ()


def test_old_tries_are_forgotten_when_the_next_code_is_issued(desk: Desk) -> None:
    desk.type(code_from(1))
    since = desk.clock.now - timedelta(days=1)
    desk.clock.pass_time(days=31)
    desk.issue(LI)
    with reading(desk.house.engine) as tx:
        assert enrolment.failed_tries(tx, since) == ()
