"""A house with the demo in it, and who takes part in the ceremony of its undrawn task."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ceremony.hall import Hall
from tests.conversation.conftest import nothing_fails  # noqa: F401
from tests.databases import demo_copy


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with demo_copy("sqlite", tmp_path) as (house, clock):
        yield Hall(house, clock)
