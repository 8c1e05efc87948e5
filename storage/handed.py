"""Files the house makes for somebody to take along: content-addressed beside the evidence, gone when their time is up.

made/<until, seconds since 1970>/<SHA-256 of the bytes>/<name>: the folder says when it may go, so no table has to.
"""

from __future__ import annotations

import hashlib
import shutil
from datetime import datetime
from pathlib import Path

from storage.disk import write_whole

MADE = "made"
NAME_BYTES = 200
_FORBIDDEN = str.maketrans(dict.fromkeys('/\\:*?"<>|', "_"))


def put(folder: Path, data: bytes, name: str, until: datetime) -> str:
    """Keeps the bytes until then, readable by the house's own user alone, and returns their digest.

    `name` must be one `tidy` gave. What is out of time already goes by the way.
    """
    digest = hashlib.sha256(data).hexdigest()
    path = path_of(folder, digest, name, until)
    if not path.exists():
        write_whole(path, data)
    return digest


def tidy(name: str) -> str:
    """A name every file system takes, its suffix kept."""
    printable = "".join(c for c in name.translate(_FORBIDDEN) if c.isprintable()).strip(" .")
    path = Path(printable or "文件")
    stem = path.stem.encode()[: NAME_BYTES - len(path.suffix.encode())].decode(errors="ignore")
    return f"{stem}{path.suffix}"


def path_of(folder: Path, digest: str, name: str, until: datetime) -> Path:
    return folder / MADE / str(int(until.timestamp())) / digest / name


def get(folder: Path, digest: str, name: str, until: datetime, now: datetime) -> Path | None:
    """Where the bytes are; None when their time is up, or they never were."""
    sweep(folder, now)
    path = path_of(folder, digest, name, until)
    return path if now < until and path.exists() else None


def sweep(folder: Path, now: datetime) -> int:
    """Deletes what is out of time; returns how many such moments there were."""
    kept = (folder / MADE).iterdir() if (folder / MADE).is_dir() else ()
    over = [one for one in kept if one.name.isdigit() and int(one.name) <= now.timestamp()]
    for one in over:
        shutil.rmtree(one, ignore_errors=True)
    return len(over)
