"""Reminders as they come up on a phone, from the assignment to the day after the last, while the days go by."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from bot.accounts import issue_link
from bot.channels.web import Wake, build
from bot.channels.web_desk import HouseDesk
from bot.deliver import deliver
from bot.house import House
from bot.reminders import sweep
from storage import projection, reminders
from storage.database import writing
from tests.conversation.walks import Scene, noted, scene_of, signed
from tests.databases import demo_copy
from tests.e2e.browser import Window, chromium, folder_for_pictures, open_window, phone, windows
from tests.served import in_a_thread
from tests.talking import Clock
from workflows.inspection.facts import CHINA


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@dataclass
class Days:
    """The days of a house as they go by. `open_for` opens a window for a person."""

    house: House
    clock: Clock
    wake: Wake
    open_for: Callable[[str], Window]

    def come(self, *moment: int) -> None:
        """It is that moment in China: the service looks what has fallen due, and brings it."""
        self.clock.now = datetime(*moment, tzinfo=CHINA)  # type: ignore[arg-type,misc]
        self.tick()

    def tick(self) -> None:
        sweep(self.house)
        deliver(self.house)
        self.wake.ring()


@pytest.fixture
def days(browser: Browser, tmp_path: Path) -> Iterator[Days]:
    pictures = folder_for_pictures(tmp_path / "pictures")
    with ExitStack() as stack:
        house, clock = stack.enter_context(demo_copy("sqlite", tmp_path))
        wake = Wake()
        at = stack.enter_context(in_a_thread(build(HouseDesk(house), wake=wake), wake))
        opened = stack.enter_context(windows())

        def open_for(person: str) -> Window:
            with writing(house.engine) as tx:
                link = issue_link(tx, person, clock())
            return open_window(stack.enter_context(phone(browser)), f"{at}/enter/{link}", pictures, opened)

        yield Days(house, clock, wake, open_for)


def test_before_the_visit(days: Days) -> None:
    """Assigned; the eve of the appointment; a visit that was not made; the task's last days."""
    s = scene_of(days.house, days.clock, "2026-02")
    mate = days.open_for(s.market.person)
    days.tick()
    mate.sees("新的检查任务")
    mate.picture("61-assigned")
    noted(s).market.tap("完成预查")
    s.market.send(button=f"notice|{s.case_id}")
    s.market.say("9月24日10:00")
    s.market.tap("按通常材料")
    days.come(2026, 9, 23, 8, 59)
    mate.sees_no("明天上门检查")
    days.come(2026, 9, 23, 9, 0)
    mate.sees(f"明天上门检查：{s.target}", "检查时间：9月24日（周四）10:00")
    mate.picture("62-eve")
    mate.tap("打开任务", then="② 现场检查")
    days.come(2026, 12, 17, 9, 0)
    mate.sees(f"上门检查快到期：{s.target}", "还有 10 个工作日", "请重新约定时间")
    mate.picture("63-not-visited")
    mate.tap("约定检查时间", then="什么时候去检查？")
    days.come(2026, 12, 31, 9, 0)
    mate.sees(f"上门检查今天到期：{s.target}")
    mate.picture("64-last-day-of-the-task")


def test_after_the_visit(days: Days) -> None:
    s = scene_of(days.house, days.clock)
    signed(s)
    mate, head = days.open_for(s.police.person), days.open_for(s.head.person)
    quiet_till_the_tenth_day_before(days, mate)
    sent_late_once(days, mate, head)
    not_what_was_switched_off(days, mate)
    its_button_does_it(days, mate, s)
    several_in_one(days, mate, s)
    overdue(days, mate, head, s)


def quiet_till_the_tenth_day_before(days: Days, mate: Window) -> None:
    for moment in ((2026, 10, 1, 9, 0), (2026, 10, 10, 9, 0), (2026, 10, 12, 21, 0), (2026, 10, 13, 8, 59)):
        days.come(*moment)
        mate.sees_no("录入公示")
    days.come(2026, 10, 13, 9, 0)
    mate.sees("录入公示快到期", "期限：10月27日（周二），还有 10 个工作日")
    mate.picture("65-ten-days")


def sent_late_once(days: Days, mate: Window, head: Window) -> None:
    """Nobody was there on the morning of the fifth day before."""
    days.come(2026, 10, 20, 11, 20)
    mate.sees("还有 5 个工作日", "（迟发）应当在10月20日（周二）09:00提醒您，当时系统没有运行。")
    mate.picture("66-late")
    head.sees("提醒服务中断了")
    head.picture("67-interrupted")
    before = mate.page.locator("#feed > *").count()
    days.come(2026, 10, 20, 11, 30)
    assert mate.page.locator("#feed > *").count() == before


def not_what_was_switched_off(days: Days, mate: Window) -> None:
    mate.type("提醒设置", then="提醒设置")
    mate.tap("下一页", then="☑ 录入公示：提前 3 个工作日")
    mate.tap("☑ 录入公示：提前 3 个工作日", then="☐ 录入公示：提前 3 个工作日")
    mate.picture("68-preferences")
    days.come(2026, 10, 22, 9, 0)
    mate.sees_no("还有 3 个工作日")


def its_button_does_it(days: Days, mate: Window, s: Scene) -> None:
    days.come(2026, 10, 26, 9, 0)
    mate.sees("还有 1 个工作日", "请录入检查结果，再公示。")
    mate.tap("录入结果", then="④ ")
    mate.picture("69-entry-from-the-reminder")


def several_in_one(days: Days, mate: Window, s: Scene) -> None:
    with_two_more(days, s)
    days.come(2026, 10, 27, 9, 0)
    mate.sees("今天有 3 件到期", "录入公示（县公安局）：10月27日（周二），今天到期")
    mate.picture("70-digest")
    mate.tap(f"录入结果：{s.target}"[:30], then="④ ")


def with_two_more(days: Days, s: Scene) -> None:
    """As far as this one, at other places."""
    case = s.case
    with writing(days.house.engine) as tx:
        for number, name in enumerate(("勐海县第二歌舞厅", "勐海县第三游艺厅")):
            target = replace(case.opened.target, name=name)
            more = replace(
                case, id=f"more{number}", opened=replace(case.opened, case=f"more{number}", target=target)
            )
            projection.save(tx, None, more)
            profile = days.house.lawbook.profiles[case.opened.profile]
            reminders.arm(tx, more, profile, {}, days.clock.now)


def overdue(days: Days, mate: Window, head: Window, s: Scene) -> None:
    days.come(2026, 10, 27, 23, 0)
    head.sees_no("已逾期")
    days.come(2026, 10, 28, 9, 0)
    mate.sees("有 3 件已逾期")
    mate.picture("71-overdue")
    head.sees("件已逾期")
    head.picture("72-overdue-supervisor")
