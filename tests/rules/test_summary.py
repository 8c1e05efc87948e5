"""③ 情况汇总: everyone who was on site signs what they were shown; the party signs, or its refusal is recorded."""

from __future__ import annotations

import pytest

from tests.rules.cases import (
    AYAN,
    CHEN,
    EXPERT,
    LI,
    MARKET,
    STRANGER,
    YUXIANG,
    Walk,
    arrived,
    inspected,
    photo,
    refused_with,
    sign_all,
    signed,
)
from workflows.inspection import commands as c
from workflows.inspection import events as e
from workflows.inspection.case import step
from workflows.inspection.summary import digest_of, unsigned

PARTY = c.RecordPartySignature("无异议", "张老板")


@pytest.mark.rule("summary-signed")
def test_the_summary_is_complete_when_all_on_site_and_the_party_have_signed() -> None:
    walk = inspected(who=(AYAN, CHEN, YUXIANG))
    walk.do(AYAN, c.FormSummary())
    shown = digest_of(walk.case)
    walk.do(CHEN, c.SignSummary(shown))
    walk.do(AYAN, PARTY)
    assert unsigned(walk.case) == (AYAN, YUXIANG)
    walk.do(AYAN, c.SignSummary(shown))
    assert step(walk.case) == 3
    happened = walk.do(YUXIANG, c.SignSummary(shown[:12]))
    assert e.SummaryCompleted(shown) in happened
    assert step(walk.case) == 4
    assert unsigned(walk.case) == ()


@pytest.mark.rule("summary-signed")
def test_only_who_was_on_site_forms_signs_and_speaks_for_the_party() -> None:
    walk = inspected()
    for who, answer in (
        (LI, "summary-signed/not-present"),
        (EXPERT, "summary-signed/not-present"),
        (STRANGER, "by-machine/not-on-team"),
    ):
        for command in (c.FormSummary(), c.SignSummary(digest_of(walk.case)), PARTY):
            assert refused_with(walk, who, command) == answer


@pytest.mark.rule("summary-signed")
def test_who_signs_signs_what_they_were_shown() -> None:
    walk = inspected()
    assert refused_with(walk, AYAN, c.SignSummary(digest_of(walk.case))) == "summary-signed/not-formed"
    assert refused_with(walk, AYAN, PARTY) == "summary-signed/not-formed"
    walk.do(AYAN, c.FormSummary())
    for digest in ("", "0" * 64, digest_of(walk.case)[:7]):
        assert refused_with(walk, AYAN, c.SignSummary(digest)) == "summary-signed/changed"
    walk.do(AYAN, c.SignSummary(digest_of(walk.case)))
    assert walk.try_(AYAN, c.SignSummary(digest_of(walk.case))) == ()


@pytest.mark.rule("summary-signed")
def test_no_result_is_entered_before_all_have_signed_and_it_is_said_who_has_not() -> None:
    walk = inspected()
    entry = c.EnterResult(MARKET, ("1",), ("none",))
    assert refused_with(walk, AYAN, entry) == "summary-signed/not-formed"
    walk.do(AYAN, c.FormSummary(), c.SignSummary(digest_of(walk.case)))
    assert refused_with(walk, AYAN, entry) == "summary-signed/unsigned"
    assert walk.history[-1].event.detail == {"names": "陈勇"}  # type: ignore[attr-defined]
    walk.do(CHEN, c.SignSummary(digest_of(walk.case)))
    assert refused_with(walk, AYAN, entry) == "summary-signed/party-missing"
    walk.do(AYAN, PARTY, entry)


@pytest.mark.rule("summary-signed", "no-double-entry")
def test_what_is_signed_is_built_from_the_answers() -> None:
    """Two visits with the same record have the same digest; each part of the record makes it another."""
    plain = digest_of(inspected().case)
    assert plain == digest_of(inspected().case)
    assert plain != digest_of(inspected(findings=("M-3",)).case)
    assert plain != digest_of(inspected(who=(AYAN, CHEN, LI)).case)


@pytest.mark.rule("refusal")
def test_a_party_that_refuses_to_sign_is_recorded_with_reason_and_witness() -> None:
    walk = inspected()
    sign_all(walk, party=False)
    assert step(walk.case) == 3
    assert refused_with(walk, AYAN, c.RecordPartyRefusal("", "居委会 赵某")) == "refusal/reason-missing"
    assert refused_with(walk, AYAN, c.RecordPartyRefusal("不认可", " ")) == "refusal/witness-missing"
    walk.do(AYAN, c.RecordPartyRefusal("不认可", "居委会 赵某"))
    assert step(walk.case) == 4
    assert walk.case.summary is not None
    assert walk.case.summary.party is not None
    assert walk.case.summary.party.witness == "居委会 赵某"
    assert walk.try_(AYAN, PARTY) == ()


@pytest.mark.rule("refusal")
def test_a_signature_of_nobody_is_none() -> None:
    walk = inspected()
    walk.do(AYAN, c.FormSummary())
    assert refused_with(walk, AYAN, c.RecordPartySignature("无异议", "")) == "form/empty"
    assert refused_with(walk, AYAN, c.RecordPartySignature("", "张老板")) == "form/empty"


@pytest.mark.rule("summary-signed")
def test_where_nobody_could_sign_a_late_party_changes_nothing_that_is_complete() -> None:
    walk = found_closed()
    sign_all(walk, party=False)
    assert step(walk.case) == 4
    assert refused_with(walk, AYAN, PARTY) == "step-order/too-late"


def found_closed() -> Walk:
    walk = arrived()
    walk.do(AYAN, c.ReportObstacle("closed", "大门上锁"), photo(""), c.FinishOnsite())
    return walk


@pytest.mark.rule("report-up")
def test_the_outcome_goes_to_the_leading_office_when_the_summary_is_complete() -> None:
    walk = inspected(findings=("M-3", "P-1"))
    sign_all(walk, party=False)
    assert walk.case.reported_at is None
    assert walk.do(AYAN, PARTY)[-1] == e.OutcomeReported(2)
    assert walk.case.reported_at == walk.now


@pytest.mark.rule("report-up")
def test_a_summary_signed_anew_is_reported_anew_with_its_number() -> None:
    walk = signed(findings=("M-3",))
    walk.later(days=1).do(AYAN, c.CorrectAnswer("M-3", "na", "不适用"))
    sign_all(walk, party=False)
    assert walk.do(AYAN, PARTY)[-1] == e.OutcomeReported(0)


@pytest.mark.rule("summary-signed")
def test_evidence_of_a_correction_does_not_touch_what_was_signed() -> None:
    walk = signed(findings=("M-3",))
    assert walk.case.summary is not None
    walk.do(AYAN, c.EnterResult(MARKET, ("5",), ("order",)))
    walk.do(AYAN, c.DecideMeasure("M-3", "ordered", "张老板", walk.now.date()))
    walk.do(AYAN, photo("M-3", "put-right"))
    assert refused_with(walk, EXPERT, photo("M-3", "c3")) == "inspector-certificate/not-inspector"
    assert walk.case.evidence["put-right"].correction
    assert digest_of(walk.case) == walk.case.summary.digest
