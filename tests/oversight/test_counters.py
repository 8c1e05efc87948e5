"""The kept counts are those of a recount over all cases, after any walk, on any day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import Connection, Engine, event, select

from storage import progress_schema as schema
from storage.database import open_database, reading, writing
from storage.lawbook import load_lawbook
from storage.migrate import migrate
from storage.progress import apply, by, rebuild, total
from storage.progress_cut import Cut
from storage.progress_lists import Which, count, listed, week_of
from storage.progress_names import Scope
from tests.conversation.walks import Scene
from tests.conversation.walks import signed as signed_scene
from tests.databases import BACKENDS, fresh, opened
from tests.oversight.conftest import count_anew
from tests.property.test_case_machine import CaseMachine
from tests.rules.cases import AYAN, CHEN, MARKET, POLICE, PROFILES, Walk, publish_all, signed
from workflows.inspection import commands as c
from workflows.inspection.case import Case
from workflows.inspection.events import Recorded
from workflows.inspection.evolve import evolve
from workflows.progress import AXES, Share, Tally, counted, names_on, shares

SEPTEMBER = Cut(period=(date(2026, 9, 1), date(2026, 9, 30)))
DAYS = (date(2026, 9, 21), date(2026, 10, 27), date(2027, 3, 1))


@pytest.fixture(params=BACKENDS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with fresh(request.param, tmp_path) as url, opened(url) as one:
        migrate(one)
        yield one


def play(tx: Connection, walk: Walk, name: str) -> Case:
    """The walk's events, each counted as it happens, as a case of that name."""
    before: Case | None = None
    for recorded in walk.history:
        after = evolve(before, named(recorded, name))
        apply(tx, before, after, PROFILES[walk.profile])
        before = after
    assert before is not None
    return before


def named(recorded: Recorded, name: str) -> Recorded:
    if recorded.seq > 1:
        return recorded
    return replace(recorded, event=replace(recorded.event, case=name))  # type: ignore[type-var,call-arg]


def recount(cases: dict[str, Case], axis: str, day: date) -> dict[str, Tally]:
    """The long way: every share of every case."""
    found: dict[str, Tally] = {}
    for case in cases.values():
        for share in shares(case, PROFILES[case.opened.profile]):
            for name in names_on(axis, share):
                found[name] = found.get(name, Tally()) + counted(share.standing, day)
    return found


def agree(tx: Connection, cases: dict[str, Case]) -> None:
    for axis in AXES:
        for day in DAYS:
            lines = {line.name: line.tally for line in by(tx, axis, Scope(), day)}
            counted_ones = {name: one for name, one in lines.items() if one != Tally()}
            assert counted_ones == recount(cases, axis, day), axis
    for table in (schema.counts, schema.dues):
        assert tx.execute(select(table.c.n).where(table.c.n <= 0)).all() == []


def test_the_counts_follow_any_walk(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path / 'x.db'}") as one:
        migrate(one)
        cases: dict[str, Case] = {}

        class Counted(CaseMachine):
            def teardown(self) -> None:
                if hasattr(self, "walk"):
                    name = f"C-{len(cases)}"
                    with writing(one) as tx:
                        cases[name] = play(tx, self.walk, name)
                        agree(tx, cases)

        quick = settings(max_examples=60, stateful_step_count=25, suppress_health_check=list(HealthCheck))
        run_state_machine_as_test(Counted, settings=quick)
    assert len(cases) > 10


def test_both_databases_count_alike(engine: Engine) -> None:
    cases: dict[str, Case] = {}
    with writing(engine) as tx:
        for name, walk in (("C-1", Walk()), ("C-2", signed()), ("C-3", publish_all(signed("menghai")))):
            cases[name] = play(tx, walk, name)
            agree(tx, cases)


def test_a_rolled_back_event_is_not_counted(engine: Engine) -> None:
    with pytest.raises(ZeroDivisionError), writing(engine) as tx:
        play(tx, Walk(), "C-1")
        raise ZeroDivisionError
    with reading(engine) as tx:
        assert total(by(tx, "department", Scope(), DAYS[0])) == Tally()


