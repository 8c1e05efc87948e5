"""Tickets: everybody's place in a draw, from the seed and their own id alone (draw.md, "Bytes").

A ticket depends on no other entry, so a row that comes or goes never moves the others.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import sha256
from unicodedata import normalize

from workflows.errors import BadInput

HASH = re.compile(r"[0-9a-f]{64}")
ID = re.compile(r"[0-9A-Za-z._:-]{1,55}")


def digest(text: str) -> str:
    """SHA-256 of the text's NFC form in UTF-8, as 64 lower-case hex digits."""
    return sha256(normalize("NFC", text).encode()).hexdigest()


def joined(*fields: str) -> str:
    """The fields, each ended by a line feed, which is the only framing and so may occur in none of them."""
    if any("\n" in field for field in fields):
        raise BadInput("编号里不能有换行，请改正后重试。")
    return "".join(f"{field}\n" for field in fields)


def key(seed: str, purpose: str) -> str:
    """The key of one purpose, "object/<plan>" or "match/<plan>". `seed` is 32 bytes in lower-case hex."""
    if not HASH.fullmatch(seed):
        raise BadInput("随机种子应为64位小写十六进制数，请核对抽取记录后重试。")
    return digest(joined("DR1/key", seed, purpose))


def ticket(key: str, label: str) -> str:
    """64 hex digits. `label` is an id, or an id behind the letter of what it decides ("O", "T", "L", "X")."""
    return sha256((key + label).encode()).hexdigest()


def tickets(key: str) -> Callable[[str], str]:
    """`ticket` for many labels: the key is one SHA-256 block, so its state is computed once and copied."""
    start = sha256(key.encode())

    def one(label: str) -> str:
        state = start.copy()
        state.update(label.encode())
        return state.hexdigest()

    return one


def rank(key: str, id: str, weight: int = 1) -> tuple[int, str, str]:
    """What a draw sorts by: the first 52 bits over the weight, then the whole ticket, then the id."""
    own = ticket(key, id)
    return int(own[:13], 16) // weight, own, id
