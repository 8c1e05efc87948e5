"""From the assignment to the closed case, by nothing but what people read and tap."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conversation.walks import published, scene
from workflows.inspection.case import CLOSED, step


@pytest.mark.rule("step-order", "no-double-entry")
def test_a_visit_without_findings_closes_when_both_departments_have_published(tmp_path: Path) -> None:
    s = published(scene(tmp_path))
    assert step(s.case) == CLOSED
    assert s.at(s.market).card.title == f"✓ 已办结 · {s.target}"
    assert s.at(s.police).sees("案卷已归档")
    assert (s.house.archive / f"{s.case_id}.zip").exists()
