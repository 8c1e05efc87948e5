"""What lies in the database and may not be read there: AES-256-GCM, under a key that is in a file and not in the database.

Every box has a key of its own, kept beside it under the key file, and a second time under what two of three shares give:
where the file is lost, the keepers open it. See docs/decisions/sealed-row.md. The library is loaded where a box is handled.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass, replace
from pathlib import Path
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine

from storage.disk import settle
from storage.once import place
from workflows.errors import NotFound

KEY_BYTES, NONCE_BYTES = 32, 12
_files: WeakKeyDictionary[Engine, Path] = WeakKeyDictionary()


class SealLost(NotFound):
    """The key file is gone, or is another one, or what it locks was changed."""


@dataclass(frozen=True)
class Box:
    """Each part is base64 of nonce and ciphertext. `by` names the key file's key; `by_shares` is "" where none are out."""

    sealed: str
    by: str
    by_key: str
    by_shares: str = ""


def use(engine: Engine, file: Path) -> None:
    """Names the key file of a database: made when the first box is shut, never looked at before."""
    _files[engine] = file


def shut(tx: Connection, text: str, about: str, restoring: str = "") -> Box:
    """`about` is what the box belongs to: it opens nowhere else. `restoring` is 64 hex digits, "" for none."""
    own, key = secrets.token_bytes(KEY_BYTES), _key(tx, make=True)
    again = _lock(bytes.fromhex(restoring), own, about) if restoring else ""
    return Box(_lock(own, text.encode(), about), _name(key), _lock(key, own, about), again)


def look(tx: Connection, box: Box, about: str) -> str:
    """Raises `SealLost`."""
    key = _key(tx)
    if _name(key) != box.by:
        raise SealLost(
            f"密封钥匙不是封存时的那一把（封存时 {box.by}，现在 {_name(key)}）。"
            f"请放回原来的钥匙文件，或由两位保管人用份额恢复。"
        )
    return _unlock(_unlock(key, box.by_key, about), box.sealed, about).decode()


def rescue(tx: Connection, box: Box, about: str, restoring: str) -> tuple[str, Box]:
    """What is in it, by what two shares give, and the same locked under the key file there is now. Raises `SealLost`."""
    own, key = _unlock(bytes.fromhex(restoring), box.by_shares, about), _key(tx, make=True)
    said = _unlock(own, box.sealed, about).decode()
    return said, replace(box, by=_name(key), by_key=_lock(key, own, about))


def _lock(key: bytes, plain: bytes, about: str) -> str:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

    nonce = secrets.token_bytes(NONCE_BYTES)
    return b64encode(nonce + AESGCM(key).encrypt(nonce, plain, about.encode())).decode()


def _unlock(key: bytes, locked: str, about: str) -> bytes:
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

    try:
        raw = b64decode(locked, validate=True)
        return AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], about.encode())
    except (InvalidTag, ValueError) as error:
        raise SealLost("密封的内容被改动过，打不开；请保留现场并核查数据库。") from error


def _name(key: bytes) -> str:
    """Eight digits that tell one key from another and nothing else about it."""
    return hashlib.sha256(b"suijian seal key\n" + key).hexdigest()[:8]


def _key(tx: Connection, *, make: bool = False) -> bytes:
    file = _files[tx.engine]
    if make and not file.exists():
        _make(file)
    try:
        key = bytes.fromhex(file.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise SealLost(f"读不到密封钥匙 {file.name}。请放回钥匙文件，或由两位保管人用份额恢复。") from error
    if len(key) != KEY_BYTES:
        raise SealLost(f"密封钥匙 {file.name} 应为64位十六进制数，请放回原来的钥匙文件。")
    return key


def _make(file: Path) -> None:
    """Whole or not at all, and on the disk before anything is locked with it; who comes second takes the first one's."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as writing:
            writing.write(secrets.token_hex(KEY_BYTES) + "\n")
            writing.flush()
            os.fsync(writing.fileno())
        place(fresh, file)
    finally:
        # What lies about is a key nobody uses, and looks like the one they do.
        fresh.unlink(missing_ok=True)
    settle(file.parent)
