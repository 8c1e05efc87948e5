"""Files that are on the disk, whole and under their name, before anybody is told so."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Under a name of its own until it is whole: two phones may send the same photo at the same moment."""
    folder = path.parent
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)
    settle(folder)
    settle(folder.parent)


def settle(folder: Path) -> None:
    """The names in it outlive the power as their bytes do; without this a file written whole may be gone."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    except OSError as error:
        # Some network and container mounts know this of files alone.
        if error.errno != errno.EINVAL:
            raise
    finally:
        os.close(opened)
