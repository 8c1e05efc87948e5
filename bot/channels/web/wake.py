"""Tells open pages that something changed, within one process. A missed ring costs a second."""

from __future__ import annotations

import asyncio
from contextlib import suppress


class Wake:
    """`ring` may be called from any thread; `close` ends every open stream: the server stops."""

    def __init__(self) -> None:
        self.count = 0
        self.closed = False
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()

    def ring(self) -> None:
        self.count += 1
        for loop, event in tuple(self._waiting):
            # A loop that has ended since has nobody left to wake.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(event.set)

    def close(self) -> None:
        self.closed = True
        self.ring()

    async def wait(self, count: int, seconds: float) -> None:
        """Return at the first ring after `count` was read, or when `seconds` have passed.

        Taking the count before looking at the feed keeps a ring between look and wait from being lost.
        """
        place = (asyncio.get_running_loop(), asyncio.Event())
        self._waiting.add(place)
        try:
            if self.count == count:
                with suppress(TimeoutError):
                    await asyncio.wait_for(place[1].wait(), seconds)
        finally:
            self._waiting.discard(place)
