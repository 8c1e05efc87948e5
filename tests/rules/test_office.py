"""What the leading office may decide about a case: who is replaced, whose signature is not awaited, which day moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.rules.cases import (
    AYAN,
    CHEN,
    EXPERT,
    LI,
    MARKET,
    NEXT,
    POLICE,
    PROFILES,
    SUPERVISOR,
    YUXIANG,
    Walk,
    actor,
    entered,
    handling,
    inspected,
    refused_with,
    sign_all,
    signed,
)
from workflows.inspection import commands as c
from workflows.inspection import events as e
from workflows.inspection.case import step
from workflows.inspection.summary import digest_of, unsigned
from workflows.inspection.timers import timers
from workflows.reminders import reminders

# -- taking somebody off ------------------------------------------------------------------------------


@pytest.mark.rule("substitute", "by-machine")
def test_the_office_takes_somebody_off_and_the_draw_says_who_follows() -> None:
    walk = Walk()
    happened = walk.do(SUPERVISOR, c.ReplaceMember(YUXIANG, "调离执法岗位"))
    assert happened[0] == e.MemberReplaced(YUXIANG, "调离执法岗位")
    assert happened[1].member.person == NEXT  # type: ignore[attr-defined]
    assert walk.case.gone == {YUXIANG: "replaced"}
    assert [p for p, m in walk.case.members.items() if m.leader] == [AYAN]


@pytest.mark.rule("substitute")
@pytest.mark.parametrize("who", [AYAN, CHEN, EXPERT])
def test_nobody_on_the_team_takes_another_off(who: str) -> None:
    assert refused_with(Walk(), who, c.ReplaceMember(YUXIANG, "请假")) == "substitute/not-supervisor"


@pytest.mark.rule("substitute")
def test_taking_off_needs_its_reason_and_a_team_still_at_work() -> None:
    assert refused_with(Walk(), SUPERVISOR, c.ReplaceMember(YUXIANG, " ")) == "substitute/reason-missing"
    assert refused_with(Walk(), SUPERVISOR, c.ReplaceMember(NEXT, "请假")) == "substitute/too-late"
    assert refused_with(inspected(), SUPERVISOR, c.ReplaceMember(LI, "请假")) == "substitute/too-late"


@pytest.mark.rule("substitute")
def test_where_the_draw_s_order_is_used_up_nobody_is_taken_off() -> None:
    walk = Walk()
    assert refused_with(walk, SUPERVISOR, c.ReplaceMember(CHEN, "请假")) == "substitute/used-up"
    walk.do(SUPERVISOR, c.ReplaceMember(YUXIANG, "请假"))
    assert refused_with(walk, SUPERVISOR, c.ReplaceMember(AYAN, "请假")) == "substitute/used-up"
    assert CHEN in walk.case.members


@pytest.mark.rule("leader")
def test_the_leader_s_place_goes_to_the_next_of_the_lead_department() -> None:
    walk = Walk()
    assert walk.do(SUPERVISOR, c.ReplaceMember(AYAN, "住院"))[-1] == e.LeaderNamed(YUXIANG)
    assert [p for p, m in walk.case.members.items() if m.leader] == [YUXIANG]


@pytest.mark.rule("leader")
def test_alone_of_the_lead_department_the_leader_is_followed_by_the_substitute() -> None:
    walk = Walk()
    members = tuple(m for m in walk.case.opened.members if m.person != YUXIANG)
    walk.history[0] = replace(walk.history[0], event=replace(walk.case.opened, members=members))
    walk.case = replace(walk.case, members={m.person: m for m in members})
    walk.do(AYAN, c.ReportUnavailable("住院"))
    assert [p for p, m in walk.case.members.items() if m.leader] == [NEXT]


@pytest.mark.rule("leader")
@pytest.mark.parametrize("first", [AYAN, YUXIANG])
def test_while_the_lead_department_has_anybody_the_team_has_a_leader(first: str) -> None:
    walk = Walk()
    for who in (first, NEXT, YUXIANG if first == AYAN else AYAN):
        walk.do(who, c.ReportUnavailable("住院"))
        left = [m for m in walk.case.members.values() if m.department == MARKET and m.role == "inspector"]
        assert sum(m.leader for m in left) == bool(left)


# -- a signature that cannot come ---------------------------------------------------------------------


def formed() -> Walk:
    """③ AYAN and the party have signed, CHEN has not."""
    walk = inspected()
    walk.do(AYAN, c.FormSummary())
    walk.do(AYAN, c.SignSummary(digest_of(walk.case)), c.RecordPartySignature("无异议", "张老板"))
    return walk


@pytest.mark.rule("summary-signed")
def test_the_summary_does_not_wait_for_ever() -> None:
    walk = formed()
    happened = walk.do(SUPERVISOR, c.ExcuseSignature(CHEN, "住院"))
    assert happened[0] == e.SignatureExcused(CHEN, "住院")
    assert isinstance(happened[1], e.SummaryCompleted)
    assert step(walk.case) == 4
    assert walk.case.excused == {CHEN: "住院"}
    walk.do(AYAN, c.EnterResult(POLICE, ("1",), ("none",)))


@pytest.mark.rule("own-entry")
def test_who_has_signed_and_then_cannot_enter_is_not_waited_for_either() -> None:
    """Another who was there enters for them; nobody else may, and not before the office has said so."""
    walk = signed()
    assert refused_with(walk, AYAN, c.EnterResult(POLICE, ("1",), ("none",))) == "own-entry/other-department"
    assert walk.do(SUPERVISOR, c.ExcuseSignature(CHEN, "住院")) == (e.SignatureExcused(CHEN, "住院"),)
    assert refused_with(walk, LI, c.EnterResult(POLICE, ("1",), ("none",))) == "own-entry/not-on-site"
    assert {r.whom[0] for r in reminders(walk.case, PROFILES["national"], {}) if POLICE in r.kind} == {AYAN}
    walk.do(AYAN, c.EnterResult(POLICE, ("1",), ("none",)), c.PublishResult(POLICE))
    walk.do(AYAN, c.EnterResult(MARKET, ("1",), ("none",)), c.PublishResult(MARKET))
    assert walk.case.closed_at


@pytest.mark.rule("own-entry")
def test_the_last_who_was_there_stays_and_what_is_published_waits_for_nobody() -> None:
    walk = signed()
    walk.do(SUPERVISOR, c.ExcuseSignature(CHEN, "住院"))
    assert refused_with(walk, SUPERVISOR, c.ExcuseSignature(AYAN, "也病了")) == "summary-signed/last-signer"
    walk = signed()
    walk.do(CHEN, c.EnterResult(POLICE, ("1",), ("none",)), c.PublishResult(POLICE))
    assert refused_with(walk, SUPERVISOR, c.ExcuseSignature(CHEN, "住院")) == "summary-signed/not-awaited"


@pytest.mark.rule("own-entry")
def test_what_somebody_entered_and_can_no_longer_publish_is_published_by_another() -> None:
    walk = entered(signed(who=(AYAN, YUXIANG, CHEN)), AYAN, MARKET)
    assert refused_with(walk, YUXIANG, c.PublishResult(MARKET)) == "own-entry/not-enterer"
    walk.do(SUPERVISOR, c.ExcuseSignature(AYAN, "住院"))
    (done, *_) = walk.do(YUXIANG, c.PublishResult(MARKET))
    assert isinstance(done, e.ResultPublished)


@pytest.mark.rule("summary-signed")
def test_what_else_is_missing_is_still_waited_for() -> None:
    walk = inspected()
    walk.do(AYAN, c.FormSummary())
    assert len(walk.do(SUPERVISOR, c.ExcuseSignature(CHEN, "住院"))) == 1
    assert unsigned(walk.case) == (AYAN,)
    walk.do(AYAN, c.SignSummary(digest_of(walk.case)))
    assert step(walk.case) == 3
    walk.do(AYAN, c.RecordPartySignature("无异议", "张老板"))
    assert step(walk.case) == 4


@pytest.mark.rule("summary-signed")
def test_who_comes_back_may_sign_and_nothing_is_completed_twice() -> None:
    walk = formed()
    walk.do(SUPERVISOR, c.ExcuseSignature(CHEN, "住院"))
    assert walk.do(CHEN, c.SignSummary(digest_of(walk.case))) == (
        e.SummarySigned(CHEN, digest_of(walk.case)),
    )


@pytest.mark.rule("summary-signed")
def test_somebody_who_was_there_always_signs() -> None:
    walk = inspected()
    walk.do(AYAN, c.FormSummary())
    walk.do(SUPERVISOR, c.ExcuseSignature(CHEN, "住院"))
    assert refused_with(walk, SUPERVISOR, c.ExcuseSignature(AYAN, "出差")) == "summary-signed/last-signer"


@pytest.mark.rule("summary-signed")
def test_only_the_head_decides_with_a_reason_about_a_signature_that_is_awaited() -> None:
    walk = formed()
    assert refused_with(walk, AYAN, c.ExcuseSignature(CHEN, "住院")) == "summary-signed/not-supervisor"
    assert refused_with(walk, SUPERVISOR, c.ExcuseSignature(CHEN, "")) == "summary-signed/excuse-reason"
    assert refused_with(walk, SUPERVISOR, c.ExcuseSignature(AYAN, "出差")) == "summary-signed/not-awaited"
    assert refused_with(walk, SUPERVISOR, c.ExcuseSignature(LI, "出差")) == "summary-signed/not-awaited"
    own = replace(actor(CHEN), roles=("inspector", "supervisor"))
    assert refused_with(walk, own, c.ExcuseSignature(CHEN, "出差")) == "summary-signed/not-awaited"
    assert refused_with(Walk(), SUPERVISOR, c.ExcuseSignature(CHEN, "住院")) == "step-order/too-early"


# -- days that move -----------------------------------------------------------------------------------


@pytest.mark.rule("trace")
def test_the_task_s_last_day_moves_with_both_days_and_the_reason_on_the_trail() -> None:
    walk = Walk()
    happened = walk.do(SUPERVISOR, c.Extend("window", date(2026, 11, 15), "企业停产检修"))
    assert happened == (e.Extended("window", date(2026, 10, 31), date(2026, 11, 15), "企业停产检修"),)
    assert walk.case.opened.ends == date(2026, 11, 15)
    assert walk.try_(SUPERVISOR, c.Extend("window", date(2026, 11, 15), "再点一次")) == ()


@pytest.mark.rule("entry-deadline")
def test_the_days_of_entry_never_grow() -> None:
    walk = signed()
    due = walk.case.clocks[MARKET].due
    until = c.Extend("entry", date(2026, 12, 31), "太忙")
    assert refused_with(walk, SUPERVISOR, until) == "entry-deadline/not-extendable"
    assert (
        refused_with(walk, SUPERVISOR, c.Extend("window", date(2026, 12, 31), "太忙"))
        == "step-order/too-late"
    )
    assert walk.case.clocks[MARKET].due == due


def ordered() -> Walk:
    walk = handling("M-3")
    return_by = c.DecideMeasure("M-3", "ordered", "张老板", date(2026, 10, 9))
    walk.do(AYAN, return_by)
    return walk


@pytest.mark.rule("re-check", "handle")
def test_a_correction_gets_longer_and_its_reminder_follows() -> None:
    walk = ordered()
    before = {t.kind: t.due_at for t in timers(walk.case, walk.facts(AYAN).profile)}
    walk.do(SUPERVISOR, c.Extend("M-3", date(2026, 10, 20), "配件未到货"))
    after = {t.kind: t.due_at for t in timers(walk.case, walk.facts(AYAN).profile)}
    assert walk.case.handlings["M-3"].due == date(2026, 10, 20)
    assert after["measure:M-3"] > before["measure:M-3"]
    assert [x.before for x in walk.case.extensions] == [date(2026, 10, 9)]


@pytest.mark.rule("re-check")
def test_only_a_correction_still_awaited_gets_longer() -> None:
    walk = ordered()
    walk.do(AYAN, c.ReportCorrection("M-3", "已改"))
    longer = c.Extend("M-3", date(2026, 12, 1), "配件未到货")
    assert refused_with(walk, SUPERVISOR, longer) == "re-check/not-awaited"


@pytest.mark.rule("trace")
def test_an_extension_is_the_head_s_has_its_reason_and_is_later() -> None:
    walk = ordered()
    day = date(2026, 10, 20)
    assert refused_with(walk, AYAN, c.Extend("M-3", day, "忙")) == "entry-deadline/not-supervisor"
    assert refused_with(walk, SUPERVISOR, c.Extend("M-3", day, "")) == "entry-deadline/extension-reason"
    early = c.Extend("M-3", date(2026, 10, 1), "提前")
    assert refused_with(walk, SUPERVISOR, early) == "form/not-later"
    slip = c.Extend("M-3", date(2099, 1, 5), "配件未到货")
    assert refused_with(walk, SUPERVISOR, slip) == "form/too-far"


def test_the_walks_here_begin_where_they_say() -> None:
    walk = inspected()
    sign_all(walk)
    assert step(walk.case) == 4
