"""A house with the demo in it, and who takes part in the ceremony of its undrawn task."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ceremony.hall import Hall
from tests.conversation.conftest import nothing_fails  # noqa: F401
from tests.databases import demo_copy
from tests.talking import SHOWN


@pytest.fixture(autouse=True)
def one_thing_next() -> Iterator[None]:
    """Green is what one would do next; two of them on a card say nothing."""
    yield
    for shown in (one for one in SHOWN if one.key.startswith("ceremony:")):
        green = [b.label for b in shown.buttons if b.style == "primary"]
        assert len(green) <= 1, (shown.title, green)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with demo_copy("sqlite", tmp_path) as (house, clock):
        yield Hall(house, clock)
