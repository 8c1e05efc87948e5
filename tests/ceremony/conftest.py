"""A house with the demo in it, and who takes part in the ceremony of its undrawn task."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ceremony.hall import Hall
from tests.conversation.conftest import is_fit_to_show
from tests.databases import demo_copy
from tests.talking import SHOWN


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with demo_copy("sqlite", tmp_path) as (house, clock):
        yield Hall(house, clock)


@pytest.fixture(autouse=True)
def nothing_fails(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    SHOWN.clear()
    yield
    assert [r.getMessage() for r in caplog.get_records("call") if r.levelno >= logging.ERROR] == []
    for card in SHOWN:
        is_fit_to_show(card)
