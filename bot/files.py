"""Files a card carries: made once, kept for a while."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from bot.card import File
from bot.house import House
from storage import handed

# Made anew at a tap at any time, so that nothing with names in it lies about for years.
LIFE = timedelta(days=30)
ZIP = "application/zip"


def make(house: House, data: bytes, name: str, mime: str, until: datetime) -> File:
    name = handed.tidy(name)
    return File(handed.put(house.evidence, data, name, until), name, mime, len(data), until)


def where(house: House, file: File) -> Path | None:
    """Where the bytes are; None when their time is up."""
    return handed.get(house.evidence, file.digest, file.name, file.until, house.clock())
