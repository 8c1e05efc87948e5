"""Dataclasses to canonical JSON and back. Field order is the class's, so equal values give equal bytes."""

from __future__ import annotations

from typing import TypeVar

import msgspec

T = TypeVar("T")


def encode(value: object) -> str:
    return msgspec.json.encode(value).decode()


def decode(text: str, kind: type[T]) -> T:
    return msgspec.json.decode(text, type=kind)
