"""What the house knows of a target stands on the card when its background is noted: nobody types it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.render import block
from storage.database import reading, writing
from storage.documents import encode
from storage.schema import cases
from storage.visits import last_visit
from tests.conversation.walks import Scene, scene
from workflows.directory import Library, Licence, Target
from workflows.inspection.case import Entry

CLOSED = datetime(2025, 6, 3, 2, tzinfo=UTC)


def visited_before(s: Scene, result: str, closed: datetime = CLOSED, case: str = "earlier") -> None:
    opened = s.case
    department = opened.opened.items[0].department
    before = replace(opened, id=case, entries={department: Entry((result,), ())})
    row = {"seq": 1, "plan": "", "task": "", "target_name": s.target, "step": 6, "opened_at": closed}
    with writing(s.house.engine) as tx:
        state = {"id": case, "state": encode(before), "target": opened.opened.target.id, "closed_at": closed}
        tx.execute(cases.insert().values(**row, **state))


def on_background(s: Scene) -> Scene:
    for phone in (s.market, s.police, s.expert):
        s.at(phone).tap("收到任务")
    s.at(s.market).tap("三项都已查阅")
    return s


def test_the_last_inspection_is_on_the_card_and_in_what_one_tap_notes(tmp_path: Path) -> None:
    s = scene(tmp_path)
    result = s.house.lawbook.options.results[0]
    visited_before(s, result.code)
    on_background(s)
    shown = ""
    for _ in range(3):
        shown += "\n".join(s.at(s.market).card.lines)
        s.market.tap(s.market.card.buttons[0].label)
    said = f"上次检查：2025-06-03 办结，{result.label}。"
    assert said in shown
    assert said in s.case.background["credit"]


def test_who_was_never_inspected_is_said_nothing_of(tmp_path: Path) -> None:
    s = on_background(scene(tmp_path))
    for _ in range(3):
        assert "上次检查" not in "\n".join(s.at(s.market).card.lines)
        s.market.tap(s.market.card.buttons[0].label)
    assert set(s.case.background) == {"basics", "status", "credit"}


def test_of_several_inspections_it_is_the_last_and_for_a_day_the_last_until_then(tmp_path: Path) -> None:
    s = scene(tmp_path)
    first, second = (one.code for one in s.house.lawbook.options.results[:2])
    visited_before(s, second, datetime(2026, 1, 5, tzinfo=UTC), "later")
    visited_before(s, first)
    target = s.case.opened.target.id
    with reading(s.house.engine) as tx:
        ever, then = last_visit(tx, target), last_visit(tx, target, date(2025, 12, 31))
        assert ever is not None and (ever.on, ever.results) == (date(2026, 1, 5), (second,))
        assert then is not None and (then.on, then.results) == (date(2025, 6, 3), (first,))
        assert last_visit(tx, target, date(2025, 6, 2)) is None


@pytest.mark.parametrize(
    ("until", "says"),
    [
        (date(2027, 5, 1), "食品经营许可证 JY1（有效期至 2027-05-01）；"),
        (date(9999, 9, 9), "食品经营许可证 JY1（长期有效）；"),
        (None, "食品经营许可证 JY1（有效期不详）；"),
    ],
)
def test_licences_are_noted_with_how_long_they_hold(until: date | None, says: str) -> None:
    place = Library("餐饮", licences=(Licence("食品经营许可证", "JY1", until=until),))
    (said,) = block("precheck/background", "status", target=Target("R:1", "甲", libraries=(place,)))
    assert said == f"登记状态与名录库一致：存续；许可证：{says}查询时未见变更。"
