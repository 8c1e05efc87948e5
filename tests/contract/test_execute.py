"""The one way anything happens to a case, on both databases: whole or not at all, once, in order, told and on record."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from bot.house import House
from storage import awaiting, casebook, people, projection, trail, year_tables
from storage.awaiting import Focus
from storage.calendars import encode as encode_year
from storage.case_facts import gather
from storage.casebook import Outcome, execute
from storage.database import is_conflict, reading, writing
from storage.documents import encode
from storage.reminders_schema import reminders
from storage.schema import accounts, cases, events, outbox
from tests.databases import everything
from tests.talking import Clock
from workflows.calendar import YearTable
from workflows.errors import NotFound
from workflows.inspection import commands as c
from workflows.inspection.case import Case
from workflows.inspection.events import BackgroundNoted, CommandRefused, EntryClockStarted, SourceConsulted
from workflows.inspection.evolve import replay
from workflows.inspection.facts import CHINA, Actor

ROUNDS = 40


class Stage:
    """The first case of the demo and the actors who may meet on it."""

    def __init__(self, demo: tuple[House, Clock]) -> None:
        self.house, self.clock = demo
        with reading(self.house.engine) as tx:
            self.id = projection.all_cases(tx)[0].id
        team = [m for m in self.case.members.values() if m.role == "inspector"]
        self.one, self.two = (Actor(m.person, m.name, m.department, ("inspector",), "test") for m in team[:2])

    @property
    def case(self) -> Case:
        return casebook.find(self.house.engine, self.id)

    def do(self, command: c.Command, cause: str, actor: Actor | None = None) -> Outcome:
        house = self.house
        now = self.clock()
        return execute(house.engine, house.lawbook, self.id, command, actor or self.one, now, cause)

    def count(self, kind: str) -> int:
        query = select(events.c.seq).where(events.c.stream == f"case:{self.id}", events.c.type == kind)
        with reading(self.house.engine) as tx:
            return len(tx.execute(query).all())

    def check(self) -> None:
        """The chain holds without a gap, and replaying it gives the read model byte for byte."""
        with reading(self.house.engine) as tx:
            history = casebook.history(tx, self.id)
            assert [one.seq for one in history] == list(range(1, len(history) + 1))
            state = tx.execute(select(cases.c.state).where(cases.c.id == self.id)).scalar_one()
            assert encode(replay(history)) == state
            trail.verify(tx)


@pytest.fixture
def stage(demo: tuple[House, Clock]) -> Stage:
    return Stage(demo)


def at_once(*jobs: Callable[[], object]) -> list[object]:
    """Runs the jobs in threads that start together."""
    gate = threading.Barrier(len(jobs))

    def run(job: Callable[[], object]) -> object:
        gate.wait()
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [one.result() for one in [pool.submit(run, job) for job in jobs]]


def test_event_read_model_timer_and_notice_stand_together(stage: Stage) -> None:
    visit = datetime(2026, 10, 20, 9, 0, tzinfo=CHINA)
    outcome = stage.do(c.IssueNotice(visit, "营业执照"), "t:1")
    assert [type(event).__name__ for event in outcome.events] == ["NoticeIssued"]
    with reading(stage.house.engine) as tx:
        kept = tx.execute(select(cases).where(cases.c.id == stage.id)).one()
        mine = select(reminders.c.armed_for).where(reminders.c.case == stage.id)
        armed = tx.execute(mine.where(reminders.c.kind.startswith("appointment"))).scalars().all()
        told = tx.execute(
            select(outbox).where(outbox.c.case == stage.id, outbox.c.kind == "appointment")
        ).all()
    assert kept.seq == 2
    assert min(armed) == datetime(2026, 10, 19, 9, 0, tzinfo=CHINA)
    assert {row.person for row in told} == set(outcome.case.members)
    stage.check()


@pytest.mark.parametrize(
    ("card", "told"), [("main", True), ("behind", True), ("form", False), ("aside", False)]
)
def test_a_redraw_is_put_out_only_for_who_has_the_case_before_them(
    stage: Stage, card: str, told: bool
) -> None:
    with writing(stage.house.engine) as tx:
        awaiting.look_at(tx, stage.two.person, Focus(stage.id, card))
        awaiting.look_at(tx, stage.one.person, Focus("another", "main"))
    stage.do(c.ConsultSource("system"), "t:1", stage.one)
    stage.do(c.ConsultSource("files"), "t:2", stage.two)
    with reading(stage.house.engine) as tx:
        found = tx.execute(select(outbox.c.person).where(outbox.c.kind == "changed")).scalars().all()
    assert found == ([stage.two.person] if told else [])


@pytest.mark.parametrize("missing", ["events", "streams", "cases", "reminders", "outbox"])
def test_a_failure_anywhere_leaves_nothing_behind(stage: Stage, missing: str) -> None:
    engine, before = stage.house.engine, everything(stage.house.engine)
    with writing(engine) as tx:
        tx.execute(text(f"ALTER TABLE {missing} RENAME TO away"))
    with pytest.raises(DBAPIError):
        stage.do(c.IssueNotice(datetime(2026, 10, 20, 9, 0, tzinfo=CHINA), "营业执照"), "t:1")
    with writing(engine) as tx:
        tx.execute(text(f"ALTER TABLE away RENAME TO {missing}"))
    assert everything(engine) == before


def test_two_at_once_on_one_question_make_one_event(stage: Stage) -> None:
    for number in range(ROUNDS):
        command = c.NoteBackground("basics", f"第{number}次")
        outcomes = at_once(
            lambda command=command, n=number: stage.do(command, f"one:{n}", stage.one),
            lambda command=command, n=number: stage.do(command, f"two:{n}", stage.two),
        )
        assert sorted(len(one.events) for one in outcomes) == [0, 1]
        assert {one.case.background["basics"] for one in outcomes} == {f"第{number}次"}
    assert stage.count("BackgroundNoted") == ROUNDS
    stage.check()


def test_two_at_once_on_two_questions_make_two_events_without_a_gap(stage: Stage) -> None:
    for number in range(ROUNDS):
        outcomes = at_once(
            lambda n=number: stage.do(c.NoteBackground("basics", f"甲{n}"), f"one:{n}", stage.one),
            lambda n=number: stage.do(c.NoteBackground("credit", f"乙{n}"), f"two:{n}", stage.two),
        )
        assert [len(one.events) for one in outcomes] == [1, 1]
        assert (stage.case.background["basics"], stage.case.background["credit"]) == (
            f"甲{number}",
            f"乙{number}",
        )
    stage.check()


def test_sixteen_at_once_all_get_through(stage: Stage) -> None:
    jobs = [lambda n=n: stage.do(c.NoteBackground("basics", f"第{n}人"), f"crowd:{n}") for n in range(16)]
    assert all(len(one.events) == 1 for one in at_once(*jobs))
    assert stage.count("BackgroundNoted") == 16
    stage.check()


def test_the_same_cause_twice_does_nothing(stage: Stage) -> None:
    first = stage.do(c.NoteBackground("basics", "与登记一致"), "web:a:u1#1")
    stage.do(c.NoteBackground("basics", "后来改写"), "web:a:u2#1")
    before = everything(stage.house.engine)
    again = stage.do(c.NoteBackground("basics", "与登记一致"), "web:a:u1#1")
    assert (len(first.events), again.events, again.refused) == (1, (), None)
    assert again.case.background["basics"] == "后来改写"
    assert everything(stage.house.engine) == before


@pytest.mark.rule("trace")
def test_a_refusal_is_on_the_trail_with_its_clause(stage: Stage) -> None:
    stranger = Actor("P:X", "路人", "别的部门", ("inspector",), "test")
    outcome = stage.do(c.AcknowledgeAssignment(), "t:1", stranger)
    assert outcome.refused and outcome.refused.rule == "by-machine"
    with reading(stage.house.engine) as tx:
        last = casebook.history(tx, stage.id)[-1]
    profile = stage.house.lawbook.profiles[outcome.case.opened.profile]
    assert isinstance(last.event, CommandRefused)
    assert (last.by, last.event.command, last.event.reason) == ("P:X", "AcknowledgeAssignment", "not-on-team")
    assert last.event.clause == profile.clause("by-machine") != ""
    stage.check()


def test_a_refused_command_taken_up_again_is_refused_again_and_logged_once(stage: Stage) -> None:
    first = stage.do(c.CompletePrecheck(), "web:a:u1#1")
    again = stage.do(c.CompletePrecheck(), "web:a:u1#1")
    assert first.refused and again.refused
    assert (again.refused.rule, again.refused.reason) == (first.refused.rule, first.refused.reason)
    assert (again.refused.detail, again.events) == (first.refused.detail, ())
    assert stage.count("CommandRefused") == 1


def test_what_does_not_fit_the_question_is_not_an_offence(stage: Stage) -> None:
    before = everything(stage.house.engine)
    outcome = stage.do(c.NoteBackground("unheard-of", "…"), "t:1")
    assert outcome.refused and outcome.refused.rule == "form"
    assert everything(stage.house.engine) == before


def test_an_unknown_case_is_said_to_be_unknown(stage: Stage) -> None:
    stage.id = "nowhere"
    with pytest.raises(NotFound, match="nowhere"):
        stage.do(c.AcknowledgeAssignment(), "t:1")


def test_deciding_on_an_old_case_is_noticed_and_writes_nothing(stage: Stage) -> None:
    old = stage.case
    stage.do(c.NoteBackground("basics", "新的"), "t:1")
    before = everything(stage.house.engine)
    with pytest.raises(trail.Overtaken), writing(stage.house.engine) as tx:
        facts = gather(tx, stage.house.lawbook, old, stage.one, stage.clock())
        casebook.record(tx, old, (SourceConsulted("files", ""),), facts, "t:2")
    assert everything(stage.house.engine) == before


def test_who_is_overtaken_tries_again(stage: Stage) -> None:
    """What another transaction writes between reading and appending is read the second time."""
    old, tries = stage.case, []
    stage.do(c.NoteBackground("basics", "新的"), "t:1")

    def attempt() -> Case:
        with writing(stage.house.engine) as tx:
            case = casebook.load(tx, stage.id) if tries else old
            tries.append(case.seq)
            facts = gather(tx, stage.house.lawbook, case, stage.one, stage.clock())
            return casebook.record(tx, case, (BackgroundNoted("credit", "无"),), facts, "t:2")

    assert casebook.with_retry(attempt).background == {"basics": "新的", "credit": "无"}
    assert len(tries) == 2
    stage.check()


def test_a_year_imported_while_an_inspector_acts_loses_neither(stage: Stage) -> None:
    """The restated deadlines and the taps go to the same streams."""
    started = EntryClockStarted(("县公安局",), date(2026, 12, 28), date(2027, 1, 25), False, "推算")
    with writing(stage.house.engine) as tx:
        facts = gather(tx, stage.house.lawbook, stage.case, stage.one, stage.clock())
        casebook.record(tx, casebook.load(tx, stage.id), (started,), facts, "")
    fixed = {date(2027, 1, 1), date(2027, 2, 6)}

    def import_year(number: int) -> int:
        off = frozenset(fixed | {date(2027, 1, 4 + day) for day in range(number % 2 + 1)})
        table = YearTable(2027, off, frozenset(), f"第{number}次")
        return year_tables.save(
            stage.house.engine, stage.house.lawbook, table, encode_year(table), stage.clock()
        )

    for number in range(10):
        restated, noted = at_once(
            lambda n=number: import_year(n),
            lambda n=number: stage.do(c.NoteBackground("basics", f"第{n}次"), f"t:{n}"),
        )
        assert isinstance(noted, Outcome)
        assert (restated, len(noted.events)) == (1, 1)
    stage.check()


# -- what is tried again, and what is not -----------------------------------------------------------------


def raised(job: Callable[[], object]) -> DBAPIError:
    with pytest.raises(DBAPIError) as caught:
        job()
    return caught.value


def test_the_second_at_a_unique_place_tries_again(stage: Stage) -> None:
    def job() -> None:
        with writing(stage.house.engine) as tx:
            row = dict(tx.execute(select(events).limit(1)).one()._mapping)
            tx.execute(events.insert(), row)

    error = raised(job)
    assert isinstance(error, IntegrityError)
    assert is_conflict(error)


def test_a_broken_reference_or_a_missing_table_is_raised_at_once(stage: Stage) -> None:
    tries = []

    def unknown_person() -> None:
        tries.append(1)
        with writing(stage.house.engine) as tx:
            row = {"channel": "web", "account": "x", "person": "P:nobody", "bound_at": stage.clock()}
            tx.execute(accounts.insert().values(**row))

    def unknown_table() -> None:
        tries.append(1)
        with writing(stage.house.engine) as tx:
            tx.execute(text("SELECT * FROM nothing_here"))

    for job in (unknown_person, unknown_table):
        tries.clear()
        error = raised(lambda job=job: casebook.with_retry(job))
        assert not is_conflict(error)
        assert tries == [1]


def test_a_database_that_stays_locked_is_not_waited_for_five_times(stage: Stage, backend: str) -> None:
    """SQLite answers "database is locked" only after its whole time of waiting; PostgreSQL's is a cancelled wait."""
    engine = stage.house.engine

    def job() -> None:
        with engine.connect() as connection:
            if backend == "sqlite":
                connection.exec_driver_sql("PRAGMA busy_timeout = 20")
            connection.rollback()
            with connection.execution_options(suijian_writing=True).begin():
                if backend == "postgresql":
                    connection.execute(text("SET LOCAL lock_timeout = '20ms'"))
                people.save(connection, people.Person("P:1", "甲", "局", ()))

    with writing(engine) as tx:
        people.save(tx, people.Person("P:1", "乙", "局", ()))
        error = raised(job)
    assert isinstance(error, OperationalError)
    assert not is_conflict(error)


