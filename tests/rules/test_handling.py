"""⑤ 问题处理: every finding ends in a measure with an owner and a date, and the case closes only when all have."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.rules.cases import (
    AYAN,
    CHEN,
    EXPERT,
    LI,
    MARKET,
    PENDING,
    POLICE,
    STRANGER,
    SUPERVISOR,
    Walk,
    entered,
    handling,
    refused_with,
    signed,
)
from workflows.inspection import commands as c
from workflows.inspection import events as e
from workflows.inspection.case import published, step

DUE = date(2026, 10, 20)


def measure(kind: str, question: str = "M-3", **changes: str) -> c.DecideMeasure:
    said = {"owner": "张老板", "recipient": "勐海县公安局" if kind in ("transferred", "judiciary") else ""}
    return c.DecideMeasure(question, kind, due=DUE, **(said | changes))


@pytest.mark.rule("handle")
def test_corrected_on_the_spot_is_done_at_once_and_closes() -> None:
    walk = handling("M-3")
    assert walk.do(AYAN, measure("corrected"))[-1] == e.CaseClosed()
    assert step(walk.case) == 6


@pytest.mark.rule("handle", "re-check")
def test_ordered_to_correct_is_reported_rechecked_failed_and_rechecked_passed() -> None:
    walk = handling("M-3")
    walk.do(AYAN, measure("ordered"))
    recheck = c.RecheckCorrection("M-3", False, "价签仍缺", DUE + timedelta(days=10))
    assert refused_with(walk, AYAN, recheck) == "re-check/not-reported"
    walk.do(AYAN, c.ReportCorrection("M-3", "店家称已改"))
    assert walk.try_(AYAN, c.ReportCorrection("M-3", "店家称已改")) == ()
    walk.do(CHEN, recheck)
    assert walk.case.handlings["M-3"].due == DUE + timedelta(days=10)
    assert refused_with(walk, AYAN, c.CloseCase()) == "handle/unhandled"
    walk.do(AYAN, c.ReportCorrection("M-3", "已全部补齐"))
    assert walk.do(CHEN, c.RecheckCorrection("M-3", True, "属实"))[-1] == e.CaseClosed()
    assert refused_with(walk, CHEN, c.RecheckCorrection("M-3", True, "属实")) == "step-order/closed"


@pytest.mark.rule("re-check")
def test_a_correction_reported_is_rechecked_within_ten_working_days() -> None:
    """21 September plus ten working days, over Mid-Autumn and National Day with their make-up days."""
    walk = handling("M-3")
    walk.do(AYAN, measure("ordered"))
    walk.do(AYAN, c.ReportCorrection("M-3", "已改"))
    assert walk.case.handlings["M-3"].recheck_due == date(2026, 10, 12)


@pytest.mark.rule("re-check")
def test_a_new_date_after_a_failed_recheck_is_not_in_the_past() -> None:
    walk = handling("M-3")
    walk.do(AYAN, measure("ordered"), c.ReportCorrection("M-3", "已改"))
    failed = c.RecheckCorrection("M-3", False, "未改", date(2026, 9, 1))
    assert refused_with(walk, AYAN, failed) == "form/past-date"
    slip = c.RecheckCorrection("M-3", False, "未改", date(2226, 10, 20))
    assert refused_with(walk, AYAN, slip) == "form/too-far"


@pytest.mark.rule("handle", "re-check")
def test_after_a_failed_recheck_another_measure_may_follow_and_not_before() -> None:
    walk = handling("M-3")
    walk.do(AYAN, measure("ordered"))
    assert walk.try_(CHEN, measure("filed")) == ()
    walk.do(AYAN, c.ReportCorrection("M-3", "已改"), c.RecheckCorrection("M-3", False, "未改"))
    walk.do(AYAN, measure("filed"), c.ConfirmHandling("M-3", "海市监立〔2026〕9号"))
    assert walk.case.closed_at is not None


@pytest.mark.rule("handle")
@pytest.mark.parametrize("kind", ["transferred", "filed"])
def test_what_went_elsewhere_ends_with_its_receipt_or_number(kind: str) -> None:
    walk = handling("M-3")
    walk.do(AYAN, measure(kind))
    assert refused_with(walk, AYAN, c.ConfirmHandling("M-3", " ")) == "form/empty"
    assert walk.do(AYAN, c.ConfirmHandling("M-3", "海市监立〔2026〕9号"))[-1] == e.CaseClosed()
    assert walk.case.handlings["M-3"].reference == "海市监立〔2026〕9号"


@pytest.mark.rule("criminal", "handle")
def test_a_suspected_crime_goes_over_within_24_hours_of_the_heads_decision() -> None:
    walk = handling("M-3")
    walk.do(AYAN, measure("judiciary"))
    assert refused_with(walk, AYAN, c.ConfirmHandling("M-3", "收据1号")) == "criminal/not-decided"
    assert refused_with(walk, AYAN, c.DecideTransfer("M-3", True)) == "criminal/not-head"
    walk.later(days=2).do(SUPERVISOR, c.DecideTransfer("M-3", True, "涉嫌犯罪"))
    assert walk.case.handlings["M-3"].hand_over_by == walk.now + timedelta(hours=24)
    assert walk.try_(SUPERVISOR, c.DecideTransfer("M-3", True)) == ()
    assert walk.do(AYAN, c.ConfirmHandling("M-3", "收据1号"))[-1] == e.CaseClosed()


@pytest.mark.rule("criminal", "handle")
def test_where_the_head_says_no_the_finding_needs_another_measure() -> None:
    walk = handling("M-3")
    walk.do(AYAN, measure("judiciary"))
    walk.do(SUPERVISOR, c.DecideTransfer("M-3", False, "不构成犯罪"))
    assert refused_with(walk, AYAN, c.CloseCase()) == "handle/unhandled"
    walk.do(AYAN, measure("filed"), c.ConfirmHandling("M-3", "海市监立〔2026〕9号"))


@pytest.mark.rule("handle")
def test_a_measure_has_an_owner_a_date_and_where_it_goes() -> None:
    walk = handling("M-3")
    assert refused_with(walk, AYAN, measure("ordered", owner=" ")) == "handle/owner-missing"
    assert refused_with(walk, AYAN, measure("transferred", recipient="")) == "handle/recipient-missing"
    assert refused_with(walk, AYAN, measure("judiciary", recipient="")) == "handle/recipient-missing"
    assert refused_with(walk, AYAN, measure("forgotten")) == "form/unknown-value"
    past = c.DecideMeasure("M-3", "ordered", "张老板", date(2026, 9, 20))
    assert refused_with(walk, AYAN, past) == "form/past-date"
    slip = c.DecideMeasure("M-3", "ordered", "张老板", date.max)
    assert refused_with(walk, AYAN, slip) == "form/too-far"
    assert refused_with(walk, AYAN, measure("ordered", owner="字" * 4000)) == "form/too-long"
    assert refused_with(walk, AYAN, measure("ordered", "M-1")) == "handle/no-finding"


@pytest.mark.rule("re-check", "handle")
def test_only_what_was_ordered_is_reported_and_rechecked_and_only_what_was_decided_is_confirmed() -> None:
    walk = handling("M-3", "P-1")
    assert refused_with(walk, AYAN, c.ReportCorrection("M-3", "已改")) == "re-check/not-ordered"
    assert refused_with(walk, AYAN, c.RecheckCorrection("M-3", True, "属实")) == "re-check/not-ordered"
    assert refused_with(walk, AYAN, c.ConfirmHandling("M-3", "收据1号")) == "handle/unhandled"
    walk.do(AYAN, measure("ordered"))
    assert refused_with(walk, AYAN, c.ConfirmHandling("M-3", "收据1号")) == "handle/unhandled"


@pytest.mark.rule("handle")
def test_who_handles_is_an_inspector_of_the_team() -> None:
    walk = handling("M-3", "P-1")
    assert refused_with(walk, EXPERT, measure("corrected")) == "two-on-site/expert"
    assert refused_with(walk, STRANGER, measure("corrected")) == "by-machine/not-on-team"
    assert refused_with(walk, SUPERVISOR, measure("corrected")) == "by-machine/not-on-team"
    assert refused_with(walk, EXPERT, c.CloseCase()) == "inspector-certificate/not-inspector"
    walk.do(LI, measure("corrected"))
    assert walk.try_(CHEN, measure("filed")) == ()


@pytest.mark.rule("handle", "step-order")
def test_a_finding_is_handled_after_its_departments_result_and_need_not_wait_for_another_department() -> None:
    walk = signed(findings=("M-3", "P-1"))
    assert refused_with(walk, AYAN, measure("corrected")) == "step-order/not-entered"
    entered(walk, AYAN, MARKET, PENDING).do(AYAN, c.PublishResult(MARKET))
    walk.do(AYAN, measure("corrected"))
    assert not published(walk.case, POLICE)
    assert step(walk.case) == 4
    assert refused_with(walk, CHEN, measure("corrected", "P-1")) == "step-order/not-entered"
    entered(walk, CHEN, POLICE, PENDING).do(CHEN, measure("corrected", "P-1"))
    assert refused_with(walk, CHEN, c.CloseCase()) == "handle/not-published"
    assert walk.do(CHEN, c.PublishResult(POLICE))[-1] == e.CaseClosed()


@pytest.mark.rule("handle", "archive")
def test_the_case_closes_only_when_every_finding_has_been_handled() -> None:
    walk = handling("M-3", "P-1")
    walk.do(AYAN, measure("corrected"))
    assert refused_with(walk, AYAN, c.CloseCase()) == "handle/unhandled"
    assert walk.do(CHEN, measure("corrected", "P-1"))[-1] == e.CaseClosed()
    assert walk.try_(AYAN, c.CloseCase()) == ()


@pytest.mark.rule("archive", "trace")
def test_the_file_holds_the_whole_case_each_event_with_who_when_and_from_where() -> None:
    walk: Walk = handling()
    assert walk.case.closed_at is not None
    assert [recorded.seq for recorded in walk.history] == list(range(1, len(walk.history) + 1))
    assert all(recorded.by and recorded.via and recorded.at.tzinfo for recorded in walk.history)
    done = {type(recorded.event) for recorded in walk.history}
    assert {
        e.PrecheckCompleted,
        e.OnsiteFinished,
        e.SummaryCompleted,
        e.ResultPublished,
        e.CaseClosed,
    } <= done
