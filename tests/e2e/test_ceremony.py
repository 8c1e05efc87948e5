"""The draw as it is held in a hall: the organiser and two witnesses each at a phone, and anybody at the public page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.accounts import issue_link
from bot.channels.web import Wake, build
from bot.channels.web_desk import HouseDesk
from bot.house import House
from bot.long_draw import draw_due
from bot.portal import portal
from bot.portal.shelf import shelf
from storage.database import writing
from tests.ceremony.hall import DRAWN_AT, NUMBERS, ROLLED
from tests.ceremony.test_long_draw import many
from tests.databases import demo_copy
from tests.e2e.browser import Window, chromium, folder_for_pictures, open_window, phone, windows
from tests.served import in_a_thread
from tests.talking import person_named

NAMES = ("程小满", "岳清和", "柏岚")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@contextmanager
def served(house: House) -> Iterator[str]:
    """The house behind a real server, its clock still ours."""
    wake = Wake()
    app = build(HouseDesk(house), wake=wake, public=portal(shelf(house)))
    with in_a_thread(app, wake) as address:
        yield address


def link_of(house: House, name: str) -> str:
    with writing(house.engine) as tx:
        return issue_link(tx, person_named(house, name), house.clock())


def announce(organiser: Window) -> None:
    organiser.type("抽取", then="抽取：放射源")
    organiser.tap(re.compile("^抽取：放射源"), then="公开见证抽取")
    organiser.tap("公开见证抽取", then="选公开随机源")
    organiser.tap("选公开随机源", then="国际随机源")
    organiser.tap("快乐8", then="期")
    organiser.type("2026254 今天21:30", then="快乐8 第 2026254 期")
    organiser.tap("冻结名单", then="名单已冻结")
    organiser.picture("51-frozen")
    organiser.tap("公布承诺", then="等见证人录入")
    organiser.picture("52-committed")


def give(witness: Window, digits: str = "") -> None:
    witness.type("抽取", then="录入见证数")
    if digits:
        witness.tap("录入见证数", then="20")
        witness.type(digits, then="确认交出")
    else:
        witness.tap("掷骰子", then="确认交出")
    witness.picture("53-witness")
    witness.tap("确认交出", then="已录入")


def type_lottery(one: Window, then: str) -> None:
    one.type("抽取", then="录入开奖号码")
    one.tap("录入开奖号码", then="2026254")
    one.type(NUMBERS, then=then)


def test_a_draw_is_held_before_witnesses_and_checked_by_a_stranger(browser: Browser, tmp_path: Path) -> None:
    pictures = folder_for_pictures(tmp_path / "pictures")
    with ExitStack() as stack:
        house, clock = stack.enter_context(demo_copy("sqlite", tmp_path))
        at = stack.enter_context(served(house))
        opened = stack.enter_context(windows())
        organiser, first, second = (
            open_window(
                stack.enter_context(phone(browser)), f"{at}/enter/{link_of(house, name)}", pictures, opened
            )
            for name in NAMES
        )
        announce(organiser)
        give(first, ROLLED[0])
        give(second)
        organiser.tap("看抽取进展", then="W02 柏岚：已录入")
        organiser.tap("截止录入", then="录入开奖号码")
        clock.now = DRAWN_AT
        type_lottery(organiser, then="再请一人")
        type_lottery(second, then="号码已确定")
        organiser.type("抽取", then="现在抽取")
        organiser.tap("现在抽取", then="派发以前谁也看不到名单")
        organiser.picture("54-sealed")
        for one in (organiser, first, second):
            one.type("抽取", then="签字确认")
            one.tap("签字确认", then="签字")
        organiser.type("抽取", then="派发任务")
        organiser.tap("派发任务", then="公开密封数")
        organiser.tap("公开密封数", then="结束抽取")
        organiser.picture("55-opened")
        _checked_by_a_stranger(stack.enter_context(phone(browser)).new_page(), at, tmp_path, pictures)


def test_a_large_draw_shows_how_far_it_is_where_it_was_started(browser: Browser, tmp_path: Path) -> None:
    pictures = folder_for_pictures(tmp_path / "pictures")
    with ExitStack() as stack:
        house, _ = stack.enter_context(demo_copy("sqlite", tmp_path))
        many(house)
        at = stack.enter_context(served(house))
        opened = stack.enter_context(windows())
        link = f"{at}/enter/{link_of(house, NAMES[0])}"
        organiser = open_window(stack.enter_context(phone(browser)), link, pictures, opened)
        organiser.type("抽取", then="抽取：放射源")
        organiser.tap(re.compile("^抽取：放射源"), then="确认抽取")
        organiser.tap("确认抽取", then="正在冻结名单")
        organiser.picture("58-asked")

        def watch(step: str, done: int) -> None:
            if step == "roots":
                organiser.sees("正在编名单")
                organiser.picture("58-freezing")
            if (step, done) == ("check", 0):
                organiser.sees("排递补人员")
                organiser.picture("58-drawing")

        draw_due(house, "this machine", watch)
        organiser.sees("派发以前谁也看不到名单")
        organiser.picture("59-drawn")


def _checked_by_a_stranger(page: Page, at: str, folder: Path, pictures: Path) -> None:
    """Who has no account takes the transcript from the public list and checks it on the public page."""
    page.goto(f"{at}/draws")
    page.get_by_role("link", name=re.compile("放射源")).first.click()
    expect(page.locator("body")).to_contain_text("密钥已公开")
    page.screenshot(path=pictures / "56-public.png", full_page=True)
    with page.expect_download() as taken:
        page.locator("a[href$='transcript.json']").first.click()
    transcript = folder / "transcript.json"
    taken.value.save_as(transcript)
    page.goto(f"{at}/verify")
    page.locator("#many").set_input_files(transcript)
    page.get_by_role("button", name="开始核验").click()
    expect(page.locator("body")).to_contain_text("✓")
    expect(page.locator("body")).not_to_contain_text("✗")
    page.screenshot(path=pictures / "57-checked.png", full_page=True)
