"""After a time in which nobody swept: what was missed is sent once, late, and the office is told of it once."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from bot.channels.web import build
from bot.channels.web.fake import FakeDesk
from bot.cli import main
from bot.reminders import sweep
from bot.service import report, said_span, serves_only
from storage import marks, outbox, reach
from storage.database import reading, writing
from tests.reminders.desk import HEAD, Desk, copies, desk_in, judiciary
from tests.rules.cases import AYAN, SUPERVISOR, handling, signed
from workflows.inspection import commands as c
from workflows.inspection.facts import CHINA

NOON = (2026, 9, 21, 12, 0)
OFTEN = timedelta(minutes=20)


def running(desk: Desk, *until: int) -> Desk:
    """The server was there until then."""
    desk.at(*until).swept()
    return desk


def told(desk: Desk) -> list[tuple[str, str]]:
    return [(person, card.title) for person, card in desk.service() if card]


def test_the_office_is_told_once_how_long_and_how_many(either: Desk) -> None:
    either.at(*NOON).keep(*copies(signed().case, 6))
    running(either, 2026, 10, 12, 8, 50)
    said = either.at(2026, 10, 12, 11, 50).swept()
    assert sum(len(one.items) for one in said) == 12
    assert all(item.late for one in said for item in one.items)
    assert told(either) == [(HEAD, "提醒服务中断了 3小时，补发 12 条")]
    either.until(2026, 10, 13, 12, 0, every=OFTEN)
    assert len(told(either)) == 1
    assert either.service()[0][1].lines[0] == "中断时间：10月12日（周一）08:50至10月12日（周一）11:50"  # type: ignore[union-attr]


def test_who_first_starts_was_not_away(desk: Desk) -> None:
    desk.at(*NOON).keep(signed().case)
    assert desk.at(2026, 10, 12, 11, 0).swept()
    assert told(desk) == []


def test_nobody_is_told_of_an_absence_in_which_nothing_was_missed(desk: Desk) -> None:
    desk.at(*NOON).keep(signed().case)
    running(desk, 2026, 10, 11, 20, 0)
    desk.until(2026, 10, 11, 20, 30, every=OFTEN)
    desk.at(2026, 10, 12, 8, 0).swept()
    desk.until(2026, 10, 13, 0, 0, every=OFTEN)
    assert told(desk) == []


def test_who_comes_back_at_night_tells_of_it_in_the_morning(either: Desk) -> None:
    either.at(*NOON).keep(signed().case)
    running(either, 2026, 10, 12, 8, 0)
    either.at(2026, 10, 12, 22, 0).swept()
    assert told(either) == []
    either.until(2026, 10, 13, 8, 0, every=OFTEN)
    assert told(either) == []
    either.until(2026, 10, 13, 11, 0, every=OFTEN)
    assert told(either) == [(HEAD, "提醒服务中断了 14小时，补发 2 条")]


def test_what_could_not_wait_is_made_up_for_at_night_and_told_of_in_the_morning(desk: Desk) -> None:
    walk = judiciary(handling("M-3"))
    walk.now = datetime(2026, 9, 22, 14, 0, tzinfo=CHINA)
    walk.do(SUPERVISOR, c.DecideTransfer("M-3", True, ""))
    desk.at(2026, 9, 22, 14, 0).keep(walk.case)
    running(desk, 2026, 9, 23, 1, 0)
    assert desk.at(2026, 9, 23, 4, 0).swept()
    desk.until(2026, 9, 23, 8, 59, every=OFTEN)
    assert told(desk) == []
    desk.at(2026, 9, 23, 9, 0).swept()
    assert told(desk) == [(HEAD, "提醒服务中断了 3小时，补发 1 条")]


def test_two_absences_nobody_was_told_of_are_one(desk: Desk) -> None:
    desk.at(*NOON).keep(signed().case)
    running(desk, 2026, 10, 12, 8, 0)
    running(desk, 2026, 10, 12, 20, 0)  # twelve hours
    running(desk, 2026, 10, 13, 8, 0)  # twelve more
    running(desk, 2026, 10, 13, 8, 30)
    running(desk, 2026, 10, 13, 9, 0)
    assert told(desk) == [(HEAD, "提醒服务中断了 1天，补发 2 条")]


def test_four_that_come_back_at_once_tell_of_it_once(either: Desk) -> None:
    either.at(*NOON).keep(*copies(signed().case, 20))
    running(either, 2026, 10, 12, 8, 0)
    either.at(2026, 10, 12, 12, 0)
    ready = threading.Barrier(4)

    def run() -> None:
        ready.wait()
        sweep(either.house)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sweep(either.house)
    assert told(either) == [(HEAD, "提醒服务中断了 4小时，补发 40 条")]


def test_the_last_sweep_is_known_to_the_minute_and_written_no_more_often(desk: Desk) -> None:
    desk.at(*NOON)
    kept = set()
    for _ in range(60):
        desk.swept()
        desk.clock.pass_time(seconds=4)
        with reading(desk.house.engine) as tx:
            kept.add(marks.at(tx, marks.SWEPT))
    assert len(kept) == 5
    with reading(desk.house.engine) as tx:
        last = marks.at(tx, marks.SWEPT)
    assert last is not None and (desk.clock.now - last).total_seconds() < 70


def test_a_clock_set_back_is_no_absence(desk: Desk) -> None:
    desk.at(*NOON).keep(signed().case)
    running(desk, 2026, 10, 14, 9, 0)
    running(desk, 2026, 10, 11, 23, 0)
    desk.until(2026, 10, 20, 0, 0, every=OFTEN)
    assert told(desk) == []


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (59, "不到1分钟"),
        (45 * 60, "45分钟"),
        (3 * 3600, "3小时"),
        (95 * 60, "1小时35分钟"),
        (180_000, "2天2小时"),
    ],
)
def test_how_long_is_said_in_two_parts(seconds: int, said: str) -> None:
    assert said_span(seconds) == said


async def test_health_is_said_to_whoever_asks(desk: Desk) -> None:
    desk.at(*NOON).keep(signed().case)
    running(desk, 2026, 10, 12, 8, 59)
    app = build(FakeDesk({}), health=lambda: report(desk.house))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://there") as somebody:
        answered = await somebody.get("/health")
        assert answered.status_code == 200
        well = answered.json()
        desk.at(2026, 10, 12, 10, 0)
        answered = await somebody.get("/health")
        assert answered.status_code == 503
        stopped = answered.json()
    assert well == {
        "status": "ok",
        "swept_at": "2026-10-12T00:59:01+00:00",
        "due": 0,
        "undelivered": 0,
        "oldest_at": None,
        "given_up": 0,
        "lost": 0,
        "shut": [],
    }
    assert (stopped["status"], stopped["due"]) == ("attention", 2)


def test_a_service_that_has_just_begun_is_starting_and_no_cause_for_alarm(desk: Desk) -> None:
    desk.at(*NOON).keep(signed().case)
    began = desk.clock.now
    assert report(desk.house, began)["status"] == "starting"
    sweep(desk.house)
    assert report(desk.house, began)["status"] == "ok"


def test_a_service_that_never_gets_to_its_first_sweep_is_not_starting_for_ever(desk: Desk) -> None:
    began = desk.at(*NOON).clock.now
    desk.clock.pass_time(minutes=1)
    assert report(desk.house, began)["status"] == "attention"


def test_after_a_night_away_the_sweep_of_yesterday_alarms_nobody(desk: Desk) -> None:
    desk.at(*NOON)
    sweep(desk.house)
    desk.clock.pass_time(hours=12)
    began = desk.clock.now
    assert report(desk.house, began)["status"] == "starting"
    assert report(desk.house)["status"] == "attention", "who runs no service is not starting one"


def test_what_was_given_up_is_said_as_soon_as_the_first_sweep_is_over(desk: Desk) -> None:
    began = desk.at(*NOON).clock.now
    with writing(desk.house.engine) as tx:
        reach.shut(tx, "telegram", began)
    assert report(desk.house, began)["status"] == "starting"
    sweep(desk.house)
    assert report(desk.house, began)["status"] == "attention"
    serves_only(desk.house, ["telegram"])
    assert report(desk.house, began)["status"] == "attention"
    serves_only(desk.house, [])
    assert report(desk.house, began)["status"] == "ok"


def test_check_says_what_is_wrong_and_takes_up_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUIJIAN_DATA", str(tmp_path))
    monkeypatch.delenv("SUIJIAN_DATABASE", raising=False)
    desk = desk_in(tmp_path)
    with writing(desk.house.engine) as tx:
        outbox.add(tx, "file", "", "archive", "gone", "", desk.clock())
        (row,) = outbox.waiting(tx)
        for attempts in range(outbox.MOST_ATTEMPTS):
            row = outbox.Waiting(row.id, "", "archive", "gone", "", attempts)
            outbox.put_off(tx, row, "NotFound：没有编号为 gone 的检查任务。", desk.clock())
    desk.house.engine.dispose()
    said = CliRunner().invoke(main, ["check"])
    assert said.exit_code == 1
    assert "还没有过" in said.output
    assert "已停止再试的消息：1 条" in said.output
    assert "NotFound：没有编号为 gone 的检查任务。" in said.output
    again = CliRunner().invoke(main, ["check", "--again"])
    assert "已重新安排发送 1 条" in again.output
    assert "还没有送达的消息：1 条" in again.output


def test_check_names_who_cannot_be_reached_and_which_channel_is_shut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUIJIAN_DATA", str(tmp_path))
    monkeypatch.delenv("SUIJIAN_DATABASE", raising=False)
    desk = desk_in(tmp_path)
    with writing(desk.house.engine) as tx:
        reach.lose(tx, "telegram", "7001", AYAN, desk.clock())
        reach.shut(tx, "telegram", desk.clock())
    desk.house.engine.dispose()
    said = CliRunner().invoke(main, ["check"])
    assert said.exit_code == 1
    assert "收不到消息的账号：1 个" in said.output
    assert "telegram　岩温" in said.output
    assert "telegram 通道已停止" in said.output
