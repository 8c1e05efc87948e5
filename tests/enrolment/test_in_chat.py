"""Enrolment as people walk it: the organiser issues, a stranger's account becomes somebody's, and stops being so."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.card import MOST_BUTTONS
from bot.house import House
from bot.receive import receive
from bot.turn import Turn
from storage import enrolment, people, screen, trail
from storage.database import reading, writing
from tests.databases import demo_copy, everything
from tests.talking import SHOWN, Clock, Phone, phone_of
from workflows.enrolment import code_from, read_code

ORGANISER, LI, YU = "P:XX001", "P:GA001", "P:GA002"


class Town:
    """The demo, where nobody has an account yet but the organiser."""

    def __init__(self, house: House, clock: Clock) -> None:
        self.house, self.clock = house, clock
        self.office = phone_of(house, ORGANISER)

    def stranger(self, account: str) -> Phone:
        return Phone(self.house, "", account, "telegram")

    def name(self, person: str) -> str:
        with reading(self.house.engine) as tx:
            return next(p.name for p in people.everybody(tx) if p.id == person)

    def code_for(self, person: str) -> str:
        return codes_on(self.office, self.office.say(f"绑定码 {self.name(person)}").lines)[0]

    def bound(self, person: str, account: str) -> Phone:
        phone = self.stranger(account)
        assert phone.say(self.code_for(person)).title == f"绑定成功：{self.name(person)}"
        phone.person = person
        return phone


def codes_on(phone: Phone, lines: tuple[str, ...]) -> list[str]:
    return [code for said in lines if (code := read_code(said.removeprefix("§ ")))]


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    SHOWN.clear()
    with demo_copy("sqlite", tmp_path) as (house, clock):
        yield Town(house, clock)
        with reading(house.engine) as tx:
            trail.verify(tx)


@pytest.fixture(autouse=True)
def nothing_fails(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    assert [r.getMessage() for r in caplog.get_records("call") if r.levelno >= logging.ERROR] == []
    for card in SHOWN:
        assert len(card.buttons) <= MOST_BUTTONS, card
        assert len({b.data for b in card.buttons}) == len(card.buttons), card
        assert not any("None" in one for one in (card.title, *card.lines)), card


# ---- an account nobody is known behind


@pytest.mark.parametrize("said", ["任务", "进度", "你好", "/start", "K7MP-3QX0", "绑定", "case:1"])
def test_a_stranger_gets_the_way_to_bind_and_nothing_else(town: Town, said: str) -> None:
    card = town.stranger("77").say(said)
    assert card.title == "这个账号还没有绑定"
    assert card.buttons == ()
    assert not any(town.name(person) in line for person in (LI, YU) for line in card.lines)


def test_a_stranger_s_tap_place_or_photo_does_nothing(town: Town) -> None:
    stranger = town.stranger("77")
    assert stranger.send(button="home|").title == "这个账号还没有绑定"
    assert stranger.place().title == "这个账号还没有绑定"
    assert stranger.photo().title == "这个账号还没有绑定"


def test_a_code_makes_the_account_somebody_s_at_once(town: Town) -> None:
    phone = town.bound(LI, "77")
    assert phone.tap("我的任务").title != "这个账号还没有绑定"
    assert phone.say("我的账号").title == f"{town.name(LI)}的账号"


def test_the_same_is_said_of_wrong_used_old_and_withdrawn_codes(town: Town) -> None:
    used, withdrawn, expired = town.code_for(LI), town.code_for(YU), town.code_for("P:GA003")
    town.clock.pass_time(hours=23)
    town.stranger("77").say(used)
    town.code_for(YU)
    said = {town.stranger(f"s{n}").say(c) for n, c in enumerate([used, withdrawn, code_from(9)])}
    town.clock.pass_time(hours=2)
    said.add(town.stranger("s9").say(expired))
    assert len(said) == 1
    assert said.pop().title == "没有绑定成"


def test_but_the_organiser_sees_which(town: Town) -> None:
    used = town.code_for(LI)
    town.bound(YU, "78")
    town.stranger("77").say(used)
    town.stranger("s1").say(used)
    town.stranger("s1").say(code_from(9))
    town.office.say("绑定")
    assert town.office.sees(f"{town.name(LI)}的码，已经用过：1 次")
    assert town.office.sees("从来没有发过的码：1 次")


def test_a_guesser_is_told_when_to_come_back(town: Town) -> None:
    code, guesser = town.code_for(LI), town.stranger("77")
    for n in range(5):
        assert guesser.say(code_from(n)).title == "没有绑定成"
    assert guesser.say(code).title == "请稍后再试"
    town.clock.pass_time(minutes=15)
    assert guesser.say(code).title.startswith("绑定成功")


def test_a_code_typed_into_a_bound_account_is_not_spent(town: Town) -> None:
    phone = town.bound(LI, "77")
    code = town.code_for(YU)
    assert phone.say(code).title == f"这个账号已经绑定：{town.name(LI)}"
    assert town.stranger("78").say(code).title == f"绑定成功：{town.name(YU)}"


# ---- the organiser


def test_only_the_organiser_issues_and_revokes(town: Town) -> None:
    li = town.bound(LI, "77")
    town.bound(YU, "78")
    for way in ("code|", "codes-all||yes", "bindings|", "revoke||abc|yes"):
        assert li.send(button=way).title == "发绑定码由信息管理员办理", way
    assert li.say(f"绑定码 {town.name(YU)}").title == "发绑定码由信息管理员办理"
    assert li.say("绑定").title == f"{town.name(LI)}的账号"


def test_a_person_is_chosen_from_pages_or_by_name(town: Town) -> None:
    town.office.say("绑定")
    town.office.tap("发绑定码")
    seen = []
    while any(b.label == "下一页" for b in town.office.card.buttons):
        seen += [
            b.label for b in town.office.card.buttons if b.data.startswith("code||") and b.label != "下一页"
        ]
        town.office.tap("下一页")
    assert len(set(seen)) >= 20
    assert town.office.say("绑定码 查无此人").title == "没有叫“查无此人”的人员"
    town.office.tap("发绑定码")
    label = next(b.label for b in town.office.card.buttons if "（" in b.label)
    assert town.office.tap(label).title == f"{label.split('（')[0]}的绑定码"


def test_two_of_one_name_are_asked_about(town: Town) -> None:
    with writing(town.house.engine) as tx:
        people.save(tx, people.Person("P:ZZ1", town.name(LI), "县应急管理局", ("inspector",)))
    assert town.office.say(f"绑定码 {town.name(LI)}").title == "有 2 位同名，给哪一位发"
    code = codes_on(town.office, town.office.tap("县应急管理局").lines)[0]
    phone = town.stranger("77")
    assert phone.say(code).lines[0] == "县应急管理局 · 执法人员"


def test_all_without_an_account_get_a_code_of_their_own(town: Town) -> None:
    town.bound(LI, "77")
    town.office.say("绑定")
    town.office.tap("没有账号的都发")
    card = town.office.tap("确认发码")
    codes = codes_on(town.office, card.lines)
    assert len(set(codes)) == len(codes) == 20
    assert not any(town.name(LI) in line for line in card.lines)
    assert town.stranger("s1").say(codes[0]).title.startswith("绑定成功")
    town.office.tap("账号绑定")
    while town.office.tap("没有账号的都发").title != "不用再发":
        town.office.tap("确认发码")
        town.office.tap("账号绑定")


def test_a_code_is_shown_once_and_then_nowhere(town: Town) -> None:
    """Not on the screen after the next turn, not in the record of the turn, not where it was typed."""
    code = town.code_for(LI)
    town.stranger("77").say(code)
    town.office.say("帮助")
    for table, rows in everything(town.house.engine).items():
        assert not any(code in str(cell) for row in rows for cell in row), table


def test_a_redelivered_turn_shows_no_code_and_makes_none(town: Town) -> None:
    turn = Turn("web", town.office.account, "same-update", text=f"绑定码 {town.name(LI)}")
    first, second = receive(town.house, turn), receive(town.house, turn)
    assert codes_on(town.office, first[-1].lines)
    assert second[-1].title == "绑定码已显示过一次"
    assert town.stranger("77").say(codes_on(town.office, first[-1].lines)[0]).title.startswith("绑定成功")


def test_a_revoked_account_stops_at_its_next_turn(town: Town) -> None:
    phone = town.bound(LI, "77")
    town.office.say("绑定")
    town.office.tap("已绑定的账号")
    town.office.tap(f"停用 {town.name(LI)} 电报")
    assert phone.say("任务").title != "这个账号还没有绑定", "asked, not yet done"
    assert town.office.tap("确认停用").title == f"已停用：{town.name(LI)}"
    assert phone.say("任务").title == "这个账号还没有绑定"
    assert phone.send(button="home|").title == "这个账号还没有绑定"
    assert town.office.send(button=f"revoke||{'0' * 12}|yes").title == "没有这个账号"


# ---- one person, several accounts


def test_everybody_sees_and_unbinds_their_own_accounts_only(town: Town) -> None:
    phone, other = town.bound(LI, "77"), town.bound(LI, "78")
    stranger = town.bound(YU, "79")
    phone.say("解绑")
    assert phone.sees("（现在用的这个）")
    with reading(town.house.engine) as tx:
        assert len(enrolment.bindings(tx, LI)) == 2
    theirs = next(b.data for b in phone.card.buttons if b.label.startswith("解绑"))
    assert stranger.send(button=f"{theirs}|yes").title == f"{town.name(YU)}的账号"
    first, second = (b for b in phone.card.buttons if b.label.startswith("解绑"))
    phone.send(button=second.data)
    assert phone.tap("确认解绑").title == "已解绑"
    assert other.say("任务").title == "这个账号还没有绑定"
    phone.send(button=first.data)
    assert phone.sees("这就是您现在用的账号")
    phone.tap("确认解绑")
    assert phone.say("任务").title == "这个账号还没有绑定"


def test_an_account_bound_in_another_year_says_which(town: Town) -> None:
    phone = town.bound(LI, "77")
    phone.say("我的账号")
    assert not phone.sees("2026年")
    town.clock.pass_time(days=200)
    phone.say("我的账号")
    assert phone.sees("2026年9月21日")
    unbinding = phone.tap("解绑")
    assert "2026年9月21日" in unbinding.lines[0]
    town.office.say("绑定")
    town.office.tap("已绑定的账号")
    assert town.office.sees("2026年9月21日")
    assert "2026年9月21日" in town.office.tap("停用").lines[0]


def test_what_one_account_began_the_other_goes_on_with(town: Town) -> None:
    on_the_way, at_the_desk = town.bound(LI, "77"), town.bound(LI, "78")
    assert on_the_way.say("任务") == at_the_desk.say("任务")


def test_the_office_s_screen_shows_the_code_until_its_next_turn(town: Town) -> None:
    town.code_for(LI)
    with reading(town.house.engine) as tx:
        assert screen.has(tx, "web", town.office.account, "enrolment-code")
    town.office.say("任务")
    with reading(town.house.engine) as tx:
        assert not screen.has(tx, "web", town.office.account, "enrolment-code")
