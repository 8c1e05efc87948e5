"""Settings from the environment; every one has a default that works on a laptop."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """`SUIJIAN_DATA` the folder of everything kept; `SUIJIAN_DATABASE` an SQLAlchemy address in place of SQLite;
    `SUIJIAN_PROFILES` a bureau's folder of profiles; `SUIJIAN_ORIGIN` the public address behind a proxy;
    `SUIJIAN_SEAL_KEY` the file of the key that locks sealed rows, in place of "seal.key" among the data;
    `SUIJIAN_TELEGRAM_TOKEN` switches Telegram on, `SUIJIAN_TELEGRAM_API` names another Bot API server."""

    data: Path
    database: str
    profiles: Path | None
    origin: str
    seal_key: Path
    telegram_token: str = ""
    telegram_api: str = ""


def from_environment() -> Settings:
    data = Path(os.environ.get("SUIJIAN_DATA", "var")).resolve()
    profiles = os.environ.get("SUIJIAN_PROFILES", "")
    return Settings(
        data,
        os.environ.get("SUIJIAN_DATABASE") or f"sqlite:///{data / 'suijian.db'}",
        Path(profiles) if profiles else None,
        os.environ.get("SUIJIAN_ORIGIN", ""),
        Path(os.environ.get("SUIJIAN_SEAL_KEY") or data / "seal.key").resolve(),
        os.environ.get("SUIJIAN_TELEGRAM_TOKEN", ""),
        os.environ.get("SUIJIAN_TELEGRAM_API", ""),
    )
