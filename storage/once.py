"""A file that is made once: whole or not there, and whoever comes second takes the first one's."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

# What a file system says that knows no second name for a file: FAT and some network and container mounts.
NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EXDEV, errno.ENOSYS}
Link = Callable[[Path, Path], None]


def place(fresh: Path, file: Path, link: Link = os.link) -> None:
    """`file` is what `fresh` holds, unless it is there already. `fresh`, in the same folder, may be gone afterwards.

    Raises OSError where neither can be had; then nothing is placed.
    """
    try:
        with suppress(FileExistsError):
            link(fresh, file)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        _moved(fresh, file)


def _moved(fresh: Path, file: Path) -> None:
    """A rename puts the whole file there or nothing, as a link does, but would replace one that is there already.

    So whoever renames holds the folder's lock, and looks only once they have it: of two the second finds the first
    one's. The system lets go of the lock when its holder dies, so none is ever left behind. Nobody links meanwhile: what
    knows no links for one knows none for the other. A folder that cannot be locked is an error, not a risk taken.
    """
    import fcntl  # noqa: PLC0415 - only where it is needed, and not on every system

    folder = os.open(file.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        if not file.exists():
            fresh.rename(file)
    finally:
        os.close(folder)
