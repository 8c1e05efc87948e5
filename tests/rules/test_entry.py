"""④ 结果录入: 谁检查、谁录入、谁公开, reviewed where the profile asks, in time or with a reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.rules.cases import (
    AYAN,
    CHEN,
    CORRECTED,
    EXPERT,
    LI,
    MARKET,
    NOTHING,
    PENDING,
    POLICE,
    REVIEWER,
    STRANGER,
    SUPERVISOR,
    YUXIANG,
    Walk,
    actor,
    entered,
    inspected,
    publish_all,
    refused_with,
    sign_all,
    signed,
)
from workflows.inspection import commands as c
from workflows.inspection import events as e
from workflows.inspection.case import Case, published, step


def enter(
    result: tuple[tuple[str, ...], tuple[str, ...]] = NOTHING, department: str = MARKET
) -> c.EnterResult:
    return c.EnterResult(department, *result)


# -- who ----------------------------------------------------------------------------------------------


@pytest.mark.rule("own-entry")
def test_who_inspects_enters() -> None:
    walk = signed(who=(AYAN, YUXIANG, CHEN))
    for who, answer in (
        (LI, "own-entry/not-on-site"),
        (EXPERT, "own-entry/not-on-site"),
        (CHEN, "own-entry/other-department"),
        (SUPERVISOR, "by-machine/not-on-team"),
        (STRANGER, "by-machine/not-on-team"),
    ):
        assert refused_with(walk, who, enter()) == answer
    walk.do(YUXIANG, enter())


@pytest.mark.rule("own-entry")
def test_who_enters_publishes() -> None:
    walk = entered(signed(who=(AYAN, YUXIANG, CHEN)), AYAN, MARKET)
    assert refused_with(walk, YUXIANG, c.PublishResult(MARKET)) == "own-entry/not-enterer"
    assert refused_with(walk, CHEN, c.PublishResult(MARKET)) == "own-entry/other-department"
    (done, *_) = walk.do(AYAN, c.PublishResult(MARKET))
    assert isinstance(done, e.ResultPublished)
    assert walk.try_(YUXIANG, c.PublishResult(MARKET)) == ()


@pytest.mark.rule("own-entry")
def test_a_department_that_had_nobody_on_site_is_entered_by_those_who_inspected_for_it() -> None:
    walk = signed(who=(AYAN, YUXIANG))
    assert refused_with(walk, CHEN, enter(department=POLICE)) == "own-entry/not-on-site"
    walk.do(YUXIANG, enter(department=POLICE), c.PublishResult(POLICE))
    assert published(walk.case, POLICE)


@pytest.mark.rule("own-entry", "entry-deadline")
def test_each_department_has_its_own_result_and_its_own_publication() -> None:
    walk = entered(signed(), AYAN, MARKET)
    walk.do(AYAN, c.PublishResult(MARKET))
    assert step(walk.case) == 4
    assert not published(walk.case, POLICE)
    entered(walk, CHEN, POLICE).do(CHEN, c.PublishResult(POLICE))
    assert step(walk.case) == 6
    assert refused_with(walk, CHEN, enter(department="勐海县林业局")) == "form/unknown-value"


@pytest.mark.rule("own-entry", "step-order")
def test_what_is_published_stands() -> None:
    walk = entered(signed(), AYAN, MARKET)
    walk.do(AYAN, c.PublishResult(MARKET))
    for command in (enter(PENDING), c.RequestNonDisclosure(MARKET, "privacy", "涉及住址")):
        assert refused_with(walk, AYAN, command) == "step-order/too-late"
    assert refused_with(walk, REVIEWER, c.ReviewResult(MARKET, False)) == "step-order/too-late"


@pytest.mark.rule("step-order")
def test_nothing_is_published_or_reviewed_that_was_not_entered() -> None:
    walk = signed()
    assert refused_with(walk, AYAN, c.PublishResult(MARKET)) == "step-order/not-entered"
    assert (
        refused_with(walk, AYAN, c.RequestNonDisclosure(MARKET, "privacy", "住址"))
        == "step-order/not-entered"
    )
    assert refused_with(walk, REVIEWER, c.ReviewResult(MARKET, True)) == "step-order/not-entered"


@pytest.mark.rule("own-entry")
def test_the_same_entry_twice_changes_nothing_another_one_replaces_it() -> None:
    walk = entered(signed(), AYAN, MARKET)
    assert walk.try_(AYAN, enter()) == ()
    walk.do(AYAN, c.EnterResult(MARKET, *NOTHING, note="补充说明"))
    walk.do(AYAN, c.PublishResult(MARKET))
    assert walk.case.entries[MARKET].note == "补充说明"


# -- what ---------------------------------------------------------------------------------------------


@pytest.mark.rule("no-finding-excludes")
@pytest.mark.parametrize(
    ("results", "measures", "answer"),
    [
        (("1", "B"), ("none",), "no-finding-excludes/result-not-alone"),
        (("B", "1"), ("other",), "no-finding-excludes/result-not-alone"),
        (("E",), ("none", "order"), "no-finding-excludes/measure-not-alone"),
        (("?",), ("none",), "form/unknown-option"),
        (("1",), (), "form/unknown-option"),
        ((), ("none",), "form/unknown-option"),
    ],
)
def test_nothing_found_and_nothing_further_stand_alone(
    results: tuple[str, ...], measures: tuple[str, ...], answer: str
) -> None:
    assert refused_with(signed(), AYAN, enter((results, measures))) == answer


@pytest.mark.rule("no-finding-excludes")
def test_several_results_and_measures_that_exclude_nothing_go_together() -> None:
    signed(findings=("M-3",)).do(AYAN, enter((("B", "5"), ("order", "inform"))))


@pytest.mark.rule("no-finding-excludes")
def test_a_finding_cannot_be_entered_away() -> None:
    walk = signed(findings=("M-3",))
    assert refused_with(walk, AYAN, enter(NOTHING)) == "no-finding-excludes/has-findings"
    assert refused_with(walk, AYAN, enter((("5",), ("none",)))) == "no-finding-excludes/has-open-findings"
    walk.do(CHEN, enter(NOTHING, POLICE))


@pytest.mark.rule("no-finding-excludes", "handle")
def test_nothing_further_to_do_means_corrected_on_the_spot_and_closes_the_case() -> None:
    walk = signed(findings=("M-3", "M-1"))
    entered(walk, CHEN, POLICE).do(CHEN, c.PublishResult(POLICE))
    walk.do(AYAN, enter(CORRECTED))
    happened = walk.do(AYAN, c.PublishResult(MARKET))
    assert [type(event) for event in happened] == [
        e.ResultPublished,
        e.MeasureDecided,
        e.MeasureDecided,
        e.CaseClosed,
    ]
    assert {h.measure for h in walk.case.handlings.values()} == {"corrected"}
    assert walk.case.handlings["M-3"].owner == AYAN


@pytest.mark.rule("no-finding-excludes", "handle")
def test_a_result_entered_anew_before_publication_leaves_no_finding_behind_as_corrected() -> None:
    walk = signed("henan-police", findings=("M-3",))
    walk.do(AYAN, enter(CORRECTED))
    walk.do(REVIEWER, c.ReviewResult(MARKET, False, "照片显示未改正"))
    entered(walk, AYAN, MARKET, PENDING).do(AYAN, c.PublishResult(MARKET))
    entered(walk, CHEN, POLICE).do(CHEN, c.PublishResult(POLICE))
    assert walk.case.handlings == {}
    assert refused_with(walk, AYAN, c.CloseCase()) == "handle/unhandled"


@pytest.mark.rule("no-finding-excludes", "handle")
def test_nothing_further_excludes_every_other_measure_in_either_order() -> None:
    ordered = c.DecideMeasure("M-3", "ordered", "张老板", Walk().now.date())
    walk = entered(signed(findings=("M-3",)), AYAN, MARKET, CORRECTED)
    assert refused_with(walk, AYAN, ordered) == "no-finding-excludes/measure-not-alone"
    walk = entered(signed(findings=("M-3",)), AYAN, MARKET, PENDING)
    walk.do(AYAN, ordered)
    assert refused_with(walk, AYAN, enter(CORRECTED)) == "no-finding-excludes/has-open-findings"


# -- review -------------------------------------------------------------------------------------------


@pytest.mark.rule("legal-review")
def test_where_the_profile_asks_nothing_is_published_unreviewed() -> None:
    walk = signed("henan-police")
    walk.do(AYAN, enter())
    assert refused_with(walk, AYAN, c.PublishResult(MARKET)) == "legal-review/not-reviewed"
    for who in (AYAN, CHEN, SUPERVISOR, STRANGER):
        assert refused_with(walk, who, c.ReviewResult(MARKET, True)) == "legal-review/not-reviewer"
    walk.do(REVIEWER, c.ReviewResult(MARKET, True))
    assert walk.try_(REVIEWER, c.ReviewResult(MARKET, True)) == ()
    walk.do(AYAN, c.PublishResult(MARKET))


@pytest.mark.rule("legal-review")
def test_a_result_returned_is_entered_anew_and_reviewed_anew() -> None:
    walk = signed("henan-police")
    walk.do(AYAN, enter())
    walk.do(REVIEWER, c.ReviewResult(MARKET, False, "依据不全"))
    assert refused_with(walk, AYAN, c.PublishResult(MARKET)) == "legal-review/returned"
    walk.do(AYAN, enter())
    assert refused_with(walk, AYAN, c.PublishResult(MARKET)) == "legal-review/not-reviewed"


@pytest.mark.rule("legal-review")
def test_a_result_changed_after_the_review_is_reviewed_again() -> None:
    walk = entered(signed("henan-police"), AYAN, MARKET)
    walk.do(AYAN, c.EnterResult(MARKET, *NOTHING, note="补充"))
    assert refused_with(walk, AYAN, c.PublishResult(MARKET)) == "legal-review/not-reviewed"


@pytest.mark.rule("legal-review")
def test_nobody_reviews_a_result_of_their_own() -> None:
    walk = signed("henan-police")
    walk.do(AYAN, enter())
    herself = replace(actor(AYAN), roles=("inspector", "legal"))
    assert refused_with(walk, herself, c.ReviewResult(MARKET, True)) == "legal-review/not-reviewer"


@pytest.mark.rule("legal-review")
def test_elsewhere_a_review_is_on_offer_and_a_returned_result_still_waits() -> None:
    walk = signed("menghai")
    walk.do(AYAN, enter())
    walk.do(REVIEWER, c.ReviewResult(MARKET, False, "依据不全"))
    assert refused_with(walk, AYAN, c.PublishResult(MARKET)) == "legal-review/returned"


# -- secrecy ------------------------------------------------------------------------------------------

SECRET = c.RequestNonDisclosure(MARKET, "trade-secret", "配方")


@pytest.mark.rule("secrecy")
def test_a_ground_and_a_reason_are_given_and_publication_waits_for_the_approver() -> None:
    walk = entered(signed(), AYAN, MARKET)
    assert refused_with(walk, AYAN, replace(SECRET, reason="")) == "secrecy/reason-missing"
    assert refused_with(walk, AYAN, replace(SECRET, ground="embarrassing")) == "secrecy/unknown-ground"
    walk.do(AYAN, SECRET)
    assert walk.try_(AYAN, SECRET) == ()
    assert refused_with(walk, AYAN, c.PublishResult(MARKET)) == "secrecy/pending"
    for who in (AYAN, CHEN, REVIEWER, STRANGER):
        assert refused_with(walk, who, c.DecideNonDisclosure(MARKET, True)) == "secrecy/not-approver"


@pytest.mark.rule("secrecy")
def test_granted_it_stands_for_publication_and_nothing_is_published_after_it() -> None:
    walk = entered(signed(), CHEN, POLICE)
    walk.do(CHEN, c.PublishResult(POLICE))
    entered(walk, AYAN, MARKET).do(AYAN, SECRET)
    happened = walk.do(SUPERVISOR, c.DecideNonDisclosure(MARKET, True, "属实"))
    assert happened[-1] == e.CaseClosed()
    assert walk.case.entries[MARKET].published_at is None
    assert walk.try_(AYAN, c.PublishResult(MARKET)) == ()
    assert refused_with(walk, AYAN, enter(PENDING)) == "step-order/closed"


@pytest.mark.rule("secrecy", "no-finding-excludes")
def test_granted_for_a_result_with_nothing_further_it_settles_the_findings_too() -> None:
    walk = entered(signed(findings=("M-3",)), CHEN, POLICE)
    walk.do(CHEN, c.PublishResult(POLICE))
    entered(walk, AYAN, MARKET, CORRECTED).do(AYAN, SECRET)
    walk.do(SUPERVISOR, c.DecideNonDisclosure(MARKET, True))
    assert walk.case.handlings["M-3"].owner == AYAN
    assert walk.case.closed_at is not None


@pytest.mark.rule("secrecy")
def test_denied_the_result_is_published_like_any_other() -> None:
    walk = entered(signed(), AYAN, MARKET)
    walk.do(AYAN, SECRET)
    walk.do(SUPERVISOR, c.DecideNonDisclosure(MARKET, False, "不属商业秘密"))
    assert walk.try_(SUPERVISOR, c.DecideNonDisclosure(MARKET, True)) == ()
    walk.do(AYAN, c.PublishResult(MARKET))
    assert walk.case.entries[MARKET].published_at == walk.now


@pytest.mark.rule("secrecy")
def test_nobody_approves_the_secrecy_of_a_result_of_their_own() -> None:
    walk = entered(signed(), AYAN, MARKET)
    walk.do(AYAN, SECRET)
    herself = replace(actor(AYAN), roles=("inspector", "supervisor"))
    assert refused_with(walk, herself, c.DecideNonDisclosure(MARKET, True)) == "secrecy/not-approver"


@pytest.mark.rule("secrecy", "legal-review")
def test_a_returned_result_is_mended_before_it_may_be_kept_from_publication() -> None:
    walk = entered(signed(), CHEN, POLICE)
    walk.do(CHEN, c.PublishResult(POLICE))
    entered(walk, AYAN, MARKET).do(REVIEWER, c.ReviewResult(MARKET, False, "依据不全"))
    assert refused_with(walk, AYAN, SECRET) == "legal-review/returned"
    walk.do(AYAN, enter())
    walk.do(AYAN, SECRET)
    walk.do(REVIEWER, c.ReviewResult(MARKET, False, "依据不全"))
    grant = c.DecideNonDisclosure(MARKET, True)
    assert refused_with(walk, SUPERVISOR, grant) == "legal-review/still-returned"
    walk.do(AYAN, enter())
    assert walk.do(SUPERVISOR, grant)[-1] == e.CaseClosed()


@pytest.mark.rule("secrecy")
def test_secrecy_is_denied_whatever_the_reviewer_said() -> None:
    walk = entered(signed(), AYAN, MARKET)
    walk.do(AYAN, SECRET)
    walk.do(REVIEWER, c.ReviewResult(MARKET, False))
    walk.do(SUPERVISOR, c.DecideNonDisclosure(MARKET, False, "不属商业秘密"))
    assert walk.case.entries[MARKET].secrecy == "denied"


# -- the same case under two documents ----------------------------------------------------------------


def whole(profile: str) -> Case:
    """One walk through all five steps, a day between the visit, the summary and the last signature."""
    walk = inspected(profile)
    walk.later(days=1).do(AYAN, c.FormSummary())
    sign_all(walk.later(days=1))
    return publish_all(walk).case


@pytest.mark.rule("entry-clock", "legal-review", "secrecy")
def test_the_same_case_differs_between_menghai_and_henan_exactly_where_the_documents_differ() -> None:
    menghai, henan = whole("menghai"), whole("henan-police")
    differing = {
        name
        for name in Case.__dataclass_fields__
        if getattr(menghai, name) != getattr(henan, name) and name not in ("seq", "opened")
    }
    assert differing == {"clocks", "entries"}
    assert (menghai.clocks[MARKET].started.day, henan.clocks[MARKET].started.day) == (23, 22)
    assert {d: replace(entry, review="") for d, entry in henan.entries.items()} == menghai.entries
    assert {entry.review for entry in henan.entries.values()} == {"passed"}


@pytest.mark.rule("secrecy")
def test_a_police_secret_is_a_ground_for_the_police_of_henan_and_none_in_menghai() -> None:
    police = replace(SECRET, ground="police-secret")
    assert refused_with(entered(signed("menghai"), AYAN, MARKET), AYAN, police) == "secrecy/unknown-ground"
    entered(signed("henan-police"), AYAN, MARKET).do(AYAN, police)


def test_results_are_published_where_the_profile_says() -> None:
    places = {}
    for profile in ("menghai", "henan-police"):
        walk = entered(signed(profile), AYAN, MARKET)
        (published_,) = walk.do(AYAN, c.PublishResult(MARKET))
        places[profile] = published_.places  # type: ignore[attr-defined]
    assert "云南" in str(places["menghai"])
    assert "河南" in str(places["henan-police"])
