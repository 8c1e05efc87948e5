"""Enrolment (绑定): how a chat account comes to belong to a person. A code is one person's, works once, and for 24 hours.

A person reads the code from paper and types it on a phone, so it has no two characters that look alike. It has 36 bits,
and whoever guesses is made to wait long before those are tried: see `ACCOUNT` and `HOUSE`.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

ALPHABET = "34679ACDEFGHJKMNPQRTWXY"  # of 0 O, 1 I L, 2 Z, 5 S, 8 B, U V none is in it
LENGTH, GROUP = 8, 4
SPACE = len(ALPHABET) ** LENGTH
LIFE = timedelta(hours=24)
_COST = 2**12  # scrypt: some 10 ms a code, so that a stolen table is not read off within the life of a code
_LEAD = re.compile(r"\s*(/START|绑定码|绑定)?(.*)", re.S)


@dataclass(frozen=True)
class Limit:
    """After so many failed tries within that time, the next waits until one of them is past it."""

    tries: int
    within: timedelta


# The second holds an account, over the whole life of a code, to a handful of guesses at it.
ACCOUNT = (Limit(5, timedelta(minutes=15)), Limit(20, LIFE))
HOUSE = (Limit(100, timedelta(minutes=15)),)


@dataclass(frozen=True)
class Code:
    """A code as it is kept: never the code itself."""

    id: int
    person: str
    issued_at: datetime
    used_at: datetime | None = None
    withdrawn_at: datetime | None = None

    @property
    def expires_at(self) -> datetime:
        return self.issued_at + LIFE


def code_from(number: int) -> str:
    """The code of a number from 0 to `SPACE` - 1, e.g. "K7MP-3QX9"."""
    signs = []
    for _ in range(LENGTH):
        number, place = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[place])
    return _grouped("".join(signs))


def read_code(said: str) -> str | None:
    """The code somebody typed, in whatever case, width and grouping, also after 绑定; None where it is none at all."""
    lead = _LEAD.fullmatch(unicodedata.normalize("NFKC", said[:64]).upper())
    signs = re.sub(r"[\W_]", "", lead[2]) if lead else ""
    return _grouped(signs) if re.fullmatch(f"[{ALPHABET}]{{{LENGTH}}}", signs) else None


def _grouped(signs: str) -> str:
    return f"{signs[:GROUP]}-{signs[GROUP:]}"


def digest(code: str, salt: bytes) -> str:
    """What is kept of a code. `salt` is the house's own, so that no table made elsewhere reads it."""
    return hashlib.scrypt(code.encode(), salt=salt, n=_COST, r=8, p=1, dklen=32).hex()


def matching(kept: Iterable[tuple[str, Code]], given: str) -> Code | None:
    """The code whose digest is `given`. All are looked at, each in constant time: the time taken says nothing."""
    found = [code for known, code in kept if hmac.compare_digest(known, given)]
    return found[0] if found else None


def standing(code: Code | None, now: datetime) -> str:
    """open | used | withdrawn | expired; "wrong" for no code of ours."""
    if code is None:
        return "wrong"
    if code.used_at:
        return "used"
    if code.withdrawn_at:
        return "withdrawn"
    return "open" if now < code.expires_at else "expired"


def wait_until(failed: Iterable[datetime], limits: tuple[Limit, ...], now: datetime) -> datetime | None:
    """When the next try is allowed after failed ones at these moments; None where it is allowed now."""
    moments = sorted(failed)
    ends = []
    for limit in limits:
        recent = [at for at in moments if at > now - limit.within]
        if len(recent) >= limit.tries:
            ends.append(recent[-limit.tries] + limit.within)
    return max(ends, default=None)
