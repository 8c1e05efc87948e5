"""What `suijian run` loads once its port is open: the dialogs, the rooms of the draws, the scheduler.

They are most of what there is to load, and the first page is drawn without them. They come a second after the start,
or with the first turn, public page or question after the house's health, whichever is earlier.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Mapping

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


def sweep(house: House, wake: Wake, channels: Mapping[str, Channel], stop: threading.Event) -> None:
    """Ends what a stop cut short; then delivers, until told to stop, what other processes put into the outbox."""
    # What is loaded by now stays. Looked through with every full collection, it held each turn up for a tenth of a second.
    gc.freeze()
    resume(house, CHANNEL)
    wake.ring()
    serves_only(house, channels)
    beat = heartbeat(house)
    while not stop.wait(SECONDS):
        if deliver(house):
            wake.ring()
        if channels:
            push_due(house, channels)
    beat.shutdown(wait=False)
