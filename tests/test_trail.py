"""The trail: one byte changed anywhere, one record taken away or put in, and verification fails and says where."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Text, cast, select, type_coerce
from sqlalchemy.exc import IntegrityError

from bot.cli import main
from bot.house import House
from storage import casebook, projection, trail
from storage.archive import write_archive
from storage.casebook import execute
from storage.database import reading, writing
from storage.schema import events, streams
from tests.databases import BACKENDS, demo_copy
from workflows.errors import TrailBroken
from workflows.inspection import commands as c
from workflows.inspection.facts import Actor

pytestmark = pytest.mark.rule("trace")
LETTERS = st.characters(codec="utf-8", exclude_characters="\x00")


@pytest.fixture(scope="module", params=BACKENDS)
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The demo's plan, two draws and two cases, and a few taps and one refusal on the first."""
    with demo_copy(request.param, tmp_path_factory.mktemp("trail")) as (house, clock):
        with reading(house.engine) as tx:
            case = projection.all_cases(tx)[0]
        one, two = [m for m in case.members.values() if m.role == "inspector"][:2]
        for number, (who, command) in enumerate(
            (
                (one, c.AcknowledgeAssignment()),
                (two, c.AcknowledgeAssignment()),
                (one, c.NoteBackground("basics", "与登记一致")),
                (two, c.CompletePrecheck()),
                (one, c.ConsultSource("files")),
            )
        ):
            actor = Actor(who.person, who.name, who.department, ("inspector",), "web:a")
            execute(house.engine, house.lawbook, case.id, command, actor, clock(), f"web:a:{number}#1")
        yield house


@contextmanager
def undone(house: House) -> Iterator[Connection]:
    """A transaction that leaves nothing behind."""
    with house.engine.connect() as connection:
        changing = connection.begin()
        try:
            yield connection
        finally:
            changing.rollback()


def broken(tx: Connection) -> str:
    with pytest.raises(TrailBroken) as caught:
        trail.verify(tx)
    return str(caught.value)


def records(tx: Connection) -> list[tuple[str, int]]:
    return [
        (row.stream, row.seq)
        for row in tx.execute(select(events.c.stream, events.c.seq).order_by(*events.primary_key))
    ]


def test_an_untouched_trail_holds_from_the_first_record_on(house: House) -> None:
    with reading(house.engine) as tx:
        assert trail.verify(tx) == len(records(tx)) >= 12
        case = projection.all_cases(tx)[0].id
        assert trail.verify(tx, f"case:{case}") == 6
        assert trail.verify(tx, "case:nowhere") == 0


def changed_once(data: st.DataObject, text: str) -> str:
    """The text with one letter changed, put in or taken out."""
    how = data.draw(st.sampled_from(["change", "insert", "remove"] if text else ["insert"]), label="how")
    place = data.draw(st.integers(0, max(len(text) - (how != "insert"), 0)), label="place")
    if how == "remove":
        return text[:place] + text[place + 1 :]
    letter = data.draw(LETTERS, label="letter")
    return text[:place] + letter + text[place + (how == "change") :]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_one_letter_changed_in_any_column_of_any_record_is_found_and_named(
    house: House, data: st.DataObject
) -> None:
    with undone(house) as tx:
        stream, seq = data.draw(st.sampled_from(records(tx)), label="record")
        column = data.draw(st.sampled_from([one for one in events.c if one.name != "seq"]), label="column")
        here = (events.c.stream == stream, events.c.seq == seq)
        before = tx.execute(select(cast(column, Text)).where(*here)).scalar_one()
        after = changed_once(data, before)
        if after == before:
            return
        tx.execute(events.update().where(*here).values({column: type_coerce(after, Text)}))
        said = broken(tx)
    assert stream in said or after in said
    if column.name != "stream":
        assert f"第 {seq} 条" in said


@pytest.mark.parametrize("column", ["seq", "stream"])
def test_a_record_given_another_place_is_missed_at_its_own(house: House, column: str) -> None:
    with undone(house) as tx:
        for stream, seq in records(tx):
            here = (events.c.stream == stream, events.c.seq == seq)
            moved: object = seq + 1000 if column == "seq" else f"{stream}x"
            with tx.begin_nested() as nested:
                tx.execute(events.update().where(*here).values({column: moved}))
                assert stream in broken(tx)
                nested.rollback()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_changed_head_is_found_and_named(house: House, data: st.DataObject) -> None:
    with undone(house) as tx:
        stream = data.draw(st.sampled_from(sorted({name for name, _ in records(tx)})), label="stream")
        row = tx.execute(select(streams).where(streams.c.stream == stream)).one()
        column = data.draw(st.sampled_from(["stream", "seq", "head"]), label="column")
        if column == "seq":
            after: object = row.seq + data.draw(st.sampled_from([-1, 1, 7]), label="by")
        else:
            after = changed_once(data, getattr(row, column))
        if after == getattr(row, column):
            return
        try:
            tx.execute(streams.update().where(streams.c.stream == stream).values({column: after}))
        except IntegrityError:
            return
        assert stream in broken(tx)


def test_any_record_taken_away_is_missed_where_it_was(house: House) -> None:
    """The first, the last, and each between."""
    with undone(house) as tx:
        for stream, seq in records(tx):
            with tx.begin_nested() as nested:
                tx.execute(events.delete().where(events.c.stream == stream, events.c.seq == seq))
                said = broken(tx)
                nested.rollback()
            last = max(other for name, other in records(tx) if name == stream)
            missed = f"缺少第 {seq} 条" if seq < last else f"第 {max(seq - 1, 0)} 条之后"
            assert stream in said
            assert missed in said


def test_a_head_taken_away_is_missed(house: House) -> None:
    with undone(house) as tx:
        for stream in {name for name, _ in records(tx)}:
            with tx.begin_nested() as nested:
                tx.execute(streams.delete().where(streams.c.stream == stream))
                assert stream in broken(tx)
                nested.rollback()


def test_a_record_added_at_the_end_is_found_even_with_a_right_hash(house: House) -> None:
    """Whoever knows how the chain is made still leaves the head as it was."""
    with undone(house) as tx:
        stream, seq = records(tx)[-1]
        row = tx.execute(select(events).where(events.c.stream == stream, events.c.seq == seq)).one()
        entry = trail.Entry(row.type, row.data, row.by, row.via, row.cause, row.at)
        digest = trail.link(row.hash, stream, seq + 1, entry)
        tx.execute(events.insert().values(row._asdict() | {"seq": seq + 1, "hash": digest}))
        assert f"{stream} 在第 {seq + 1} 条之后" in broken(tx)


def test_two_records_exchanged_are_found(house: House) -> None:
    with undone(house) as tx:
        stream = next(name for name, seq in records(tx) if seq == 3)
        rows = {row.seq: row for row in tx.execute(select(events).where(events.c.stream == stream))}
        for here, there in ((2, 3), (3, 2)):
            other = {n: v for n, v in rows[there]._asdict().items() if n not in ("stream", "seq")}
            tx.execute(events.update().where(events.c.stream == stream, events.c.seq == here).values(other))
        assert f"{stream} 第 2 条" in broken(tx)


def test_the_same_moment_written_otherwise_is_a_change(house: House) -> None:
    """A space for the T reads as the same time, and is another byte."""
    with undone(house) as tx:
        stream, seq = records(tx)[0]
        here = (events.c.stream == stream, events.c.seq == seq)
        written = tx.execute(select(type_coerce(events.c.at, Text)).where(*here)).scalar_one()
        for other in (written.replace("T", " "), written.replace("+00:00", "Z"), "not a time"):
            tx.execute(events.update().where(*here).values(at=type_coerce(other, Text)))
            assert f"{stream} 第 {seq} 条" in broken(tx)


def test_an_archive_is_not_made_of_a_broken_trail(house: House, tmp_path: Path) -> None:
    with reading(house.engine) as tx:
        case = projection.all_cases(tx)[0].id
    with writing(house.engine) as tx:
        here = (events.c.stream == casebook.stream_of(case), events.c.seq == 1)
        by = tx.execute(select(events.c.by).where(*here)).scalar_one()
        tx.execute(events.update().where(*here).values(by="P:someone"))
    try:
        with reading(house.engine) as tx, pytest.raises(TrailBroken, match="第 1 条"):
            write_archive(tx, house.evidence, case, tmp_path / "case.zip")
        assert list(tmp_path.iterdir()) == []
    finally:
        with writing(house.engine) as tx:
            tx.execute(events.update().where(*here).values(by=by))


def test_the_command_says_it_holds_and_where_it_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUIJIAN_DATA", str(tmp_path))
    with demo_copy("sqlite", tmp_path) as (house, _):
        with reading(house.engine) as tx:
            count = len(records(tx))
            stream, seq = records(tx)[-1]
        whole = CliRunner().invoke(main, ["trail", "verify"])
        assert (whole.exit_code, f"{count} 条" in whole.output) == (0, True)
        with writing(house.engine) as tx:
            tx.execute(events.update().where(events.c.stream == stream, events.c.seq == seq).values(via="x"))
    spoilt = CliRunner().invoke(main, ["trail", "verify"])
    assert spoilt.exit_code == 1
    assert f"{stream} 第 {seq} 条" in spoilt.output
