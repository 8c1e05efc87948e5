"""What is counted, and by which formula (field.md 1.1: 完成率 = 已公示/应检查数, 完结率 = 完结数/已公示)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.cases import (
    AYAN,
    CHEN,
    MARKET,
    NOTHING,
    PENDING,
    POLICE,
    PROFILES,
    REVIEWER,
    SUPERVISOR,
    Walk,
    entered,
    handling,
    inspected,
    sign_all,
    signed,
)
from workflows.inspection import commands as c
from workflows.progress import STATES, UNCOUNTED, Share, Standing, Tally, alike, counted, shares, tally

TODAY = date(2026, 9, 22)


def of(walk: Walk, department: str = MARKET) -> Share:
    return next(s for s in shares(walk.case, PROFILES[walk.profile]) if s.department == department)


def state(walk: Walk, department: str = MARKET) -> str:
    return of(walk, department).standing.state


def test_a_case_counts_once_for_each_department_that_owes_a_result() -> None:
    assert [s.department for s in shares(Walk().case, PROFILES["national"])] == [MARKET, POLICE]


@pytest.mark.parametrize("walk", [Walk, inspected, signed])
def test_until_a_result_is_entered_the_share_waits_to_be_entered(walk: Callable[[], Walk]) -> None:
    assert state(walk()) == "todo"


def test_an_entered_result_is_being_entered_until_it_is_published() -> None:
    walk = entered(signed(), AYAN, MARKET)
    assert (state(walk), state(walk, POLICE)) == ("entering", "todo")
    walk.do(AYAN, c.PublishResult(MARKET))
    assert (state(walk), state(walk, POLICE)) == ("published", "todo")


@pytest.mark.rule("legal-review")
def test_where_a_reviewer_must_pass_it_the_result_waits_for_review_and_comes_back_when_returned() -> None:
    walk = signed("henan-police")
    walk.do(AYAN, c.EnterResult(MARKET, *NOTHING))
    assert state(walk) == "review"
    walk.do(REVIEWER, c.ReviewResult(MARKET, False, "依据不全"))
    assert state(walk) == "entering"


@pytest.mark.rule("secrecy")
def test_a_granted_non_disclosure_ends_the_duty_like_a_publication() -> None:
    walk = entered(signed(), AYAN, MARKET)
    walk.do(AYAN, c.RequestNonDisclosure(MARKET, "privacy", "涉及住址"))
    assert state(walk) == "review"
    walk.do(SUPERVISOR, c.DecideNonDisclosure(MARKET, True))
    assert state(walk) == "published"
    assert not of(walk).standing.late


@pytest.mark.rule("handle")
def test_published_is_finished_only_when_its_own_findings_are_handled() -> None:
    walk = handling("M-1")
    assert not of(walk, MARKET).standing.finished
    assert of(walk, POLICE).standing.finished
    walk.do(AYAN, c.DecideMeasure("M-1", "corrected", "张老板", TODAY, "", "已挂出"))
    assert of(walk, MARKET).standing.finished


@pytest.mark.rule("entry-deadline")
def test_overdue_begins_the_day_after_the_due_day_without_anything_happening() -> None:
    share = of(signed())
    due = share.standing.due
    assert due is not None
    assert tally([share], due).overdue == 0
    assert tally([share], due + timedelta(days=1)).overdue == 1


def test_while_no_clock_runs_the_last_day_of_the_task_counts() -> None:
    """Under menghai the clock starts when all have signed: a visit never summed up must not be forgotten."""
    for walk in (Walk(), inspected("menghai")):
        assert walk.case.clocks == {}
        assert of(walk).standing.due == walk.case.opened.ends


@pytest.mark.rule("entry-deadline")
def test_what_was_published_late_is_no_longer_overdue_and_never_on_time() -> None:
    walk = signed().later(days=60)
    walk.do(
        AYAN, c.EnterResult(MARKET, *NOTHING, late_reason="系统维护"), c.PublishResult(MARKET, "系统维护")
    )
    one = tally([of(walk)], TODAY + timedelta(days=365))
    assert (one.published, one.overdue, one.on_time) == (1, 0, 0)
    assert one.punctuality == 0


def test_who_signed_is_told_from_who_has_not() -> None:
    walk = inspected()
    assert of(walk).unsigned == ()
    walk.do(AYAN, c.FormSummary())
    assert (of(walk).unsigned, of(walk, POLICE).unsigned) == ((AYAN,), (CHEN,))
    assert [s.party_unsigned for s in shares(walk.case, PROFILES["national"])] == [True, False]
    sign_all(walk)
    assert [s.unsigned for s in shares(walk.case, PROFILES["national"])] == [(), ()]
    assert not of(walk).party_unsigned


def test_two_findings_of_one_department_do_not_count_for_the_other() -> None:
    walk = entered(signed(findings=("M-1", "P-1")), AYAN, MARKET, PENDING)
    walk.do(AYAN, c.PublishResult(MARKET))
    assert [s.standing.finished for s in shares(walk.case, PROFILES["national"])] == [False, False]


days = st.integers(-30, 30).map(lambda n: TODAY + timedelta(days=n))
open_ones = st.builds(
    Standing,
    st.sampled_from(("todo", "entering", "review")),
    st.none() | days,
    st.just(False),
    st.just(False),
)
published = st.builds(Standing, st.just("published"), st.none(), st.booleans(), st.booleans())
standings = st.lists(open_ones | published, max_size=30)


@given(standings)
def test_the_formulas_hold_for_any_shares(found: list[Standing]) -> None:
    one = sum((counted(s, TODAY) for s in found), Tally())
    assert one.total == len(found) == sum(getattr(one, name) for name in STATES)
    out = [s for s in found if s.state == "published"]
    late = [s for s in found if s.due is not None and s.due < TODAY]
    assert one.completion == (Fraction(len(out), len(found)) if found else None)
    assert one.finish == (Fraction(sum(s.finished for s in out), len(out)) if out else None)
    on_time = sum(not s.late for s in out)
    assert one.punctuality == (Fraction(on_time, len(out) + len(late)) if out or late else None)
    assert one.overdue == len(late) <= one.total - one.published


@given(standings, st.integers(0, 30))
def test_counts_of_parts_add_up(found: list[Standing], cut: int) -> None:
    whole, left, right = (
        sum((counted(s, TODAY) for s in part), Tally()) for part in (found, found[:cut], found[cut:])
    )
    assert left + right == whole


def test_what_is_not_counted_changes_no_share() -> None:
    """Each of those fields as at the end of a case, in the case as it began, and the other way round."""
    begun, ended = Walk().case, handling("M-1").case
    for name in sorted(UNCOUNTED):
        for one, other in ((begun, ended), (ended, begun)):
            moved = replace(one, **{name: getattr(other, name)})
            assert alike(one, moved)
            assert shares(moved, PROFILES["national"]) == shares(one, PROFILES["national"])
    assert not alike(begun, ended)
