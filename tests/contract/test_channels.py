"""What every channel must do, whatever it draws with. Another channel is one more `Hand`.

A hand is one person's: it says, taps by the label it reads, sends a photo or a place, and `news()` is all that the
channel has shown since it was last asked.
"""

from __future__ import annotations

import queue
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.accounts import issue_link
from bot.card import Button
from bot.channels import terminal
from bot.channels.web_desk import HouseDesk
from bot.house import House
from bot.receive import receive
from bot.turn import Turn
from storage import people
from storage.database import reading, writing
from tests.conversation.conftest import Begin, begin, nothing_fails  # noqa: F401
from tests.conversation.walks import Scene, noted, opened, scene_of
from tests.talking import SITE, open_house
from workflows.inspection import events as e


def picture() -> bytes:
    from io import BytesIO

    from PIL import Image

    saved = BytesIO()
    Image.new("RGB", (64, 48), (180, 60, 40)).save(saved, "JPEG")
    return saved.getvalue()


class WebHand:
    channel = "web"

    def __init__(self, house: House, person: str) -> None:
        self.house, self.rev, self.offered = house, 0, list[Button]()
        with writing(house.engine) as tx:
            token = issue_link(tx, person, house.clock())
        seat = HouseDesk(house).resolve(token)
        assert seat is not None
        self.account = seat.account
        self.news()

    def send(self, update_id: str = "", **what: object) -> None:
        HouseDesk(self.house).receive(Turn("web", self.account, update_id or uuid.uuid4().hex, **what))  # type: ignore[arg-type]

    def say(self, text: str) -> None:
        self.send(text=text)

    def tap(self, label: str) -> None:
        self.send(button=next(b.data for b in reversed(self.offered) if label in b.label))

    def place(self) -> None:
        self.send(location=SITE)

    def photo(self, data: bytes, folder: Path) -> None:
        kept = HouseDesk(self.house).keep(data, "门头.jpg", self.account)
        self.send(file=(kept.digest, kept.name, kept.mime, kept.size))

    def news(self) -> str:
        shown = HouseDesk(self.house).feed(self.account, self.rev)
        self.rev = max((one.rev for one in shown), default=self.rev)
        said = []
        for one in shown:
            said.append(one.text)
            if one.card:
                said += [one.card.title, *one.card.lines, *(b.label for b in one.card.buttons)]
                self.offered += one.card.buttons
        return "\n".join(said)

    def close(self) -> None: ...


class TerminalHand:
    """`suijian chat` in a thread of its own: a line goes in when it prompts, and what it printed comes out."""

    channel = "terminal"

    def __init__(self, house: House, person: str, capsys: pytest.CaptureFixture[str]) -> None:
        self.house, self.account, self.capsys = house, person, capsys
        self.lines: queue.Queue[str] = queue.Queue()
        self.prompted = threading.Semaphore(0)
        with writing(house.engine) as tx:
            people.bind(tx, "terminal", person, person, house.clock())
            whose = people.get(tx, person)
        assert whose is not None
        self.thread = threading.Thread(target=terminal.chat, args=(house, whose, self._listen), daemon=True)
        self.thread.start()
        assert self.prompted.acquire(timeout=30)
        self.printed = self.news()

    def _listen(self) -> str:
        self.prompted.release()
        return self.lines.get()

    def say(self, text: str) -> None:
        self.lines.put(f"{text}\n")
        assert self.prompted.acquire(timeout=30)

    def send(self, update_id: str = "", **what: object) -> None:
        """What no keyboard can do: an old button, an update that comes twice."""
        receive(self.house, Turn("terminal", self.account, update_id or uuid.uuid4().hex, **what))  # type: ignore[arg-type]

    def tap(self, label: str) -> None:
        offered = [line.strip() for line in self.printed.splitlines() if label in line and ". " in line]
        self.say("#" + offered[-1].lstrip("#").partition(".")[0])

    def place(self) -> None:
        self.say(f"位置 {SITE[0]},{SITE[1]}")

    def photo(self, data: bytes, folder: Path) -> None:
        (folder / "门头.jpg").write_bytes(data)
        self.say(f"照片 {folder / '门头.jpg'}")

    def news(self) -> str:
        if self.thread.is_alive() and hasattr(self, "printed"):
            self.say("")
        self.printed = self.capsys.readouterr().out or getattr(self, "printed", "")
        return self.printed

    def close(self) -> None:
        self.lines.put("")
        self.thread.join(timeout=30)


Hand = WebHand | TerminalHand


