"""What `suijian run` loads once its port is open: the dialogs, the rooms of the draws, the scheduler.

They are most of what there is to load, and the first page is drawn without them. They come a second after the start,
or with the first turn, public page or question after the house's health, whichever is earlier.
"""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable, Mapping

from bot.channels.port import Channel
from bot.channels.web import Wake
from bot.channels.web_desk import CHANNEL
from bot.deliver import deliver
from bot.heartbeat import heartbeat
from bot.house import House
from bot.portal.shelf import shelf
from bot.pushing import push_due
from bot.receive import resume
from bot.service import report, serves_only

__all__ = ["SECONDS", "report", "shelf", "sweep"]
SECONDS = 1.0
log = logging.getLogger(__name__)


def sweep(house: House, wake: Wake, channels: Mapping[str, Channel], stop: threading.Event) -> None:
    """Ends what a stop cut short; then delivers, until told to stop, what other processes put into the outbox.

    What fails is tried again a second later: a database that was away for a moment must not end the deliveries.
    """
    # What is loaded by now stays. Looked through with every full collection, it held each turn up for a tenth of a second.
    gc.freeze()
    while not _done(lambda: _begin(house, wake, channels)):
        if stop.wait(SECONDS):
            return
    beat = heartbeat(house)
    while not stop.wait(SECONDS):
        _done(lambda: _round(house, wake, channels))
    beat.shutdown(wait=False)


def _begin(house: House, wake: Wake, channels: Mapping[str, Channel]) -> None:
    resume(house, CHANNEL)
    wake.ring()
    serves_only(house, channels)


def _round(house: House, wake: Wake, channels: Mapping[str, Channel]) -> None:
    if deliver(house):
        wake.ring()
    if channels:
        push_due(house, channels)


def _done(step: Callable[[], None]) -> bool:
    try:
        step()
    except Exception:
        log.exception("sweep failed")
        return False
    return True
