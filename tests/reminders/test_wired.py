"""From an event to the reminder on the screen, and from the settings to what is not said: through the house itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from bot.body import Body
from bot.card import Card
from bot.deliver import deliver
from bot.reminders import sweep
from bot.render import button
from storage import casebook, people, projection, reminders, screen
from storage.database import reading
from storage.documents import decode
from tests.conversation.walks import scene_of
from tests.databases import demo_copy
from tests.talking import Clock, Phone
from workflows.inspection import commands as c
from workflows.inspection.facts import CHINA, Actor


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[tuple[Phone, Clock]]:
    with demo_copy("sqlite", tmp_path) as (house, clock):
        yield scene_of(house, clock).market, clock


def on_screen(phone: Phone) -> list[Card]:
    with reading(phone.house.engine) as tx:
        shown = screen.since(tx, phone.channel, phone.account, 0)
    bodies = [decode(one.body, Body) for one in shown]
    return [body.card for body in bodies if body.card]


def test_an_appointment_made_in_the_chat_is_reminded_of_on_its_eve(scene: tuple[Phone, Clock]) -> None:
    phone, clock = scene
    case = appointed(phone, datetime(2026, 9, 24, 10, 0, tzinfo=CHINA))
    clock.now = datetime(2026, 9, 23, 9, 0, tzinfo=CHINA)
    sweep(phone.house)
    deliver(phone.house)
    said = [one for one in on_screen(phone) if one.title.startswith("明天上门检查")]
    assert [one.buttons[0].data for one in said] == [f"open|{case}"]
    assert phone.send(button=said[0].buttons[0].data).key == f"case:{case}"


def test_who_switched_it_off_is_not_told(scene: tuple[Phone, Clock]) -> None:
    phone, clock = scene
    appointed(phone, datetime(2026, 9, 24, 10, 0, tzinfo=CHINA))
    phone.say("提醒设置")
    phone.tap("☑ 上门检查")
    assert phone.sees("☐ 上门检查")
    clock.now = datetime(2026, 9, 23, 9, 0, tzinfo=CHINA)
    sweep(phone.house)
    deliver(phone.house)
    assert [one for one in on_screen(phone) if one.title.startswith("明天")] == []


def appointed(phone: Phone, visit_at: datetime) -> str:
    house = phone.house
    with reading(house.engine) as tx:
        case = projection.cases_of(tx, phone.person)[0]
        person = people.get(tx, phone.person)
    assert person is not None
    actor = Actor(person.id, person.name, person.department, person.roles, "web:test")
    commands = (
        *(c.ConsultSource(source) for source in ("system", "business", "files")),
        *(c.NoteBackground(aspect, "无异常") for aspect in ("basics", "status", "credit")),
        c.DecideMethod(("visit",), "两人到场"),
        c.ConfirmItems(),
        c.IssueNotice(visit_at, "营业执照"),
    )
    for command in commands:
        outcome = casebook.execute(house.engine, house.lawbook, case.id, command, actor, house.clock(), "")
        assert outcome.refused is None, outcome.refused
    return case.id


def test_the_settings_switch_each_kind_off_and_on_and_a_second_tap_changes_nothing(
    scene: tuple[Phone, Clock],
) -> None:
    phone, _ = scene
    phone.say("提醒设置")
    assert [b.label for b in phone.card.buttons] == [
        "☑ 任务结束：提前 10 个工作日",
        "☑ 任务结束：提前 5 个工作日",
        "☑ 任务结束：提前 1 个工作日",
        "☑ 上门检查：前一个工作日",
        "下一页",
        "我的任务",
    ]
    phone.tap("下一页")
    off = phone.button("录入公示：提前 10 个工作日").data
    phone.send(button=off)
    phone.send(button=off)
    assert phone.sees("☐ 录入公示：提前 10 个工作日")
    assert muted(phone) == {"entry-10"}
    phone.tap("录入公示：提前 10 个工作日")
    assert muted(phone) == set()


@pytest.mark.parametrize("kind", ["entry-0", "entry-over", "handover-3", "nonsense"])
def test_no_button_switches_off_what_must_be_said(scene: tuple[Phone, Clock], kind: str) -> None:
    phone, _ = scene
    phone.send(button=button("preferences", "", kind, "off", "0").data)
    assert muted(phone) == set()


def muted(phone: Phone) -> set[str]:
    with reading(phone.house.engine) as tx:
        return set(reminders.muted(tx, phone.person))
