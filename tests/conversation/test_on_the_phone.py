"""Forty things typed on a phone, where a form waits and where none does: 27 of them were right before their words were taught."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from bot.channels.fake import Fake, Message, Platform, Update
from storage import people
from storage.database import writing
from tests.conversation.conftest import Begin
from tests.conversation.walks import VISIT, Scene, noted, opened, prechecked
from tests.oversight.conftest import count_anew
from tests.talking import Phone
from tests.words.phrasings import load

WORDS = Path(__file__).parents[1] / "words"
_numbers = count(1)


@dataclass(frozen=True)
class Typed:
    """`told` is to be seen in the answer; `record` says whether the words are an account and belong in the record."""

    where: str
    text: str
    told: str
    record: str


HELD_OUT = tuple(
    Typed(**row)
    for row in csv.DictReader((WORDS / "heldout_phone.csv").read_text(encoding="utf-8").splitlines())
)


def describing(s: Scene) -> Phone:
    p = s.at(s.police)
    p.tap("不符合")
    p.tap("写问题情况")
    return p


def appointing(s: Scene) -> Phone:
    p = s.at(s.market)
    p.tap("约定检查时间")
    return p


def arriving(s: Scene) -> Phone:
    s.clock.now = VISIT
    return s.at(s.police)


def extending(s: Scene) -> Phone:
    s.head.say(f"打开{s.target}")
    s.head.say("延期")
    s.head.tap("延期")
    s.head.tap("任务期限")
    return s.head


def counted(s: Scene) -> Phone:
    count_anew(s.house)
    return s.head


PLACES: dict[str, tuple[Callable[[Scene], Scene], Callable[[Scene], Phone]]] = {
    "describing": (opened, describing),
    "appointing": (noted, appointing),
    "question": (opened, lambda s: s.at(s.police)),
    "arriving": (prechecked, arriving),
    "list": (lambda s: s, lambda s: s.market),
    "office": (lambda s: s, counted),
    "extending": (opened, extending),
    "organiser": (lambda s: s, lambda s: s.organiser),
}


def say(s: Scene, phone: Phone, text: str) -> list[Message]:
    with writing(s.house.engine) as tx:
        people.bind(tx, "fake", phone.account, phone.person, s.house.clock())
    chat = Fake(s.house, Platform())
    chat.take(Update(f"typed{next(_numbers)}", phone.account, text=text))
    return [one for told in chat.platform.chats[phone.account].values() for one in told]


def seen(messages: list[Message]) -> str:
    return "\n".join((*(one.text for one in messages), *(b.label for one in messages for b in one.buttons)))


def notes(s: Scene) -> list[str]:
    return [answer.note for answer in s.case.answers.values()]


def wrong_in(begin: Begin, typed: tuple[Typed, ...]) -> list[tuple[str, str]]:
    wrong = []
    for one in typed:
        walk, stand = PLACES[one.where]
        s = begin(walk)
        said = seen(say(s, stand(s), one.text))
        kept = one.text in notes(s)
        if one.told not in said or kept != (one.record == "written"):
            wrong.append((one.text, said.splitlines()[0]))
    return wrong


@pytest.mark.parametrize("where", PLACES)
def test_what_is_typed_on_a_phone_is_answered_where_it_is_typed(begin: Begin, where: str) -> None:
    there = tuple(one for one in HELD_OUT if one.where == where)
    wrong = wrong_in(begin, there)
    assert len(wrong) <= len(there) // 6, wrong


def test_they_are_forty_and_none_was_tuned_on() -> None:
    assert len(HELD_OUT) == 40
    tuned = {
        one.text
        for name in ("tuning", "heldout", "heldout_doors", "heldout_office")
        for one in load(f"{name}.csv")
    }
    assert not {one.text for one in HELD_OUT} & tuned
