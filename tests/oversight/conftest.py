"""Houses with what supervisors ask for in them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.house import House
from storage.database import writing
from storage.progress import rebuild
from tests.conversation.walks import Scene, scene


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Scene]:
    """The demo, counted."""
    s = scene(tmp_path)
    count_anew(s.house)
    yield s
    s.house.engine.dispose()


def count_anew(house: House) -> None:
    with writing(house.engine) as tx:
        rebuild(tx, house.lawbook)