def test_what_postgresql_raises_for_the_second_and_for_a_deadlock_is_tried_again(
    stage: Stage, backend: str
) -> None:
    if backend == "sqlite":
        return  # one writer: neither can come about
    assert is_conflict(raised(lambda: _write_what_another_changed(stage)))
    assert is_conflict(raised(lambda: _wait_crosswise(stage)))


def _write_what_another_changed(stage: Stage) -> None:
    with reading(stage.house.engine) as snapshot:
        people.everybody(snapshot)
        with writing(stage.house.engine) as tx:
            people.save(tx, replace(people.everybody(tx)[0], name="改名"))
        people.save(snapshot, replace(people.everybody(snapshot)[0], name="再改"))


def _wait_crosswise(stage: Stage) -> None:
    gate = threading.Barrier(2)

    def take(first: str, second: str) -> None:
        with writing(stage.house.engine) as tx:
            tx.execute(text("SET LOCAL deadlock_timeout = '30ms'"))
            people.save(tx, people.Person(first, "甲", "局", ()))
            gate.wait()
            people.save(tx, people.Person(second, "甲", "局", ()))

    at_once(lambda: take("P:1", "P:2"), lambda: take("P:2", "P:1"))


def test_a_reader_sees_one_moment(stage: Stage) -> None:
    """Verification reads heads, then events: one appended in between must not look like a broken trail."""
    with reading(stage.house.engine) as tx:
        count = trail.verify(tx)
        stage.do(c.NoteBackground("basics", "此间"), "t:1")
        assert trail.verify(tx) == count
    with reading(stage.house.engine) as tx:
        assert trail.verify(tx) == count + 1


def test_moments_keep_their_instant_whatever_their_zone(stage: Stage) -> None:
    now = datetime(2026, 9, 21, 9, 0, tzinfo=CHINA)
    house = stage.house
    execute(house.engine, house.lawbook, stage.id, c.NoteBackground("basics", "好"), stage.one, now, "t:1")
    with reading(house.engine) as tx:
        last = casebook.history(tx, stage.id)[-1]
        assert last.at == now
        assert last.at.utcoffset() == timedelta(0)
        trail.verify(tx)
