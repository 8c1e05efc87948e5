"""Houses with what supervisors ask for in them, and the wiring of the dialogs where the application has not done it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import verbs
from bot.dialogs import oversight, reports
from bot.house import House
from bot.render import TEMPLATES, words
from storage.database import writing
from storage.progress import rebuild
from tests.conversation.walks import Scene, scene


@pytest.fixture(autouse=True)
def wired(monkeypatch: pytest.MonkeyPatch) -> None:
    """Does nothing once the application offers these verbs and words itself."""
    with (TEMPLATES / "chat" / "oversight.toml").open("rb") as file:
        for name, entry in tomllib.load(file).items():
            words().setdefault(name, entry)
    for one in (oversight, reports):
        for verb, handler in one.VERBS.items():
            monkeypatch.setitem(verbs.VERBS, verb, handler)
    known = (*verbs._NO_CASE, *oversight.NO_CASE, *reports.NO_CASE)
    monkeypatch.setattr(verbs, "_NO_CASE", known)


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
