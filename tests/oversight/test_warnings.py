"""What a supervisor is warned of, and what is no reason for a warning."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.rules.cases import (
    AYAN,
    CHEN,
    MARKET,
    PROFILES,
    SHOP,
    TARGET,
    YUXIANG,
    handling,
    inspected,
    prechecked,
)
from workflows.inspection import commands as c
from workflows.progress import Share, Standing, shares
from workflows.warnings import LEAST_VISITS, warnings

DAY = date(2026, 9, 21)


def visit(case: str, day: date = DAY, target: str = "T", found: bool = False, who: str = AYAN) -> Share:
    standing = Standing("todo", None, False, False)
    return Share(
        *(
            case,
            MARKET,
            MARKET,
            "2026",
            "T-1",
            target,
            f"对象{target}",
            "",
            "2026-09",
            ("SC-01",),
            (who,),
            who,
        ),
        standing,
        visited=day,
        found=found,
    )


def kinds(found: list[Share], today: date = DAY) -> list[str]:
    return [warned.kind for warned in warnings(found, today)]


@pytest.mark.parametrize(("days", "expected"), [(0, ["twice"]), (60, ["twice"]), (61, [])])
def test_one_target_twice_within_sixty_days(days: int, expected: list[str]) -> None:
    assert kinds([visit("C-1"), visit("C-2", DAY + timedelta(days=days))]) == expected


def test_two_departments_on_one_visit_and_two_targets_are_no_repetition() -> None:
    assert kinds([visit("C-1"), visit("C-1")]) == []
    assert kinds([visit("C-1", target="A"), visit("C-2", target="B")]) == []


def test_three_visits_are_two_repetitions_each_naming_its_pair() -> None:
    made = [visit(f"C-{n}", DAY + timedelta(days=30 * n)) for n in range(3)]
    assert [warned.cases for warned in warnings(made, DAY)] == [("C-0", "C-1"), ("C-1", "C-2")]


@pytest.mark.rule("scan-on-entry")
def test_a_visit_without_a_scanned_code_warns_once_its_grace_is_over() -> None:
    walk = prechecked()
    walk.do(AYAN, c.CheckIn(*SHOP))
    walk.do(CHEN, c.CheckIn(*SHOP))
    walk.do(AYAN, c.ShowCertificates(), c.TellRights(), c.DeferScan("network", "无信号"))
    for key, value in {"M-1": "yes", "M-3": "yes", "P-1": "yes", "P-2": "2026-09-20"}.items():
        walk.do(AYAN, c.RecordAnswer(key, value))
    walk.do(AYAN, c.AttachEvidence("P-3", "d", "d.jpg", "image/jpeg", *SHOP))
    walk.do(AYAN, c.FinishOnsite())
    found = list(shares(walk.case, PROFILES["national"]))
    due = found[0].scan_due
    assert due is not None
    assert due > DAY
    assert kinds(found, due) == []
    assert kinds(found, due + timedelta(days=1)) == ["unscanned"]
    walk.do(AYAN, c.ScanCode("SJ-7K2M9Q"))
    assert kinds(list(shares(walk.case, PROFILES["national"])), due + timedelta(days=1)) == []


def test_a_scanned_visit_warns_of_nothing() -> None:
    found = list(shares(inspected().case, PROFILES["national"]))
    assert found[0].target == TARGET.id
    assert kinds(found, DAY + timedelta(days=300)) == []


@pytest.mark.rule("re-check")
def test_a_re_check_not_made_by_its_day_warns() -> None:
    walk = handling("M-1")
    due = walk.facts(AYAN).today + timedelta(days=7)
    walk.do(AYAN, c.DecideMeasure("M-1", "ordered", "张老板", due, "", "限期改正"))
    walk.do(AYAN, c.ReportCorrection("M-1", "已改正"))
    found = list(shares(walk.case, PROFILES["national"]))
    recheck = found[0].recheck_due
    assert recheck is not None
    assert kinds(found, recheck) == []
    assert kinds(found, recheck + timedelta(days=1)) == ["recheck"]


def test_an_inspector_who_never_reports_anything() -> None:
    made = [visit(f"C-{n}", target=f"T{n}") for n in range(LEAST_VISITS)]
    (warned,) = warnings(made, DAY)
    assert (warned.kind, warned.about) == ("silent", AYAN)
    assert kinds(made[:-1]) == []
    assert kinds([*made[:-1], visit("C-9", target="T9", found=True)]) == []
    assert kinds([*made[:-1], visit("C-9", target="T9", who=YUXIANG)]) == []
