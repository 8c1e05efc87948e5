"""The rejects file: what did not go in, where, why, what to do, and as it was, ready to be mended and imported again."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from storage.intake.headings import REJECTED
from storage.intake.table import Rejected


def write_rejects(path: Path, rejected: Iterable[Rejected], headers: Iterable[str]) -> None:
    """A CSV with `REJECTED` and the columns of the file itself; its mark lets spreadsheets show Chinese."""
    own = tuple(headers)
    kept = [at for at, header in enumerate(own) if header not in REJECTED]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*REJECTED, *(own[at] for at in kept)])
        for one in rejected:
            values = [one.values[at] for at in kept] if one.values else []
            writer.writerow(map(_inert, [str(one.row), one.column, one.value, *parts(one.reason), *values]))


def parts(reason: str) -> tuple[str, str]:
    """What is wrong, and what to do about it: every reason is written "……：请……"."""
    wrong, mark, remedy = reason.partition("：请")
    return (wrong, "请" + remedy) if mark else (reason, "")


def _inert(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula is kept as text."""
    return "'" + cell if cell.startswith(("=", "+", "-", "@")) else cell
