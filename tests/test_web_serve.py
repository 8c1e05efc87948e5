"""Starting and stopping: a stop waits for no open page, and a port that is taken is said."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time

import httpx
import pytest

from bot.channels.web import Wake, build
from bot.channels.web.fake import FakeDesk
from bot.channels.web.serve import serve
from workflows.errors import BadInput

SERVER = """
import sys
from bot.channels.web import Seat, Wake, build
from bot.channels.web import serve as serving
from bot.channels.web.fake import FakeDesk
from bot.channels.web.serve import serve
serving.LAST_SECONDS = 600  # what is still open then would be cut off
wake = Wake()
serve(build(FakeDesk({"li": Seat("5f1c0a", "李示例", "执法人员")}), wake=wake), wake, "127.0.0.1", int(sys.argv[1]))
print("put away")
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


def wait_until_well(address: str) -> None:
    for _ in range(200):
        try:
            if httpx.get(f"{address}/health").text == "ok":
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError("the server never said it was well")


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_does_not_wait_for_a_page_that_is_open(sent: signal.Signals) -> None:
    port = free_port()
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", SERVER, str(port)], stdout=pipe, stderr=pipe) as server:
        address = f"http://127.0.0.1:{port}"
        wait_until_well(address)
        cookies = {"seat_5f1c0a": "li"}
        with httpx.stream("GET", f"{address}/chat/5f1c0a/live", cookies=cookies) as page:
            told = page.iter_text()
            assert next(told).startswith("retry")
            server.send_signal(sent)
            assert "".join(told) == ""
        said, complaints = server.communicate(timeout=20)
    assert (server.returncode, said, complaints) == (0, b"put away\n", b"")


def test_a_taken_port_is_said_with_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
        with pytest.raises(BadInput, match=rf"端口 {port} 已被.*占用.*PORT={port + 1}"):
            serve(build(FakeDesk({})), Wake(), "127.0.0.1", port)


def test_the_port_is_ours_before_its_opening_is_told() -> None:
    """So that nobody is sent to an address where nothing listens yet, or where another program does."""
    heard: list[str] = []
    port = free_port()

    def opened() -> None:
        socket.create_connection(("127.0.0.1", port)).close()
        heard.append("listening")
        raise Stopped

    with pytest.raises(Stopped):
        serve(build(FakeDesk({})), Wake(), "127.0.0.1", port, opened=opened)
    with socket.create_server(("127.0.0.1", port)), pytest.raises(BadInput):
        serve(build(FakeDesk({})), Wake(), "127.0.0.1", port, opened=lambda: heard.append("too early"))
    assert heard == ["listening"]


class Stopped(Exception):
    """In place of serving on."""


@pytest.mark.parametrize("port", [0, 99999])
def test_a_port_that_cannot_be_is_said(port: int) -> None:
    with pytest.raises(BadInput, match=rf"端口 {port} .*PORT="):
        serve(build(FakeDesk({})), Wake(), "127.0.0.1", port)
