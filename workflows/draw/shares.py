"""A secret in three shares, any two of which give it back: replicated XOR sharing.

secret = p1 ^ p2 ^ p3, where p1 and p2 are random and p3 follows. Keeper i holds the two parts other than p_i. Two keepers
hold all three; one keeper lacks a part that is uniformly random to them, so every secret is equally possible. Chosen over
Shamir's scheme because that proof is these two sentences, no field arithmetic has to be trusted, and a notary can put the
shares together with paper and pencil. The price, a share twice as long, is 64 bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from workflows.draw.seal import is_hash
from workflows.errors import BadInput

KEEPERS = (1, 2, 3)


class Share(NamedTuple):
    """Keeper 1, 2 or 3 (lead department, discipline inspection, notary): (part number, 64 hex digits) twice."""

    keeper: int
    parts: tuple[tuple[int, str], ...]


def split(secret: str, first: str, second: str) -> tuple[Share, ...]:
    """Three shares of 32 bytes in hex. `first` and `second` are fresh random bytes and are used for nothing else."""
    if not all(is_hash(one) for one in (secret, first, second)) or first == second:
        raise BadInput("密封随机数及其分割随机数应为互不相同的64位小写十六进制数，请重新生成。")
    parts = {1: first, 2: second, 3: _xor(secret, first, second)}
    return tuple(
        Share(keeper, tuple((number, parts[number]) for number in KEEPERS if number != keeper))
        for keeper in KEEPERS
    )


def join(shares: Sequence[Share]) -> str:
    """The secret of two or three shares. BadInput where they are too few or contradict each other."""
    parts: dict[int, str] = {}
    for share in shares:
        for number, value in share.parts:
            if parts.setdefault(number, value) != value:
                raise BadInput(f"份额之间第{number}部分不一致，请核对是否来自同一次抽取。")
    if set(parts) != set(KEEPERS):
        raise BadInput("至少需要两位保管人的份额才能开启，请再录入一份。")
    return _xor(*parts.values())


def _xor(*values: str) -> str:
    mixed = 0
    for value in values:
        mixed ^= int(value, 16)
    return f"{mixed:064x}"
