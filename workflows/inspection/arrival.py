"""② 现场检查, arriving: each checks in from their own account, shows the certificate, tells the rights, scans the code.

海市监发〔2019〕52号 二(四)2; 行政处罚法 arts. 42, 55.
"""

from __future__ import annotations

from datetime import timedelta
from math import isfinite

from workflows.inspection import commands as c
from workflows.inspection import events as e
from workflows.inspection.case import Arrival, Case, step
from workflows.inspection.facts import Facts
from workflows.inspection.guards import (
    first,
    must_be_in_step,
    must_be_inspector,
    must_be_on_team,
    must_be_open,
    must_say,
)
from workflows.inspection.handling import closing
from workflows.inspection.presence import (
    counted,
    distance_text,
    is_fresh,
    metres_between,
    refuse_unless_counting,
    refuse_unless_two,
    together_with,
)
from workflows.inspection.refusals import Decision, Refused, refuse

STEP = 2
SCAN_GROUNDS = {"emergency": "情况紧急，先行检查", "network": "网络或系统故障"}


def on_site(case: Case, facts: Facts) -> Refused | None:
    """On the team, in the step, and two who count together: without this nothing on site is recorded."""
    return first(must_be_on_team(case, facts), must_be_in_step(case, STEP)) or refuse_unless_two(case, facts)


def check_in(case: Case, command: c.CheckIn, facts: Facts) -> Decision:
    refused = must_be_on_team(case, facts) or _may_arrive(case) or _must_be_a_place(command)
    if refused:
        return refused
    person = facts.actor.person
    here = Arrival(float(command.latitude), float(command.longitude), facts.now, facts.actor.via)
    arrived = e.CheckedIn(person, here.latitude, here.longitude)
    if case.members[person].role != "inspector":
        # An expert's presence is worth recording; it never counts.
        return () if _is_here_already(case, facts, here) else (arrived,)
    again = _again(case, facts, here)
    if again is not None:
        return again
    return refuse_unless_counting(case, facts) or _fits_partner(case, facts, here) or (arrived,)


def _may_arrive(case: Case) -> Refused | None:
    if step(case) == 1 and not case.notice and not case.opened.unannounced:
        return refuse("prior-notice", "not-issued", "notice")
    return must_be_in_step(case, STEP)


def is_place(latitude: float | None, longitude: float | None) -> bool:
    """Whether the degrees are a place on earth."""
    if latitude is None or longitude is None or not (isfinite(latitude) and isfinite(longitude)):
        return False
    return abs(latitude) <= 90 and abs(longitude) <= 180


def _must_be_a_place(command: c.CheckIn) -> Refused | None:
    if is_place(command.latitude, command.longitude):
        return None
    return refuse("form", "unknown-value", value=f"{command.latitude}, {command.longitude}")


def _is_here_already(case: Case, facts: Facts, here: Arrival) -> bool:
    before = case.arrivals.get(facts.actor.person)
    if before is None or not is_fresh(before, facts):
        return False
    return metres_between(before, here) <= facts.profile.number("two-on-site", "metres")


def _again(case: Case, facts: Facts, here: Arrival) -> Decision | None:
    """The same person checking in once more, from whichever account, is still one person.

    A check-in from another place replaces the first one; None lets it through to be examined like any other.
    """
    before = case.arrivals.get(facts.actor.person)
    if before is None or not is_fresh(before, facts):
        return None
    if before.via == here.via and not _is_here_already(case, facts, here):
        return None
    if len(together_with(case, facts, facts.actor.person)) >= facts.profile.number("two-on-site"):
        return ()
    return refuse("two-on-site", "same-person", "remind", name=facts.actor.name)


def _fits_partner(case: Case, facts: Facts, here: Arrival) -> Refused | None:
    others = [p for p in counted(case, facts) if p != facts.actor.person]
    mine = facts.directory[facts.actor.person].certificate
    if any(facts.directory[p].certificate == mine for p in others):
        return refuse("two-on-site", "same-certificate", "remind", certificate=mine)
    if not others:
        return None
    nearest = min(others, key=lambda p: metres_between(case.arrivals[p], here))
    distance = metres_between(case.arrivals[nearest], here)
    if distance <= facts.profile.number("two-on-site", "metres"):
        return None
    name = case.members[nearest].name
    return refuse("two-on-site", "partner-far", "remind", names=name, distance=distance_text(distance))


def show_certificates(case: Case, command: c.ShowCertificates, facts: Facts) -> Decision:
    refused = on_site(case, facts)
    if refused:
        return refused
    shown = tuple(facts.directory[p].certificate for p in together_with(case, facts, facts.actor.person))
    return (e.CertificatesShown(shown),) if set(shown) - set(case.certificates) else ()


def tell_rights(case: Case, command: c.TellRights, facts: Facts) -> Decision:
    return on_site(case, facts) or (() if case.rights_told_at else (e.RightsTold(),))


def scan_code(case: Case, command: c.ScanCode, facts: Facts) -> Decision:
    """The visit's own code from the notice, or the 统一社会信用代码 behind the licence's code.

    A scan put off for a network fault may still be recorded after the visit (`scan-on-entry`).
    """
    if case.scan and case.scan.code:
        return must_be_on_team(case, facts) or ()
    late = case.onsite_at is not None and case.scan is not None and case.scan.ground == "network"
    refused = (must_be_inspector(case, facts) or must_be_open(case)) if late else on_site(case, facts)
    if refused:
        return refused
    code = command.code.strip().upper()
    if not any(known and known in code for known in (case.opened.visit_code.upper(), case.opened.target.id)):
        return refuse("scan-on-entry", "wrong-code", "scan", code=code[:40])
    scanned = e.CodeScanned(code[:200])
    return (scanned, *closing(case, facts, scanned))


def defer_scan(case: Case, command: c.DeferScan, facts: Facts) -> Decision:
    refused = on_site(case, facts) or must_say(command.reason, "scan-on-entry", "reason-missing")
    if refused:
        return refused
    if command.ground not in SCAN_GROUNDS:
        return refuse("form", "unknown-value", value=command.ground)
    if case.scan and (case.scan.code or case.scan.ground == command.ground):
        return ()
    days = facts.profile.number("scan-on-entry", "days") if command.ground == "network" else 0
    return (e.ScanDeferred(command.ground, command.reason.strip(), facts.today + timedelta(days=days)),)


def must_have_shown(case: Case, facts: Facts) -> Refused | None:
    """Who asks has shown the certificate, and so has a partner: whoever steps in shows it anew (行政处罚法 art. 55)."""
    here = together_with(case, facts, facts.actor.person)
    shown = [p for p in here if facts.directory[p].certificate in case.certificates]
    if facts.actor.person in shown and len(shown) >= facts.profile.number("two-on-site"):
        return None
    return refuse("show-certificate", "not-shown", "certificates")


def before_answers(case: Case) -> Refused | None:
    """Certificates shown, rights told, code scanned or put off with a reason: then the questions begin."""
    return first(
        None if case.certificates else refuse("show-certificate", "not-shown", "certificates"),
        None if case.rights_told_at else refuse("rights-told", "not-told", "rights"),
        None if case.scan else refuse("scan-on-entry", "not-scanned", "scan"),
    )
