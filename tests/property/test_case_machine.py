"""Any interleaving of anybody's commands, sensible or not, keeps what the house promises for every case.

The machine plays a case: members, an expert, a stranger, a supervisor and a reviewer act in any order, from any place,
at any time. `EXPLORE=2000` plays that many cases, newly random ones; without it the same cases are played every time.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from math import cos, hypot, radians

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.rules.cases import (
    AYAN,
    CHECKLISTS,
    CHEN,
    DIRECTORY,
    EXPERT,
    KUNMING,
    LI,
    MARKET,
    MONDAY,
    NEXT,
    NEXT_DOOR,
    PENDING,
    POLICE,
    PROFILES,
    REVIEWER,
    SHOP,
    STRANGER,
    SUPERVISOR,
    YUXIANG,
    Walk,
    actor,
    arrived,
    entered,
    handling,
    inspected,
    photo,
    precheck_commands,
    signed,
)
from workflows.directory import Inspector
from workflows.inspection import commands as c
from workflows.inspection import events as e
from workflows.inspection.case import Case, departments, findings, published, step
from workflows.inspection.decide import decide
from workflows.inspection.evolve import replay
from workflows.inspection.facts import CHINA, Actor
from workflows.inspection.guards import open_questions
from workflows.inspection.notices import notifications
from workflows.inspection.refusals import REFUSALS, Refused
from workflows.inspection.summary import digest_of, party_absent, unsigned
from workflows.inspection.timers import timers

# -- what anybody may try -----------------------------------------------------------------------------

HEAD_ON_THE_TEAM = replace(actor(AYAN), roles=("inspector", "supervisor", "legal"))
PEOPLE: tuple[str | Actor, ...] = (
    *(AYAN, YUXIANG, CHEN, LI, EXPERT, NEXT),
    *(STRANGER, SUPERVISOR, REVIEWER, HEAD_ON_THE_TEAM),
)
SHOWN = "the digest on the screen"

words = st.sampled_from(("理由充分", "", "  ", "😀", "too long")).map(
    lambda w: w * 200 if w == "too long" else w
)
questions = st.sampled_from(("M-1", "M-2", "M-3", "P-1", "P-2", "P-3", "P-4", "", "X-9"))
answers = st.sampled_from(("yes", "no", "na", "3", "-1", "2026-09-20", "a", "", "nonsense"))
digests = st.sampled_from(("a", "b", "c"))
offices = st.sampled_from((MARKET, POLICE, "别县林业局"))
persons = st.sampled_from((AYAN, YUXIANG, CHEN, EXPERT, NEXT, "P:30", "nobody"))
places = st.sampled_from((SHOP, NEXT_DOOR, (21.9750, 100.4520), KUNMING, (999.0, 0.0), (float("nan"), 1.0)))
days = st.integers(-10, 60).map(lambda n: date(2026, 9, 21) + timedelta(days=n))
moments = st.integers(-48, 480).map(lambda n: MONDAY + timedelta(hours=n))
codes = st.lists(st.sampled_from(("1", "B", "5", "E", "8", "none", "order", "?")), max_size=2).map(tuple)
truth = st.booleans()

COMMANDS: st.SearchStrategy[c.Command] = st.one_of(
    st.just(c.AcknowledgeAssignment()),
    st.builds(c.RaiseRecusal, persons, words, truth),
    st.builds(c.DecideRecusal, persons, truth, words),
    st.builds(c.ReportUnavailable, words),
    st.builds(c.ConsultSource, st.sampled_from(("system", "business", "files", "?")), words),
    st.builds(c.NoteBackground, st.sampled_from(("basics", "status", "credit", "?")), words),
    st.builds(c.DecideMethod, st.sampled_from(((), ("visit",), ("?",))), words),
    st.just(c.ConfirmItems()),
    st.builds(c.IssueNotice, moments, words),
    st.just(c.CompletePrecheck()),
    places.map(lambda place: c.CheckIn(*place)),
    st.just(c.ShowCertificates()),
    st.just(c.TellRights()),
    st.builds(c.ScanCode, st.sampled_from(("SJ-7K2M9Q", "", "😀"))),
    st.builds(c.DeferScan, st.sampled_from(("network", "emergency", "?")), words),
    st.builds(c.RecordAnswer, questions, answers, words),
    st.builds(c.RecordAllConforming, offices),
    st.builds(c.CorrectAnswer, questions, answers, words),
    st.builds(c.DescribeFinding, questions, words),
    st.builds(lambda q, d, p: c.AttachEvidence(q, d, "a.jpg", "image/jpeg", *p), questions, digests, places),
    st.builds(c.MoveEvidence, digests, questions),
    st.builds(c.SkipItem, st.sampled_from(("SC-01", "GA-01", "?")), words),
    st.builds(c.ReportObstacle, st.sampled_from(("not-found", "closed", "refusing", "?")), words),
    st.builds(c.GiveExpertOpinion, words),
    st.just(c.FinishOnsite()),
    st.just(c.FormSummary()),
    st.builds(c.SignSummary, st.sampled_from((SHOWN, "", "0" * 64))),
    st.builds(c.RecordPartySignature, words, words),
    st.builds(c.RecordPartyRefusal, words, words),
    st.builds(c.EnterResult, offices, codes, codes, words, words),
    st.builds(c.ReviewResult, offices, truth, words),
    st.builds(c.RequestNonDisclosure, offices, st.sampled_from(("privacy", "police-secret", "?")), words),
    st.builds(c.DecideNonDisclosure, offices, truth, words),
    st.builds(c.PublishResult, offices, words),
    st.builds(
        c.DecideMeasure,
        questions,
        st.sampled_from(("corrected", "ordered", "transferred", "filed", "judiciary", "?")),
        *(words, days, words, words),
    ),
    st.builds(c.ReportCorrection, questions, words),
    st.builds(c.RecheckCorrection, questions, truth, words, st.none() | days),
    st.builds(c.DecideTransfer, questions, truth, words),
    st.builds(c.ConfirmHandling, questions, words),
    st.just(c.CloseCase()),
    st.builds(c.ReplaceMember, persons, words),
    st.builds(c.ExcuseSignature, persons, words),
    st.builds(c.Extend, st.sampled_from(("window", "entry")) | questions, days, words),
)

# -- what people who know their work would do next ------------------------------------------------------

Step = tuple[str | Actor, c.Command]


def sensible(walk: Walk) -> list[Step]:
    case = walk.case
    inspectors = [p for p, m in case.members.items() if m.role == "inspector"]
    next_steps = {1: _precheck, 2: _visit, 3: _summary, 4: _entry, 5: _handling, 6: lambda w, i: iter(())}
    return list(next_steps[step(case)](walk, inspectors)) if inspectors else []


def _precheck(walk: Walk, inspectors: list[str]) -> Iterator[Step]:
    for part in precheck_commands(walk.now + timedelta(hours=1)):
        if decide(walk.case, part, walk.facts(inspectors[0])) != ():
            yield inspectors[0], part


def _visit(walk: Walk, inspectors: list[str]) -> Iterator[Step]:
    case = walk.case
    for person in inspectors[:3]:
        if isinstance(decide(case, c.CheckIn(*SHOP), walk.facts(person)), tuple):
            yield person, c.CheckIn(*SHOP)
    first, *_, last = (inspectors[0], *inspectors[:2])
    yield first, c.ShowCertificates()
    if not case.rights_told_at:
        yield last, c.TellRights()
    if not case.scan:
        yield from ((first, c.ScanCode("SJ-7K2M9Q")), (last, c.DeferScan("network", "无信号")))
    for _, question in open_questions(case, walk.facts(first)):
        if question.key in case.answers or question.kind == "photo":
            yield first, photo(question.key)
        else:
            value = {"verdict": "yes", "number": "3", "date": "2026-09-20", "text": "无"}[question.kind]
            yield last, c.RecordAnswer(question.key, value)
            if question.kind == "verdict":
                yield first, c.RecordAnswer(question.key, "no")
    yield last, c.FinishOnsite()


def _summary(walk: Walk, inspectors: list[str]) -> Iterator[Step]:
    case, first = walk.case, walk.case.present[0]
    if case.summary is None:
        yield first, c.FormSummary()
        for _, question in open_questions(case, walk.facts(first)):
            yield first, photo(question.key)
            yield first, c.RecordAnswer(question.key, "3")
        return
    yield from ((person, c.SignSummary(SHOWN)) for person in unsigned(case))
    if not case.summary.party:
        yield first, c.RecordPartySignature("无异议", "张老板")
        yield first, c.RecordPartyRefusal("不认可", "居委会 赵某")


def _entry(walk: Walk, inspectors: list[str]) -> Iterator[Step]:
    case = walk.case
    here = {case.members[p].department: p for p in reversed(case.present)}
    for department in departments(case):
        if published(case, department):
            continue
        entry = case.entries.get(department)
        who = entry.by if entry else here.get(department, case.present[0])
        found = findings(case, department)
        wanted = ((("5",), ("order",)), (("E",), ("none",))) if found else ((("1",), ("none",)),)
        if case.obstacle and not found:
            wanted = ((("8",), ("stop",)),)
        if entry is None or entry.review == "returned":
            yield from (
                (who, c.EnterResult(department, *result, late_reason="系统维护")) for result in wanted
            )
            continue
        yield who, c.PublishResult(department, "系统维护")
        yield REVIEWER, c.ReviewResult(department, True)
        if entry.secrecy == "requested":
            yield SUPERVISOR, c.DecideNonDisclosure(department, True)
    yield from _handling(walk, inspectors)


def _handling(walk: Walk, inspectors: list[str]) -> Iterator[Step]:
    case, who = walk.case, walk.case.present[0]
    due = walk.facts(who).today + timedelta(days=7)
    for question in findings(case):
        way = case.handlings.get(question)
        if way is None:
            for measure in ("corrected", "ordered", "filed", "judiciary"):
                yield who, c.DecideMeasure(question, measure, "张老板", due, "县检察院")
        elif way.state == "reported":
            yield from ((who, c.RecheckCorrection(question, passed, "看过")) for passed in (True, False))
        elif way.state == "decided" and way.measure == "ordered":
            yield who, c.ReportCorrection(question, "已改")
        elif way.state != "done":
            yield from (
                (SUPERVISOR, c.DecideTransfer(question, True)),
                (who, c.ConfirmHandling(question, "1号")),
            )
    if case.scan and not case.scan.code:
        yield who, c.ScanCode("SJ-7K2M9Q")


def detours(walk: Walk) -> list[Step]:
    """What happens less often, and is allowed at some moment: corrections, obstacles, recusals, secrets."""
    case, who = walk.case, next(iter(walk.case.present or walk.case.members))
    if case.entries:
        return _detours_after_entry(case)
    found: list[Step] = [
        (who, c.RaiseRecusal(YUXIANG, "亲属", True)),
        (SUPERVISOR, c.DecideRecusal(YUXIANG, True)),
        (SUPERVISOR, c.DecideRecusal(YUXIANG, False)),
        (EXPERT, c.GiveExpertOpinion("线路老化")),
        (who, photo("M-3", "astray")),
        (who, c.MoveEvidence("astray", "M-1")),
        (who, c.ReportObstacle("closed", "大门上锁")),
        (who, c.SkipItem("GA-01", "停业装修")),
        (who, c.RecordAllConforming(MARKET)),
        (CHEN, c.ReportUnavailable("突发疾病")),
        (SUPERVISOR, c.ReplaceMember(AYAN, "请假")),
        (SUPERVISOR, c.Extend("window", date(2027, 1, 29), "停产检修")),
        *((SUPERVISOR, c.ExcuseSignature(person, "住院")) for person in unsigned(case)),
    ]
    for person, metres in ((AYAN, 0), (CHEN, 450), (LI, 900)):
        found.append((person, c.CheckIn(SHOP[0] + metres / 111_195, SHOP[1])))
    for key, answer in case.answers.items():
        found.append((who, c.CorrectAnswer(key, "na" if answer.value != "na" else "no", "看错")))
        found.append((who, c.DescribeFinding(key, f"第{case.seq}次说明")))
    found += [(who, c.MoveEvidence(digest, "P-3")) for digest in case.evidence]
    return found


def _detours_after_entry(case: Case) -> list[Step]:
    found: list[Step] = [(SUPERVISOR, c.DecideTransfer("M-1", False))]
    found += [(SUPERVISOR, c.Extend(q, date(2027, 1, 29), "配件未到")) for q in case.handlings]
    for department, entry in case.entries.items():
        found.append((entry.by, c.RequestNonDisclosure(department, "privacy", "涉及住址")))
        found += [(SUPERVISOR, c.DecideNonDisclosure(department, granted)) for granted in (True, False)]
        found.append((REVIEWER, c.ReviewResult(department, False, "依据不全")))
        found += [(entry.by, c.CorrectAnswer(key, "na", "看错")) for key in case.answers]
    return found


# -- an eye of its own on "two people, really" ----------------------------------------------------------

ONLY_ON_SITE = (
    *(
        e.CertificatesShown,
        e.RightsTold,
        e.ScanDeferred,
        e.AnswerRecorded,
        e.EvidenceAttached,
        e.EvidenceMoved,
    ),
    *(e.ItemSkipped, e.ObstacleReported, e.ExpertOpinionGiven, e.OnsiteFinished),
)
ON_SITE_UNTIL_THE_END = (e.CodeScanned, e.AnswerCorrected, e.FindingDescribed)


class Witness:
    """Reads the events one by one and knows nothing of `presence`: who stands where, since when, with which number."""

    def __init__(self) -> None:
        self.places: dict[str, tuple[float, float, datetime]] = {}
        self.present: tuple[str, ...] = ()
        self.over = self.reopened = False
        self.under_measure: set[str] = set()
        self.returned: set[str] = set()

    def sees(self, recorded: e.Recorded, directory: dict[str, Inspector]) -> None:
        event = recorded.event
        if isinstance(event, ONLY_ON_SITE) or (isinstance(event, ON_SITE_UNTIL_THE_END) and not self.over):
            assert self._two(recorded, directory) or self._afterwards(recorded), recorded
        match event:
            case e.CheckedIn():
                self.places[event.person] = (event.latitude, event.longitude, recorded.at)
            case e.InspectorUnavailable():
                self.places.pop(event.person, None)
            case e.RecusalDecided() if event.granted:
                self.places.pop(event.person, None)
            case e.OnsiteFinished():
                self.present, self.over = event.present, True
            case e.AnswerCorrected():
                self.reopened = self.over
            case e.SummaryFormed():
                self.reopened = False
            case e.MeasureDecided():
                self.under_measure.add(event.question)
            case e.ResultEntered():
                self.returned.discard(event.department)
            case e.ResultReviewed():
                (self.returned.discard if event.passed else self.returned.add)(event.department)
            case e.ResultPublished():
                assert event.department not in self.returned, recorded
            case e.NonDisclosureDecided() if event.granted:
                assert event.department not in self.returned, recorded

    def _two(self, recorded: e.Recorded, directory: dict[str, Inspector]) -> bool:
        if self.over:
            return False
        today = recorded.at.astimezone(CHINA).date()
        there = {}
        for person, (latitude, longitude, since) in self.places.items():
            entry = directory[person]
            lasts = since.astimezone(CHINA).date() == today and recorded.at - since <= timedelta(hours=8)
            holds = entry.valid_from and entry.valid_until and entry.valid_from <= today <= entry.valid_until
            if entry.role == "inspector" and lasts and holds:
                there[person] = (latitude, longitude, entry.certificate)
        actors = there if isinstance(recorded.event, e.ExpertOpinionGiven) else {recorded.by}
        return any(
            a in there and there[a][2] != other[2] and _metres(there[a], other) <= 500
            for a in actors
            for other in there.values()
        )

    def _afterwards(self, recorded: e.Recorded) -> bool:
        """After the visit: what a correction opened, by those who were there; or the evidence of a correction."""
        event = recorded.event
        if isinstance(event, e.EvidenceAttached) and event.question in self.under_measure:
            return True
        kind = isinstance(event, e.AnswerRecorded | e.EvidenceAttached)
        return kind and self.reopened and recorded.by in self.present


def _metres(a: tuple[float, float, str], b: tuple[float, float, str]) -> float:
    north, east = a[0] - b[0], (a[1] - b[1]) * cos(radians(a[0]))
    return hypot(north, east) * 111_195


# -- who may make which events happen -------------------------------------------------------------------

ALLOWED: dict[str, tuple[type[e.Event], ...]] = {
    STRANGER.person: (),
    EXPERT: (
        *(e.AssignmentAcknowledged, e.RecusalRaised, e.InspectorUnavailable, e.SubstituteMissing),
        *(e.CheckedIn, e.ExpertOpinionGiven),
    ),
    SUPERVISOR.person: (
        *(e.RecusalDecided, e.SubstituteDrawn, e.SubstituteMissing, e.TransferDecided),
        *(e.NonDisclosureDecided, e.MeasureDecided, e.CaseClosed),
        *(e.MemberReplaced, e.LeaderNamed, e.SignatureExcused, e.Extended),
        *(e.SummaryCompleted, e.EntryClockStarted, e.OutcomeReported),
    ),
    REVIEWER.person: (e.ResultReviewed,),
}

REACHED: Counter[str] = Counter()

# The profiles whose steps differ; the others differ in their clauses and in what comes before the case.
THREE_CLOCKS = ("henan-police", "menghai", "national")
TWO_FINDINGS = ("M-1", "P-1")
STARTS: dict[str, Callable[[str], Walk]] = {
    "at the desk": Walk,
    "unannounced": lambda profile: Walk(profile, unannounced=True),
    "at the door": arrived,
    "after the visit": lambda profile: inspected(profile, (AYAN, YUXIANG, CHEN), TWO_FINDINGS),
    "signed": lambda profile: signed(profile, (AYAN, YUXIANG, CHEN), TWO_FINDINGS),
    "entered": lambda profile: entered(
        entered(signed(profile, findings=TWO_FINDINGS), AYAN, MARKET, PENDING), CHEN, POLICE, PENDING
    ),
    "published": lambda profile: handling(*TWO_FINDINGS, profile=profile),
}


class CaseMachine(RuleBasedStateMachine):
    walk: Walk
    witness: Witness

    @initialize(profile=st.sampled_from(THREE_CLOCKS), start=st.sampled_from(sorted(STARTS)))
    def open(self, profile: str, start: str) -> None:
        self.walk, self.witness = STARTS[start](profile), Witness()
        for recorded in self.walk.history:
            self.witness.sees(recorded, self.walk.directory)

    @rule(picks=st.lists(st.integers(0, 60), min_size=1, max_size=20))
    def go_on(self, picks: list[int]) -> None:
        for pick in picks:
            choices = sensible(self.walk)
            if choices:
                self.act(*choices[self.spread(pick) % len(choices)])

    @rule(picks=st.lists(st.integers(0, 60), min_size=1, max_size=4))
    def take_a_detour(self, picks: list[int]) -> None:
        for pick in picks:
            choices = detours(self.walk)
            self.act(*choices[self.spread(pick) % len(choices)])

    @rule(who=st.sampled_from(PEOPLE), command=COMMANDS, second_account=truth)
    def try_anything(self, who: str | Actor, command: c.Command, second_account: bool) -> None:
        self.act(who, command, "telegram:7" if second_account else "")

    @rule(who=st.sampled_from(PEOPLE), tried=st.lists(COMMANDS, min_size=2, max_size=8))
    def insist(self, who: str | Actor, tried: list[c.Command]) -> None:
        for command in tried:
            self.act(who, command)

    @rule(who=st.sampled_from((STRANGER, EXPERT, SUPERVISOR, REVIEWER, LI)), pick=st.integers(0, 60))
    def do_anothers_work(self, who: str | Actor, pick: int) -> None:
        choices = sensible(self.walk)
        if choices:
            self.act(who, choices[self.spread(pick) % len(choices)][1])

    @rule(seconds=st.sampled_from((1, 60, 3 * 3600, 9 * 3600, 86400, 12 * 86400, 40 * 86400)))
    def wait(self, seconds: int) -> None:
        self.walk.later(seconds=seconds)

    @rule(
        person=st.sampled_from((AYAN, YUXIANG, CHEN)),
        change=st.sampled_from(
            ({"valid_until": date(2026, 9, 1)}, {"certificate": "25-001"}, {"role": "expert"}, {})
        ),
    )
    def change_the_directory(self, person: str, change: dict[str, object]) -> None:
        self.walk.directory[person] = replace(DIRECTORY[person], **change)  # type: ignore[arg-type]
        for who in (AYAN, person):
            self.act(who, photo("M-1", f"{who}-{self.walk.case.seq}"))

    def spread(self, pick: int) -> int:
        """Hypothesis likes small numbers; what is rare should come too."""
        return pick * 7 + self.walk.case.seq * 13

    def act(self, who: str | Actor, command: c.Command, via: str = "") -> None:
        walk, before = self.walk, self.walk.case
        if isinstance(command, c.SignSummary) and command.digest == SHOWN:
            command = c.SignSummary(digest_of(before))
        seen = len(walk.history)
        decision = walk.try_(who, command, via)
        for recorded in walk.history[seen:]:
            self.witness.sees(recorded, walk.directory)
        if isinstance(decision, Refused):
            _is_a_refusal_people_can_read(decision)
            assert walk.case == replace(before, seq=walk.case.seq)
        elif decision:
            self._changed(before, decision, who, command, via)

    def _changed(
        self, before: Case, happened: tuple[e.Event, ...], who: str | Actor, command: c.Command, via: str
    ) -> None:
        walk, facts = self.walk, self.walk.facts(who, via)
        REACHED.update(type(event).__name__ for event in happened)
        REACHED[f"step {step(walk.case)}"] += 1
        assert before.closed_at is None, f"{command} changed a closed case"
        assert set(map(type, happened)) <= set(ALLOWED.get(facts.actor.person, e.EVENTS.values()))
        again = decide(walk.case, command, facts)
        assert again == () or isinstance(again, Refused), f"{command} twice: {again}"
        notifications(walk.case, happened, facts.actor.person, facts.profile)
        _stands(walk.case)
        _follows(before, walk.case)

    def teardown(self) -> None:
        if not hasattr(self, "walk"):
            return
        timers(self.walk.case, PROFILES[self.walk.profile])
        kept = [_written_and_read(recorded) for recorded in self.walk.history]
        assert msgspec.json.encode(replay(kept)) == msgspec.json.encode(self.walk.case)
        assert replay(self.walk.history) == self.walk.case
        assert msgspec.json.decode(msgspec.json.encode(self.walk.case), type=Case) == self.walk.case


def _written_and_read(recorded: e.Recorded) -> e.Recorded:
    event = msgspec.json.decode(msgspec.json.encode(recorded.event), type=type(recorded.event))
    return replace(recorded, event=event)


def _is_a_refusal_people_can_read(refused: Refused) -> None:
    assert refused.reason in REFUSALS[refused.rule]
    if refused.rule != "form":
        assert all(profile.clause(refused.rule) for profile in PROFILES.values())


def _stands(case: Case) -> None:
    """What is true of every case at every moment."""
    if case.summary:
        assert digest_of(case) == case.summary.digest, "what was signed is not what is recorded"
    if case.summary and case.summary.completed:
        signed = set(case.summary.signatures)
        assert set(case.present) - set(case.excused) <= signed <= set(case.present)
        assert signed, "a summary that nobody signed"
        assert len(case.present) >= 2
        assert case.summary.party or party_absent(case)
    if case.onsite_at:
        wrote = {a.by for a in case.answers.values()}
        wrote |= {piece.by for piece in case.evidence.values() if not piece.correction}
        assert wrote & set(case.members) <= set(case.present) <= set(case.members)
    if case.closed_at:
        assert all(published(case, d) for d in departments(case))
        assert all(case.handlings[q].state == "done" for q in findings(case))
        assert (
            not any(r.decided == "" and p in case.members for p, r in case.recusals.items()) or case.onsite_at
        )
        assert not case.scan or case.scan.code or case.obstacle or case.scan.ground == "emergency"
    for department, entry in case.entries.items():
        reviewed = entry.review == "passed" or not PROFILES[case.opened.profile].blocks("legal-review")
        assert entry.published_at is None or (reviewed and entry.secrecy != "requested")
        found = findings(case, department)
        assert not (found and "1" in entry.results)
        if "none" in entry.measures:
            assert all(case.handlings[q].state == "done" for q in found if q in case.handlings)


def _follows(before: Case, after: Case) -> None:
    """What no step may undo."""
    assert before.clocks.items() <= after.clocks.items()
    assert before.onsite_at in (None, after.onsite_at)
    for department, entry in before.entries.items():
        if published(before, department):
            assert after.entries[department] == entry
        items = {item.id for item in before.opened.items if item.department == department}
        assert {k: a for k, a in after.answers.items() if a.item in items} == {
            k: a for k, a in before.answers.items() if a.item in items
        }
    for question, way in before.handlings.items():
        if question in after.handlings and after.handlings[question].measure != way.measure:
            assert way.failed
        if way.state == "done":
            assert after.handlings[question] == way


EXPLORE = os.environ.get("EXPLORE", "")


@pytest.mark.rule("two-on-site", "trace", "step-order")
def test_any_interleaving_keeps_every_promise_and_comes_all_the_way() -> None:
    REACHED.clear()
    run_state_machine_as_test(
        CaseMachine,
        settings=settings(
            max_examples=int(EXPLORE or 500),
            stateful_step_count=40,
            derandomize=not EXPLORE,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert {f"step {n}" for n in range(1, 7)} <= set(REACHED)
    never = set(e.EVENTS) - set(REACHED) - {"InspectionOpened", "CommandRefused"}
    assert len(never) <= 3, f"the machine never made these happen: {sorted(never)}"


def test_the_machines_checklists_are_those_of_the_case() -> None:
    assert {q.key[0] for sheet in CHECKLISTS.values() for q in sheet.questions} == {"M", "P"}
