"""One complete file per inspection (一案一档): its events with their chain, its state, its evidence, in one zip."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from secrets import token_hex

from sqlalchemy import Connection, select

from storage import casebook, trail
from storage.documents import encode
from storage.evidence import path_of
from storage.schema import events
from workflows.inspection.case import Case


def write_archive(
    tx: Connection, evidence: Path, case_id: str, target: Path, pages: Callable[[], Mapping[str, str]] = dict
) -> Path:
    """Writes the zip whole or not at all; verifies the case's trail first. Raises `NotFound` or `TrailBroken`.

    `pages` gives further texts, by the name they have in the zip; it is asked once the trail has been verified.
    """
    # Two processes may pack the same case at once: each under a name of its own until it is whole.
    partial = target.with_name(f"{target.name}.{token_hex(4)}.part")
    target.parent.mkdir(parents=True, exist_ok=True)
    case = casebook.load(tx, case_id)
    trail.verify(tx, casebook.stream_of(case_id))
    try:
        _pack(tx, evidence, case, partial, pages)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return target


def _pack(
    tx: Connection, evidence: Path, case: Case, target: Path, pages: Callable[[], Mapping[str, str]]
) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("case.json", encode(case))
        archive.writestr("events.jsonl", "\n".join(_lines(tx, case.id)))
        for digest, piece in case.evidence.items():
            # Photos and PDFs are packed already; packing them again takes seconds for nothing.
            archive.write(path_of(evidence, digest), place_of(digest, piece.name), zipfile.ZIP_STORED)
        for name, text in pages().items():
            archive.writestr(name, text)


def place_of(digest: str, name: str) -> str:
    """Where a piece of evidence stands in the zip."""
    return f"evidence/{digest}{Path(name).suffix}"


def _lines(tx: Connection, case_id: str) -> list[str]:
    query = select(events).where(events.c.stream == casebook.stream_of(case_id)).order_by(events.c.seq)
    return [encode(dict(row._mapping)) for row in tx.execute(query)]
