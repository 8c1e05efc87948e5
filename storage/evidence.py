"""Evidence (证据): content-addressed files in a folder. The digest is the SHA-256 of the bytes and names the file."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, select

from storage.database import insert, writing
from storage.disk import write_whole
from storage.schema import evidence


def keep(engine: Engine, folder: Path, data: bytes, name: str, mime: str, by: str, now: datetime) -> str:
    """Stores the bytes and returns their digest; the same bytes twice are stored once.

    The file is whole on disk before the row that names it exists: a crash leaves at worst a file nobody names.
    """
    digest = hashlib.sha256(data).hexdigest()
    path = path_of(folder, digest)
    if not path.exists():
        write_whole(path, data)
    row = {"name": name, "mime": mime, "size": len(data), "kept_by": by, "kept_at": now}
    with writing(engine) as tx:
        tx.execute(insert(tx, evidence).values(digest=digest, **row).on_conflict_do_nothing())
    return digest


def path_of(folder: Path, digest: str) -> Path:
    return folder / digest[:2] / digest


def read(tx: Connection, folder: Path, digest: str) -> tuple[bytes, str] | None:
    """The bytes and their mime type."""
    mime = tx.execute(select(evidence.c.mime).where(evidence.c.digest == digest)).scalar()
    path = path_of(folder, digest)
    return (path.read_bytes(), mime) if mime and path.exists() else None


def keeper(tx: Connection, digest: str) -> str:
    """Who stored it, or ""."""
    return tx.execute(select(evidence.c.kept_by).where(evidence.c.digest == digest)).scalar() or ""
