"""A target's own line (名录证明) as it is handed out: the line, its number from 1, the salt if any, then its proof."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from workflows.draw.seal import is_hash
from workflows.errors import BadInput

_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_SALT = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class OwnLine:
    """What `verify.verify_line` takes: the line at `index` (from 0) of the frozen file, its proof, "" for no salt."""

    line: str
    index: int
    path: tuple[str, ...]
    salt: str


def written(own: OwnLine) -> str:
    salt = (own.salt,) if own.salt else ()
    return "".join(f"{one}\n" for one in (own.line, str(own.index + 1), *salt, *own.path))


def read_own_line(text: str) -> OwnLine:
    """As `written` gave it, whatever a mailbox or an editor did to its blanks. Raises `BadInput`."""
    said = [one.strip() for one in text.removeprefix("\ufeff").split("\n") if one.strip()]
    if len(said) < 2 or said[0].count("|") != 3 or not _NUMBER.fullmatch(said[1]):
        raise BadInput("这不是名录证明：第一行应为名单行，第二行应为行号。请重新索取或完整粘贴。")
    salted = len(said) > 2 and bool(_SALT.fullmatch(said[2]))
    salt, path = said[2] if salted else "", tuple(said[3:] if salted else said[2:])
    wrong = next((at for at, one in enumerate(path) if not is_hash(one)), None)
    if wrong is not None:
        number = wrong + (4 if salted else 3)
        raise BadInput(f"名录证明第 {number} 行应为64位十六进制数，请重新索取或完整粘贴。")
    return OwnLine(said[0], int(said[1]) - 1, path, salt)


def named(said: str, ids: Sequence[str]) -> str:
    """The id somebody means by a code or a registration number, "" for none of these."""
    code = unicodedata.normalize("NFKC", said).strip()
    spelt = (code, code.upper(), f"R:{code}", f"R:{code.upper()}")
    return next((one for one in spelt if one in ids), "")
