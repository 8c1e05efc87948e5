"""② 现场检查: certificates, rights, the code; every item answered or skipped with a reason; no finding without evidence."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.rules.cases import (
    AYAN,
    CHEN,
    CLEAN,
    EXPERT,
    LI,
    MARKET,
    POLICE,
    SHOP,
    STRANGER,
    YUXIANG,
    Walk,
    arrived,
    entered,
    inspected,
    photo,
    prechecked,
    publish_all,
    refused_with,
    sign_all,
    signed,
)
from workflows.inspection import commands as c
from workflows.inspection import events as e
from workflows.inspection.case import findings, step
from workflows.inspection.summary import digest_of

CODE = c.ScanCode("SJ-7K2M9Q")


def at_the_door() -> Walk:
    walk = prechecked()
    walk.do(AYAN, c.CheckIn(*SHOP))
    walk.do(CHEN, c.CheckIn(*SHOP))
    return walk


@pytest.mark.rule("rights-told", "show-certificate", "scan-on-entry")
@pytest.mark.parametrize(
    ("left_out", "answer"),
    [
        (c.ShowCertificates(), "show-certificate/not-shown"),
        (c.TellRights(), "rights-told/not-told"),
        (CODE, "scan-on-entry/not-scanned"),
    ],
    ids=["certificates", "rights", "code"],
)
def test_the_questions_begin_after_certificates_rights_and_code(left_out: c.Command, answer: str) -> None:
    walk = at_the_door()
    walk.do(
        AYAN, *(command for command in (c.ShowCertificates(), c.TellRights(), CODE) if command != left_out)
    )
    assert refused_with(walk, CHEN, c.RecordAnswer("M-1", "yes")) == answer
    assert refused_with(walk, CHEN, c.RecordAllConforming(MARKET)) == answer
    assert refused_with(walk, CHEN, c.FinishOnsite()) == answer
    walk.do(CHEN, left_out, c.RecordAnswer("M-1", "yes"))


@pytest.mark.rule("show-certificate")
def test_the_numbers_shown_are_those_of_the_people_there() -> None:
    assert arrived().case.certificates == ("25-001", "25-003")


@pytest.mark.rule("show-certificate", "substitute")
def test_who_steps_in_shows_the_certificate_anew() -> None:
    walk = arrived(who=(AYAN, YUXIANG))
    walk.do(YUXIANG, c.ReportUnavailable("突发疾病"))
    walk.do("P:8", c.CheckIn(*SHOP))
    assert refused_with(walk, AYAN, c.RecordAnswer("M-1", "yes")) == "show-certificate/not-shown"
    walk.do("P:8", c.ShowCertificates(), c.RecordAnswer("M-1", "yes"))


@pytest.mark.rule("scan-on-entry")
def test_the_visits_code_or_the_licences_code_is_scanned_and_no_other() -> None:
    walk = at_the_door()
    assert refused_with(walk, AYAN, c.ScanCode("SJ-OTHER")) == "scan-on-entry/wrong-code"
    assert refused_with(walk, AYAN, c.ScanCode("")) == "scan-on-entry/wrong-code"
    walk.do(AYAN, c.ScanCode("https://example.gov.cn/s?id=91530822ma6k3xh48c"))
    assert walk.try_(CHEN, CODE) == ()


@pytest.mark.rule("scan-on-entry")
def test_a_scan_is_put_off_only_with_a_reason() -> None:
    walk = at_the_door()
    assert refused_with(walk, AYAN, c.DeferScan("network", " ")) == "scan-on-entry/reason-missing"
    assert refused_with(walk, AYAN, c.DeferScan("bored", "不想扫")) == "form/unknown-value"
    walk.do(AYAN, c.DeferScan("network", "山区无信号"))
    assert walk.case.scan is not None
    assert walk.case.scan.due == date(2026, 10, 1)


@pytest.mark.rule("scan-on-entry")
def test_in_an_emergency_the_code_is_scanned_before_leaving() -> None:
    walk = at_the_door()
    walk.do(AYAN, c.ShowCertificates(), c.TellRights(), c.DeferScan("emergency", "现场有燃气味"))
    answer_all(walk)
    assert refused_with(walk, AYAN, c.FinishOnsite()) == "scan-on-entry/before-leaving"
    walk.do(AYAN, CODE, c.FinishOnsite())


@pytest.mark.rule("scan-on-entry")
def test_an_emergency_may_turn_into_a_network_fault() -> None:
    walk = at_the_door()
    walk.do(AYAN, c.DeferScan("emergency", "现场有燃气味"), c.DeferScan("network", "系统故障"))
    assert walk.try_(AYAN, c.DeferScan("network", "系统故障")) == ()


def answer_all(walk: Walk, who: str = AYAN) -> None:
    walk.do(who, *(c.RecordAnswer(key, value) for key, value in CLEAN.items()), photo("P-3"))


def put_off() -> Walk:
    walk = at_the_door()
    walk.do(AYAN, c.ShowCertificates(), c.TellRights(), c.DeferScan("network", "山区无信号"))
    answer_all(walk)
    walk.do(AYAN, c.FinishOnsite())
    return walk


@pytest.mark.rule("scan-on-entry")
def test_after_a_network_fault_the_scan_is_recorded_later_at_any_step() -> None:
    for go_on in (lambda w: None, sign_all, lambda w: (sign_all(w), entered(w, AYAN, MARKET))):
        walk = put_off()
        go_on(walk)
        assert refused_with(walk, STRANGER, CODE) == "by-machine/not-on-team"
        assert refused_with(walk, EXPERT, CODE) == "inspector-certificate/not-inspector"
        before = walk.case.summary
        walk.later(days=3).do(LI, CODE)
        assert walk.case.summary == before


@pytest.mark.rule("scan-on-entry", "archive")
def test_the_file_stays_open_until_the_scan_put_off_is_recorded() -> None:
    walk = put_off()
    sign_all(walk)
    publish_all(walk)
    assert step(walk.case) == 5
    assert refused_with(walk, AYAN, c.CloseCase()) == "scan-on-entry/not-scanned"
    assert walk.do(AYAN, CODE)[-1] == e.CaseClosed()


# -- the questions ------------------------------------------------------------------------------------


@pytest.mark.rule("all-items", "one-visit")
def test_the_visit_ends_when_every_item_of_every_department_is_answered() -> None:
    walk = arrived()
    walk.do(AYAN, c.RecordAnswer("M-1", "yes"), c.RecordAnswer("M-3", "yes"))
    assert refused_with(walk, AYAN, c.FinishOnsite()) == "all-items/open-questions"
    walk.do(AYAN, c.RecordAnswer("P-1", "yes"), c.RecordAnswer("P-2", "2026-09-20"))
    assert refused_with(walk, AYAN, c.FinishOnsite()) == "all-items/open-questions"
    walk.do(CHEN, photo("P-3"))
    walk.do(AYAN, c.FinishOnsite())
    assert step(walk.case) == 3


@pytest.mark.rule("all-items")
def test_an_item_is_left_out_only_with_a_reason() -> None:
    walk = arrived()
    walk.do(AYAN, c.RecordAllConforming(MARKET))
    assert refused_with(walk, CHEN, c.SkipItem("GA-01", "")) == "all-items/reason-missing"
    assert refused_with(walk, CHEN, c.SkipItem("XX-99", "没有这项")) == "form/unknown-question"
    walk.do(CHEN, c.SkipItem("GA-01", "旅馆停业装修，无旅客"))
    assert walk.try_(CHEN, c.SkipItem("GA-01", "旅馆停业装修，无旅客")) == ()
    assert refused_with(walk, CHEN, c.RecordAnswer("P-1", "yes")) == "form/unknown-question"
    walk.do(AYAN, c.FinishOnsite())
    assert walk.case.skipped == {"GA-01": "旅馆停业装修，无旅客"}


@pytest.mark.rule("all-items", "evidence", "handle")
def test_leaving_an_item_out_hides_no_finding() -> None:
    walk = arrived()
    walk.do(AYAN, c.RecordAllConforming(MARKET), c.RecordAnswer("P-1", "no"), c.SkipItem("GA-01", "来不及"))
    assert findings(walk.case) == ("P-1",)
    assert refused_with(walk, AYAN, c.FinishOnsite()) == "evidence/finding-without"


@pytest.mark.rule("all-items")
def test_all_conforming_answers_what_is_open_of_one_department_one_event_each() -> None:
    walk = arrived()
    walk.do(AYAN, c.RecordAnswer("M-3", "na"))
    happened = walk.do(AYAN, c.RecordAllConforming(MARKET))
    assert [(event.question, event.value) for event in happened] == [("M-1", "yes")]  # type: ignore[attr-defined]
    assert walk.case.answers["M-3"].value == "na"
    assert walk.try_(CHEN, c.RecordAllConforming(MARKET)) == ()
    assert walk.try_(CHEN, c.RecordAllConforming("没有这个局")) == ()


@pytest.mark.rule("all-items")
def test_a_follow_up_is_asked_when_its_condition_holds_and_not_before() -> None:
    walk = arrived()
    assert refused_with(walk, AYAN, c.RecordAnswer("M-2", "3")) == "form/unknown-question"
    walk.do(AYAN, c.RecordAnswer("M-1", "no"), c.RecordAnswer("M-2", "3"))


@pytest.mark.rule("all-items")
@pytest.mark.parametrize(
    ("question", "value", "answer"),
    [
        ("M-1", "maybe", "form/unknown-value"),
        ("M-1", "", "form/unknown-value"),
        ("M-2", "many", "form/not-number"),
        ("M-2", "-1", "form/constraint"),
        ("M-2", "1e9", "form/not-number"),
        ("P-2", "昨天", "form/not-date"),
        ("P-2", "20260920", "form/not-date"),
        ("P-2", "2026-02-30", "form/not-date"),
        ("P-3", "好看的照片", "form/unknown-evidence"),
        ("P-4", " ", "form/empty"),
        ("P-4", "no", "form/verdict-code"),
        ("P-4", "字" * 4000, "form/too-long"),
        ("X-1", "yes", "form/unknown-question"),
    ],
)
def test_a_value_fits_its_question(question: str, value: str, answer: str) -> None:
    walk = arrived()
    walk.do(AYAN, c.RecordAnswer("M-1", "no")) if question == "M-2" else None
    assert refused_with(walk, AYAN, c.RecordAnswer(question, value)) == answer


@pytest.mark.rule("all-items", "trace")
def test_of_two_people_answering_at_once_the_first_stands() -> None:
    walk = arrived()
    walk.do(AYAN, c.RecordAnswer("M-1", "yes", "挂在墙上"))
    assert walk.try_(CHEN, c.RecordAnswer("M-1", "no")) == ()
    answer = walk.case.answers["M-1"]
    assert (answer.value, answer.note, answer.by, answer.at) == ("yes", "挂在墙上", AYAN, walk.now)


# -- evidence -----------------------------------------------------------------------------------------


@pytest.mark.rule("evidence")
def test_a_finding_needs_its_evidence() -> None:
    walk = arrived()
    answer_all(walk)
    walk.do(CHEN, c.CorrectAnswer("M-3", "no", "价签缺失"))
    assert refused_with(walk, AYAN, c.FinishOnsite()) == "evidence/finding-without"
    walk.do(CHEN, photo("M-3"))
    walk.do(AYAN, c.FinishOnsite())


@pytest.mark.rule("evidence")
def test_a_piece_says_who_when_and_where_and_keeps_its_digest() -> None:
    walk = arrived()
    walk.do(CHEN, photo("M-1", "9f86d081"))
    piece = walk.case.evidence["9f86d081"]
    assert (piece.by, piece.at, piece.latitude, piece.longitude) == (CHEN, walk.now, *SHOP)
    assert walk.try_(AYAN, photo("M-3", "9f86d081")) == ()
    walk.do(CHEN, c.AttachEvidence("M-1", "nowhere", "a.jpg", "image/jpeg", float("nan"), 200.0))
    assert walk.case.evidence["nowhere"].latitude is None


@pytest.mark.rule("evidence")
def test_a_piece_sent_to_the_wrong_question_moves_to_the_right_one() -> None:
    walk = arrived()
    answer_all(walk)
    walk.do(AYAN, c.CorrectAnswer("M-3", "no", "价签缺失"), photo("M-1", "a1"))
    assert refused_with(walk, AYAN, c.MoveEvidence("b2", "M-3")) == "form/unknown-evidence"
    assert refused_with(walk, AYAN, c.MoveEvidence("a1", "X-1")) == "form/unknown-question"
    walk.do(CHEN, c.MoveEvidence("a1", "M-3"))
    assert walk.try_(CHEN, c.MoveEvidence("a1", "M-3")) == ()
    assert walk.case.evidence["a1"].by == AYAN
    walk.do(AYAN, c.FinishOnsite())


@pytest.mark.rule("evidence")
def test_evidence_moved_away_leaves_its_finding_bare() -> None:
    walk = arrived()
    answer_all(walk)
    walk.do(AYAN, c.CorrectAnswer("M-3", "no", "价签缺失"), photo("M-3", "a1"), c.MoveEvidence("a1", "M-1"))
    assert refused_with(walk, AYAN, c.FinishOnsite()) == "evidence/finding-without"


@pytest.mark.rule("evidence")
def test_a_photo_question_is_answered_by_its_photo_wherever_the_photo_went_first() -> None:
    walk = arrived()
    walk.do(AYAN, photo("M-1", "a1"), c.MoveEvidence("a1", "P-3"))
    assert walk.case.answers["P-3"].value == "a1"
    walk.do(AYAN, c.MoveEvidence("a1", "M-1"))
    walk.do(AYAN, *(c.RecordAnswer(key, value) for key, value in CLEAN.items()))
    assert refused_with(walk, AYAN, c.FinishOnsite()) == "all-items/open-questions"
    walk.do(AYAN, photo("P-3", "b2"), c.FinishOnsite())
    assert walk.case.answers["P-3"].value == "b2"


# -- corrections --------------------------------------------------------------------------------------


@pytest.mark.rule("trace")
def test_a_wrong_answer_is_put_right_by_a_new_event_that_says_what_stood_before_and_why() -> None:
    walk = arrived()
    walk.do(AYAN, c.RecordAnswer("M-1", "yes"))
    assert refused_with(walk, AYAN, c.CorrectAnswer("M-1", "no", "")) == "form/empty"
    assert refused_with(walk, AYAN, c.CorrectAnswer("M-3", "no", "未答先改")) == "form/unknown-question"
    (event,) = walk.do(CHEN, c.CorrectAnswer("M-1", "no", "执照已过期"))
    assert event == e.AnswerCorrected("M-1", "no", "yes", "执照已过期")
    assert walk.case.answers["M-1"].corrections == 1
    assert walk.try_(CHEN, c.CorrectAnswer("M-1", "no", "执照已过期")) == ()


@pytest.mark.rule("summary-signed", "trace")
@pytest.mark.parametrize(
    "change",
    [c.CorrectAnswer("M-3", "na", "不适用"), c.DescribeFinding("M-3", "价签缺失三处")],
    ids=["answer", "note"],
)
def test_a_change_after_signing_voids_every_signature(change: c.Command) -> None:
    walk = signed()
    before = digest_of(walk.case)
    walk.do(CHEN, change)
    assert walk.case.summary is None
    assert step(walk.case) == 3
    walk.do(AYAN, c.FormSummary())
    assert digest_of(walk.case) != before
    assert refused_with(walk, AYAN, c.SignSummary(before)) == "summary-signed/changed"
    sign_all(walk)
    assert step(walk.case) == 4


@pytest.mark.rule("all-items", "evidence")
def test_what_a_correction_opens_after_the_visit_can_still_be_answered() -> None:
    walk = inspected()
    walk.do(AYAN, c.FormSummary(), c.CorrectAnswer("M-1", "no", "执照已过期"))
    assert refused_with(walk, AYAN, c.FormSummary()) == "evidence/finding-without"
    walk.do(AYAN, photo("M-1"))
    assert refused_with(walk, AYAN, c.FormSummary()) == "all-items/open-questions"
    assert refused_with(walk, LI, c.RecordAnswer("M-2", "3")) == "step-order/too-late"
    walk.do(CHEN, c.RecordAnswer("M-2", "3"))
    walk.do(AYAN, c.FormSummary())
    assert refused_with(walk, AYAN, c.RecordAnswer("P-4", "补记")) == "step-order/too-late"


@pytest.mark.rule("two-on-site")
def test_without_a_correction_the_sheet_stays_shut_after_the_visit() -> None:
    walk = inspected()
    for command in (c.RecordAnswer("P-4", "补记"), photo("P-4"), c.RecordAllConforming(POLICE)):
        assert refused_with(walk, AYAN, command) == "step-order/too-late"


@pytest.mark.rule("own-entry", "trace")
def test_after_the_visit_only_those_who_were_there_correct() -> None:
    walk = signed()
    correction = c.CorrectAnswer("M-3", "na", "不适用")
    assert refused_with(walk, LI, correction) == "summary-signed/not-present"
    assert refused_with(walk, EXPERT, correction) == "summary-signed/not-present"
    assert refused_with(walk, STRANGER, correction) == "by-machine/not-on-team"


@pytest.mark.rule("own-entry", "trace")
def test_what_a_department_has_entered_is_not_corrected_underneath_it() -> None:
    walk = entered(signed(), AYAN, MARKET)
    walk.do(AYAN, c.PublishResult(MARKET))
    assert refused_with(walk, AYAN, c.CorrectAnswer("M-3", "no", "看错")) == "step-order/too-late"
    walk.do(CHEN, c.CorrectAnswer("P-1", "na", "无旅客"))
    for command in (c.RecordAllConforming(MARKET), photo("M-1")):
        assert refused_with(walk, CHEN, command) == "step-order/too-late"
    assert walk.case.entries[MARKET].published_at is not None
    assert refused_with(walk, CHEN, c.EnterResult(POLICE, ("1",), ("none",))) == "summary-signed/not-formed"
    sign_all(walk)
    entered(walk, CHEN, POLICE).do(CHEN, c.PublishResult(POLICE))
    assert walk.case.closed_at is not None


# -- obstacles ----------------------------------------------------------------------------------------


@pytest.mark.rule("refusal", "evidence")
@pytest.mark.parametrize("kind", ["not-found", "closed", "refusing"])
def test_a_visit_that_cannot_be_made_ends_recorded_by_two_with_evidence(kind: str) -> None:
    walk = at_the_door()
    assert refused_with(walk, AYAN, c.ReportObstacle(kind, "")) == "all-items/reason-missing"
    walk.do(AYAN, c.ReportObstacle(kind, "大门上锁，电话无人接听"))
    assert walk.try_(AYAN, c.ReportObstacle(kind, "大门上锁，电话无人接听")) == ()
    assert refused_with(walk, AYAN, c.FinishOnsite()) == "evidence/finding-without"
    walk.do(CHEN, photo(""))
    walk.do(AYAN, c.FinishOnsite(), c.FormSummary())
    for person in (AYAN, CHEN):
        walk.do(person, c.SignSummary(digest_of(walk.case)))
    party_is_there = kind == "refusing"
    assert step(walk.case) == (3 if party_is_there else 4)
    if party_is_there:
        walk.do(AYAN, c.RecordPartyRefusal("拒绝检查", "居委会 赵某"))
    assert (
        refused_with(walk, AYAN, c.EnterResult(MARKET, ("1",), ("none",)))
        == "no-finding-excludes/not-inspected"
    )
    for who, department in ((AYAN, MARKET), (CHEN, POLICE)):
        walk.do(who, c.EnterResult(department, ("8",), ("stop",)), c.PublishResult(department))
    assert walk.case.closed_at is not None


@pytest.mark.rule("refusal")
def test_an_obstacle_seen_more_clearly_is_recorded_anew() -> None:
    walk = at_the_door()
    walk.do(AYAN, c.ReportObstacle("closed", "大门上锁"), c.ReportObstacle("refusing", "店主到场，拒绝开门"))
    assert walk.case.obstacle is not None
    assert walk.case.obstacle.kind == "refusing"
    assert refused_with(walk, AYAN, c.ReportObstacle("raining", "下雨")) == "form/unknown-value"


# -- who was there ------------------------------------------------------------------------------------


@pytest.mark.rule("summary-signed")
def test_present_are_those_there_at_the_end_and_those_who_recorded_and_went_ahead() -> None:
    walk = arrived(who=(AYAN, CHEN, YUXIANG, EXPERT))
    walk.do(YUXIANG, c.RecordAnswer("M-3", "yes"))
    walk.later(hours=5)
    walk.do(AYAN, c.RecordAnswer("M-1", "yes"))
    walk.later(hours=3, minutes=1)
    for person in (AYAN, CHEN):
        walk.do(person, c.CheckIn(*SHOP))
    walk.do(AYAN, c.RecordAnswer("P-1", "yes"), c.RecordAnswer("P-2", "2026-09-20"), photo("P-3"))
    walk.do(AYAN, c.FinishOnsite())
    assert walk.case.present == (AYAN, CHEN, YUXIANG)
    assert walk.try_(CHEN, c.FinishOnsite()) == ()


def test_the_onsite_day_is_kept() -> None:
    walk = inspected()
    assert walk.case.onsite_at == walk.now
    assert walk.now - walk.case.opened_at < timedelta(days=1)
