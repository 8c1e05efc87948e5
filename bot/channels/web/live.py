"""The live stream: server-sent events, each one new or changed message as HTML, its id the rev."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from time import monotonic

from starlette.requests import Request

from bot.channels.web.desk import Message
from bot.channels.web.pages import render_message
from bot.channels.web.wake import Wake

POLL_SECONDS = 1.0
BEAT_SECONDS = 15.0
RETRY = "retry: 1500\n\n"
# The comment keeps proxies from closing a quiet stream; the event lets the page notice a dead one.
BEAT = ": beat\nevent: beat\ndata: \n\n"


def asked_after(request: Request) -> int:
    """The last rev the page has seen: from Last-Event-ID when reconnecting, else from the address; else 0."""
    seen = (request.headers.get("last-event-id", ""), request.query_params.get("after", ""))
    return max((int(rev) for rev in seen if re.fullmatch(r"[0-9]{1,18}", rev)), default=0)


def event(message: Message, account: str) -> str:
    lines = re.split(r"\r\n|\r|\n", render_message(message, account).strip())
    return f"id: {message.rev}\n" + "".join(f"data: {line}\n" for line in lines) + "\n"


async def stream(
    feed: Callable[[int], Awaitable[list[Message]]],
    still_seated: Callable[[], Awaitable[bool]],
    wake: Wake,
    account: str,
    after: int,
) -> AsyncIterator[str]:
    """Everything after rev `after`, then whatever comes, until the link is withdrawn or the server stops."""
    yield RETRY
    beaten = monotonic()
    while not wake.closed:
        count = wake.count
        for message in await feed(after):
            after = max(after, message.rev)
            yield event(message, account)
        if monotonic() - beaten >= BEAT_SECONDS:
            beaten = monotonic()
            if not await still_seated():
                return
            yield BEAT
        await wake.wait(count, POLL_SECONDS)
