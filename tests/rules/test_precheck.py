"""① 预查对比: nothing begins on site before the sources are seen, the method is decided and the party is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.rules.cases import (
    AYAN,
    CHEN,
    EXPERT,
    SHOP,
    STEPS,
    STRANGER,
    Walk,
    handling,
    precheck_commands,
    prechecked,
    refused_with,
)
from workflows.inspection import commands as c
from workflows.inspection.case import step
from workflows.inspection.commands import Command

ONE_OF_EACH_STEP: dict[int, tuple[str, Command]] = {
    1: (AYAN, c.ConsultSource("system", "再看一遍")),
    2: (AYAN, c.RecordAnswer("M-1", "yes")),
    3: (AYAN, c.FormSummary()),
    4: (AYAN, c.EnterResult("勐海县市场监督管理局", ("1",), ("none",))),
    5: (AYAN, c.CloseCase()),
}


@pytest.mark.rule("step-order")
def test_the_steps_come_in_their_order_and_none_can_be_taken_early() -> None:
    assert [step(STEPS[n]().case) for n in STEPS] == [1, 2, 3, 4, 5, 6]
    assert refused_with(Walk(), *ONE_OF_EACH_STEP[2]) == "step-order/too-early"
    assert refused_with(Walk(), *ONE_OF_EACH_STEP[3]) == "step-order/too-early"
    assert refused_with(STEPS[2](), *ONE_OF_EACH_STEP[3]) == "step-order/too-early"
    assert refused_with(STEPS[2](), *ONE_OF_EACH_STEP[4]) == "step-order/too-early"
    assert refused_with(STEPS[3](), *ONE_OF_EACH_STEP[4]) == "summary-signed/not-formed"
    assert refused_with(STEPS[4](), *ONE_OF_EACH_STEP[5]) == "handle/not-published"


@pytest.mark.rule("step-order")
def test_a_step_that_is_over_is_over() -> None:
    assert refused_with(STEPS[2](), *ONE_OF_EACH_STEP[1]) == "step-order/too-late"
    assert refused_with(STEPS[3](), *ONE_OF_EACH_STEP[2]) == "step-order/too-late"
    assert refused_with(STEPS[5](), *ONE_OF_EACH_STEP[4]) == "step-order/too-late"
    assert refused_with(STEPS[6](), *ONE_OF_EACH_STEP[4]) == "step-order/closed"


PARTS = {
    "precheck/sources": c.ConsultSource,
    "precheck/background": c.NoteBackground,
    "precheck/method": c.DecideMethod,
    "precheck/items": c.ConfirmItems,
    "prior-notice/not-issued": c.IssueNotice,
}


@pytest.mark.rule("precheck", "prior-notice")
@pytest.mark.parametrize("missing", PARTS)
def test_the_precheck_is_complete_only_with_each_of_its_parts(missing: str) -> None:
    walk = Walk()
    *parts, last = precheck_commands(walk.now + timedelta(hours=1))
    walk.do(AYAN, *(part for part in parts if type(part) is not PARTS[missing]))
    assert refused_with(walk, AYAN, last) == missing


@pytest.mark.rule("precheck")
@pytest.mark.parametrize("left_out", ["system", "business", "files"])
def test_each_of_the_three_sources_is_consulted(left_out: str) -> None:
    walk = Walk()
    *parts, last = precheck_commands(walk.now + timedelta(hours=1))
    walk.do(AYAN, *(part for part in parts if part != c.ConsultSource(left_out)))
    assert refused_with(walk, AYAN, last) == "precheck/sources"


@pytest.mark.rule("precheck")
def test_what_was_found_is_recorded_with_the_method_and_the_procedure() -> None:
    case = prechecked().case
    assert set(case.sources) == {"system", "business", "files"}
    assert set(case.background) == {"basics", "status", "credit"}
    assert (case.methods, case.procedure) == (("visit",), "两人到场，先证照后台账")


@pytest.mark.rule("precheck")
def test_an_empty_word_is_no_record() -> None:
    walk = Walk()
    assert refused_with(walk, AYAN, c.NoteBackground("credit", "  ")) == "form/empty"
    assert refused_with(walk, AYAN, c.DecideMethod(("visit",), "")) == "form/empty"
    assert refused_with(walk, AYAN, c.DecideMethod((), "到场")) == "form/unknown-value"
    assert refused_with(walk, AYAN, c.ConsultSource("gossip")) == "form/unknown-value"
    assert refused_with(walk, AYAN, c.NoteBackground("credit", "查" * 4000)) == "form/too-long"


@pytest.mark.rule("prior-notice")
def test_the_party_is_told_when_and_what_to_prepare_before_anybody_arrives() -> None:
    walk = Walk()
    assert refused_with(walk, AYAN, c.CheckIn(*SHOP)) == "prior-notice/not-issued"
    assert refused_with(walk, AYAN, c.IssueNotice(walk.now, "营业执照")) == "form/past-date"
    slip = c.IssueNotice(walk.now.replace(year=2062), "营业执照")
    assert refused_with(walk, AYAN, slip) == "form/too-far"
    walk.do(AYAN, c.IssueNotice(walk.now + timedelta(days=1), "营业执照"))
    assert walk.case.notice is not None
    assert walk.case.notice.materials == "营业执照"
    assert refused_with(walk, AYAN, c.CheckIn(*SHOP)) == "step-order/too-early"


@pytest.mark.rule("prior-notice")
def test_an_unannounced_visit_needs_no_notice() -> None:
    walk = Walk(unannounced=True)
    walk.do(AYAN, *(p for p in precheck_commands(walk.now) if not isinstance(p, c.IssueNotice)))
    assert walk.case.notice is None
    walk.do(AYAN, c.CheckIn(*SHOP))


@pytest.mark.rule("prior-notice")
def test_a_new_appointment_replaces_the_first_and_the_same_one_changes_nothing() -> None:
    walk = Walk()
    tomorrow, later = walk.now + timedelta(days=1), walk.now + timedelta(days=2)
    walk.do(AYAN, c.IssueNotice(tomorrow, "营业执照"))
    assert walk.try_(CHEN, c.IssueNotice(tomorrow, " 营业执照 ")) == ()
    walk.do(CHEN, c.IssueNotice(later, "营业执照"))
    assert walk.case.notice is not None
    assert walk.case.notice.visit_at == later


@pytest.mark.rule("precheck", "inspector-certificate")
@pytest.mark.parametrize(
    "part", precheck_commands(Walk().now + timedelta(hours=1)), ids=lambda p: type(p).__name__
)
def test_the_precheck_is_the_inspectors_work(part: Command) -> None:
    assert refused_with(Walk(), EXPERT, part) == "inspector-certificate/not-inspector"
    assert refused_with(Walk(), STRANGER, part) == "by-machine/not-on-team"


def test_a_tap_that_came_twice_changes_nothing() -> None:
    walk = prechecked()
    assert walk.try_(CHEN, c.CompletePrecheck()) == ()
    walk = Walk()
    for part in precheck_commands(walk.now + timedelta(hours=1))[:-1]:
        walk.do(AYAN, part)
        assert walk.try_(AYAN, part) == ()


def test_nothing_is_added_to_a_closed_case() -> None:
    closed = handling()
    assert closed.case.closed_at is not None
    assert refused_with(closed, CHEN, c.AcknowledgeAssignment()) == "step-order/closed"


@pytest.mark.rule("prior-notice")
def test_the_appointment_may_be_moved_until_somebody_is_at_the_door() -> None:
    walk = prechecked()
    later = walk.case.notice.visit_at + timedelta(days=2)  # type: ignore[union-attr]
    walk.do(AYAN, c.IssueNotice(later, "营业执照"))
    assert walk.case.notice is not None
    assert walk.case.notice.visit_at == later
    walk.do(AYAN, c.CheckIn(*SHOP))
    after = c.IssueNotice(later + timedelta(days=1), "营业执照")
    assert refused_with(walk, AYAN, after) == "step-order/too-late"
