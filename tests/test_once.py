"""A key file is made once, on file systems with hard links and on those without."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from storage.once import Link, place


def refusing(code: int) -> Link:
    """A file system that answers every link with this error."""

    def link(fresh: Path, file: Path) -> None:
        raise OSError(code, os.strerror(code), str(file))

    return link


LINKS: list[Callable[[Path, Path], None]] = [
    os.link,
    *(refusing(code) for code in (errno.EPERM, errno.ENOTSUP, errno.EXDEV, errno.ENOSYS)),
]


def fresh(folder: Path, said: str) -> Path:
    file = folder / f"key.{said}"
    file.write_text(said)
    return file


@pytest.mark.parametrize("link", LINKS)
def test_the_first_is_placed_and_the_second_changes_nothing(tmp_path: Path, link: Link) -> None:
    file = tmp_path / "key"
    place(fresh(tmp_path, "first"), file, link)
    place(fresh(tmp_path, "second"), file, link)
    assert file.read_text() == "first"
    assert {one.name for one in tmp_path.iterdir()} <= {"key", "key.first", "key.second"}


@pytest.mark.parametrize("link", LINKS)
def test_of_many_at_once_one_is_placed_and_everybody_reads_that_one(tmp_path: Path, link: Link) -> None:
    for round_ in range(20):
        folder = tmp_path / str(round_)
        folder.mkdir()
        file, start = folder / "key", Barrier(8)

        def make(number: int, folder: Path = folder, file: Path = file, start: Barrier = start) -> str:
            own = fresh(folder, f"{number}" * 64)
            start.wait()
            place(own, file, link)
            return file.read_text()

        with ThreadPoolExecutor(8) as pool:
            read = set(pool.map(make, range(8)))
        assert read == {file.read_text()}


@pytest.mark.parametrize("code", [errno.EACCES, errno.ENOSPC, errno.EROFS])
def test_what_is_no_lack_of_links_stays_an_error(tmp_path: Path, code: int) -> None:
    with pytest.raises(OSError, match=os.strerror(code)):
        place(fresh(tmp_path, "first"), tmp_path / "key", refusing(code))
    assert not (tmp_path / "key").exists()