def test_what_changes_no_count_asks_nothing_of_the_database(engine: Engine) -> None:
    walk = Walk()
    with writing(engine) as tx:
        before = play(tx, walk, "C-1")
        asked: list[str] = []
        event.listen(tx, "before_cursor_execute", lambda *a: asked.append(a[2]))
        apply(tx, before, replace(before, seq=99, sources={"system": ""}), PROFILES["national"])
        assert asked == []


def test_an_edited_profile_never_makes_the_counts_wrong(engine: Engine) -> None:
    """Counted as waiting for review; the profile then asks for none, and the result goes out."""
    walk = signed("henan-police")
    walk.do(AYAN, c.EnterResult(MARKET, ("1",), ("none",)))
    with writing(engine) as tx:
        before = play(tx, walk, "C-1")
        walk.profile = "national"
        walk.do(AYAN, c.PublishResult(MARKET))
        after = evolve(before, walk.history[-1])
        apply(tx, before, after, PROFILES["national"])
        lines = {line.name: line.tally for line in by(tx, "department", Scope(), DAYS[0])}
    assert (lines[MARKET].review, lines[MARKET].published) == (0, 1)


def test_counting_anew_gives_the_same(office: Scene) -> None:
    signed_scene(office)
    with writing(office.house.engine) as tx:
        before = [by(tx, axis, Scope(), DAYS[0]) for axis in AXES]
        assert rebuild(tx, load_lawbook()) == 2
        assert rebuild(tx, load_lawbook()) == 2
        again = [by(tx, axis, Scope(), DAYS[0]) for axis in AXES]
    assert [len(a) for a in again] == [len(b) for b in before]
    assert total(again[0]).total == 3


# -- whose --------------------------------------------------------------------------------------------------


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Connection]:
    """Three cases: a joint one signed, a joint one published, and one the police leads alone."""
    alone = Walk()
    opened_ = alone.case.opened
    police = replace(opened_, lead=POLICE, items=opened_.items[1:], members=opened_.members[2:4])
    alone.history = [replace(alone.history[0], event=police)]
    database = open_database(f"sqlite:///{tmp_path / 'three.db'}")
    migrate(database)
    with writing(database) as tx:
        play(tx, signed(), "C-1")
        play(tx, publish_all(signed()), "C-2")
        play(tx, alone, "C-3")
        yield tx
    database.dispose()


def seen(tx: Connection, scope: Scope) -> set[tuple[str, str]]:
    found = listed(tx, Which("slice", SEPTEMBER), scope, DAYS[0])
    assert len(found) == count(tx, Which("slice", SEPTEMBER), scope, DAYS[0])
    assert total(by(tx, "department", scope, DAYS[0])).total == len(found)
    return {(share.case, share.department) for share in found}


ALL = {("C-1", MARKET), ("C-1", POLICE), ("C-2", MARKET), ("C-2", POLICE), ("C-3", POLICE)}


def test_the_leading_office_sees_everything(three: Connection) -> None:
    assert seen(three, Scope()) == ALL


def test_a_department_sees_what_it_owes_and_the_whole_of_what_it_leads(three: Connection) -> None:
    assert seen(three, Scope(MARKET)) == ALL - {("C-3", POLICE)}
    assert seen(three, Scope(POLICE)) == {("C-1", POLICE), ("C-2", POLICE), ("C-3", POLICE)}


def test_an_inspector_sees_their_own_and_a_leader_the_team_s(three: Connection) -> None:
    assert seen(three, Scope(POLICE, CHEN)) == {("C-1", POLICE), ("C-2", POLICE), ("C-3", POLICE)}
    assert seen(three, Scope(MARKET, AYAN)) == ALL - {("C-3", POLICE)}
    assert seen(three, Scope(MARKET, "P:2")) == {("C-1", MARKET), ("C-2", MARKET)}
    assert seen(three, Scope("别县市场监督管理局", "P:30")) == set()


CUTS = (
    Cut(),
    Cut(MARKET),
    Cut(item="SC-01"),
    Cut(plan="2026"),
    Cut(person=AYAN),
    SEPTEMBER,
    Cut(POLICE, person=CHEN),
    Cut(plan="2026", person="P:2"),
    Cut(MARKET, period=(date(2026, 8, 1), date(2026, 8, 31))),
)


@pytest.mark.parametrize("cut", CUTS, ids=str)
@pytest.mark.parametrize("scope", [Scope(), Scope(MARKET), Scope(POLICE, CHEN)], ids=str)
@pytest.mark.parametrize("axis", AXES)
def test_a_part_counts_what_its_own_list_holds(three: Connection, cut: Cut, scope: Scope, axis: str) -> None:
    """Whether the counters answer or the shares are read: the same numbers."""
    today = DAYS[2]
    rows = listed(three, Which("slice", cut), scope, today)
    found: dict[str, Tally] = {}
    for share in rows:
        for name in names_on(axis, share):
            if getattr(cut, axis, "") in ("", name):
                found[name] = found.get(name, Tally()) + counted(share.standing, today)
    lines = {line.name: line.tally for line in by(three, axis, scope, today, cut) if line.tally.total}
    assert lines == found


# -- lists --------------------------------------------------------------------------------------------------


def names(found: tuple[Share, ...]) -> list[tuple[str, str]]:
    return sorted((share.case, share.department) for share in found)


def test_the_lists_hold_who_is_meant(three: Connection) -> None:
    due = next(s.standing.due for s in listed(three, Which("on", Cut(person=AYAN)), Scope(), DAYS[0]))
    assert due is not None
    late = due + timedelta(days=1)
    assert names(listed(three, Which("overdue"), Scope(), due)) == []
    assert names(listed(three, Which("overdue"), Scope(), late)) == sorted([("C-1", MARKET), ("C-1", POLICE)])
    monday = week_of(due)[0]
    assert ("C-1", MARKET) in names(listed(three, Which("week"), Scope(), monday))
    assert names(listed(three, Which("week"), Scope(), monday - timedelta(days=1))) == []
    assert names(listed(three, Which("on", Cut(person=AYAN)), Scope(), late)) == [("C-1", MARKET)]
    assert names(listed(three, Which("slice", Cut(item="SC-01")), Scope(), late)) == [
        ("C-1", MARKET),
        ("C-2", MARKET),
    ]
    assert names(listed(three, Which("slice", Cut(item="SC-0")), Scope(), late)) == []


def test_a_page_of_a_list_is_a_part_of_it(three: Connection) -> None:
    which = Which("slice", SEPTEMBER)
    whole = listed(three, which, Scope(), DAYS[0])
    pages = [listed(three, which, Scope(), DAYS[0], first, 2) for first in (0, 2, 4)]
    assert sum(pages, ()) == whole


def test_a_person_s_number_is_the_length_of_their_list(three: Connection) -> None:
    for line in by(three, "person", Scope(), DAYS[0]):
        assert line.tally.total == len(listed(three, Which("slice", Cut(person=line.name)), Scope(), DAYS[0]))


def test_every_department_item_and_month_is_listed_also_with_nothing(office: Scene) -> None:
    count_anew(office.house)
    with reading(office.house.engine) as tx:
        departments = by(tx, "department", Scope(), DAYS[0])
        items = by(tx, "item", Scope(), DAYS[0])
        months = by(tx, "month", Scope(), DAYS[0])
        people = by(tx, "person", Scope(), DAYS[0])
    assert len(departments) >= 2
    assert len(items) == 7
    assert any(line.tally == Tally() for line in items)
    assert [line.name for line in months][:9] == [f"2026-{n:02}" for n in range(1, 10)]
    assert any(line.tally == Tally() for line in people)
    assert all(line.label for line in (*departments, *items, *people))
