"""Every test of the contract runs on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.house import House
from tests.databases import BACKENDS, demo_copy, fresh
from tests.talking import Clock, open_house


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def url(backend: str, tmp_path: Path) -> Iterator[str]:
    """An empty database."""
    with fresh(backend, tmp_path) as address:
        yield address


@pytest.fixture
def bare(url: str, tmp_path: Path) -> Iterator[tuple[House, Clock]]:
    """A migrated house with nothing in it."""
    house, clock = open_house(tmp_path, url)
    yield house, clock
    house.engine.dispose()


@pytest.fixture
def demo(backend: str, tmp_path: Path) -> Iterator[tuple[House, Clock]]:
    """The demo: two teams drawn and released, a third task only published."""
    with demo_copy(backend, tmp_path) as opened:
        yield opened
