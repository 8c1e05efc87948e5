"""Dataclasses to canonical JSON and back. Field order is the class's, so equal values give equal bytes."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

T = TypeVar("T")
_ENCODER = msgspec.json.Encoder()
# Made once for a type: working out how it is read costs more than reading it.
_DECODERS: dict[Any, msgspec.json.Decoder[Any]] = {}


def encode(value: object) -> str:
    return _ENCODER.encode(value).decode()


def decode(text: str, kind: type[T]) -> T:
    decoder = _DECODERS.get(kind)
    if decoder is None:
        decoder = _DECODERS[kind] = msgspec.json.Decoder(kind)
    found: T = decoder.decode(text)
    return found
