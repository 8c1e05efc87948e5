"""Who writes at the same time shares a commit, and nobody goes on before it is on the disk."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, Engine, bindparam, create_engine, event, func, select
from sqlalchemy.exc import IntegrityError

from storage import awaiting, inbox, people
from storage.awaiting import Awaiting
from storage.casebook import with_retry
from storage.commits import Queue, together
from storage.database import is_conflict, open_database, reading, write, writing
from storage.migrate import migrate
from storage.people import Person
from storage.prepared import inserting, prepared, upserting, writing_once
from storage.schema import accounts, screens
from storage.schema import people as rows

MANY = 24
NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
PATIENCE = 20.0


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    opened = open_database(url)
    migrate(opened)
    yield opened
    opened.dispose()


def person(number: int) -> Person:
    return Person(f"P:{number}", f"第{number}位", "局", ("inspector",))


def there(engine: Engine) -> int:
    with reading(engine) as tx:
        return int(tx.execute(select(func.count()).select_from(rows)).scalar_one())


@contextmanager
def commits(engine: Engine) -> Iterator[list[Connection]]:
    counted: list[Connection] = []

    def committing(connection: Connection) -> None:
        if connection.get_execution_options().get("suijian_writing"):
            counted.append(connection)

    event.listen(engine, "commit", committing)
    yield counted
    event.remove(engine, "commit", committing)


def at_once(engine: Engine, job: Callable[[int], None]) -> list[BaseException | None]:
    """The jobs all come while the first one writes; what each raised."""
    begun, go = threading.Event(), threading.Event()

    def first() -> None:
        with writing(engine):
            begun.set()
            assert go.wait(PATIENCE)

    def caught(number: int) -> BaseException | None:
        try:
            job(number)
        except BaseException as error:
            return error
        return None

    with ThreadPoolExecutor(MANY + 1) as threads:
        leading = threads.submit(first)
        assert begun.wait(PATIENCE)
        others = [threads.submit(caught, number) for number in range(MANY)]
        threading.Timer(0.2, go.set).start()
        leading.result(PATIENCE)
        return [other.result(PATIENCE) for other in others]


def test_who_waits_for_the_same_file_shares_a_commit(engine: Engine, backend: str) -> None:
    def job(number: int) -> None:
        write(engine, lambda tx: people.save(tx, person(number)))
        with engine.connect() as another:
            found = another.execute(select(rows.c.id).where(rows.c.id == f"P:{number}")).scalar()
        assert found, "went on before it was kept"

    with commits(engine) as counted:
        assert at_once(engine, job) == [None] * MANY
    assert there(engine) == MANY
    if backend == "sqlite":
        # The first one's own, and one for all who came while it wrote.
        assert len(counted) <= 3


def test_after_a_shared_commit_the_next_one_waits_for_those_who_come_again() -> None:
    """Without the pause every second commit is that of one alone."""
    memory, begun = create_engine("sqlite://"), list[Engine]()

    def transaction() -> AbstractContextManager[Connection]:
        begun.append(memory)
        return memory.begin()

    def another_comes(seconds: float) -> None:
        others.append(threads.submit(together, queue, transaction, lambda tx: "another"))
        while len(queue.waiting) < 2:
            assert not others[0].done()

    others: list[Future[str]] = []
    queue = Queue(shared=True, pause=another_comes)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(together, queue, transaction, lambda tx: "first")
        assert first.result(PATIENCE) == "first"
        assert [other.result(PATIENCE) for other in others] == ["another"]
    assert len(begun) == 1
    memory.dispose()


def test_what_fails_takes_nothing_of_the_others_with_it(engine: Engine) -> None:
    def work(tx: Connection, number: int) -> None:
        people.save(tx, person(number))
        if number % 3 == 0:
            raise KeyError(number)

    raised = at_once(engine, lambda number: write(engine, lambda tx: work(tx, number)))
    assert [type(one) for one in raised] == [KeyError if n % 3 == 0 else type(None) for n in range(MANY)]
    assert there(engine) == MANY - MANY // 3


def test_a_commit_that_fails_is_told_to_all_who_shared_it(engine: Engine) -> None:
    def failing(connection: Connection) -> None:
        raise OSError("no space left")

    def job(number: int) -> None:
        write(engine, lambda tx: people.save(tx, person(number)))

    event.listen(engine, "commit", failing)
    with ThreadPoolExecutor(4) as threads:
        raised = [one.exception(PATIENCE) for one in [threads.submit(job, n) for n in range(8)]]
    event.remove(engine, "commit", failing)
    assert [type(one) for one in raised] == [OSError] * 8
    assert there(engine) == 0
    job(1)
    assert there(engine) == 1


def test_who_writes_alone_and_who_writes_together_take_turns(engine: Engine, backend: str) -> None:
    """Nobody writes into SQLite while another does, whichever way they came."""
    inside: list[int] = []

    def work(tx: Connection, number: int) -> None:
        inside.append(number)
        people.save(tx, person(number))
        assert inside == [number] or backend == "postgresql"
        inside.clear()

    def job(number: int) -> None:
        if number % 2:
            write(engine, lambda tx: work(tx, number))
        else:
            with writing(engine) as tx:
                work(tx, number)

    assert at_once(engine, job) == [None] * MANY
    assert there(engine) == MANY


def test_a_part_stands_or_falls_by_itself(engine: Engine) -> None:
    with writing(engine) as whole:
        people.save(whole, person(1))
        with pytest.raises(KeyError), writing(engine) as part:
            assert part is whole
            people.save(part, person(2))
            raise KeyError
        with writing(engine) as part:
            people.save(part, person(3))
        with reading(engine) as seen:
            assert [one.id for one in people.everybody(seen)] == ["P:1", "P:3"]
    assert there(engine) == 2


def test_only_the_whole_is_tried_again(engine: Engine) -> None:
    """PostgreSQL has given up all of a transaction in which one statement lost a race."""
    tries: list[int] = []

    def inner() -> None:
        tries.append(1)
        with writing(engine) as tx:
            tx.execute(rows.insert(), [{"id": "P:1", "name": "", "department": "", "roles": "[]"}] * 2)

    with pytest.raises(IntegrityError), writing(engine):
        with_retry(inner)
    assert tries == [1]


def test_a_statement_worked_out_once_takes_and_gives_what_sqlalchemy_does(engine: Engine) -> None:
    with writing(engine) as tx:
        people.save(tx, person(1))
        people.bind(tx, "web", "a", "P:1", NOW)
        assert people.accounts_of(tx, "P:1") == (("web", "a"),)
        kept = prepared(select(accounts).where(accounts.c.account == bindparam("of"))).first(tx, of="a")
        assert (kept.bound_at, kept.revoked_at) == (NOW, None)
        awaiting.ask(tx, "P:1", Awaiting("c", "notice", ("一",)), NOW)
        assert awaiting.before(tx, "P:1")[0] == Awaiting("c", "notice", ("一",))
        assert awaiting.before(tx, "P:2") == (None, awaiting.Focus())
        assert prepared(select(rows.c.id).where(rows.c.name == "nobody")).first(tx) is None
        assert [row.id for row in prepared(select(rows).where(rows.c.department == "局")).rows(tx)] == ["P:1"]


def test_the_same_row_again_changes_it_or_changes_nothing(engine: Engine) -> None:
    change = upserting(rows, ["id"], "name", "department", "roles")
    once = writing_once(rows, "id", "name", "department", "roles", told=[rows.c.id])
    row = {"id": "P:1", "department": "局", "roles": "[]"}
    with writing(engine) as tx:
        assert once.first(tx, **row, name="甲").id == "P:1"
        assert once.first(tx, **row, name="乙") is None
        assert people.get(tx, "P:1") == Person("P:1", "甲", "局", ())
        change.run(tx, **row, name="乙")
        assert people.get(tx, "P:1") == Person("P:1", "乙", "局", ())


def test_its_errors_are_those_of_sqlalchemy(engine: Engine) -> None:
    """Or a lost race would not be tried again."""
    row = {"channel": "web", "account": "a", "card_key": "", "mine": 0, "body": "", "at": NOW, "rev": 1}
    shown = inserting(screens, *row)
    with writing(engine) as tx:
        shown.run(tx, **row)
    with pytest.raises(IntegrityError) as caught, writing(engine) as tx:
        shown.run(tx, **row)
    assert is_conflict(caught.value)


def test_an_error_does_not_quote_what_somebody_said(engine: Engine) -> None:
    row = {"id": "P:1", "name": "玉波香", "department": "县公安局", "roles": "[]"}
    with pytest.raises(IntegrityError) as caught, writing(engine) as tx:
        tx.execute(rows.insert(), row)
        tx.execute(rows.insert(), row)
    assert "玉波香" not in str(caught.value)


def test_a_turn_kept_twice_is_one(engine: Engine) -> None:
    with writing(engine) as tx:
        assert inbox.keep(tx, "web", "a", "u1", "{}", NOW) == (True, None)
        inbox.finish(tx, "web", "a", "u1", "[]", NOW)
        assert inbox.keep(tx, "web", "a", "u1", "{}", NOW) == (False, "[]")
