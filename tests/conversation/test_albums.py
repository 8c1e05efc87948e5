"""Files sent in one go belong to one question, whatever the first of them answers."""

from __future__ import annotations

from bot.receive import receive
from bot.turn import Turn
from storage import evidence
from tests.conversation.conftest import Begin
from tests.conversation.walks import Scene, opened
from tests.talking import JPEG, Phone
from workflows.checklist import VIOLATES


def sends_together(s: Scene, phone: Phone, album: str, count: int) -> list[str]:
    """The digests of so many photos sent in one go."""
    digests = []
    for number in range(1, count + 1):
        data, name = JPEG + f"{album}{number}".encode(), f"{number}.jpg"
        kept = evidence.keep(
            s.house.engine, s.house.evidence, data, name, "image/jpeg", phone.person, s.clock()
        )
        file = (kept, name, "image/jpeg", len(data))
        phone.cards = receive(s.house, Turn(phone.channel, phone.account, f"{album}/{number}", file=file))
        digests.append(kept)
    return digests


def at_a_finding(s: Scene) -> Phone:
    """Described already: its first photo settles it, and the next question is asked."""
    s.at(s.market).tap("不符合")
    s.market.tap("写问题情况")
    s.market.say("未能出示备案证明")
    return s.market


def questions(s: Scene, digests: list[str]) -> set[str]:
    return {s.case.evidence[digest].question for digest in digests}


def test_photos_sent_in_one_go_all_belong_to_the_finding_being_asked(begin: Begin) -> None:
    s = begin(opened)
    (finding,) = {s.case.evidence[d].question for d in sends_together(s, at_a_finding(s), "album-one", 3)}
    assert s.case.answers[finding].value == VIOLATES


def test_photos_sent_by_themselves_go_to_what_is_asked_then(begin: Begin) -> None:
    s = begin(opened)
    phone = at_a_finding(s)
    phone.photo(JPEG + b"one")
    phone.photo(JPEG + b"two")
    assert len(questions(s, list(s.case.evidence))) == 2


def test_another_album_goes_to_what_is_asked_then(begin: Begin) -> None:
    s = begin(opened)
    phone = at_a_finding(s)
    first, second = (sends_together(s, phone, name, 2) for name in ("album-one", "album-two"))
    assert len(questions(s, first)) == len(questions(s, second)) == 1
    assert questions(s, first) != questions(s, second)


def test_when_the_first_is_moved_the_rest_of_the_album_follows_it(begin: Begin) -> None:
    s = begin(opened)
    s.at(s.market).tap("符合")
    (kept,) = sends_together(s, s.market, "album-one", 1)
    s.market.tap("换到别的项")
    s.market.tap(s.market.cards[-1].buttons[0].label)
    where = s.case.evidence[kept].question
    assert questions(s, sends_together(s, s.market, "album-one", 2)) == {where}
