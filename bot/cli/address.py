"""Where the service was last opened, so that a link issued beside it leads there."""

from __future__ import annotations

from bot.settings import Settings

USUAL = "http://127.0.0.1:8080"
_EVERYWHERE = ("0.0.0.0", "::")


def keep(settings: Settings, host: str, port: int) -> None:
    """Written by the service when it opens; one that listens everywhere is reached from this machine at 127.0.0.1."""
    reached = "127.0.0.1" if host in _EVERYWHERE else host
    (settings.data / "address").write_text(f"http://{reached}:{port}\n", encoding="ascii")


def public(settings: Settings) -> str:
    """The address behind the proxy; else where the service was last opened; else where it opens when told nothing."""
    kept = settings.data / "address"
    return settings.origin or (kept.read_text(encoding="ascii").strip() if kept.exists() else USUAL)
