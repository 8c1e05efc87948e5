"""What every channel must do, whatever it draws with. Another channel is one more hand in `KINDS`.

Where a channel by its nature does otherwise, the hand says so (`in_place`, `ours`, `most`) and the list says what it does instead.
"""

# ruff: noqa: F811
from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from PIL import Image

from bot import files
from bot.card import Bar, Card, Chart
from bot.house import House
from storage import evidence, people
from storage.database import reading
from storage.exports.workbook import MIME
from tests.contract.hands import TerminalHand, WebHand
from tests.contract.hands_platforms import FakeHand, TelegramHand
from tests.conversation.conftest import Begin, begin, nothing_fails  # noqa: F401
from tests.conversation.walks import Scene, noted, opened, published, scene_of
from tests.talking import open_house
from workflows.inspection import events as e

KINDS = {"web": WebHand, "terminal": TerminalHand, "telegram": TelegramHand, "fake": FakeHand}
AnyHand = WebHand | TerminalHand | TelegramHand | FakeHand
Hands = Callable[..., AnyHand]
PDF = b"%PDF-1.7\n% an invented report\n"


@pytest.fixture(params=KINDS)
def hands(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Iterator[Hands]:
    """`hands(house, person)`: that person's at the channel the test is run for, or at another."""
    made: list[AnyHand] = []
    TerminalHand.capsys = capsys

    def take(house: House, person: str, channel: str = "", before: AnyHand | None = None) -> AnyHand:
        if before:
            made.append(before.reopened(house))
        elif (channel or request.param) == "terminal":
            made.append(TerminalHand(house, person, capsys))
        else:
            made.append(KINDS[channel or request.param](house, person))  # type: ignore[call-arg]
        return made[-1]

    yield take
    for hand in made:
        hand.close()


def picture() -> bytes:
    saved = BytesIO()
    Image.new("RGB", (64, 48), (180, 60, 40)).save(saved, "JPEG")
    return saved.getvalue()


def at_the_case(s: Scene, hand: AnyHand) -> AnyHand:
    hand.say("任务")
    hand.news()
    hand.tap(s.target)
    hand.news()
    return hand


def asked_in_words(s: Scene, hand: AnyHand) -> AnyHand:
    at_the_case(s, hand).tap("不符合")
    hand.news()
    hand.tap("写问题情况")
    hand.news()
    return hand


def answers_to(s: Scene, question: str) -> int:
    return sum(isinstance(x, e.AnswerRecorded) and x.question == question for x in s.events())


def test_a_card_is_shown_with_its_step_words_and_buttons_and_a_tap_goes_on(
    begin: Begin, hands: Hands
) -> None:
    s = begin(noted)
    hand = hands(s.house, s.market.person)
    hand.say("任务")
    assert "我的任务" in hand.news()
    hand.tap(s.target)
    shown = hand.news()
    assert f"① 预查对比 · {s.target}" in shown
    assert "预查内容已齐" in shown
    assert "完成预查" in shown
    hand.tap("完成预查")
    assert f"② 现场检查 · {s.target}" in hand.news()


def test_the_card_is_redrawn_in_place_when_the_partner_acts_or_printed_anew(
    begin: Begin, hands: Hands
) -> None:
    s = begin(opened)
    hand = at_the_case(s, hands(s.house, s.market.person))
    before = len(hand.messages())
    s.at(s.police).tap("符合")
    assert "第 2/" in hand.news()
    assert (len(hand.messages()) == before) == hand.in_place


def test_a_place_comes_in(begin: Begin, hands: Hands) -> None:
    s = begin(noted)
    hand = at_the_case(s, hands(s.house, s.market.person))
    hand.tap("完成预查")
    hand.news()
    hand.place()
    assert "您已签到" in hand.news()
    assert s.case.arrivals[s.market.person].via.startswith(hand.channel)


@pytest.mark.parametrize(("data", "name"), [(picture(), "门头.jpg"), (PDF, "检验报告.pdf")])
def test_a_photo_and_a_file_come_in_as_they_are(
    begin: Begin,
    hands: Hands,
    tmp_path: Path,
    data: bytes,
    name: str,
) -> None:
    s = begin(opened)
    hand = at_the_case(s, hands(s.house, s.police.person))
    hand.give(data, name, tmp_path)
    assert f"已保存：{name}" in hand.news()
    assert {d: p.name for d, p in s.case.evidence.items()} == {hashlib.sha256(data).hexdigest(): name}


def test_a_photo_goes_out_or_the_path_to_it(begin: Begin, hands: Hands) -> None:
    s = begin(opened)
    hand = hands(s.house, s.police.person)
    digest = evidence.keep(
        s.house.engine, s.house.evidence, picture(), "门头.jpg", "image/jpeg", s.police.person, s.clock()
    )
    hand.push(Card("现场照片", key="photos", photos=(digest,)))
    assert hand.photos() == [picture()]


def test_a_list_comes_as_a_file_under_its_chinese_name(begin: Begin, hands: Hands) -> None:
    s = begin(opened)
    hand = hands(s.house, s.head.person)
    hand.tap_data("export||overdue")
    assert "表格已生成" in hand.news()
    ((name, data),) = hand.files()
    assert name == "逾期名单_20260922.xlsx"
    assert "xl/workbook.xml" in ZipFile(BytesIO(data)).namelist()


def test_a_card_that_stands_without_a_file_brings_it_when_it_has_one(begin: Begin, hands: Hands) -> None:
    s = begin(opened)
    hand = hands(s.house, s.head.person)
    hand.push(Card("表格", ("正在生成",), key="table"))
    file = files.make(s.house, b"PK", "表格.xlsx", MIME, s.clock.now + files.LIFE)
    hand.push(Card("表格", ("已生成",), key="table", files=(file,)))
    assert hand.files() == [("表格.xlsx", b"PK")]


def test_the_closed_case_comes_as_a_file_with_all_its_events(begin: Begin, hands: Hands) -> None:
    s = begin(published)
    hand = hands(s.house, s.market.person)
    hand.tap_data(f"open|{s.case_id}")
    assert "取案卷" in hand.news()
    hand.tap("取案卷")
    assert "案卷已备好" in hand.news()
    ((name, data),) = hand.files()
    assert (name.startswith("案卷_"), name.endswith(f"{s.case_id}.zip")) == (True, True)
    kept = ZipFile(BytesIO(data))
    assert len(kept.read("events.jsonl").splitlines()) == len(s.events())
    assert sum(n.startswith("evidence/") for n in kept.namelist()) == len(s.case.evidence)


COUNTS = {"应检查": 41, "待录入": 17, "录入中": 0, "待审核": 9, "已公示": 15, "逾期": 6}


def chart_of(counts: dict[str, int]) -> Chart:
    return Chart("进度 · 全部部门", tuple(Bar(label, count) for label, count in counts.items()))


def test_a_chart_shows_its_six_numbers_and_is_redrawn_with_the_next(begin: Begin, hands: Hands) -> None:
    s = begin(opened)
    hand = hands(s.house, s.head.person)
    hand.push(Card("进度 · 全部部门", key="progress", chart=chart_of(COUNTS)))
    before = len(hand.messages())
    assert numbers_in(hand.charts()) == COUNTS
    moved = COUNTS | {"待录入": 16, "录入中": 1}
    hand.push(Card("进度 · 全部部门", key="progress", chart=chart_of(moved)))
    assert numbers_in(hand.charts()) == moved
    assert (len(hand.messages()) == before) == hand.in_place


def numbers_in(shown: str) -> dict[str, int]:
    """The last number that stands after each label, past a bar of characters or into the next line."""
    found = {label: re.findall(rf"{label}[\s▇]*(\d+)", shown) for label in COUNTS}
    return {label: int(numbers[-1]) for label, numbers in found.items() if numbers}


def test_a_long_card_comes_whole_in_messages_no_longer_than_they_may_be(begin: Begin, hands: Hands) -> None:
    s = begin(opened)
    hand = hands(s.house, s.police.person)
    lines = [f"第{n:03}条，" + "须逐项核对并写明情况" * 3 for n in range(150)]
    hand.push(Card("很长的一张", tuple(lines), key="long"))
    messages = hand.messages()
    assert max(len(m.encode("utf-16-le")) // 2 for m in messages) <= hand.most
    everything = "".join("".join(messages).split())
    places = [everything.find(line) for line in lines]
    assert -1 not in places
    assert places == sorted(places)


def test_words_too_long_are_refused_and_the_question_stays(begin: Begin, hands: Hands) -> None:
    s = begin(opened)
    hand = asked_in_words(s, hands(s.house, s.police.person))
    hand.say("情" * 4000)
    assert "写得太长" in hand.news()
    hand.say("备案证明未能出示")
    assert s.case.answers["GA-02-01"].note == "备案证明未能出示"


def test_who_must_wait_waits_and_an_answer_comes_once(begin: Begin, hands: Hands) -> None:
    s = begin(opened)
    hand = hands(s.house, s.police.person)
    hand.slow()
    hand.say("任务")
    assert hand.news().count("我的任务") == 1


def test_what_could_not_be_pushed_yet_is_pushed_later_once(begin: Begin, hands: Hands) -> None:
    """A screen of our own has no rate: there it is shown at once."""
    s = begin(opened)
    hand = at_the_case(s, hands(s.house, s.market.person))
    s.at(s.police)
    hand.news()
    hand.slow()
    s.police.tap("符合")
    at_once = hand.news()
    s.clock.pass_time(minutes=2)
    later = hand.news()
    assert ("第 2/" in at_once) == hand.ours
    assert ("第 2/" in later) != hand.ours
    assert "第 2/" not in hand.news()


def test_a_burst_is_answered_to_the_last(begin: Begin, hands: Hands) -> None:
    s = begin(opened)
    hand = hands(s.house, s.police.person)
    for _ in range(12):
        hand.say("任务")
    hand.news()
    hand.tap(s.target)
    assert f"② 现场检查 · {s.target}" in hand.news()


def test_the_same_update_again_is_one_answer_and_one_message(begin: Begin, hands: Hands) -> None:
    s = begin(opened)
    hand = at_the_case(s, hands(s.house, s.police.person))
    hand.tap_data(f"answer|{s.case_id}|GA-02-01|no")
    first, shown = hand.news(), hand.messages()
    assert first.count("已记为“不符合”") == 1
    hand.again()
    assert answers_to(s, "GA-02-01") == 1
    assert "已记为" not in hand.news()
    assert hand.messages() == shown


def test_two_updates_in_the_wrong_order_are_both_done_once(begin: Begin, hands: Hands) -> None:
    """Each tap says what it is about, so the order of two about different things does not matter."""
    s = begin(opened)
    hand = at_the_case(s, hands(s.house, s.police.person))
    hand.swapped(f"answer|{s.case_id}|GA-02-01|no", f"answer|{s.case_id}|GA-02-04|yes")
    assert (answers_to(s, "GA-02-01"), answers_to(s, "GA-02-04")) == (1, 1)
    assert (s.case.answers["GA-02-01"].value, s.case.answers["GA-02-04"].value) == ("no", "yes")


def test_of_two_answers_to_one_question_the_one_that_arrives_first_stands(begin: Begin, hands: Hands) -> None:
    s = begin(opened)
    hand = at_the_case(s, hands(s.house, s.police.person))
    hand.swapped(f"answer|{s.case_id}|GA-02-01|no", f"answer|{s.case_id}|GA-02-01|yes")
    assert s.case.answers["GA-02-01"].value == "yes"
    assert "您给的“不符合”没有记" in hand.news()


def test_an_old_button_changes_nothing_and_says_what_stands(begin: Begin, hands: Hands) -> None:
    s = begin(opened)
    hand = at_the_case(s, hands(s.house, s.police.person))
    hand.tap("不符合")
    hand.news()
    before = len(s.events())
    hand.tap_data(f"ack|{s.case_id}")
    assert "②" in "".join(hand.messages())
    hand.tap_data(f"answer|{s.case_id}|GA-02-01|yes")
    assert "记为“不符合”，您给的“符合”没有记" in hand.news()
    assert s.case.answers["GA-02-01"].value == "no"
    assert len(s.events()) == before


def test_after_a_restart_the_question_is_still_asked_and_an_update_taken_before_is_not_done_again(
    begin: Begin,
    hands: Hands,
    tmp_path: Path,
) -> None:
    s = begin(opened)
    hand = asked_in_words(s, hands(s.house, s.police.person))
    hand.close()
    s.house.engine.dispose()
    house, clock = open_house(tmp_path / "house0")
    clock.now = s.clock.now
    again = hands(house, s.police.person, before=hand)
    again.again()
    again.say("重启以后写的")
    assert "②" in again.news()
    after = scene_of(house, clock)
    assert after.case.answers["GA-02-01"].note == "重启以后写的"
    assert answers_to(after, "GA-02-01") == answers_to(s, "GA-02-01")
    again.close()
    house.engine.dispose()


def test_a_question_begun_here_is_answered_there(begin: Begin, hands: Hands) -> None:
    s = begin(opened)
    here = asked_in_words(s, hands(s.house, s.police.person))
    there = hands(s.house, s.police.person, "terminal" if here.channel == "web" else "web")
    there.say("在另一个应用里写的")
    assert s.case.answers["GA-02-01"].note == "在另一个应用里写的"


def test_only_the_accounts_own_chat_is_read(begin: Begin, hands: Hands) -> None:
    s = begin(opened)
    hand = hands(s.house, s.head.person)
    hand.news()
    s.at(s.police).tap("符合")
    assert "符合" not in hand.news()
    with reading(s.house.engine) as tx:
        found = people.behind(tx, hand.channel, hand.account)
    assert found and found.id == s.head.person
