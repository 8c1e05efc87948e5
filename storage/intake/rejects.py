"""The rejects file: what did not go in, why, and as it was, ready to be mended and imported again."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from storage.intake.table import Rejected


def write_rejects(path: Path, rejected: Iterable[Rejected], headers: Iterable[str]) -> None:
    """A CSV with 行号, 原因 and the columns of the file itself; its mark lets spreadsheets show Chinese."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["行号", "原因", *headers])
        writer.writerows([one.row, one.reason, *map(_inert, one.values)] for one in rejected)


def _inert(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula is kept as text."""
    return "'" + cell if cell.startswith(("=", "+", "-", "@")) else cell
