"""A desk in memory, the same interface as the real one, for tests of the page."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from threading import RLock

from bot.channels.web.desk import Kept, Message, Seat
from bot.channels.web.uploads import check_file
from bot.turn import Turn
from workflows.errors import BadInput


class FakeDesk:
    """`seats` by token; `codes` to the seats they open; `turns` as received; `answer` says what a turn leads to, by default nothing."""

    def __init__(self, seats: dict[str, Seat]) -> None:
        self.seats = seats
        self.codes: dict[str, Seat] = {}
        self.turns: list[Turn] = []
        self.files: dict[str, tuple[bytes, str, str]] = {}
        self.feeds: dict[str, dict[int, Message]] = {seat.account: {} for seat in seats.values()}
        self.answer: Callable[[Turn], None] = lambda turn: None
        self.lock = RLock()
        self.rev = 0

    def resolve(self, token: str) -> Seat | None:
        return self.seats.get(token)

    def bind(self, said: str, token: str, address: str) -> Seat:
        if token not in self.seats:
            if said not in self.codes:
                raise BadInput(f"{address} 发来的这个绑定码不能用。")
            self.seats[token] = self.codes.pop(said)
        return self.seats[token]

    def receive(self, turn: Turn) -> None:
        with self.lock:
            self.turns.append(turn)
            self.answer(turn)

    def feed(self, account: str, after: int) -> list[Message]:
        with self.lock:
            return sorted((m for m in self.feeds[account].values() if m.rev > after), key=lambda m: m.rev)

    def keep(self, data: bytes, name: str, account: str) -> Kept:
        digest, (mime, _) = hashlib.sha256(data).hexdigest(), check_file(data, name)
        self.files[digest] = (data, mime, account)
        return Kept(digest, name, mime, len(data))

    def evidence(self, digest: str, account: str) -> tuple[bytes, str] | None:
        data, mime, owner = self.files.get(digest, (b"", "", ""))
        return (data, mime) if owner == account else None

    def file(self, digest: str, account: str) -> tuple[bytes, str, str] | None:
        cards = [m.card for m in self.feeds[account].values() if m.card]
        found = next((f for card in cards for f in card.files if f.digest == digest), None)
        return (self.files[digest][0], found.name, found.mime) if found else None

    def put(self, account: str, **changes: object) -> Message:
        """A new message, or a new version of the one with that `id`, made of the given fields of `Message`."""
        with self.lock:
            self.rev += 1
            number = changes.pop("id", max(self.feeds[account], default=0) + 1)
            blank = Message(0, 0, False, datetime(2026, 9, 21, 6, 5, tzinfo=UTC))
            put = replace(blank, **{"id": number, **changes, "rev": self.rev})  # type: ignore[arg-type]
            self.feeds[account][put.id] = put
            return put
