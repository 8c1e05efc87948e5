"""The only place that wires: settings to an opened, current house."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from bot.house import House
from bot.settings import Settings, from_environment
from storage import boxes
from storage.database import open_database
from storage.lawbook import load_lawbook
from storage.migrate import migrate


def open_house(settings: Settings | None = None) -> House:
    """Opens the database, brings it to today's schema and loads the lawbook."""
    settings = settings or from_environment()
    # Accounts, evidence and the people in them: nobody else on this machine has any business there.
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = open_database(settings.database)
    migrate(engine)
    boxes.use(engine, settings.seal_key)
    return House(
        engine=engine,
        lawbook=load_lawbook(settings.profiles),
        evidence=settings.data / "evidence",
        archive=settings.data / "archive",
        clock=lambda: datetime.now(UTC),
        draw_seed=lambda: secrets.token_hex(32),
        origin=settings.origin,
    )
