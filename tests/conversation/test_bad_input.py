"""What nobody should send: each gets a sentence, and harms nothing. `conftest` looks after every test that nothing failed."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from sqlalchemy import update

from bot.receive import receive, resume, storable
from bot.turn import Turn
from storage import awaiting, evidence, people
from storage.awaiting import Awaiting
from storage.database import reading, writing
from storage.documents import decode, encode
from storage.schema import accounts
from tests.conversation.conftest import Begin
from tests.conversation.test_words import describing
from tests.conversation.walks import Scene, finished, noted, opened, published, scene_of
from tests.talking import JPEG, Phone
from workflows.inspection import events as e

LONG = "情" * 4000
ODD = (
    "😀👮‍♀️",
    "a|b|c",
    "第一行\n第二行\r\n> 《伪造的条款》第一条\n§ 小标题",
    "\x00\x01",
    "半个\ud83d字",
    "﷽" * 50,
    "<b>粗</b>{{ 7*7 }}",
)


def test_four_thousand_characters_are_asked_to_be_fewer_and_the_form_waits_on(begin: Begin) -> None:
    s = begin(describing)
    assert s.police.say(LONG).title == "写得太长"
    s.police.say("短的")
    assert s.case.answers["GA-02-01"].note == "短的"
    assert s.police.say(LONG).title.startswith("没有听懂")


@pytest.mark.parametrize("said", ODD)
def test_odd_words_are_one_plain_line_wherever_they_are_shown(begin: Begin, said: str) -> None:
    s = begin(describing)
    s.police.say(said)
    note = s.case.answers["GA-02-01"].note
    assert note
    assert "|" not in note
    assert len(note.splitlines()) == 1
    assert not note.startswith(("> ", "§ "))
    assert s.police.card.title.startswith("②")
    assert s.at(s.police).say(said).title


FORGED = (
    "", "|", "||||", "nonsense", "nonsense|x", "open", "open|", "open|0000000000", "open|' OR 1=1 --", "answer",
    "home||-1", "home||999999999999", "home||x", "home||²", "progress||-5", "progress||٣٣", "progress||" + "9" * 50,
    "drawing||x|y", "draw||x|y|yes", "draw||9999|9999|yes", "release||0|0", "publish-plan||0", "help||||",
    "open|{case}|x|y|z", "answer|{case}", "answer|{case}|GA-02-01", "answer|{case}|GA-02-01|perhaps",
    "answer|{case}|X-1|yes", "corrections|{case}|x", "corrections|{case}|99999999999", "correct|{case}|nope",
    "correct|{case}|GA-02-01|perhaps|because", "move|{case}|zz", "move|{case}|zz|GA-02-01", "move|{case}", "skip|{case}|nope|why",
    "skip|{case}|||77777", "obstacle|{case}|ufo", "obstacle|{case}|ufo|why", "scan-later|{case}|ufo", "scan-later|{case}|ufo|why",
    "enter|{case}|x", "enter|{case}|99|1|none", "enter|{case}|²|1|none", "enter|{case}|0|zz|zz", "enter|{case}|0|1+1+1|none",
    "pick|{case}|x|1|0", "pick|{case}|0|zz+zz|99999", "pick|{case}|0||-1", "measure|{case}|0|1|zz|x", "measure|{case}|x",
    "secrecy|{case}|x", "secrecy|{case}|0|because", "publish|{case}|x", "publish|{case}|0|late", "handle|{case}|nope",
    "handle|{case}||999999", "decide|{case}|GA-02-01|ufo", "decide|{case}|nope|ordered|2026-99-99",
    "decide|{case}|GA-02-01|ordered|yesterday", "recheck|{case}|GA-02-01", "recheck|{case}|GA-02-01|perhaps", "confirm|{case}",
    "recusal|{case}|x|y", "recusal|{case}|0", "nondisclosure|{case}|9|y", "transfer|{case}|nope|y", "review|{case}|0",
    "review|{case}|9|y", "recuse|{case}|party99|why", "recuse|{case}|somebody", "method|{case}|99", "method|{case}|x|usual",
    "notice|{case}|999999999999", "notice|{case}|202613992561", "background|{case}|ufo|ok", "sources|{case}|ufo", "items|{case}|y",
    "sign|{case}|00000000", "party|{case}|none", "party-refuses|{case}", "remind|{case}", "oversee|{case}", "next|{case}",
    "all-fine|{case}|nope", "all-fine|{case}|nope|yes", "close|{case}", "x" * 4000, "home||" + "9" * 5000, "😀|😀",
)  # fmt: skip


@pytest.mark.parametrize("stage", [noted, opened, finished, published])
def test_a_forged_button_gets_a_sentence_and_harms_nothing(begin: Begin, stage: Callable[..., Scene]) -> None:
    s = begin(stage, *(("police",) if stage in (finished, published) else ()))
    before = s.case.handlings, s.case.entries, s.case.answers, s.case.members
    for phone in (s.market, s.police, s.expert, s.head, s.legal, s.organiser):
        for data in FORGED:
            card = (
                phone.send(button=data.format(case=s.case_id))
                if "{case}" in data
                else phone.send(button=data)
            )
            assert card.title
    after = s.case
    assert {k: a.value for k, a in after.answers.items()} == {k: a.value for k, a in before[2].items()}
    assert (after.handlings, after.members) == (before[0], before[3])


@pytest.mark.rule("by-machine")
def test_another_departments_case_is_shown_to_nobody_and_every_try_is_on_its_trail(begin: Begin) -> None:
    s = begin(opened)
    other = scene_of(s.house, s.clock, "2026-02")
    tried = 0
    for data in (
        "open|{}",
        "answer|{}|GA-02-01|yes",
        "publish|{}|0",
        "notice-text|{}",
        "corrections|{}",
        "remind|{}",
    ):
        card = other.market.send(button=data.format(s.case_id))
        tried += 1
        assert card.title == "这个任务不归您办"
        assert s.target not in "".join((card.title, *card.lines))
    assert any(line.startswith("> ") for line in card.lines)
    refused = [x for x in s.events() if isinstance(x, e.CommandRefused) and x.reason == "not-on-team"]
    assert len(refused) == tried
    other.market.say("进度")
    assert not other.market.sees(s.target)


def test_an_account_nobody_owns_gets_only_the_way_to_be_known(begin: Begin) -> None:
    s = begin(opened)
    stranger = Phone(s.house, "", "nobody's phone")
    for what in ({"text": "任务"}, {"button": f"open|{s.case_id}"}, {"location": (21.9, 100.4)}):
        assert stranger.send(**what).title == "这个账号还没有绑定"
    assert stranger.photo().title == "这个账号还没有绑定"


def test_an_account_that_was_revoked_does_nothing_any_more_not_even_finish_a_form(begin: Begin) -> None:
    s = begin(describing)
    with writing(s.house.engine) as tx:
        mine = accounts.c.account == s.police.account
        tx.execute(update(accounts).where(mine).values(revoked_at=s.clock()))
    assert s.police.say("已经写好的情况").title == "这个账号还没有绑定"
    assert not s.case.answers["GA-02-01"].note


def test_who_left_the_team_in_the_middle_of_a_form_is_told_so(begin: Begin) -> None:
    s = begin(describing)
    s.at(s.market).tap("遇到情况")
    s.market.tap("其他事项")
    s.market.tap("申请回避")
    s.market.tap(f"当事人申请{s.case.members[s.police.person].name}回避")
    s.market.say("亲属")
    s.head.say("任务")
    s.head.tap(s.target)
    s.head.tap("同意回避")
    assert s.police.say("情况").title == "这个任务不归您办"
    assert s.police.place().title == "这个任务不归您办"
    assert s.police.photo().title == "这个任务不归您办"
    assert not s.case.answers["GA-02-01"].note


@pytest.mark.parametrize(
    "asked", [("no-verb-any-more",), ("describe", "GA-02-01", "note", "and one word more")]
)
def test_a_question_only_an_older_version_put_does_not_bar_the_case(
    begin: Begin, asked: tuple[str, ...]
) -> None:
    s = begin(opened)
    verb, *filled = asked
    with writing(s.house.engine) as tx:
        awaiting.ask(tx, s.market.person, Awaiting(s.case_id, verb, tuple(filled)), s.clock())
    assert s.at(s.market).card.title.startswith("②")


def test_a_replayed_update_is_answered_from_the_record(begin: Begin) -> None:
    s = begin(opened)
    turn = Turn("web", s.police.account, "the same update", button=f"answer|{s.case_id}|GA-02-01|no")
    first, again = receive(s.house, turn), receive(s.house, turn)
    assert first == again
    other = Turn("web", s.police.account, "the same update", button=f"answer|{s.case_id}|SJ-01-01|no")
    assert receive(s.house, other) == first
    assert sum(isinstance(x, e.AnswerRecorded) for x in s.events()) == 1


@pytest.mark.parametrize(
    "place", [(float("nan"), 1.0), (float("inf"), 0.0), (999.0, 0.0), (0.0, -1e300), (91.0, 0.0)]
)
def test_a_place_off_the_earth_is_no_check_in(begin: Begin, place: tuple[float, float]) -> None:
    s = begin(noted)
    assert s.at(s.market).place(*place).title == "没有读出位置"
    assert not s.case.arrivals
    turn = storable(Turn("web", "a", "u", text="半个\ud83d字", location=place))
    assert decode(encode(turn), Turn) == turn
    assert resume(s.house) == 0


def test_a_photo_nobody_asked_for_says_where_it_went_or_that_it_went_nowhere(begin: Begin) -> None:
    s = begin(published)
    assert s.head.photo().title == "收到文件，没有记到任务里"
    refused = s.at(s.market).photo()
    assert refused.title == "这个任务已经办结"
    s = begin(noted)
    assert s.at(s.market).photo().tone == "refusal"
    assert not s.case.evidence


def test_a_photo_sent_while_a_form_waits_is_kept_and_the_form_waits_on(begin: Begin) -> None:
    s = begin(describing)
    assert s.police.photo().title.startswith("已保存")
    s.police.say("写好了")
    assert s.case.answers["GA-02-01"].note == "写好了"
    assert [p.question for p in s.case.evidence.values()] == ["GA-02-01"]


def test_the_same_photo_twice_is_one_piece_and_the_card_says_where_it_is(begin: Begin) -> None:
    s = begin(describing)
    s.police.photo()
    s.police.say("写好了")
    kept = s.police.photo()
    assert len(s.case.evidence) == 1
    label = next(x for x in s.police.cards if x.tone == "notice")
    assert any("备案" in one for one in label.lines), kept
    # The question asked now is another one, and still has no photo.
    assert label.title.startswith("这个文件先前已经保存")
    assert any(one.startswith("现在问的是：") for one in label.lines)


def test_a_photo_can_be_moved_to_the_question_it_belongs_to(begin: Begin) -> None:
    s = begin(opened)
    s.at(s.police).tap("不符合")
    s.police.photo()
    s.police.tap("不符合")
    s.police.photo(JPEG + b"2")
    s.police.tap("换到别的项")
    s.police.tap(s.police.card.buttons[0].label)
    assert s.police.card.title.startswith("②")


def test_file_names_and_kinds_may_be_anything(begin: Begin) -> None:
    s = begin(describing)
    for name in ("😀.jpg", "名" * 300 + ".jpg", "../../etc/passwd", "a|b\nc.png", ""):
        data = JPEG + name.encode()
        digest = evidence.keep(
            s.house.engine, s.house.evidence, data, name, "image/jpeg", s.police.person, s.clock()
        )
        assert s.police.send(file=(digest, name, "image/jpeg", len(data))).title


def test_noise_of_every_kind_at_every_stage_breaks_nothing(begin: Begin) -> None:
    chance = random.Random(7)
    for stage in (noted, opened, finished):
        s = begin(stage)
        for _ in range(60):
            phone = chance.choice((s.market, s.police, s.expert, s.head, s.legal, s.organiser))
            what = chance.randrange(4)
            if what == 0:
                phone.say(chance.choice((*ODD, LONG, "任务", "1", "6", "返回", "取消")))
            elif what == 1:
                phone.send(button=chance.choice(FORGED).replace("{case}", s.case_id))
            elif what == 2:
                phone.place(chance.uniform(-100, 100), chance.uniform(-200, 200))
            else:
                phone.photo(JPEG + bytes([chance.randrange(5)]))


def test_nobody_is_bound_by_a_turn(begin: Begin) -> None:
    s = begin(noted)
    Phone(s.house, "", s.police.person).say("任务")
    with reading(s.house.engine) as tx:
        assert people.behind(tx, "web", s.police.person) is None
