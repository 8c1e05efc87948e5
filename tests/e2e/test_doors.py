"""The links that `suijian demo` prints: two in one browser, one that is nobody's, and no link at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browser import chromium, folder_for_pictures, open_window, phone, windows
from tests.e2e.serving import Office, open_office


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    office = open_office(tmp_path_factory.mktemp("demo"))
    office.start("demo")
    yield office
    office.kill()


def test_two_links_in_two_tabs_of_one_browser_are_two_people(
    browser: Browser, demo: Office, tmp_path: Path
) -> None:
    pictures = folder_for_pictures(tmp_path / "pictures")
    leader, mate = (link for who, link in demo.printed_links().items() if re.match("第1组 组[长员]", who))
    with windows() as opened, phone(browser) as context:
        one, other = (open_window(context, link, pictures, opened) for link in (leader, mate))
        for tab in (one, other):
            tab.tap("任务", then="待办 1")
            tab.tap(re.compile("^① "), then="请点“收到任务”")
        one.tap("收到任务", then="还没有确认收到任务的")
        other.tap("收到任务", then="查阅资料，看过一项点一项")
        one.sees_no("还没有确认收到任务的")
        other.tap("三项都已查阅", then="☑ 查阅资料 3/3")
        one.sees("☑ 查阅资料 3/3")
        one.tap("与名录库一致", then="背景情况 1/3")
        other.sees("背景情况 1/3")
        names = [tab.page.get_by_role("heading", level=1).inner_text() for tab in (one, other)]
        assert len(set(names)) == 2
        one.page.reload()
        expect(one.page.get_by_role("heading", level=1)).to_have_text(names[0])


def test_a_forged_link_and_no_link_lead_to_how_to_get_one(
    browser: Browser, demo: Office, tmp_path: Path
) -> None:
    pictures = folder_for_pictures(tmp_path / "pictures")
    with phone(browser) as context:
        page = context.new_page()
        for address, status in ((f"{demo.address}/enter/forged-token", 403), (demo.address, 401)):
            answer = page.goto(address)
            assert answer and answer.status == status
            expect(page.get_by_role("heading")).to_have_text("这个浏览器还没有绑定账号")
            expect(page.get_by_role("main")).to_contain_text("请向信息管理员领取入口链接")
        page.screenshot(path=pictures / "00-unbound.png")
        assert context.cookies() == []
