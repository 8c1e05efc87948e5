"""The team: told, recused, replaced by the next of the same draw and never by choice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.render import block
from tests.rules.cases import (
    AYAN,
    CHEN,
    DIRECTORY,
    EXPERT,
    LI,
    MARKET,
    NEXT,
    POLICE,
    PROFILES,
    STRANGER,
    SUPERVISOR,
    TARGET,
    YUXIANG,
    Walk,
    actor,
    arrived,
    inspected,
    inspector,
    prechecked,
    refused_with,
)
from workflows.directory import Certificate, Tie
from workflows.inspection import commands as c
from workflows.inspection import events as e
from workflows.inspection.notices import notifications


@pytest.mark.rule("trace")
def test_everybody_drawn_says_that_they_know_once() -> None:
    walk = Walk()
    walk.do(AYAN, c.AcknowledgeAssignment())
    walk.do(EXPERT, c.AcknowledgeAssignment())
    assert walk.try_(AYAN, c.AcknowledgeAssignment()) == ()
    assert walk.case.acknowledged == (AYAN, EXPERT)
    assert refused_with(walk, STRANGER, c.AcknowledgeAssignment()) == "by-machine/not-on-team"


@pytest.mark.rule("substitute", "by-machine")
def test_the_next_in_the_draw_steps_in_past_who_cannot() -> None:
    """The first has lapsed, the second holds a certificate already drawn, the third is related to the target."""
    walk = Walk()
    happened = walk.do(AYAN, c.ReportUnavailable("住院"))
    assert happened == (
        e.InspectorUnavailable(AYAN, "住院"),
        e.SubstituteDrawn(AYAN, e.Member(NEXT, "玉罕", MARKET, "25-008", "inspector")),
        e.LeaderNamed(YUXIANG),
    )
    assert list(walk.case.members) == [YUXIANG, CHEN, LI, EXPERT, NEXT]
    assert walk.case.gone == {AYAN: "unavailable"}


@pytest.mark.rule("substitute")
def test_who_could_not_step_in_then_may_be_able_now() -> None:
    walk = Walk()
    walk.directory["P:5"] = inspector("P:5", "刘洋", MARKET, "25-005")
    walk.do(YUXIANG, c.ReportUnavailable("住院"))
    assert "P:5" in walk.case.members
    assert not walk.case.members["P:5"].leader


@pytest.mark.rule("substitute")
@pytest.mark.parametrize(
    "changes",
    [{"on_duty": False}, {"role": "expert"}, {"valid_until": date(2026, 9, 20)}, {"certificate": ""}],
)
def test_who_is_off_duty_or_does_not_count_is_passed_over(changes: dict[str, object]) -> None:
    walk = Walk()
    walk.directory[NEXT] = replace(DIRECTORY[NEXT], **changes)  # type: ignore[arg-type]
    assert walk.do(AYAN, c.ReportUnavailable("住院"))[1] == e.SubstituteMissing(AYAN, MARKET)


@pytest.mark.rule("substitute", "inspector-certificate")
@pytest.mark.parametrize(
    "changes",
    [
        {"region": "5303"},
        {"department": POLICE},
        {"valid_until": date(2026, 10, 30)},
        {"ties": (Tie(LI, "夫妻"),)},
        {"recusals": (EXPERT,)},
        {"certificates": (Certificate("25-003", None, date(2028, 12, 31)),)},
    ],
    ids=[
        "region",
        "transferred",
        "lapses-before-the-last-day",
        "married",
        "expert-s-kin",
        "a-member-s-number",
    ],
)
def test_who_fitted_when_the_team_was_drawn_and_does_not_now_is_passed_over(
    changes: dict[str, object],
) -> None:
    walk = Walk()
    walk.case = replace(walk.case, opened=replace(walk.case.opened, target=replace(TARGET, region="5328")))
    walk.directory[NEXT] = replace(DIRECTORY[NEXT], **changes)  # type: ignore[arg-type]
    assert walk.do(AYAN, c.ReportUnavailable("住院"))[1] == e.SubstituteMissing(AYAN, MARKET)


@pytest.mark.rule("substitute", "recusal")
def test_the_second_to_step_in_is_no_relative_of_the_first_from_another_department() -> None:
    """Neither was seated with the other at the draw, so its order could not keep them apart."""
    walk = Walk()
    opened = walk.case.opened
    walk.case = replace(
        walk.case, opened=replace(opened, substitutes=opened.substitutes | {POLICE: ("P:10", "P:11")})
    )
    walk.directory["P:10"] = inspector("P:10", "李强", POLICE, "25-010", ties=(Tie(NEXT, "夫妻"),))
    walk.directory["P:11"] = inspector("P:11", "张华", POLICE, "25-011")
    walk.do(AYAN, c.ReportUnavailable("住院"))
    assert NEXT in walk.case.members
    walk.do(CHEN, c.ReportUnavailable("出差"))
    assert "P:11" in walk.case.members
    # Once the relative has left the team, nothing stands between them and it.
    walk.do(NEXT, c.ReportUnavailable("出差"))
    walk.do(LI, c.ReportUnavailable("出差"))
    assert "P:10" in walk.case.members


@pytest.mark.rule("substitute", "inspector-certificate")
def test_once_the_day_of_the_visit_is_announced_the_certificate_has_to_hold_on_it() -> None:
    walk = prechecked()
    walk.directory[NEXT] = replace(DIRECTORY[NEXT], valid_until=walk.now.date())
    walk.do(AYAN, c.ReportUnavailable("住院"))
    assert NEXT in walk.case.members


@pytest.mark.rule("substitute")
def test_who_left_does_not_come_back_with_a_new_certificate() -> None:
    walk = Walk()
    walk.do(AYAN, c.ReportUnavailable("住院"))
    walk.directory[NEXT] = replace(DIRECTORY[NEXT], certificate="26-108")
    walk.do(NEXT, c.ReportUnavailable("出差"))
    assert walk.do(YUXIANG, c.ReportUnavailable("出差"))[1] == e.SubstituteMissing(YUXIANG, MARKET)


@pytest.mark.rule("substitute")
def test_when_the_order_is_used_up_the_seat_stays_empty_and_is_said_to_be() -> None:
    walk = Walk()
    walk.do(AYAN, c.ReportUnavailable("住院"))
    assert walk.do(YUXIANG, c.ReportUnavailable("出差"))[1] == e.SubstituteMissing(YUXIANG, MARKET)
    assert walk.do(CHEN, c.ReportUnavailable("出差"))[1] == e.SubstituteMissing(CHEN, POLICE)
    assert list(walk.case.members) == [LI, EXPERT, NEXT]


@pytest.mark.rule("substitute")
def test_nobody_comes_back_and_nobody_is_drawn_twice() -> None:
    walk = Walk()
    walk.do(AYAN, c.ReportUnavailable("住院"))
    walk.do(NEXT, c.ReportUnavailable("出差"))
    assert set(walk.case.members) == {YUXIANG, CHEN, LI, EXPERT}
    assert refused_with(walk, AYAN, c.AcknowledgeAssignment()) == "by-machine/not-on-team"
    assert refused_with(walk, AYAN, c.ReportUnavailable("住院")) == "by-machine/not-on-team"


@pytest.mark.rule("substitute")
def test_the_number_of_somebody_who_left_does_not_come_back_in_another_hand() -> None:
    walk = Walk()
    walk.directory["P:6"] = replace(DIRECTORY["P:6"], certificate=DIRECTORY[AYAN].certificate)
    walk.do(AYAN, c.ReportUnavailable("住院"))
    assert walk.do(YUXIANG, c.ReportUnavailable("出差"))[1] == e.SubstituteMissing(YUXIANG, MARKET)


@pytest.mark.rule("substitute")
def test_an_expert_has_no_substitute() -> None:
    assert Walk().do(EXPERT, c.ReportUnavailable("出差"))[1] == e.SubstituteMissing(
        EXPERT, "省特种设备检验院"
    )


@pytest.mark.rule("substitute")
def test_a_reason_is_given_and_after_the_visit_the_team_is_history() -> None:
    assert refused_with(Walk(), AYAN, c.ReportUnavailable("")) == "substitute/reason-missing"
    assert refused_with(inspected(), AYAN, c.ReportUnavailable("住院")) == "substitute/too-late"
    assert refused_with(inspected(), AYAN, c.RaiseRecusal(CHEN, "亲属")) == "substitute/too-late"


WORD = "特种设备检验"


def needing(*words: str, **held: tuple[str, ...]) -> Walk:
    """The market department is to hold `words`; `held`: person, their number alone -> what they hold."""
    walk = Walk()
    walk.case = replace(walk.case, opened=replace(walk.case.opened, qualifications={MARKET: words}))
    for number, own in held.items():
        person = number.replace("_", "P:")
        walk.directory[person] = replace(DIRECTORY[person], expertise=own)
    return walk


@pytest.mark.rule("substitute")
def test_who_alone_held_what_is_asked_is_followed_by_somebody_who_holds_it() -> None:
    walk = needing(WORD, _1=(WORD,), _8=(WORD, "消防"))
    walk.directory["P:5"] = inspector("P:5", "刘洋", MARKET, "25-005")
    walk.do(AYAN, c.ReportUnavailable("住院"))
    assert NEXT in walk.case.members
    # What nobody is to hold any more who leaves: the first of the order who can come.
    walk.do(YUXIANG, c.ReportUnavailable("出差"))
    assert "P:5" in walk.case.members


@pytest.mark.rule("substitute")
def test_what_somebody_who_stays_holds_too_is_not_asked_of_who_follows() -> None:
    walk = needing(WORD, _1=(WORD,), _2=(WORD,))
    walk.do(AYAN, c.ReportUnavailable("住院"))
    assert NEXT in walk.case.members
    colleague = needing(WORD, _1=(WORD,), _3=(WORD,))
    assert colleague.do(AYAN, c.ReportUnavailable("住院"))[1] == e.SubstituteMissing(AYAN, MARKET, (WORD,))


@pytest.mark.rule("substitute", "recusal")
def test_of_several_words_all_that_leave_are_asked_of_one() -> None:
    walk = needing(WORD, "消防", _1=(WORD, "消防"), _8=(WORD,))
    missing = e.SubstituteMissing(AYAN, MARKET, ("消防", WORD))
    assert walk.do(AYAN, c.ReportUnavailable("住院"))[1] == missing
    walk = needing(WORD, "消防", _1=(WORD, "消防"), _8=(WORD, "消防"))
    walk.do(YUXIANG, c.RaiseRecusal(AYAN, "与店主是亲属"))
    assert isinstance(walk.do(SUPERVISOR, c.DecideRecusal(AYAN, True, "属实"))[1], e.SubstituteDrawn)


@pytest.mark.rule("substitute")
def test_who_is_out_of_the_directory_is_taken_to_have_held_it() -> None:
    walk = needing(WORD)
    del walk.directory[YUXIANG]
    assert refused_with(walk, SUPERVISOR, c.ReplaceMember(YUXIANG, "调离")) == "substitute/unqualified"
    walk.directory[AYAN] = replace(DIRECTORY[AYAN], expertise=(WORD,))
    walk.do(SUPERVISOR, c.ReplaceMember(YUXIANG, "调离"))


@pytest.mark.rule("substitute")
def test_a_seat_that_only_the_qualified_could_take_is_said_to_be_one() -> None:
    walk = needing(WORD, _1=(WORD,))
    assert refused_with(walk, SUPERVISOR, c.ReplaceMember(AYAN, "请假")) == "substitute/unqualified"
    happened = walk.do(AYAN, c.ReportUnavailable("住院"))
    told = notifications(walk.case, happened, AYAN, PROFILES["national"])
    assert [one.kind for one in told if one.recipient == "role:organiser"] == ["seat-unqualified"]
    assert any(
        f"唯一具备所需资格（{WORD}）" in said for said in block("notices", "seat-unqualified", case=walk.case)
    )


@pytest.mark.rule("recusal")
@pytest.mark.parametrize("by_party", [False, True])
def test_an_interest_or_an_objection_is_decided_by_the_head_and_work_goes_on_meanwhile(
    by_party: bool,
) -> None:
    walk = arrived(who=(AYAN, YUXIANG, CHEN))
    walk.do(AYAN, c.RaiseRecusal(YUXIANG, "与店主是亲属", by_party))
    walk.do(YUXIANG, c.RecordAnswer("M-1", "yes"))
    assert refused_with(walk, AYAN, c.DecideRecusal(YUXIANG, True)) == "recusal/not-head"
    happened = walk.do(SUPERVISOR, c.DecideRecusal(YUXIANG, True, "属实"))
    assert [type(event) for event in happened] == [e.RecusalDecided, e.SubstituteDrawn]
    assert refused_with(walk, YUXIANG, c.RecordAnswer("M-3", "yes")) == "by-machine/not-on-team"
    assert walk.case.gone == {YUXIANG: "recused"}
    assert walk.case.answers["M-1"].by == YUXIANG


@pytest.mark.rule("recusal")
def test_who_is_off_the_team_is_told_whether_or_not_somebody_follows() -> None:
    for person, others in ((AYAN, CHEN), (EXPERT, AYAN)):
        walk = Walk()
        walk.do(others, c.RaiseRecusal(person, "与店主是亲属"))
        happened = walk.do(SUPERVISOR, c.DecideRecusal(person, True))
        told = notifications(walk.case, happened, SUPERVISOR.person, PROFILES["national"])
        assert [one.kind for one in told if one.recipient == person] == ["released"]


@pytest.mark.rule("recusal")
def test_who_stays_is_told_that_somebody_stepped_in() -> None:
    walk = Walk()
    walk.do(CHEN, c.RaiseRecusal(AYAN, "与店主是亲属"))
    happened = walk.do(SUPERVISOR, c.DecideRecusal(AYAN, True))
    (new,) = (one.member.person for one in happened if isinstance(one, e.SubstituteDrawn))
    told = notifications(walk.case, happened, SUPERVISOR.person, PROFILES["national"])
    assert {one.recipient for one in told if one.kind == "member-replaced"} == {*walk.case.members} - {new}


@pytest.mark.rule("recusal")
def test_a_recusal_denied_changes_nothing_and_may_be_raised_again() -> None:
    walk = Walk()
    walk.do(AYAN, c.RaiseRecusal(YUXIANG, "传闻"))
    assert walk.try_(CHEN, c.RaiseRecusal(YUXIANG, "传闻")) == ()
    members = dict(walk.case.members)
    walk.do(SUPERVISOR, c.DecideRecusal(YUXIANG, False, "查无此事"))
    assert walk.case.members == members
    assert walk.try_(SUPERVISOR, c.DecideRecusal(YUXIANG, True)) == ()
    walk.do(AYAN, c.RaiseRecusal(YUXIANG, "有新证据"))


@pytest.mark.rule("recusal")
def test_a_recusal_needs_a_reason_a_member_and_somebody_who_raised_it() -> None:
    walk = Walk()
    assert refused_with(walk, AYAN, c.RaiseRecusal(YUXIANG, " ")) == "recusal/reason-missing"
    assert refused_with(walk, AYAN, c.RaiseRecusal(STRANGER.person, "亲属")) == "substitute/too-late"
    assert refused_with(walk, STRANGER, c.RaiseRecusal(YUXIANG, "亲属")) == "by-machine/not-on-team"
    assert refused_with(walk, SUPERVISOR, c.DecideRecusal(YUXIANG, True)) == "recusal/not-raised"


@pytest.mark.rule("recusal")
def test_nobody_decides_about_themselves() -> None:
    walk = Walk()
    walk.do(AYAN, c.RaiseRecusal(AYAN, "与店主是亲属"))
    head_herself = replace(actor(AYAN), roles=("inspector", "supervisor"))
    assert refused_with(walk, head_herself, c.DecideRecusal(AYAN, False)) == "recusal/not-head"


@pytest.mark.rule("recusal")
def test_decided_after_the_visit_it_can_only_be_denied() -> None:
    walk = arrived(who=(AYAN, CHEN))
    walk.do(AYAN, c.RaiseRecusal(CHEN, "亲属"))
    for key, value in (("M-1", "yes"), ("M-3", "yes"), ("P-1", "yes"), ("P-2", "2026-09-20")):
        walk.do(AYAN, c.RecordAnswer(key, value))
    walk.do(AYAN, c.AttachEvidence("P-3", "p3", "p3.jpg", "image/jpeg"), c.FinishOnsite())
    assert refused_with(walk, SUPERVISOR, c.DecideRecusal(CHEN, True)) == "substitute/too-late"
    walk.do(SUPERVISOR, c.DecideRecusal(CHEN, False, "查无此事"))
