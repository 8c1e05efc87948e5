"""What storage promises the rest of the house, kept by both databases alike."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from bot.deliver import deliver
from bot.house import House
from storage import (
    awaiting,
    casebook,
    directories,
    evidence,
    inbox,
    outbox,
    people,
    plans,
    projection,
    screen,
    trail,
)
from storage.awaiting import Awaiting, Focus
from storage.database import reading, writing
from storage.directories import Counts
from storage.migrate import migrate
from storage.schema import events, items, screens, targets
from tests.databases import everything, opened
from tests.talking import Clock, Phone, phone_of
from workflows.catalogue import Item
from workflows.checklist import Checklist, Question
from workflows.directory import Inspector, Target
from workflows.errors import NotFound
from workflows.inspection.events import BackgroundNoted
from workflows.plan import Plan

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 9, 21, 1, 0, tzinfo=UTC)
LATER = datetime(2026, 9, 22, 1, 0, tzinfo=UTC)


@pytest.fixture
def engine(bare: tuple[House, Clock]) -> Engine:
    return bare[0].engine


# -- opening -----------------------------------------------------------------------------------------------


def test_migrating_twice_changes_nothing(engine: Engine) -> None:
    with writing(engine) as tx:
        people.save(tx, people.Person("P:1", "甲", "局", ("inspector",)))
    before = everything(engine)
    migrate(engine)
    assert everything(engine) == before


STARTING = """
import sys
from storage.database import open_database
from storage.migrate import migrate
engine = open_database(sys.argv[1])
sys.stdout.write("ready\\n"); sys.stdout.flush(); sys.stdin.readline()
migrate(engine)
engine.dispose()
"""


def test_two_that_start_at_once_on_an_empty_database_both_start(url: str) -> None:
    """The server and a terminal, say: two processes that both find no tables."""
    command = [sys.executable, "-c", STARTING, url]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    starting = [subprocess.Popen(command, cwd=ROOT, **pipes) for _ in range(3)]  # type: ignore[call-overload]
    for one in starting:
        assert one.stdout.readline() == b"ready\n"
    for one in starting:
        one.stdin.write(b"go\n")
        one.stdin.flush()
    ends = [one.communicate(timeout=30)[1].decode() for one in starting]
    assert [(one.returncode, end) for one, end in zip(starting, ends, strict=True)] == [(0, "")] * 3
    with opened(url) as engine, reading(engine) as tx:
        assert trail.verify(tx) == 0


# -- inbox -------------------------------------------------------------------------------------------------

TURN = ("web", "acc", "u1")


def test_a_turn_is_new_once_and_answered_from_the_record_after(engine: Engine) -> None:
    with writing(engine) as tx:
        assert inbox.keep(tx, *TURN, "turn", NOW) == (True, None)
        assert inbox.keep(tx, *TURN, "turn", NOW) == (False, None)
        assert inbox.unfinished(tx) == ("turn",)
        inbox.finish(tx, *TURN, "reply", NOW)
        assert inbox.keep(tx, *TURN, "turn", LATER) == (False, "reply")
        assert inbox.unfinished(tx) == ()


def test_the_same_number_from_another_account_or_channel_is_another_turn(engine: Engine) -> None:
    with writing(engine) as tx:
        for where in (TURN, ("web", "other", "u1"), ("terminal", "acc", "u1")):
            assert inbox.keep(tx, *where, "turn", NOW) == (True, None)


def test_a_turn_that_comes_twice_at_once_is_new_once(engine: Engine) -> None:
    def keep(_: int) -> bool:
        with writing(engine) as tx:
            return inbox.keep(tx, *TURN, "turn", NOW)[0]

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(keep, range(4))) == [False, False, False, True]


def test_what_a_crash_left_is_taken_up_oldest_first(engine: Engine) -> None:
    with writing(engine) as tx:
        inbox.keep(tx, "web", "acc", "second", "second", LATER)
        inbox.keep(tx, "web", "acc", "first", "first", NOW)
        inbox.keep(tx, "terminal", "acc", "third", "third", LATER)
        inbox.keep(tx, "web", "other", "fourth", "fourth", LATER + timedelta(seconds=1))
        assert inbox.unfinished(tx, "web", "acc") == ("first", "second")
        assert inbox.unfinished(tx, "web") == ("first", "second", "fourth")
        assert len(inbox.unfinished(tx)) == 4


# -- what the chat waits for -------------------------------------------------------------------------------


def test_one_question_and_one_view_per_person_the_last_one(engine: Engine) -> None:
    with writing(engine) as tx:
        assert (awaiting.asked(tx, "P:1"), awaiting.looking_at(tx, "P:1")) == (None, Focus())
        for filled in ((), ("一",), ("一", "二")):
            awaiting.ask(tx, "P:1", Awaiting("c1", "notice", filled), NOW)
            awaiting.look_at(tx, "P:1", Focus("c1", "main", tuple((word, word) for word in filled)))
        assert awaiting.asked(tx, "P:1") == Awaiting("c1", "notice", ("一", "二"))
        assert awaiting.looking_at(tx, "P:1").buttons == (("一", "一"), ("二", "二"))
        assert awaiting.asked(tx, "P:2") is None
        awaiting.forget(tx, "P:1")
        assert awaiting.asked(tx, "P:1") is None


# -- screens -----------------------------------------------------------------------------------------------


def test_a_message_that_replaces_the_last_one_is_news_to_who_saw_it(engine: Engine) -> None:
    with writing(engine) as tx:
        screen.show(tx, "web", "a", "case:1", "old", NOW)
        seen = screen.since(tx, "web", "a", 0)[-1].rev
        screen.show(tx, "web", "a", "case:1", "new", NOW)
        assert [one.body for one in screen.since(tx, "web", "a", seen)] == ["new"]
        assert [one.body for one in screen.since(tx, "web", "a", 0)] == ["new"]


def test_what_a_message_stands_instead_of_leaves_and_its_rev_never_comes_again(engine: Engine) -> None:
    with writing(engine) as tx:
        for key in ("case:1", "refusal:1", "case:2"):
            screen.show(tx, "web", "a", key, key, NOW)
            screen.show(tx, "web", "b", key, key, NOW)
        seen = screen.since(tx, "web", "a", 0)[-1].rev
        screen.show(tx, "web", "a", "case:1", "new", NOW, instead=["refusal:1", "case:2", "case:3"])
        assert [one.body for one in screen.since(tx, "web", "a", 0)] == ["new"]
        assert [one.body for one in screen.since(tx, "web", "a", seen)] == ["new"]
        assert len(screen.since(tx, "web", "b", 0)) == 3


def test_a_redrawn_card_keeps_its_place_and_is_news(engine: Engine) -> None:
    with writing(engine) as tx:
        screen.show(tx, "web", "a", "case:1", "old", NOW)
        screen.show(tx, "web", "a", "", "said", NOW, mine=True)
        first, second = screen.since(tx, "web", "a", 0)
        assert screen.redraw(tx, "web", "a", "case:1", "new")
        (changed,) = screen.since(tx, "web", "a", second.rev)
        assert (changed.id, changed.body, second.mine) == (first.id, "new", True)


def test_a_card_that_looks_the_same_or_is_not_there_is_no_news(engine: Engine) -> None:
    with writing(engine) as tx:
        screen.show(tx, "web", "a", "case:1", "same", NOW)
        seen = screen.since(tx, "web", "a", 0)[-1].rev
        assert not screen.redraw(tx, "web", "a", "case:1", "same")
        assert not screen.redraw(tx, "web", "a", "case:2", "new")
        assert not screen.redraw(tx, "web", "b", "case:1", "new")
        assert screen.since(tx, "web", "a", seen) == ()
        assert (screen.has(tx, "web", "a", "case:1"), screen.has(tx, "web", "a", "case:2")) == (True, False)


def test_of_many_the_newest_are_shown(engine: Engine) -> None:
    with writing(engine) as tx:
        for number in range(7):
            screen.show(tx, "web", "a", "", str(number), NOW)
        assert [one.body for one in screen.since(tx, "web", "a", 0, limit=3)] == ["4", "5", "6"]


def test_no_rev_becomes_visible_after_a_higher_one_of_its_account(engine: Engine) -> None:
    """A reader that always asks for what is new misses nothing, whoever writes meanwhile."""
    writers, each, done = 4, 12, threading.Event()
    missed: list[str] = []

    def write(writer: int) -> None:
        for number in range(each):
            with writing(engine) as tx:
                screen.show(
                    tx, "web", "a", f"key{number % 3}" if writer % 2 else "", f"{writer}:{number}", NOW
                )
                screen.show(tx, "web", f"own{writer}", "", "…", NOW)

    def follow() -> list[str]:
        seen, rev = [], 0
        while True:
            last_round = done.is_set()
            with reading(engine) as tx:
                news = screen.since(tx, "web", "a", rev)
            seen += [one.body for one in news]
            rev = max((one.rev for one in news), default=rev)
            if last_round and not news:
                return seen

    with ThreadPoolExecutor(writers + 1) as pool:
        follower = pool.submit(follow)
        try:
            list(pool.map(write, range(writers)))
        finally:
            done.set()
        seen = follower.result()
    with reading(engine) as tx:
        kept = [one.body for one in screen.since(tx, "web", "a", 0)]
        missed = [body for body in kept if body not in seen]
        revs = tx.execute(select(screens.c.rev).where(screens.c.account == "a")).scalars().all()
    assert not missed
    assert len(kept) == len(set(revs)) == 2 * each + 3
    assert max(revs) == writers * each


# -- outbox ------------------------------------------------------------------------------------------------


def _kinds(engine: Engine) -> list[tuple[str, str, str]]:
    with writing(engine) as tx:
        return [(row.person, row.kind, row.case) for row in outbox.waiting(tx)]


def test_a_message_with_the_same_key_is_the_same_message(engine: Engine) -> None:
    with writing(engine) as tx:
        outbox.add(tx, "k1", "P:1", "nudge", "c1", "甲", NOW)
        outbox.add(tx, "k1", "P:1", "nudge", "c1", "甲", LATER)
        outbox.add(tx, "k2", "P:1", "nudge", "c1", "甲", LATER)
    assert _kinds(engine) == [("P:1", "nudge", "c1")] * 2


def test_of_several_redraws_waiting_the_last_one_stands_for_all(engine: Engine) -> None:
    with writing(engine) as tx:
        for number in range(3):
            outbox.add(tx, f"a{number}", "P:1", "changed", "c1", "", NOW)
        outbox.add(tx, "b", "P:1", "changed", "c2", "", NOW)
        outbox.add(tx, "c", "P:2", "changed", "c1", "", NOW)
    assert _kinds(engine) == [("P:1", "changed", "c1"), ("P:1", "changed", "c2"), ("P:2", "changed", "c1")]
    with writing(engine) as tx:
        outbox.mark_done(tx, outbox.waiting(tx)[0], NOW)
    assert _kinds(engine) == [("P:1", "changed", "c2"), ("P:2", "changed", "c1")]


def test_a_redraw_asked_for_after_delivery_began_still_waits(engine: Engine) -> None:
    with writing(engine) as tx:
        outbox.add(tx, "first", "P:1", "changed", "c1", "", NOW)
        (row,) = outbox.waiting(tx)
        outbox.add(tx, "second", "P:1", "changed", "c1", "", NOW)
        outbox.mark_done(tx, row, NOW)
        assert len(outbox.waiting(tx)) == 1


def test_what_is_under_way_is_asked_for_without_what_is_closed(demo: tuple[House, Clock]) -> None:
    house, _ = demo
    with writing(house.engine) as tx:
        first, *others = projection.all_cases(tx)
        projection.save(tx, first, replace(first, closed_at=NOW))
        assert projection.open_cases(tx) == tuple(others)
        assert {case.id for case in projection.all_cases(tx)} == {first.id, *(one.id for one in others)}


def test_what_is_delivered_by_two_at_once_is_shown_once(demo: tuple[House, Clock]) -> None:
    house, _ = demo
    with reading(house.engine) as tx:
        case = projection.all_cases(tx)[0]
    phones = [phone_of(house, person) for person in case.members]
    with writing(house.engine) as tx:
        for number in range(10):
            outbox.add(tx, f"n{number}", phones[0].person, "nudge", case.id, f"第{number}位", NOW)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda n: deliver(house), range(2)))
    with reading(house.engine) as tx:
        highest = {
            phone.account: tx.execute(
                select(func.max(screens.c.rev)).where(screens.c.account == phone.account)
            ).scalar()
            for phone in phones
        }
    # The rev counts every showing, also those a later one replaced: the assignment, and ten nudges for the first.
    assert list(highest.values()) == [11, *([1] * (len(phones) - 1))]
    assert _kinds(house.engine) == []


def test_two_talk_while_others_deliver_and_nobody_waits_for_ever(
    demo: tuple[House, Clock], caplog: pytest.LogCaptureFixture
) -> None:
    """An answer writes what is awaited and then the screen; a delivery may do it the other way round."""
    house, _ = demo
    with reading(house.engine) as tx:
        case = projection.all_cases(tx)[0]
    phones = [phone_of(house, m.person) for m in case.members.values() if m.role == "inspector"]
    rounds, done = 15, threading.Event()

    def talk(phone: Phone) -> None:
        phone.send(button=f"open|{case.id}")
        for number in range(rounds):
            phone.send(button=f"background|{case.id}|basics|{phone.person}-{number}")
            phone.send(button=f"case|{case.id}")

    def sweep() -> None:
        while not done.is_set():
            deliver(house)

    for phone in phones:
        phone.send(button=f"ack|{case.id}")
    with ThreadPoolExecutor(4) as pool:
        sweeping = [pool.submit(sweep) for _ in range(2)]
        talking = [pool.submit(talk, phone) for phone in phones]
        try:
            assert [one.result(timeout=60) for one in talking] == [None, None]
        finally:
            done.set()
        assert [one.result() for one in sweeping] == [None, None]
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []
    with reading(house.engine) as tx:
        noted = [one for one in casebook.history(tx, case.id) if isinstance(one.event, BackgroundNoted)]
        assert len(noted) == len(phones) * rounds
        trail.verify(tx)


# -- directories -------------------------------------------------------------------------------------------


def _firms(count: int) -> list[Target]:
    return [Target(f"R:{number:015d}", f"第{number}号商店") for number in range(count)]


def test_a_second_import_updates_and_never_duplicates(engine: Engine) -> None:
    firms, seen = _firms(2500), list[int]()
    with writing(engine) as tx:
        assert directories.save_targets(tx, firms, NOW, seen.append) == Counts(added=2500)
    assert seen == [1000, 1000, 500]
    before = everything(engine)
    with writing(engine) as tx:
        assert directories.save_targets(tx, firms, LATER) == Counts(same=2500)
    assert everything(engine) == before
    changed = [replace(firms[0], name="改名商店"), firms[1], Target("R:999999999999999", "新店")]
    with writing(engine) as tx:
        assert directories.save_targets(tx, changed, LATER) == Counts(added=1, changed=1, same=1)
        assert tx.execute(select(func.count()).select_from(targets)).scalar() == 2501
        assert directories.get_target(tx, firms[0].id) == changed[0]
        assert directories.get_target(tx, "R:0") is None


def test_the_same_entry_twice_in_one_file_is_one_entry(engine: Engine) -> None:
    firm = _firms(1)[0]
    with writing(engine) as tx:
        directories.save_targets(tx, [firm, replace(firm, name="后一行")], NOW)
        assert directories.all_targets(tx) == (replace(firm, name="后一行"),)


def test_an_inspector_becomes_a_person_and_keeps_the_offices_they_hold(engine: Engine) -> None:
    entry = Inspector("P:1", "林一", "县局", "证-1")
    with writing(engine) as tx:
        directories.save_inspectors(tx, [entry], NOW)
        people.save(tx, people.Person("P:1", "林一", "县局", ("inspector", "organiser")))
        directories.save_inspectors(tx, [replace(entry, role="expert", department="市局")], NOW)
        assert people.get(tx, "P:1") == people.Person("P:1", "林一", "市局", ("expert", "organiser"))
        assert directories.all_inspectors(tx) == (replace(entry, role="expert", department="市局"),)


def _item(name: str = "事项") -> Item:
    return Item("GA-1", name, "条例", "公安", "旅馆", ("查证",))


def test_a_new_edition_of_a_checklist_leaves_the_old_one_to_open_cases(engine: Engine) -> None:
    first = Checklist("e1", "GA-1", (Question("Q-1", "有证", "条例第一条"),))
    second = Checklist("e2", "GA-1", (Question("Q-1", "有证且有效", "条例第一条"),))
    with writing(engine) as tx:
        assert not directories.set_checklist(tx, first)
        assert directories.save_items(tx, [_item()], NOW) == Counts(added=1)
        assert directories.edition_of(tx, "GA-1") == ""
        assert directories.set_checklist(tx, first)
        assert directories.set_checklist(tx, second)
        assert directories.edition_of(tx, "GA-1") == "e2"
        assert directories.save_items(tx, [_item(name="事项二")], NOW) == Counts(changed=1)
        assert directories.edition_of(tx, "GA-1") == "e2"
        assert directories.all_items(tx)["GA-1"].name == "事项二"


def test_an_item_imported_again_is_not_written_again(engine: Engine) -> None:
    for now in (NOW, LATER):
        with writing(engine) as tx:
            directories.save_items(tx, [_item()], now)
            assert tx.execute(select(items.c.imported_at)).scalar_one() == NOW


def test_an_item_kept_before_a_field_was_there_is_still_the_same(engine: Engine) -> None:
    with writing(engine) as tx:
        directories.save_items(tx, [_item()], NOW)
        older = {name: value for name, value in asdict(_item()).items() if name != "qualifications"}
        tx.execute(items.update().values(data=json.dumps(older, ensure_ascii=False)))
        assert directories.save_items(tx, [_item()], LATER) == Counts(same=1)
        needy = replace(_item(), qualifications=("药品检查员",))
        assert directories.save_items(tx, [needy], LATER) == Counts(changed=1)
        assert directories.all_items(tx)["GA-1"] == needy


# -- plans -------------------------------------------------------------------------------------------------

PLAN = Plan("2026-a", "年度计划", 2026, 0, "national", ())


@pytest.mark.rule("plan-public")
def test_a_changed_plan_is_a_new_version_beside_the_published_one(engine: Engine) -> None:
    with writing(engine) as tx:
        assert plans.save(tx, PLAN, "P:O", NOW).version == 1
        assert plans.save(tx, PLAN, "P:O", LATER).version == 1
        published = plans.publish(tx, PLAN.id, "P:O", NOW)
        assert plans.publish(tx, PLAN.id, "P:O", LATER) == published
        assert published.published_at == NOW
        assert plans.save(tx, replace(PLAN, approval="联席〔2026〕1号"), "P:O", LATER).version == 2
        (newest,) = plans.current(tx)
        assert (newest.plan.version, newest.published_at) == (2, None)
        kinds = tx.execute(select(events.c.type).order_by(events.c.seq)).scalars().all()
        assert kinds == ["PlanImported", "PlanPublished", "PlanImported"]
        assert trail.verify(tx) == 3


def test_two_imports_of_a_plan_at_once_make_one_version(engine: Engine) -> None:
    def save(_: int) -> int:
        with writing(engine) as tx:
            return plans.save(tx, PLAN, "P:O", NOW).version

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(save, range(3))) == [1, 1, 1]


def test_an_unknown_plan_is_said_to_be_unknown(engine: Engine) -> None:
    with reading(engine) as tx, pytest.raises(NotFound, match="2026-x"):
        plans.get(tx, "2026-x")


# -- people and evidence -----------------------------------------------------------------------------------


def test_an_account_has_one_person_and_a_person_many_accounts(engine: Engine) -> None:
    one, two = (
        people.Person("P:1", "甲", "局", ("inspector",)),
        people.Person("P:2", "乙", "局", ("supervisor",)),
    )
    with writing(engine) as tx:
        people.save(tx, one)
        people.save(tx, two)
        assert people.behind(tx, "web", "a") is None
        people.bind(tx, "web", "a", "P:1", NOW)
        people.bind(tx, "terminal", "t", "P:1", LATER)
        assert people.accounts_of(tx, "P:1") == (("web", "a"), ("terminal", "t"))
        people.bind(tx, "web", "a", "P:2", LATER)
        assert (people.behind(tx, "web", "a"), people.accounts_of(tx, "P:1")) == (two, (("terminal", "t"),))
        assert people.holding(tx, "supervisor") == ("P:2",)
        assert people.named(tx, "甲") == people.named(tx, "P:1") == (one,)


@pytest.mark.rule("evidence")
def test_a_photo_s_name_is_on_the_disk_as_its_bytes_are(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled: list[Path] = []
    monkeypatch.setattr("os.fsync", lambda opened: settled.append(Path(f"/proc/self/fd/{opened}").readlink()))
    digest = evidence.keep(engine, tmp_path / "new", b"photo", "1.jpg", "image/jpeg", "P:1", NOW)
    folder = evidence.path_of(tmp_path / "new", digest).parent
    assert settled[0].parent == folder and settled[1:] == [folder, folder.parent]


@pytest.mark.rule("evidence")
def test_the_same_photo_sent_twice_at_once_is_kept_once_and_whole(engine: Engine, tmp_path: Path) -> None:
    data = bytes(range(256)) * 4000

    def keep(number: int) -> str:
        return evidence.keep(engine, tmp_path, data, f"{number}.jpg", "image/jpeg", f"P:{number}", NOW)

    with ThreadPoolExecutor(6) as pool:
        (digest,) = set(pool.map(keep, range(6)))
    with reading(engine) as tx:
        assert evidence.read(tx, tmp_path, digest) == (data, "image/jpeg")
        assert evidence.keeper(tx, digest).startswith("P:")
        assert evidence.read(tx, tmp_path, "0" * 64) is None
    assert list(tmp_path.rglob("*.part")) == []
