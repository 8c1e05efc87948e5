"""Scenes are walked once and copied for each test; after each, what must hold of every conversation is looked at."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from bot.card import MOST_BUTTONS, Card
from storage import casebook, projection, trail
from storage.database import reading
from storage.documents import encode
from tests.conversation.walks import JOINT, Scene, scene, scene_of
from tests.talking import SHOWN, open_house
from workflows.inspection.evolve import replay

Begin = Callable[..., Scene]
_walked: dict[tuple[str, ...], tuple[Path, datetime]] = {}


@pytest.fixture
def begin(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Begin]:
    """`begin(signed, "police")`: the joint case walked so far, in a house of this test's own."""
    scenes: list[Scene] = []

    def copy(walk: Callable[..., Scene], *wrong: str, task: str = JOINT) -> Scene:
        key = (walk.__name__, task, *wrong)
        if key not in _walked:
            folder = tmp_path_factory.mktemp("walked")
            s = walk(scene(folder, task), *wrong)
            s.house.engine.dispose()
            _walked[key] = (folder, s.clock.now)
        folder, now = _walked[key]
        mine = tmp_path / f"house{len(scenes)}"
        shutil.copytree(folder, mine)
        house, clock = open_house(mine)
        clock.now = now
        scenes.append(scene_of(house, clock, task))
        return scenes[-1]

    yield copy
    for s in scenes:
        stands(s)
        s.house.engine.dispose()


def stands(s: Scene) -> None:
    """The trail verifies, and replaying the events of every case gives its read model."""
    with reading(s.house.engine) as tx:
        trail.verify(tx)
        for case in projection.all_cases(tx):
            assert encode(replay(casebook.history(tx, case.id))) == encode(case)


@pytest.fixture(autouse=True)
def nothing_fails(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    SHOWN.clear()
    yield
    assert [r.getMessage() for r in caplog.get_records("call") if r.levelno >= logging.ERROR] == []
    for card in SHOWN:
        is_fit_to_show(card)


def is_fit_to_show(card: Card) -> None:
    assert card.title.strip()
    assert card.title != "系统出了差错"
    assert len(card.buttons) <= MOST_BUTTONS, (card.title, [b.label for b in card.buttons])
    assert len({b.data for b in card.buttons}) == len(card.buttons), card
    assert all(b.label.strip() for b in card.buttons)
    said = [card.title, *card.lines, *(b.label for b in card.buttons)]
    assert not any("None" in one or "\n" in one for one in said), card
    if card.tone == "refusal" and card.key.startswith("refusal:") and "form" not in card.key:
        assert card.lines
