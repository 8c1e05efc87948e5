"""The web chat: phone-sized, live, served from this machine alone."""

from bot.channels.web.app import build
from bot.channels.web.desk import Desk, Kept, Message, Seat
from bot.channels.web.wake import Wake

__all__ = ["Desk", "Kept", "Message", "Seat", "Wake", "build"]
