"""Two phones on one case: at the same instant, one after the other, and with cards that are no longer true."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

import pytest

from bot.body import Body
from storage import screen
from storage.database import reading
from storage.documents import decode
from tests.conversation.conftest import Begin, stands
from tests.conversation.walks import (
    Scene,
    answer_on,
    arrived,
    entered,
    finished,
    noted,
    opened,
    published,
    scene,
    signed,
)
from tests.talking import SHOWN, Phone
from workflows.inspection import events as e


def on_screen(phone: Phone) -> list[Body]:
    with reading(phone.house.engine) as tx:
        return [decode(one.body, Body) for one in screen.since(tx, phone.channel, phone.account, 0)]


def case_card_of(s: Scene, phone: Phone) -> tuple[str, list[str]]:
    """(everything it says, its button labels) of the case's card as it stands on this phone's screen."""
    card = next(b.card for b in on_screen(phone) if b.card and b.card.key == f"case:{s.case_id}")
    return "\n".join((card.title, *card.lines)), [b.label for b in card.buttons]


def together(*acts: Callable[[], object]) -> None:
    ready = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        ready.wait()
        act()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.rule("trace")
def test_two_who_answer_at_the_same_instant_make_one_answer_and_the_other_is_told(begin: Begin) -> None:
    s = begin(opened)
    question = "GA-02-01"
    together(
        lambda: s.market.send(button=f"answer|{s.case_id}|{question}|yes"),
        lambda: s.police.send(button=f"answer|{s.case_id}|{question}|no"),
    )
    assert sum(isinstance(x, e.AnswerRecorded) for x in s.events()) == 1
    stands_now = s.case.answers[question]
    late = s.police if stands_now.by == s.market.person else s.market
    first = s.market if late is s.police else s.police
    assert late.card.title == "这一项已经有答案"
    assert late.sees(f"记为“{'符合' if stands_now.value == 'yes' else '不符合'}”")
    assert first.card.title.startswith("②")


def test_the_same_tap_twice_at_once_is_one_answer(begin: Begin) -> None:
    s = begin(opened)
    data = s.at(s.police).button("符合").data
    twin = Phone(s.house, s.police.person, s.police.account)
    together(lambda: s.police.send(button=data), lambda: twin.send(button=data))
    assert sum(isinstance(x, e.AnswerRecorded) for x in s.events()) == 1
    assert s.police.card.title.startswith("②")
    assert twin.card.title.startswith("②")


@pytest.mark.rule("summary-signed")
def test_signing_what_has_changed_meanwhile_is_refused(begin: Begin) -> None:
    s = begin(finished)
    s.at(s.market).tap("形成汇总表")
    sign = s.at(s.police).button("签名确认").data
    key = next(k for k, a in s.case.answers.items() if a.value == "yes")
    s.market.send(button=f"correct|{s.case_id}|{key}|na")
    s.market.say("看错了一项")
    refused = s.police.send(button=sign)
    assert refused.tone == "refusal"
    s.at(s.market).tap("形成汇总表")
    refused = s.police.send(button=sign)
    assert refused.tone == "refusal"
    assert "变" in refused.title + "".join(refused.lines)
    s.police.tap("返回任务单")
    s.police.tap("签名确认")
    assert s.case.summary is not None
    assert set(s.case.summary.signatures) == {s.police.person}


def test_the_partners_card_follows_what_is_done(begin: Begin) -> None:
    s = begin(opened)
    s.at(s.market)
    before = case_card_of(s, s.market)
    s.at(s.police).tap("符合")
    after = case_card_of(s, s.market)
    assert before != after
    assert any("其余" in label for label in after[1])


def test_a_question_being_answered_in_words_stays_before_who_answers_it(begin: Begin) -> None:
    s = begin(opened)
    s.at(s.market).tap("不符合")
    s.market.tap("写问题情况")
    assert case_card_of(s, s.market)[0].startswith("问题是什么情况")
    s.at(s.police).tap("符合")
    assert case_card_of(s, s.market)[0].startswith("问题是什么情况")
    s.market.say("未公示年报")
    assert any(a.note == "未公示年报" for a in s.case.answers.values())


def test_words_on_their_way_never_answer_the_next_question(begin: Begin) -> None:
    """The partner answers the very question being typed: what then arrives is not taken for another one's answer."""
    s = begin(opened)
    while s.at(s.police).card.asks != "text":
        answer_on(s.police)
    waiting = s.police.card.form.split("|")[2]
    value = "2026-06-01" if s.police.sees("日期") else "12"
    s.market.send(button=f"answer|{s.case_id}|{waiting}|{value}")
    assert s.case.answers[waiting].by == s.market.person
    assert case_card_of(s, s.police)[0].startswith("搭档已经往下办了")
    before = dict(s.case.answers)
    s.police.say(value)
    assert s.case.answers == before
    s.at(s.police)
    assert s.police.card.title.startswith("②")


_ALL_BUTTONS: set[str] = set()


@pytest.mark.rule("two-on-site", "trace", "step-order")
@pytest.mark.parametrize("later", [noted, arrived, opened, finished, signed, entered, published])
def test_a_stale_tap_harms_nothing_whoever_taps_whenever(
    begin: Begin, tmp_path_factory: pytest.TempPathFactory, later: Callable[..., Scene]
) -> None:
    """Every button the whole walk ever showed, tapped by anybody, in any order, at another stage of the case."""
    if not _ALL_BUTTONS:
        SHOWN.clear()
        s = scene(tmp_path_factory.mktemp("all"))
        published(s, "police")
        for phone in (s.market, s.police, s.expert, s.head, s.legal, s.organiser):
            for word in ("任务", "进度", "帮助", "抽取"):
                phone.say(word)
        _ALL_BUTTONS.update(b.data for card in SHOWN for b in card.buttons)
    s = begin(later, *(("police",) if later in (finished, signed, entered, published) else ()))
    chance = random.Random(later.__name__)
    people = (s.market, s.police, s.expert, s.head, s.legal, s.organiser)
    taps = sorted(_ALL_BUTTONS)
    chance.shuffle(taps)
    closed = s.case.closed_at
    for data in taps:
        phone = chance.choice(people)
        card = phone.send(button=data)
        assert card.title != "系统出了差错", data
        if chance.random() < 0.2:
            phone.say(chance.choice(("任务", "取消", "9月30日", "12", "情况属实", "1", "位置 21.98,100.45")))
            assert phone.card.title != "系统出了差错", data
    stands(s)
    assert closed is None or s.case.closed_at == closed
