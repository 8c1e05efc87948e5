"""案卷: a person opens the first page and reads the whole case, without a tool and without a network."""

from __future__ import annotations

import re
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.case_file import write_case_file
from bot.deliver import LEASE, deliver, deliver_within
from storage import outbox
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


def ask_for_the_file(s: Scene) -> None:
    with writing(s.house.engine) as tx:
        outbox.add(tx, "file", "", "archive", s.case_id, "", s.clock.now)


def test_while_a_case_is_packed_others_write(s: Scene) -> None:
    """Packing asks for the present once, for the page; another program begins to write at that moment."""
    published(s, "market")
    deliver(s.house)
    ask_for_the_file(s)
    begun = []

    def clock() -> datetime:
        with closing(sqlite3.connect(s.house.engine.url.database or "", timeout=0)) as other:
            other.execute("BEGIN IMMEDIATE")
        begun.append(s.clock.now)
        return s.clock.now

    assert deliver(replace(s.house, clock=clock)) == 1
    assert len(begun) == 2, "the delivery's own present, and the page's"
    assert [file.name for file in s.house.archive.iterdir()] == [f"{s.case_id}.zip"]


def test_a_file_somebody_packs_is_left_to_them_until_they_are_thought_dead(s: Scene) -> None:
    published(s, "market")
    deliver(s.house)
    ask_for_the_file(s)
    with writing(s.house.engine) as tx:
        (row,) = deliver_within(s.house, tx)
    assert row.case == s.case_id
    assert deliver(s.house) == 0
    s.clock.now += LEASE
    assert deliver(s.house) == 1
    assert deliver(s.house) == 0


def test_nothing_half_made_is_left_where_evidence_is_missing(s: Scene, tmp_path: Path) -> None:
    published(s, "market")
    for kept in s.house.evidence.glob("??/*"):
        kept.unlink()
    (tmp_path / "案卷").mkdir()
    with pytest.raises(FileNotFoundError):
        read(s, tmp_path / "案卷")
    assert list((tmp_path / "案卷").iterdir()) == []


def test_a_case_is_packed_twice_at_once_and_is_whole(s: Scene, tmp_path: Path) -> None:
    """The second packs the whole of it while the first is at its page."""
    published(s, "market")
    (tmp_path / "案卷").mkdir()
    target, again = tmp_path / "案卷" / "案卷.zip", [True]

    def clock() -> datetime:
        if again and again.pop():
            with reading(s.house.engine) as tx:
                write_case_file(s.house, tx, s.case_id, target)
        return s.clock.now

    with reading(s.house.engine) as tx:
        write_case_file(replace(s.house, clock=clock), tx, s.case_id, target)
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
    assert list(target.parent.iterdir()) == [target]
