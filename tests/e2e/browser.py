"""One person's window: tapped and read by what stands on it, as a hand and an eye would."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DOOR = (21.98708, 100.45883)
WAIT = 10_000


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of the machine; skips where it, or a font with Chinese in it, is not there."""
    fonts = (
        shutil.which("fc-list")
        and subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, check=True).stdout
    )
    if not Path(CHROMIUM).exists() or not fonts:
        pytest.skip("no Chromium or no Chinese font on this machine: make browser")
    expect.set_options(timeout=WAIT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def phone(browser: Browser, at: tuple[float, float] = DOOR) -> Iterator[BrowserContext]:
    """A phone's browser, with cookies and a place of its own."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        device_scale_factor=2,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        has_touch=True,
        is_mobile=True,
        permissions=["geolocation"],
        geolocation={"latitude": at[0], "longitude": at[1]},
    )
    context.set_default_timeout(WAIT)
    yield context
    context.close()


@dataclass
class Window:
    """`errors` is whatever the page complained of; `cut_off` while its server is known to be away."""

    page: Page
    pictures: Path
    errors: list[str] = field(default_factory=list)
    cut_off: bool = False

    def goes_to(self, link: str) -> None:
        self.page.goto(link)
        expect(self.page.locator("#link")).to_have_text("已连接")

    def hears(self, said: ConsoleMessage) -> None:
        if said.type == "error" and not (self.cut_off and "net::ERR_" in said.text):
            self.errors.append(said.text)

    def sees(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.locator("#feed")).to_contain_text(text)

    def sees_no(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.locator("#feed")).not_to_contain_text(text)

    def reads(self, pattern: str) -> str:
        """What the newest place on the screen says that fits the pattern's group."""
        return re.findall(pattern, self.page.locator("#feed").inner_text())[-1]

    def tap(self, label: str | re.Pattern[str], then: str) -> None:
        """Taps the newest button of that name and waits to be shown what follows."""
        with self.page.expect_response(re.compile(r"/(tap|say)$")) as answered:
            self.page.get_by_role("button", name=label, exact=True).last.click()
        assert answered.value.ok
        self.sees(then)

    def type(self, text: str, then: str) -> None:
        self.page.get_by_role("textbox", name="输入文字").fill(text)
        with self.page.expect_response(re.compile(r"/say$")) as answered:
            self.page.keyboard.press("Enter")
        assert answered.value.ok
        self.sees(then)

    def send_place(self, then: str) -> None:
        self.page.get_by_role("button", name="发送位置").click()
        self.sees(then)

    def send_photo(self, name: str, data: bytes, then: str) -> None:
        with self.page.expect_file_chooser() as chooser:
            self.page.get_by_role("button", name="照片或 PDF").click()
        chooser.value.set_files({"name": name, "mimeType": "image/jpeg", "buffer": data})
        self.sees(then)
        sent = self.page.locator(".mine .picture img").last
        expect(sent).to_have_js_property("complete", True)
        assert sent.evaluate("image => image.naturalWidth") > 0

    def tab_to(self, label: str) -> None:
        """By keyboard alone: Tab until the focus stands on that button."""
        for _ in range(60):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("document.activeElement.textContent.trim()") == label:
                return
        raise AssertionError(f"Tab never reaches {label}")

    def forge(self, data: str) -> None:
        """What somebody does who knows what a button sends, and was never shown it."""
        status = self.page.evaluate(
            """data => fetch(`/chat/${document.body.dataset.account}/tap`, {
                 method: 'POST', body: new URLSearchParams({ data, update_id: crypto.randomUUID() }),
               }).then(answer => answer.status)""",
            data,
        )
        assert status == 204

    def picture(self, name: str) -> None:
        """As it rests: nothing half faded in, no ring around where the keyboard just was."""
        self.page.evaluate("""() => {
          document.getAnimations().forEach(one => one.finish());
          window.had = document.activeElement;
          window.had.blur();
        }""")
        self.page.screenshot(path=self.pictures / f"{name}.png")
        self.page.evaluate("window.had.focus({ preventScroll: true })")


@contextmanager
def windows() -> Iterator[list[Window]]:
    """Collects the windows of a test; none of them may have complained when it ends."""
    opened: list[Window] = []
    yield opened
    complaints = [error for window in opened for error in window.errors]
    assert not complaints, "\n".join(complaints)


def open_window(context: BrowserContext, link: str, pictures: Path, all_windows: list[Window]) -> Window:
    window = Window(context.new_page(), pictures)
    all_windows.append(window)
    window.page.on("console", window.hears)
    window.page.on("pageerror", lambda error: window.errors.append(str(error)))
    window.goes_to(link)
    return window


def folder_for_pictures(otherwise: Path) -> Path:
    folder = Path(os.environ.get("SUIJIAN_PICTURES") or otherwise).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder
