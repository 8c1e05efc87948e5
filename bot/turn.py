"""What a person did, as every channel reports it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing one account did. Exactly one of text, button, location, file is set.

    `update_id` is the platform's own id: the same id again is the same turn and is answered from the record.
    `location` is (latitude, longitude) in degrees, WGS 84. `file` is (digest, name, mime, size in bytes) of bytes
    already stored as evidence by the adapter. Files sent in one go have ids of the form "the album's/their own".
    """

    channel: str
    account: str
    update_id: str
    text: str = ""
    button: str = ""
    location: tuple[float, float] | None = None
    file: tuple[str, str, str, int] | None = None

    @property
    def album(self) -> str:
        """What the ids of all files sent in one go begin with, "" for a file sent by itself."""
        name, sign, _ = self.update_id.partition("/")
        return name + sign if sign else ""
