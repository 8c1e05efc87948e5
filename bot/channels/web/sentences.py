"""The web chat's own sentences, read once from `templates/web/sentences.toml`."""

from __future__ import annotations

import tomllib
from pathlib import Path

from workflows.errors import BadInput

TEMPLATES = Path(__file__).resolve().parents[3] / "templates" / "web"
SENTENCES: dict[str, dict[str, str]] = tomllib.loads((TEMPLATES / "sentences.toml").read_text("utf-8"))


class Refused(BadInput):
    """What the page shows as a toast: `str(error)` is the sentence, `status` the HTTP status (4xx)."""

    def __init__(self, key: str, status: int = 400, **facts: object) -> None:
        super().__init__(SENTENCES["refused"][key].format(**facts))
        self.status = status
