"""案卷: a person opens the first page and reads the whole case, without a tool and without a network."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.case_file import write_case_file
from storage.database import reading, writing
from storage.schema import events
from tests.conversation.walks import Scene, published, scene
from workflows.errors import TrailBroken


@pytest.fixture
def s(tmp_path: Path) -> Iterator[Scene]:
    opened = scene(tmp_path)
    yield opened
    opened.house.engine.dispose()


def read(s: Scene, folder: Path) -> tuple[str, set[str]]:
    """The page, and what lies beside it."""
    with reading(s.house.engine) as tx:
        path = write_case_file(s.house, tx, s.case_id, folder / "案卷.zip")
    with zipfile.ZipFile(path) as archive:
        return archive.read("index.html").decode(), set(archive.namelist())


@pytest.mark.rule("archive", "trace")
def test_who_when_what_was_found_and_with_which_evidence(s: Scene, tmp_path: Path) -> None:
    published(s, "market")
    s.at(s.expert)
    page, beside = read(s, tmp_path)
    case = s.case
    assert case.opened.target.name in page
    for member in case.members.values():
        assert member.name in page
        assert member.certificate in page
    for key, answer in case.answers.items():
        assert answer.by in case.members, key
    assert "不符合：未能出示备案证明" in page
    assert page.count("未能出示备案证明") >= 2, "among the answers and among the findings"
    for digest in case.evidence:
        assert f"SHA-256 {digest}" in page
        (place,) = [name for name in beside if digest in name]
        assert f'href="{place}"' in page
    assert "9月22日 09:00:" in page
    for what in ("派发检查任务", "确认收到任务", "到场签到", "形成情况汇总", "公示检查结果"):
        assert what in page
    assert "尚未办结" in page


def test_the_page_needs_nothing_from_elsewhere(s: Scene, tmp_path: Path) -> None:
    page, beside = read(s, tmp_path)
    assert not re.search(r"(?:src|href|url)\s*[=(]\s*[\"']?(?:https?:)?//", page)
    assert "<script" not in page
    local = set(re.findall(r'(?:src|href)="([^"]+)"', page))
    assert local <= beside


def test_what_people_wrote_is_text_and_no_markup(s: Scene, tmp_path: Path) -> None:
    s.at(s.market).tap("收到任务")
    s.market.tap("三项都已查阅")
    s.market.tap("另写情况")
    s.market.say("<script>alert(1)</script>")
    page, _ = read(s, tmp_path)
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_refusal_stands_among_the_steps_with_its_clause(s: Scene, tmp_path: Path) -> None:
    s.at(s.market).tap("收到任务")
    s.market.send(button=f"finish-precheck|{s.case_id}")
    page, _ = read(s, tmp_path)
    assert "没有通过规则：预查对比" in page


def test_no_page_is_made_of_a_trail_somebody_has_changed(s: Scene, tmp_path: Path) -> None:
    with writing(s.house.engine) as tx:
        tx.execute(update(events).where(events.c.stream == f"case:{s.case_id}").values(data="{}"))
    with pytest.raises(TrailBroken):
        read(s, tmp_path)
    assert not (tmp_path / "案卷.zip").exists()
