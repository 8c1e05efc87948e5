"""Telegram. To be imported only when a token is configured: loading the client takes seconds and much memory."""

from __future__ import annotations

from bot.channels.telegram.channel import Telegram
from bot.channels.telegram.marks import CHANNEL
from bot.channels.telegram.serve import Running, open_channel, start

__all__ = ["CHANNEL", "Running", "Telegram", "open_channel", "start"]
