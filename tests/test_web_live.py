"""The live stream: resumed where it broke, woken at once, ended when it must."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest
from starlette.applications import Starlette

from bot.channels.web import Seat, Wake, build, live
from bot.channels.web.fake import FakeDesk

LI, WANG = Seat("5f1c0a", "李示例", "执法人员"), Seat("9e0b7d", "王示例", "组长")


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk({"li": LI, "wang": WANG})


@pytest.fixture
def app(desk: FakeDesk) -> Starlette:
    return build(desk)


@dataclass
class Stream:
    """An open /live connection, driven at the ASGI seam because it never ends by itself."""

    sent: asyncio.Queue[dict[str, Any]]
    gone: asyncio.Event
    task: asyncio.Task[None]

    async def until(self, needle: str) -> str:
        text = ""
        while needle not in text:
            text += (await asyncio.wait_for(self.sent.get(), 3)).get("body", b"").decode()
        return text

    async def leave(self) -> None:
        self.gone.set()
        await asyncio.wait_for(self.task, 3)


def listen(app: Starlette, query: str = "", **headers: str) -> Stream:
    gone: asyncio.Event = asyncio.Event()
    sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def receive() -> dict[str, str]:
        await gone.wait()
        return {"type": "http.disconnect"}

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": "http",
        "method": "GET",
        "path": f"/chat/{LI.account}/live",
        "query_string": query.encode(),
        "headers": [(b"host", b"127.0.0.1:8080"), (b"cookie", f"seat_{LI.account}=li".encode()), *raw],
    }
    task = asyncio.create_task(app(scope, receive, sent.put))
    return Stream(sent, gone, task)


async def test_the_stream_begins_after_what_the_page_has_seen(app: Starlette, desk: FakeDesk) -> None:
    for number, text in enumerate(("甲", "乙", "丙"), 1):
        desk.put(LI.account, id=number, text=text)
    for query, headers, first in (
        ("after=1", {}, 2),
        ("after=1", {"last_event_id": "2"}, 3),
        ("after=x", {}, 1),
    ):
        stream = listen(app, query, **headers)
        text = await stream.until("丙")
        assert text.startswith("retry: ")
        assert text[text.index("id: ") :].startswith(f"id: {first}\n")
        await stream.leave()


async def test_the_stream_brings_news_at_once_when_the_bell_rings(
    app: Starlette, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "POLL_SECONDS", 600.0)  # nothing but the bell brings them
    stream = listen(app)
    await stream.until("retry")
    await asyncio.sleep(0.05)
    desk.put(LI.account, id=1, text="第一行\r第二行\n\n第三行")
    app.state.wake.ring()
    text = await stream.until("\n\n")
    assert "\r" not in text
    assert all(line.startswith(("id: ", "data: ")) for line in text.strip().split("\n"))
    await stream.leave()


async def test_news_nobody_rang_for_comes_within_a_second(app: Starlette, desk: FakeDesk) -> None:
    stream = listen(app)
    await stream.until("retry")
    await asyncio.sleep(0.05)
    desk.put(LI.account, id=1, text="提醒")
    await stream.until("提醒")
    await stream.leave()


async def test_a_quiet_stream_beats_and_ends_when_the_link_is_withdrawn(
    app: Starlette, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "BEAT_SECONDS", 0.0)
    stream = listen(app)
    assert ": beat\n" in await stream.until("event: beat")
    desk.seats.clear()
    app.state.wake.ring()
    await asyncio.wait_for(stream.task, 3)


async def test_a_stopping_server_ends_its_streams(app: Starlette) -> None:
    stream = listen(app)
    await stream.until("retry")
    app.state.wake.close()
    await asyncio.wait_for(stream.task, 3)


async def test_the_bell_can_be_rung_from_any_thread_and_is_never_missed() -> None:
    wake = Wake()
    before = wake.count
    await asyncio.to_thread(wake.ring)
    await asyncio.wait_for(wake.wait(before, 60), 1)
    waiting = asyncio.create_task(wake.wait(wake.count, 60))
    await asyncio.sleep(0)
    await asyncio.to_thread(wake.ring)
    await asyncio.wait_for(waiting, 1)
