"""Two people, really: with one inspector nothing on site can be recorded, by any path."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.rules.cases import (
    AYAN,
    CHEN,
    DIRECTORY,
    EXPERT,
    KUNMING,
    LI,
    MARKET,
    NEXT_DOOR,
    SHOP,
    STRANGER,
    YUXIANG,
    Walk,
    arrived,
    photo,
    prechecked,
    refused_with,
)
from workflows.inspection import commands as c
from workflows.inspection.commands import Command
from workflows.inspection.facts import CHINA

ON_SITE: tuple[Command, ...] = (
    c.ShowCertificates(),
    c.TellRights(),
    c.ScanCode("SJ-7K2M9Q"),
    c.DeferScan("network", "断网"),
    c.RecordAnswer("M-1", "yes"),
    c.RecordAllConforming(MARKET),
    photo("M-1"),
    photo(""),
    c.MoveEvidence("sha-M-1", "M-3"),
    c.SkipItem("SC-01", "停电"),
    c.ReportObstacle("closed", "大门上锁"),
    c.FinishOnsite(),
)


def here(*persons: str, profile: str = "national", **world: object) -> Walk:
    walk = prechecked(profile, **world)
    for person in persons:
        walk.do(person, c.CheckIn(*SHOP))
    return walk


def name(command: Command) -> str:
    return type(command).__name__


@pytest.mark.rule("two-on-site")
@pytest.mark.parametrize("command", ON_SITE, ids=name)
def test_alone_nothing_can_be_recorded(command: Command) -> None:
    assert refused_with(prechecked(), AYAN, command) == "two-on-site/check-in-first"
    assert refused_with(here(AYAN), AYAN, command) == "two-on-site/partner-missing"


@pytest.mark.rule("two-on-site")
@pytest.mark.parametrize("command", ON_SITE, ids=name)
def test_who_has_not_checked_in_records_nothing_even_when_two_others_have(command: Command) -> None:
    assert refused_with(here(AYAN, CHEN), LI, command) == "two-on-site/check-in-first"


@pytest.mark.rule("two-on-site")
def test_two_taps_from_one_account_are_one_person() -> None:
    walk = here(AYAN)
    assert refused_with(walk, AYAN, c.CheckIn(*SHOP)) == "two-on-site/same-person"
    assert refused_with(walk, AYAN, c.ShowCertificates()) == "two-on-site/partner-missing"


@pytest.mark.rule("two-on-site")
@pytest.mark.parametrize("place", [SHOP, NEXT_DOOR, KUNMING])
def test_one_person_with_two_accounts_is_one_person(place: tuple[float, float]) -> None:
    walk = here(AYAN)
    assert refused_with(walk, AYAN, c.CheckIn(*place), via="telegram:7") == "two-on-site/same-person"
    assert refused_with(walk, AYAN, c.ShowCertificates(), via="telegram:7") == "two-on-site/partner-missing"


@pytest.mark.rule("two-on-site")
def test_the_same_certificate_twice_is_one_person() -> None:
    directory = DIRECTORY | {CHEN: replace(DIRECTORY[CHEN], certificate=DIRECTORY[AYAN].certificate)}
    walk = here(AYAN, directory=directory)
    assert refused_with(walk, CHEN, c.CheckIn(*SHOP)) == "two-on-site/same-certificate"
    assert refused_with(walk, AYAN, c.ShowCertificates()) == "two-on-site/partner-missing"


@pytest.mark.rule("two-on-site")
def test_a_certificate_found_to_be_held_twice_stops_the_visit() -> None:
    walk = here(AYAN, CHEN)
    walk.directory[CHEN] = replace(DIRECTORY[CHEN], certificate=DIRECTORY[AYAN].certificate)
    assert refused_with(walk, AYAN, c.ShowCertificates()) == "two-on-site/same-certificate"


@pytest.mark.rule("two-on-site", "inspector-certificate")
@pytest.mark.parametrize("command", ON_SITE, ids=name)
def test_an_expert_never_counts_and_records_nothing(command: Command) -> None:
    walk = here(EXPERT, AYAN)
    assert refused_with(walk, EXPERT, command) == "two-on-site/expert"
    assert refused_with(walk, AYAN, command) == "two-on-site/expert-only"


@pytest.mark.rule("two-on-site", "inspector-certificate")
def test_who_became_an_expert_since_the_draw_does_not_count() -> None:
    directory = DIRECTORY | {CHEN: replace(DIRECTORY[CHEN], role="expert")}
    assert refused_with(here(AYAN, directory=directory), CHEN, c.CheckIn(*SHOP)) == "two-on-site/expert"


@pytest.mark.rule("two-on-site")
def test_an_experts_opinion_too_is_taken_only_while_two_inspectors_are_there() -> None:
    walk = here(AYAN, EXPERT)
    assert refused_with(walk, EXPERT, c.GiveExpertOpinion("可燃")) == "two-on-site/partner-missing"
    walk.do(CHEN, c.CheckIn(*SHOP))
    walk.do(EXPERT, c.GiveExpertOpinion("可燃"))
    assert walk.try_(EXPERT, c.GiveExpertOpinion("可燃")) == ()


@pytest.mark.rule("two-on-site", "inspector-certificate")
def test_an_expired_certificate_does_not_count_and_the_last_day_still_does() -> None:
    today = date(2026, 9, 21)
    for until, answer in ((today, ""), (today - timedelta(days=1), "inspector-certificate/expired")):
        walk = here(AYAN, directory=DIRECTORY | {CHEN: replace(DIRECTORY[CHEN], valid_until=until)})
        if answer:
            assert refused_with(walk, CHEN, c.CheckIn(*SHOP)) == answer
        else:
            walk.do(CHEN, c.CheckIn(*SHOP))


@pytest.mark.rule("inspector-certificate")
def test_a_certificate_not_yet_in_force_or_none_at_all_does_not_count() -> None:
    for changes in ({"valid_from": date(2026, 9, 22)}, {"certificate": ""}, {"valid_until": None}):
        directory = DIRECTORY | {CHEN: replace(DIRECTORY[CHEN], **changes)}  # type: ignore[arg-type]
        walk = here(AYAN, directory=directory)
        assert refused_with(walk, CHEN, c.CheckIn(*SHOP)) == "inspector-certificate/expired"


@pytest.mark.rule("two-on-site")
def test_a_partner_300_km_away_is_not_on_site() -> None:
    walk = here(AYAN)
    decision = refused_with(walk, CHEN, c.CheckIn(*KUNMING))
    assert decision == "two-on-site/partner-far"
    assert "公里" in walk.history[-1].event.detail["distance"]  # type: ignore[attr-defined]
    assert refused_with(walk, AYAN, c.RecordAnswer("M-1", "yes")) == "two-on-site/partner-missing"


@pytest.mark.rule("two-on-site")
def test_near_is_what_the_profile_calls_near() -> None:
    degrees = 1 / 111_195
    for metres, answer in ((480, True), (520, False)):
        walk = here(AYAN)
        place = c.CheckIn(SHOP[0] + metres * degrees, SHOP[1])
        if answer:
            walk.do(CHEN, place)
        else:
            assert refused_with(walk, CHEN, place) == "two-on-site/partner-far"


@pytest.mark.rule("two-on-site")
def test_each_near_the_next_are_not_all_near_each_other() -> None:
    """450 m, then 450 m more: when the one in the middle leaves, the two at the ends are 900 m apart."""
    walk = prechecked()
    for person, metres in ((AYAN, 0), (CHEN, 450), (LI, 900)):
        walk.do(person, c.CheckIn(SHOP[0] + metres / 111_195, SHOP[1]))
    walk.do(LI, c.ShowCertificates())
    walk.do(CHEN, c.ReportUnavailable("突发疾病"))
    assert refused_with(walk, AYAN, c.TellRights()) == "two-on-site/partner-far"


@pytest.mark.rule("two-on-site")
def test_who_checked_in_at_the_wrong_place_may_check_in_again_at_the_right_one() -> None:
    walk = prechecked()
    walk.do(AYAN, c.CheckIn(*KUNMING))
    assert refused_with(walk, CHEN, c.CheckIn(*SHOP)) == "two-on-site/partner-far"
    walk.do(AYAN, c.CheckIn(*SHOP))
    walk.do(CHEN, c.CheckIn(*SHOP))
    walk.do(AYAN, c.ShowCertificates())


@pytest.mark.rule("two-on-site")
def test_who_is_already_together_with_a_partner_need_not_be_told_so() -> None:
    assert here(AYAN, CHEN).try_(AYAN, c.CheckIn(*NEXT_DOOR)) == ()


@pytest.mark.rule("two-on-site")
def test_a_partner_who_checked_in_yesterday_is_not_on_site_today() -> None:
    walk = here(CHEN).later(days=1)
    walk.do(AYAN, c.CheckIn(*SHOP))
    assert refused_with(walk, AYAN, c.RecordAnswer("M-1", "yes")) == "two-on-site/partner-stale"
    assert refused_with(walk, CHEN, c.RecordAnswer("M-1", "yes")) == "two-on-site/own-stale"
    walk.do(CHEN, c.CheckIn(*SHOP))
    walk.do(CHEN, c.ShowCertificates())


@pytest.mark.rule("two-on-site")
def test_a_check_in_lasts_the_hours_of_the_profile() -> None:
    walk = here(AYAN, CHEN).later(hours=8)
    walk.do(AYAN, c.ShowCertificates())
    assert refused_with(walk.later(seconds=1), AYAN, c.TellRights()) == "two-on-site/own-stale"


@pytest.mark.rule("two-on-site")
def test_yesterday_ends_at_midnight_in_china() -> None:
    walk = here(AYAN, now=datetime(2026, 9, 21, 23, 50, tzinfo=CHINA))
    walk.do(CHEN, c.CheckIn(*SHOP))
    walk.do(AYAN, c.ShowCertificates())
    assert refused_with(walk.later(minutes=20), AYAN, c.TellRights()) == "two-on-site/own-stale"


@pytest.mark.rule("two-on-site")
def test_midnight_in_greenwich_is_morning_in_china_and_ends_nothing() -> None:
    walk = here(AYAN, CHEN, now=datetime(2026, 9, 21, 23, 50, tzinfo=UTC))
    walk.later(minutes=20).do(AYAN, c.ShowCertificates(), c.TellRights())


@pytest.mark.rule("two-on-site")
def test_a_check_in_from_the_future_proves_nothing() -> None:
    assert refused_with(here(AYAN, CHEN).later(hours=-1), AYAN, c.TellRights()) == "two-on-site/own-stale"


@pytest.mark.rule("two-on-site")
@pytest.mark.parametrize("place", [(float("nan"), 100.0), (float("inf"), 0.0), (91.0, 0.0), (0.0, -181.0)])
def test_a_place_that_is_none_is_not_taken(place: tuple[float, float]) -> None:
    assert refused_with(prechecked(), AYAN, c.CheckIn(*place)) == "form/unknown-value"


@pytest.mark.rule("two-on-site")
def test_a_partner_who_left_the_team_is_not_there_any_more() -> None:
    walk = arrived()
    walk.do(CHEN, c.ReportUnavailable("突发疾病"))
    assert refused_with(walk, AYAN, c.RecordAnswer("M-1", "yes")) == "two-on-site/partner-missing"
    assert refused_with(walk, CHEN, c.RecordAnswer("M-1", "yes")) == "by-machine/not-on-team"


@pytest.mark.rule("two-on-site", "show-certificate")
def test_a_partner_who_comes_later_shows_the_certificate_before_recording() -> None:
    walk = arrived()
    walk.do(YUXIANG, c.CheckIn(*SHOP))
    walk.do(AYAN, c.RecordAnswer("M-1", "yes"))
    assert refused_with(walk, YUXIANG, c.RecordAnswer("M-3", "yes")) == "show-certificate/not-shown"
    walk.do(YUXIANG, c.ShowCertificates(), c.RecordAnswer("M-3", "yes"))


@pytest.mark.rule("two-on-site")
@pytest.mark.parametrize("command", [c.CheckIn(*SHOP), *ON_SITE], ids=name)
def test_a_stranger_is_not_let_in(command: Command) -> None:
    assert refused_with(here(AYAN, CHEN), STRANGER, command) == "by-machine/not-on-team"


ATTEMPTS: dict[str, Callable[[Walk], object]] = {
    "second account": lambda walk: walk.try_(AYAN, c.CheckIn(*SHOP), via="telegram:7"),
    "expert": lambda walk: walk.try_(EXPERT, c.CheckIn(*SHOP)),
    "far": lambda walk: walk.try_(CHEN, c.CheckIn(*KUNMING)),
    "stranger": lambda walk: walk.try_(STRANGER, c.CheckIn(*SHOP)),
}


@pytest.mark.rule("two-on-site")
@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_after_every_attempt_one_inspector_is_still_one(attempt: str) -> None:
    walk = here(AYAN)
    ATTEMPTS[attempt](walk)
    for command in ON_SITE:
        assert refused_with(walk, AYAN, command).startswith("two-on-site/")


@pytest.mark.rule("two-on-site")
def test_every_refusal_is_kept_with_the_clause_in_force() -> None:
    walk = here(AYAN, profile="menghai")
    refused_with(walk, AYAN, c.RecordAnswer("M-1", "yes"))
    kept = walk.history[-1].event
    assert kept.clause == "海市监发〔2019〕52号 二（四）2；《行政处罚法》第四十二条"  # type: ignore[attr-defined]