@pytest.fixture(params=["web", "terminal"])
def hands(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Iterator[object]:
    made: list[Hand] = []

    def take(house: House, person: str, channel: str = "") -> Hand:
        kind = channel or request.param
        made.append(WebHand(house, person) if kind == "web" else TerminalHand(house, person, capsys))
        return made[-1]

    take.channel = request.param  # type: ignore[attr-defined]
    yield take
    for hand in made:
        hand.close()


def at_the_case(s: Scene, hand: Hand) -> Hand:
    hand.say("任务")
    hand.news()
    hand.tap(s.target)
    hand.news()
    return hand


def test_a_card_is_shown_with_its_step_words_and_buttons_and_a_tap_goes_on(begin: Begin, hands) -> None:  # type: ignore[no-untyped-def]  # noqa: F811
    s = begin(noted)
    hand = hands(s.house, s.market.person)
    hand.say("任务")
    assert "我的任务" in hand.news()
    hand.tap(s.target)
    shown = hand.news()
    assert f"① 预查对比 · {s.target}" in shown
    assert "预查内容已齐" in shown
    hand.tap("完成预查")
    assert f"② 现场检查 · {s.target}" in hand.news()


def test_the_card_is_drawn_anew_when_the_partner_acts(begin: Begin, hands) -> None:  # type: ignore[no-untyped-def]  # noqa: F811
    s = begin(opened)
    hand = at_the_case(s, hands(s.house, s.market.person))
    before = len(s.case.answers)
    s.at(s.police).tap("符合")
    assert len(s.case.answers) == before + 1
    assert "第 2/" in hand.news()


def test_a_photo_and_a_place_come_in(begin: Begin, hands, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]  # noqa: F811
    s = begin(noted)
    hand = at_the_case(s, hands(s.house, s.market.person))
    hand.tap("完成预查")
    hand.news()
    hand.place()
    assert "您已签到" in hand.news()
    assert s.case.arrivals[s.market.person].via.startswith(hand.channel)
    s.at(s.police).place()
    at_the_case(s, hand).photo(picture(), tmp_path)
    assert "已保存：门头.jpg" in hand.news()
    assert [p.name for p in s.case.evidence.values()] == ["门头.jpg"]


def test_words_too_long_are_refused_and_the_question_stays(begin: Begin, hands) -> None:  # type: ignore[no-untyped-def]  # noqa: F811
    s = begin(opened)
    hand = at_the_case(s, hands(s.house, s.police.person))
    hand.tap("不符合")
    hand.news()
    hand.tap("写问题情况")
    hand.news()
    hand.say("情" * 4000)
    assert "写得太长" in hand.news()
    hand.say("备案证明未能出示")
    assert s.case.answers["GA-02-01"].note == "备案证明未能出示"


def test_the_same_update_again_is_one_answer_and_one_message(begin: Begin, hands) -> None:  # type: ignore[no-untyped-def]  # noqa: F811
    s = begin(opened)
    hand = at_the_case(s, hands(s.house, s.police.person))
    for _ in range(2):
        hand.send("one and the same", button=f"answer|{s.case_id}|GA-02-01|no")
    assert sum(isinstance(x, e.AnswerRecorded) for x in s.events()) == 1
    assert hand.news().count("已记为“不符合”") == 1


def test_an_old_button_changes_nothing_and_says_what_stands(begin: Begin, hands) -> None:  # type: ignore[no-untyped-def]  # noqa: F811
    s = begin(opened)
    hand = at_the_case(s, hands(s.house, s.police.person))
    hand.tap("不符合")
    hand.news()
    hand.send(button=f"ack|{s.case_id}")
    assert "②" in hand.news()
    hand.send(button=f"answer|{s.case_id}|GA-02-01|yes")
    assert "记为“不符合”，您给的“符合”没有记" in hand.news()
    assert s.case.answers["GA-02-01"].value == "no"


def test_after_a_restart_the_question_is_still_asked(begin: Begin, hands, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]  # noqa: F811
    s = begin(opened)
    hand = at_the_case(s, hands(s.house, s.police.person))
    hand.tap("不符合")
    hand.news()
    hand.tap("写问题情况")
    hand.close()
    s.house.engine.dispose()
    house, clock = open_house(tmp_path / "house0")
    clock.now = s.clock.now
    again = hands(house, s.police.person)
    again.say("重启以后写的")
    assert "②" in again.news()
    assert scene_of(house, clock).case.answers["GA-02-01"].note == "重启以后写的"
    again.close()
    house.engine.dispose()


def test_a_question_begun_here_is_answered_there(begin: Begin, hands) -> None:  # type: ignore[no-untyped-def]  # noqa: F811
    s = begin(opened)
    here = at_the_case(s, hands(s.house, s.police.person))
    here.tap("不符合")
    here.news()
    here.tap("写问题情况")
    there = hands(s.house, s.police.person, "terminal" if hands.channel == "web" else "web")
    there.say("在另一个应用里写的")
    assert s.case.answers["GA-02-01"].note == "在另一个应用里写的"


def test_only_the_accounts_own_screen_is_read(begin: Begin, hands) -> None:  # type: ignore[no-untyped-def]  # noqa: F811
    s = begin(opened)
    hand = hands(s.house, s.head.person)
    s.at(s.police).tap("符合")
    assert "符合" not in hand.news()
    with reading(s.house.engine) as tx:
        assert people.behind(tx, hand.channel, hand.account).id == s.head.person  # type: ignore[union-attr]
