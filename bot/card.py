"""What a person is shown. Every channel draws the same `Card` in its own way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

BUTTON_BYTES = 64
MOST_BUTTONS = 6


@dataclass(frozen=True, slots=True)
class Button:
    """`data` travels back when it is tapped: at most 64 bytes of UTF-8 (Telegram's limit, kept by all)."""

    label: str
    data: str
    style: str = "plain"  # plain | primary | danger

    def __post_init__(self) -> None:
        if len(self.data.encode()) > BUTTON_BYTES:
            raise ValueError(f"button data over {BUTTON_BYTES} bytes: {self.data!r}")


@dataclass(frozen=True, slots=True)
class File:
    """A file to take along, kept by `storage.handed`: `digest` SHA-256, `size` in bytes; after `until` nobody gets it."""

    digest: str
    name: str
    mime: str
    size: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Bar:
    """`look` is what tells it from the others beside its name: whole (what the rest are parts of) | open | done | late."""

    label: str
    count: int
    look: str = "open"


@dataclass(frozen=True, slots=True)
class Chart:
    """Counts side by side, drawn as each channel can: a picture, or bars of characters."""

    title: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """`key` names the card: showing a card whose key is already on screen replaces it in place; "" never replaces.

    `step` is 0 (no case) to 5. `tone` is plain | refusal | done | notice. `asks` is what the chat waits for:
    "" | text | photo | location | file. `done`/`total` draw a progress bar where total > 0. `photos` are evidence digests.
    `files` come with the card: a link, a path or a document, as the channel has it. `chart` stands under the title.
    """

    title: str
    lines: tuple[str, ...] = ()
    buttons: tuple[Button, ...] = ()
    key: str = ""
    step: int = 0
    tone: str = "plain"
    asks: str = ""
    form: str = ""
    done: int = 0
    total: int = 0
    photos: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    chart: Chart | None = None
