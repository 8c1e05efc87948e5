"""Two people, two phones, one case: the page as a browser really shows it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Literal

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from bot.card import Button, Card
from bot.channels.web import Seat, Wake, build
from bot.channels.web.fake import FakeDesk
from bot.turn import Turn
from tests.served import in_a_thread

LI = Seat("5f1c0a", "李示例", "执法人员 · 勐海县市场监督管理局")
WANG = Seat("9e0b7d", "王示例", "组长 · 勐海县公安局")
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

HIDE = """hidden => {
  Object.defineProperty(document, 'hidden', { get: () => hidden, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}"""


def check_in(arrived: tuple[str, ...]) -> Card:
    lines = (
        "李示例、王示例，须各用本人账号在现场签到。",
        "> 《行政处罚法》第四十二条：执法人员不得少于两人",
        "§ 已签到",
        "、".join(arrived) or "还没有人",
    )
    buttons = (
        Button("我已到场，签到", "7:in", "primary"),
        Button("提醒搭档", "7:remind"),
        Button("申请递补", "7:swap"),
        Button("对象拒绝检查", "7:no", "danger"),
    )
    title = "勐海示例茶厂 · 现场签到"
    return Card(title, lines, buttons, "case:7", 2, asks="location", done=len(arrived), total=2)


def demo_desk() -> FakeDesk:
    """One case between Li and Wang: a tap checks in and changes both cards; a photo and a place are echoed."""
    desk, arrived = FakeDesk({"li": LI, "wang": WANG}), []
    for seat in (LI, WANG):
        desk.put(seat.account, text="任务", mine=True)
        desk.put(seat.account, card=check_in(()))

    def answer(turn: Turn) -> None:
        if turn.button == "7:in":
            arrived.append(f"{'李示例' if turn.account == LI.account else '王示例'} 14:02")
            for seat in (LI, WANG):
                desk.put(seat.account, id=2, card=check_in(tuple(arrived)))
        elif turn.file:
            desk.put(turn.account, photo=turn.file[0], mine=True)
            desk.put(
                turn.account,
                card=Card(
                    "照片已附到“安全出口”",
                    ("第 3 项，共 12 项",),
                    (Button("换一项", "7:move"),),
                    step=2,
                    tone="done",
                    photos=(turn.file[0],),
                    done=3,
                    total=12,
                ),
            )
        elif turn.location:
            desk.put(turn.account, text="位置 {:.2f},{:.2f}".format(*turn.location), mine=True)
        elif turn.text:
            desk.put(turn.account, text=turn.text, mine=True)

    desk.answer = answer
    return desk


@contextmanager
def served(desk: FakeDesk, port: int = 0) -> Iterator[str]:
    """The fake desk behind a real server on a free port; its address."""
    wake = Wake()
    with in_a_thread(build(desk, wake=wake), wake, port) as address:
        yield address


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def one_browser(browser: Browser, scheme: Literal["light", "dark"] = "light") -> Iterator[BrowserContext]:
    """A phone's browser, with cookies of its own; whatever is opened in it must run without an error."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        device_scale_factor=2,
        color_scheme=scheme,
        locale="zh-CN",
        has_touch=True,
        is_mobile=True,
        permissions=["geolocation"],
        geolocation={"latitude": 21.96, "longitude": 100.45},
    )
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    context.on("console", lambda said: errors.append(said.text) if "Content Security" in said.text else None)
    try:
        yield context
    finally:
        context.close()
    assert errors == []


def enter(context: BrowserContext, address: str, token: str) -> Page:
    """A new tab with that person's chat open and live."""
    page = context.new_page()
    page.goto(f"{address}/enter/{token}")
    expect(page.locator("#link")).to_have_text("已连接")
    return page


@contextmanager
def phone(browser: Browser, address: str, token: str) -> Iterator[Page]:
    """One person's phone with the chat open and live."""
    with one_browser(browser) as context:
        yield enter(context, address, token)


def photograph(size: tuple[int, int] = (900, 1200)) -> bytes:
    drawn = BytesIO()
    Image.effect_mandelbrot(size, (-2, -1.5, 1, 1.5), 60).convert("RGB").save(drawn, "JPEG")
    return drawn.getvalue()


def test_what_one_person_does_the_other_sees_at_once(chromium: Browser, tmp_path: Path) -> None:
    desk = demo_desk()
    with (
        served(desk) as address,
        phone(chromium, address, "li") as li,
        phone(chromium, address, "wang") as wang,
    ):
        expect(li.locator("#place")).to_have_class("tool asked")
        li.get_by_role("button", name="我已到场，签到").click()
        for page in (li, wang):
            expect(page.get_by_role("article", name="勐海示例茶厂 · 现场签到")).to_have_count(1)
            expect(page.locator("article")).to_contain_text("李示例 14:02")
            expect(page.locator("article.changed")).to_have_count(1)
        assert li.evaluate("document.activeElement.dataset.tap") == "7:in"
        li.get_by_role("button", name="发送位置").click()
        expect(li.locator(".mine p").last).to_have_text("位置 21.96,100.45")
        li.locator("#files").set_input_files(
            {"name": "门头.jpg", "mimeType": "image/jpeg", "buffer": photograph()}
        )
        expect(li.locator("article .picture img")).to_have_js_property("complete", True)
        assert li.locator("article .picture img").evaluate("image => image.naturalWidth") == 360
        expect(li.locator(".pending")).to_have_count(0)
    assert [bool(turn.button) + 2 * bool(turn.location) + 4 * bool(turn.file) for turn in desk.turns] == [
        1,
        2,
        4,
    ]
    assert desk.turns[1].location == (21.96, 100.45)


def test_two_links_in_two_tabs_of_one_browser_are_both_live(chromium: Browser) -> None:
    desk = demo_desk()
    with served(desk) as address, one_browser(chromium) as context:
        li, wang = enter(context, address, "li"), enter(context, address, "wang")
        expect(li).to_have_title("李示例 · 随检")
        expect(wang).to_have_title("王示例 · 随检")
        for page in (li, wang):
            page.get_by_role("button", name="我已到场，签到").click()
            for other in (li, wang):
                expect(other.locator("article")).to_contain_text("李示例 14:02")
        for page in (li, wang):
            expect(page.locator("article")).to_contain_text("李示例 14:02、王示例 14:02")
            expect(page.locator("#link")).to_have_text("已连接")
            expect(page.locator("#toast")).to_be_hidden()
        li.reload()
        expect(li.locator("h1")).to_have_text(LI.name)
        door = context.new_page()
        door.goto(address)
        door.get_by_role("link", name=WANG.name).click()
        expect(door.locator("h1")).to_have_text(WANG.name)
    assert [turn.account for turn in desk.turns] == [LI.account, WANG.account]


def test_a_tab_out_of_sight_leaves_its_stream_to_others_and_catches_up(chromium: Browser) -> None:
    desk = demo_desk()
    with served(desk) as address, one_browser(chromium) as context:
        # A browser holds six connections to one server: without letting go, the seventh tab would never be live.
        for _ in range(6):
            tab = context.new_page()
            tab.clock.install()
            tab.goto(f"{address}/enter/li")
            expect(tab.locator("#link")).to_have_text("已连接")
            tab.evaluate(HIDE, True)
            tab.clock.fast_forward(20_000)
        wang = enter(context, address, "wang")
        desk.put(LI.account, text="搭档已签到")
        expect(wang.locator("#link")).to_have_text("已连接")
        expect(tab.get_by_text("搭档已签到")).to_have_count(0)
        tab.evaluate(HIDE, False)
        expect(tab.get_by_text("搭档已签到")).to_have_count(1)


def test_nothing_typed_or_tapped_is_lost_while_the_network_is_away(chromium: Browser) -> None:
    desk = demo_desk()
    with served(desk) as address, phone(chromium, address, "li") as li:
        li.context.set_offline(True)
        li.locator("#words").fill("消防通道堆放纸箱")
        li.locator("#words").press("Enter")
        expect(li.locator(".pending.queued")).to_contain_text("等待联网后发送")
        li.get_by_role("button", name="我已到场，签到").click()
        assert desk.turns == []
        li.context.set_offline(False)
        expect(li.locator("article")).to_contain_text("李示例 14:02", timeout=15_000)
        expect(li.locator(".pending")).to_have_count(0)
    assert [turn.text or turn.button for turn in desk.turns] == ["消防通道堆放纸箱", "7:in"]


def test_the_page_finds_a_restarted_server_by_itself(chromium: Browser) -> None:
    desk = demo_desk()
    with served(desk) as address:
        opened = phone(chromium, address, "li")
        li = opened.__enter__()
    expect(li.locator("#link")).to_have_text("正在连接…")
    li.get_by_role("button", name="任务").click()
    expect(li.locator(".pending.queued")).to_have_count(1)
    with served(desk, port=int(address.rsplit(":", 1)[1])):
        expect(li.locator("#link")).to_have_text("已连接", timeout=15_000)
        expect(li.locator(".mine p")).to_have_text(["任务", "任务"])
        opened.__exit__(None, None, None)
    assert len(desk.turns) == 1


def test_who_reads_further_up_is_told_and_not_torn_away(chromium: Browser) -> None:
    desk = demo_desk()
    for number in range(30):
        desk.put(LI.account, text=f"第 {number} 条")
    with served(desk) as address, phone(chromium, address, "li") as li:
        li.locator("#feed").evaluate("feed => { feed.scrollTop = 0; }")
        desk.put(LI.account, text="搭档已签到")
        li.get_by_role("button", name="有新消息").click()
        expect(li.get_by_text("搭档已签到")).to_be_in_viewport()
        expect(li.locator("#newest")).to_be_hidden()
        desk.put(LI.account, id=2, card=check_in(("王示例 14:05",)))
        expect(li.get_by_role("button", name="卡片有更新")).to_be_visible()


def test_what_is_told_and_the_way_to_what_changed_do_not_cover_each_other(
    chromium: Browser, tmp_path: Path
) -> None:
    desk = demo_desk()
    for number in range(30):
        desk.put(LI.account, text=f"第 {number} 条")
    with served(desk) as address, phone(chromium, address, "li") as li:
        li.locator("#feed").evaluate("feed => { feed.scrollTop = feed.scrollHeight; }")
        li.locator("#words").fill("字" * 2001)
        li.get_by_role("button", name="发送", exact=True).click()
        desk.put(LI.account, id=2, card=check_in(("王示例 14:05",)))
        expect(li.get_by_role("button", name="卡片有更新")).to_be_visible()
        expect(li.locator("#toast")).to_be_visible()
        li.screenshot(path=tmp_path / "both.png")
        toast, newest = (li.locator(one).bounding_box() for one in ("#toast", "#newest"))
        assert toast and newest and newest["y"] + newest["height"] <= toast["y"]
        assert newest["x"] >= 0 and newest["x"] + newest["width"] <= 390
        li.locator("#newest").click()
        expect(li.locator("#newest")).to_be_hidden()


def test_enter_that_chooses_a_chinese_word_does_not_send(chromium: Browser) -> None:
    desk = demo_desk()
    with served(desk) as address, phone(chromium, address, "li") as li:
        li.locator("#words").fill("消防")
        enter = "words => words.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: COMPOSING, bubbles: true}))"
        li.locator("#words").evaluate(enter.replace("COMPOSING", "true"))
        assert li.locator("#words").input_value() == "消防"
        li.locator("#words").press("Shift+Enter")
        assert li.locator("#words").input_value() == "消防\n"
        # The bubble stands before the service has answered.
        with li.expect_response(lambda answer: answer.request.method == "POST"):
            li.locator("#words").evaluate(enter.replace("COMPOSING", "false"))
        expect(li.locator(".mine p").last).to_have_text("消防")
    assert len(desk.turns) == 1


def test_a_long_text_stays_in_the_input_and_says_how_long_it_is(chromium: Browser) -> None:
    desk = demo_desk()
    with served(desk) as address, phone(chromium, address, "li") as li:
        li.locator("#words").fill("字" * 2001)
        li.get_by_role("button", name="发送", exact=True).click()
        expect(li.locator("#toast")).to_contain_text("2001 字")
        assert li.locator("#words").input_value() == "字" * 2001
    assert desk.turns == []


def test_a_hand_without_a_mouse_reaches_everything(chromium: Browser) -> None:
    desk = demo_desk()
    with served(desk) as address, phone(chromium, address, "li") as li:
        reached = []
        for _ in range(14):
            li.keyboard.press("Tab")
            reached.append(
                li.evaluate(
                    "document.activeElement.textContent.trim() || document.activeElement.id || document.activeElement.ariaLabel"
                )
            )
        assert [
            name
            for name in reached
            if name
            in ("跳到输入框", "我已到场，签到", "对象拒绝检查", "任务", "photo", "place", "words", "发送")
        ] == [
            "跳到输入框",
            "我已到场，签到",
            "对象拒绝检查",
            "任务",
            "photo",
            "place",
            "words",
            "发送",
        ]
        small = "[...document.querySelectorAll('button')].filter(b => b.offsetHeight && b.offsetHeight < 44).length"
        assert li.evaluate(small) == 0
        assert li.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize("by_keys", [True, False])
def test_who_works_by_keys_is_led_to_where_the_answer_is_typed(chromium: Browser, by_keys: bool) -> None:
    """A finger's tap must not raise the phone's keyboard; Enter must not fall on the way out."""
    desk = demo_desk()
    leave = (Button("先不填了", "7:leave"),)
    asking = Card("检查码是多少", ("请写八位检查码。",), leave, "case:7", 2, asks="text", form="scan")
    desk.answer = lambda turn: desk.put(LI.account, id=2, card=asking) and None
    with served(desk) as address, phone(chromium, address, "li") as li:
        button = li.get_by_role("button", name="我已到场，签到")
        if by_keys:
            for _ in range(20):
                li.keyboard.press("Tab")
                if button.evaluate("one => one === document.activeElement"):
                    break
            li.keyboard.press("Enter")
        else:
            button.tap()
        expect(li.locator("#feed")).to_contain_text("检查码是多少")
        assert li.locator("#words").evaluate("one => one === document.activeElement") == by_keys


def test_at_twice_its_size_a_phone_still_shows_all_of_what_one_types_with(chromium: Browser) -> None:
    desk = demo_desk()
    with served(desk) as address, phone(chromium, address, "li") as li:
        li.set_viewport_size({"width": 195, "height": 422})
        li.locator("#words").fill("请问今天查哪几家单位")
        boxes = [li.locator(one).bounding_box() for one in ("#photo", "#place", "#words", ".send")]
        assert all(box and box["x"] >= 0 and box["x"] + box["width"] <= 195 for box in boxes)
        assert boxes[2] and boxes[2]["width"] > 150
