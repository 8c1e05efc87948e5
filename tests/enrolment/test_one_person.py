"""One person with several accounts, bound with codes, is one person everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage import enrolment
from storage.enrolment import Hand, Knock
from tests.conversation.walks import VISIT, Scene, prechecked, scene
from tests.talking import Phone
from workflows.enrolment import code_from

OFFICE = Hand("P:XX001", "web:office")


def second_phone(s: Scene, person: str) -> Phone:
    """Another channel's account, bound as anybody binds one."""
    code = code_from(31_415_926)
    enrolment.issue(s.house.engine, [(person, code)], OFFICE, s.clock())
    answer = enrolment.redeem(s.house.engine, Knock("telegram", "4711", code, ""), s.clock())
    assert (answer.outcome, answer.person and answer.person.id) == ("bound", person)
    return Phone(s.house, person, "4711", "telegram")


@pytest.mark.rule("two-on-site")
def test_two_accounts_of_one_person_are_one_at_the_door(tmp_path: Path) -> None:
    s = prechecked(scene(tmp_path))
    s.clock.now = VISIT
    other = second_phone(s, s.market.person)
    s.at(s.market).place()
    s.at(other).place()
    assert set(s.case.arrivals) == {s.market.person}
    assert not any(b.label == "已出示证件" for phone in (s.market, other) for b in s.at(phone).card.buttons)
    s.at(s.police).place()
    assert set(s.case.arrivals) == {s.market.person, s.police.person}
    assert s.at(other).tap("已出示证件"), "and either of their phones goes on from here"


def test_a_case_is_the_same_case_on_either_phone(tmp_path: Path) -> None:
    s = scene(tmp_path)
    other = second_phone(s, s.market.person)
    s.at(s.market).tap("收到任务")
    assert s.at(other).card.title == s.at(s.market).card.title
    assert [b.data for b in other.card.buttons] == [b.data for b in s.market.card.buttons]
    assert not any(b.label == "收到任务" for b in other.card.buttons)
