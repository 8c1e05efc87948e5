"""A small case for the tests of the five steps: two departments, two inspectors each, an expert, two short checklists.

`Walk` plays commands in order and keeps the history; every person, firm and number is invented.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from storage.policies import load_profiles
from workflows.checklist import Checklist, Question
from workflows.directory import Inspector, Target
from workflows.disclosure import Options, parse_options
from workflows.inspection import commands as c
from workflows.inspection import events as e
from workflows.inspection.case import Case
from workflows.inspection.decide import decide, refusal_event
from workflows.inspection.evolve import evolve
from workflows.inspection.facts import CHINA, Actor, Facts
from workflows.inspection.refusals import Refused
from workflows.inspection.summary import digest_of
from workflows.policy import Profile

PROFILES: Mapping[str, Profile] = MappingProxyType(load_profiles())
OPTIONS: Options = parse_options(
    (Path(__file__).parents[2] / "workflows/disclosure/options.toml").read_text(encoding="utf-8"),
    "options.toml",
)

MARKET, POLICE = "勐海县市场监督管理局", "勐海县公安局"
SHOP = (21.9590, 100.4520)
NEXT_DOOR = (21.9593, 100.4523)
KUNMING = (25.0400, 102.7100)
MONDAY = datetime(2026, 9, 21, 9, 30, tzinfo=CHINA)

TARGET = Target(id="91530822MA6K3XH48C", name="勐海县示例旅馆", address="勐海县示例路 1 号", tags=("旅馆",))


def inspector(person: str, name: str, department: str, number: str, **facts: object) -> Inspector:
    known: dict[str, object] = {"valid_from": date(2024, 1, 1), "valid_until": date(2028, 12, 31)}
    return Inspector(person, name, department, number, **(known | facts))  # type: ignore[arg-type]


DIRECTORY = {
    entry.id: entry
    for entry in (
        inspector("P:1", "岩温", MARKET, "25-001"),
        inspector("P:2", "玉香", MARKET, "25-002"),
        inspector("P:3", "陈勇", POLICE, "25-003"),
        inspector("P:4", "李静", POLICE, "25-004"),
        inspector("P:9", "王工", "省特种设备检验院", "", role="expert"),
        # Substitutes in the order of the draw: the first has lapsed, the second holds a member's number, the third is related.
        inspector("P:5", "刘洋", MARKET, "25-005", valid_until=date(2026, 6, 30)),
        inspector("P:6", "赵敏", MARKET, "25-002"),
        inspector("P:7", "岩罕", MARKET, "25-007", recusals=(TARGET.id,)),
        inspector("P:8", "玉罕", MARKET, "25-008"),
    )
}
AYAN, YUXIANG, CHEN, LI, EXPERT, NEXT = "P:1", "P:2", "P:3", "P:4", "P:9", "P:8"

MARKET_LIST = Checklist(
    "m1",
    "SC-01",
    (
        Question("M-1", "亮照经营", "《电子商务法》第十五条"),
        Question("M-2", "未亮照的天数", "《电子商务法》第十五条", "number", "M-1 = no", ". >= 0", "不能为负"),
        Question("M-3", "明码标价", "《价格法》第十三条"),
    ),
)
POLICE_LIST = Checklist(
    "p1",
    "GA-01",
    (
        Question("P-1", "登记旅客身份", "《旅馆业治安管理办法》第六条"),
        Question("P-2", "最近一次登记的日期", "《旅馆业治安管理办法》第六条", "date"),
        Question("P-3", "登记簿照片", "《旅馆业治安管理办法》第六条", "photo"),
        Question("P-4", "备注", "《旅馆业治安管理办法》第六条", "text", required=False),
    ),
)
CHECKLISTS = {sheet.edition: sheet for sheet in (MARKET_LIST, POLICE_LIST)}


def opened(profile: str = "national", **changes: object) -> e.InspectionOpened:
    event = e.InspectionOpened(
        case="C-1",
        plan="2026",
        plan_name="2026年度抽查计划",
        task="T-1",
        task_name="旅馆业联合抽查",
        profile=profile,
        lead=MARKET,
        target=TARGET,
        items=(
            e.CaseItem("SC-01", "证照管理", MARKET, "《电子商务法》第十五条", "m1"),
            e.CaseItem("GA-01", "旅馆业治安管理", POLICE, "《旅馆业治安管理办法》第六条", "p1"),
        ),
        members=(
            member(AYAN, leader=True),
            member(YUXIANG),
            member(CHEN),
            member(LI),
            member(EXPERT, role="expert"),
        ),
        starts=date(2026, 9, 1),
        ends=date(2026, 10, 31),
        visit_code="SJ-7K2M9Q",
        substitutes={MARKET: ("P:5", "P:6", "P:7", NEXT), POLICE: ()},
    )
    return replace(event, **changes)  # type: ignore[arg-type]


def member(person: str, role: str = "inspector", leader: bool = False) -> e.Member:
    entry = DIRECTORY[person]
    return e.Member(person, entry.name, entry.department, entry.certificate, role, leader)


SUPERVISOR = Actor("P:20", "周主任", MARKET, ("supervisor",), "web:zhou")
REVIEWER = Actor("P:21", "吴法制", POLICE, ("legal",), "web:wu")
STRANGER = Actor("P:30", "路人", "别县市场监督管理局", ("inspector",), "web:stranger")


def actor(who: str | Actor, via: str = "") -> Actor:
    if isinstance(who, Actor):
        return replace(who, via=via) if via else who
    entry = DIRECTORY[who]
    return Actor(who, entry.name, entry.department, (entry.role,), via or f"web:{who}")


@dataclass
class Walk:
    """One case being worked on. `facts` may be changed between commands, as the world changes."""

    profile: str = "national"
    now: datetime = MONDAY
    unannounced: bool = False
    directory: dict[str, Inspector] = field(default_factory=lambda: dict(DIRECTORY))
    history: list[e.Recorded] = field(default_factory=list)
    case: Case = field(init=False)

    def __post_init__(self) -> None:
        self._append(opened(self.profile, unannounced=self.unannounced), SUPERVISOR)

    def facts(self, who: str | Actor, via: str = "") -> Facts:
        policy = PROFILES[self.profile]
        return Facts(actor(who, via), self.now, policy, OPTIONS, CHECKLISTS, {}, self.directory)

    def try_(self, who: str | Actor, command: c.Command, via: str = "") -> Refused | tuple[e.Event, ...]:
        """What the rules answer; the events, or the refusal for the trail, become part of the history."""
        facts = self.facts(who, via)
        decision = decide(self.case, command, facts)
        happened = (refusal_event(command, decision, facts),) if isinstance(decision, Refused) else decision
        for event in happened:
            self._append(event, facts.actor)
        return decision

    def do(self, who: str | Actor, *commands: c.Command, via: str = "") -> tuple[e.Event, ...]:
        """The same, for what has to be allowed and has to change something."""
        happened: tuple[e.Event, ...] = ()
        for command in commands:
            decision = self.try_(who, command, via)
            assert not isinstance(decision, Refused), f"{command} was refused: {decision}"
            assert decision, f"{command} changed nothing"
            happened += decision
        return happened

    def later(self, **delta: float) -> Walk:
        self.now += timedelta(**delta)
        return self

    def on(self, *day: int) -> Walk:
        """Ten in the morning of that day in China."""
        self.now = datetime(*day, 10, 0, tzinfo=CHINA)  # type: ignore[arg-type,misc]
        return self

    def _append(self, event: e.Event, by: Actor) -> None:
        recorded = e.Recorded(len(self.history) + 1, event, by.person, by.via, self.now)
        self.case = evolve(self.case if self.history else None, recorded)
        self.history.append(recorded)


def refused_with(walk: Walk, who: str | Actor, command: c.Command, via: str = "") -> str:
    """ "rule/reason" of the refusal, after making sure that the case itself did not change by it."""
    before = walk.case
    decision = walk.try_(who, command, via)
    assert isinstance(decision, Refused), f"{command} was allowed: {decision}"
    assert replace(walk.case, seq=before.seq) == before
    return f"{decision.rule}/{decision.reason}"


# -- walking to a step --------------------------------------------------------------------------------


def prechecked(profile: str = "national", **world: object) -> Walk:
    """At step ②: all of ① done, the notice given."""
    walk = Walk(profile, **world)  # type: ignore[arg-type]
    walk.do(AYAN, *precheck_commands(walk.now + timedelta(hours=1)))
    return walk


def precheck_commands(visit_at: datetime) -> tuple[c.Command, ...]:
    return (
        *(c.ConsultSource(source) for source in ("system", "business", "files")),
        *(c.NoteBackground(aspect, "已查询，无异常") for aspect in ("basics", "status", "credit")),
        c.DecideMethod(("visit",), "两人到场，先证照后台账"),
        c.ConfirmItems(),
        c.IssueNotice(visit_at, "营业执照、旅客登记簿"),
        c.CompletePrecheck(),
    )


def arrived(profile: str = "national", who: tuple[str, ...] = (AYAN, CHEN), **world: object) -> Walk:
    """At step ②: `who` are at the door, certificates shown, rights told, the code scanned."""
    walk = prechecked(profile, **world)
    for person in who:
        walk.do(person, c.CheckIn(*SHOP))
    walk.do(who[0], c.ShowCertificates(), c.TellRights(), c.ScanCode("SJ-7K2M9Q"))
    return walk


CLEAN = {"M-1": "yes", "M-3": "yes", "P-1": "yes", "P-2": "2026-09-20"}


def inspected(
    profile: str = "national",
    who: tuple[str, ...] = (AYAN, CHEN),
    findings: tuple[str, ...] = (),
    **world: object,
) -> Walk:
    """At step ③: everything answered, `findings` answered 不符合 with a photo each."""
    walk = arrived(profile, who, **world)
    for key, value in CLEAN.items():
        walk.do(who[0], c.RecordAnswer(key, "no" if key in findings else value))
    if "M-1" in findings:
        walk.do(who[0], c.RecordAnswer("M-2", "3"))
    for key in ("P-3", *findings):
        walk.do(who[0], photo(key))
    walk.do(who[0], c.FinishOnsite())
    return walk


def photo(question: str, digest: str = "") -> c.AttachEvidence:
    return c.AttachEvidence(question, digest or f"sha-{question}", f"{question}.jpg", "image/jpeg", *SHOP)


def sign_all(walk: Walk, *, party: bool = True) -> None:
    first = walk.case.present[0]
    if walk.case.summary is None:
        walk.do(first, c.FormSummary())
    assert walk.case.summary is not None
    for person in walk.case.present:
        walk.do(person, c.SignSummary(digest_of(walk.case)))
    if party:
        walk.do(first, c.RecordPartySignature("无异议", "张老板"))


def signed(
    profile: str = "national",
    who: tuple[str, ...] = (AYAN, CHEN),
    findings: tuple[str, ...] = (),
    **world: object,
) -> Walk:
    """At step ④: the summary signed by all."""
    walk = inspected(profile, who, findings, **world)
    sign_all(walk)
    return walk


NOTHING = (("1",), ("none",))
PENDING = (("5",), ("order",))
CORRECTED = (("E",), ("none",))


def entered(
    walk: Walk, who: str, department: str, result: tuple[tuple[str, ...], tuple[str, ...]] = NOTHING
) -> Walk:
    walk.do(who, c.EnterResult(department, *result))
    if walk.profile == "henan-police":
        walk.do(REVIEWER, c.ReviewResult(department, True))
    return walk


def publish_all(walk: Walk) -> Walk:
    """④ done: each department's result entered and published by its own inspector."""
    for who, department in ((AYAN, MARKET), (CHEN, POLICE)):
        found = any(key.startswith((department == MARKET and "M") or "P") for key in no_answers(walk.case))
        entered(walk, who, department, PENDING if found else NOTHING)
        walk.do(who, c.PublishResult(department))
    return walk


def no_answers(case: Case) -> tuple[str, ...]:
    return tuple(key for key, answer in case.answers.items() if answer.value == "no")


def handling(*findings: str, profile: str = "national") -> Walk:
    """At step ⑤: published, with these findings to be handled."""
    return publish_all(signed(profile, findings=findings))


STEPS: Mapping[int, Callable[[], Walk]] = MappingProxyType(
    {1: Walk, 2: arrived, 3: inspected, 4: signed, 5: lambda: handling("M-3"), 6: handling}
)
