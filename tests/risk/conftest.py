"""The demo's house on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.house import House
from tests.databases import BACKENDS, demo_copy
from tests.talking import Clock


@pytest.fixture(params=BACKENDS)
def demo(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[House, Clock]]:
    with demo_copy(request.param, tmp_path) as room:
        yield room
