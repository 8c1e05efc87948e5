"""Frozen files (冻结名单): the lines a ceremony draws from, kept whole under the SHA-256 of their bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from storage.database import insert
from storage.draw_schema import frozen_files
from workflows.errors import NotFound


@dataclass(frozen=True, slots=True)
class File:
    """A file that is still to be kept."""

    digest: str
    text: str


def text_of(lines: Sequence[str]) -> str:
    """As a file is kept and handed out: every line ended by a line feed."""
    return "".join(f"{line}\n" for line in lines)


def file_of(lines: Sequence[str]) -> File:
    text = text_of(lines)
    return File(_digest(text), text)


def keep(tx: Connection, file: File) -> str:
    """Keeps the file and returns its digest; the same lines twice are kept once."""
    row = {"digest": file.digest, "data": file.text}
    tx.execute(insert(tx, frozen_files).values(**row).on_conflict_do_nothing())
    return file.digest


def digest_of(lines: Sequence[str]) -> str:
    return _digest(text_of(lines))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def read(tx: Connection, digest: str) -> tuple[str, ...]:
    """The lines as they now are: whoever draws from them compares them with what was published. Raises `NotFound`."""
    data = tx.execute(select(frozen_files.c.data).where(frozen_files.c.digest == digest)).scalar()
    if data is None:
        raise NotFound(f"冻结的名单 {digest[:12]} 不在数据库里，请从备份恢复。")
    return tuple(str(data).split("\n")[:-1])
