"""What a reminder says, and the button in it that does the thing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from bot.card import Card
from bot.verbs import VERBS
from tests.reminders.desk import HEAD, Desk, copies, judiciary, ordered
from tests.reminders.test_moments import scan_put_off, with_result
from tests.reminders.test_visits import with_all_but_the_notice
from tests.rules.cases import AYAN, CHEN, SUPERVISOR, Walk, handling, precheck_commands, signed
from workflows.inspection import commands as c
from workflows.inspection.facts import CHINA


def appointed() -> Walk:
    walk = Walk()
    walk.do(AYAN, *precheck_commands(datetime(2026, 9, 23, 10, 0, tzinfo=CHINA)))
    return walk


def rechecked() -> Walk:
    walk = ordered(handling("M-3"), datetime(2026, 9, 28, tzinfo=CHINA))
    walk.do(AYAN, c.ReportCorrection("M-3", "已改正"))
    return walk


def handed_over() -> Walk:
    walk = judiciary(handling("M-3"))
    walk.now = datetime(2026, 9, 22, 14, 0, tzinfo=CHINA)
    walk.do(SUPERVISOR, c.DecideTransfer("M-3", True, ""))
    return walk


SAID: dict[str, tuple[Callable[[], Walk], tuple[int, ...], str, str, str]] = {
    "appointment": (appointed, (2026, 9, 22, 9, 0), AYAN, "明天上门检查：勐海县示例旅馆", "open|C-1"),
    "visit": (Walk, (2026, 10, 23, 9, 0), CHEN, "上门检查快到期：勐海县示例旅馆", "open|C-1"),
    "visit to agree on": (
        with_all_but_the_notice,
        (2026, 10, 29, 9, 0),
        AYAN,
        "上门检查快到期：勐海县示例旅馆",
        "notice|C-1",
    ),
    "visit overdue": (Walk, (2026, 11, 2, 9, 0), AYAN, "上门检查已逾期：勐海县示例旅馆", "open|C-1"),
    "entry": (signed, (2026, 10, 19, 9, 0), CHEN, "录入公示快到期：勐海县示例旅馆", "enter|C-1|1"),
    "entry to publish": (
        lambda: with_result(signed()),
        (2026, 10, 26, 9, 0),
        AYAN,
        "今天有 2 件到期",
        "publish|C-1|0",
    ),
    "scan": (scan_put_off, (2026, 9, 24, 9, 0), AYAN, "补扫检查码快到期：勐海县示例旅馆", "scan|C-1"),
    "measure": (
        lambda: ordered(handling("M-3"), datetime(2026, 9, 28, tzinfo=CHINA)),
        (2026, 9, 28, 9, 0),
        AYAN,
        "问题处理今天到期：勐海县示例旅馆",
        "corrected|C-1|M-3",
    ),
    "recheck": (rechecked, (2026, 10, 13, 9, 0), AYAN, "整改复查已逾期：勐海县示例旅馆", "handle|C-1|M-3"),
    "transfer": (
        lambda: judiciary(handling("M-3")),
        (2026, 9, 23, 9, 0),
        HEAD,
        "决定移送快到期：勐海县示例旅馆",
        "oversee|C-1",
    ),
    "handover": (
        handed_over,
        (2026, 9, 23, 2, 0),
        AYAN,
        "移送司法机关今天到期：勐海县示例旅馆",
        "confirm|C-1|M-3",
    ),
}


def shown(desk: Desk, walk: Walk, *moment: int) -> dict[str, Card]:
    desk.at(2026, 9, 21, 12, 0).keep(walk.case)
    desk.at(*moment).swept()
    return {person: card for person, card in desk.cards() if card}


@pytest.mark.parametrize("name", SAID)
def test_a_reminder_says_what_is_due_and_its_first_button_does_it(desk: Desk, name: str) -> None:
    walk, moment, person, title, data = SAID[name]
    said = shown(desk, walk(), *moment)[person]
    assert said.title == title
    assert said.buttons[0].data == data
    assert "None" not in "".join(said.lines)
    assert data.split("|", maxsplit=1)[0] in VERBS


def test_the_deadline_is_named_with_the_days_that_are_left(desk: Desk) -> None:
    said = shown(desk, signed(), 2026, 10, 19, 9, 0)[CHEN]
    assert said.lines[1] == "期限：10月26日（周一），还有 5 个工作日"
    assert "迟发" not in "".join(said.lines)


def test_a_late_one_says_when_it_should_have_come_and_counts_from_today(desk: Desk) -> None:
    said = shown(desk, signed(), 2026, 10, 20, 11, 0)[CHEN]
    assert said.lines[1] == "期限：10月26日（周一），还有 4 个工作日"
    assert said.lines[-1] == "（迟发）应当在10月19日（周一）09:00提醒您，当时系统没有运行。"


def test_on_the_last_working_day_before_a_last_day_nobody_works_on(desk: Desk) -> None:
    said = shown(desk, Walk(), 2026, 10, 30, 9, 0)[CHEN]
    assert (said.title, said.lines[1]) == (
        "上门检查只剩今天：勐海县示例旅馆",
        "期限：10月31日（周六），今天是最后一个工作日",
    )
    assert [b.label for b in said.buttons] == ["开始预查"]


def test_a_day_that_was_agreed_on_and_passed_is_named(desk: Desk) -> None:
    said = shown(desk, appointed(), 2026, 10, 23, 9, 0)[CHEN]
    assert said.lines[2] == "约定的检查时间是9月23日（周三）10:00，还没有去检查。请重新约定时间。"
    assert [b.label for b in said.buttons] == ["约定检查时间", "打开任务"]


def test_the_supervisor_can_lengthen_a_task_nobody_went_out_for(desk: Desk) -> None:
    said = shown(desk, Walk(), 2026, 11, 2, 9, 0)[HEAD]
    assert [b.data for b in said.buttons] == ["open|C-1", "remind|C-1", "extend|C-1|window"]


def test_the_supervisor_can_look_and_chase(desk: Desk) -> None:
    walk = signed()
    only = replace(walk.case, clocks={d: k for d, k in walk.case.clocks.items() if "公安" in d})
    desk.at(2026, 9, 21, 12, 0).keep(only)
    desk.at(2026, 10, 27, 9, 0).swept()
    said = dict(desk.cards())[HEAD]
    assert said is not None
    assert [b.data for b in said.buttons] == ["open|C-1", "remind|C-1"]
    assert said.buttons[1].label == "催办"
    assert said.lines[1] == "期限：10月26日（周一），已逾期 1 个工作日"


def test_a_digest_has_the_most_urgent_first_and_a_button_for_each(either: Desk) -> None:
    desk = either
    first, second, third = copies(signed().case, 3)
    later = replace(
        third,
        clocks={d: replace(k, due=k.due.replace(day=29)) for d, k in third.clocks.items()},
        opened=replace(third.opened, target=replace(third.opened.target, name="勐海县第三旅馆")),
    )
    desk.at(2026, 9, 21, 12, 0).keep(first, second, later)
    desk.at(2026, 10, 26, 9, 0).swept()
    said = dict(desk.cards())[CHEN]
    assert said is not None
    assert said.title == "今天有 2 件到期"
    assert said.lines[0] == "一共 3 件，快到期 1 件"
    assert said.lines[-2:] == (
        "§ 勐海县第三旅馆",
        "录入公示（勐海县公安局）：10月29日（周四），还有 3 个工作日",
    )
    assert [b.data for b in said.buttons] == ["enter|C-0|1", "enter|C-1|1", "enter|C-2|1", "home"]


def test_who_only_looks_has_one_button_for_a_case_whatever_is_due_in_it(desk: Desk) -> None:
    desk.at(2026, 9, 21, 12, 0).keep(*copies(signed().case, 3))
    desk.at(2026, 10, 27, 9, 0).swept()
    said = dict(desk.cards())[HEAD]
    assert said is not None
    assert said.title == "有 6 件已逾期"
    assert [b.data for b in said.buttons] == ["open|C-0", "open|C-1", "open|C-2", "home"]
