from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import BACKENDS, fresh
from tests.reminders.desk import Desk, desk_in


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = desk_in(tmp_path)
    yield opened
    opened.house.engine.dispose()


@pytest.fixture(params=BACKENDS)
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """A desk on each of the two databases."""
    with fresh(str(request.param), tmp_path) as url:
        opened = desk_in(tmp_path, url)
        yield opened
        opened.house.engine.dispose()
