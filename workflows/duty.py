"""The duty record (尽职照单免责): what an inspector was given, did, and could not do, each with its rule and clause.

海市监发〔2019〕52号 二(五); 晋政发〔2019〕15号 三(二). Who followed the list and the procedure can prove it from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from workflows.checklist import VERDICTS, Question
from workflows.inspection import events as e
from workflows.inspection.case import Case
from workflows.inspection.facts import local_day
from workflows.inspection.handling import MEASURES
from workflows.inspection.precheck import ASPECTS, SOURCES
from workflows.policy import Profile

# What a person did: in words, and the rule it answers to.
DEEDS: Mapping[type[e.Event], tuple[str, str]] = {
    e.AssignmentAcknowledged: ("确认收到任务", "by-machine"),
    e.RecusalRaised: ("申请回避", "recusal"),
    e.RecusalDecided: ("决定是否回避", "recusal"),
    e.InspectorUnavailable: ("报告不能参加", "substitute"),
    e.MemberReplaced: ("决定换人", "substitute"),
    e.SignatureExcused: ("决定不再等签字", "summary-signed"),
    e.Extended: ("决定延期", "entry-deadline"),
    e.SourceConsulted: ("查阅资料", "precheck"),
    e.BackgroundNoted: ("记录预查情况", "precheck"),
    e.MethodDecided: ("确定检查方式和程序", "precheck"),
    e.ItemsConfirmed: ("核对事项表", "precheck"),
    e.NoticeIssued: ("告知检查对象", "prior-notice"),
    e.PrecheckCompleted: ("完成预查对比", "precheck"),
    e.CheckedIn: ("到场签到", "two-on-site"),
    e.CertificatesShown: ("出示执法证件", "show-certificate"),
    e.RightsTold: ("告知权利义务", "rights-told"),
    e.CodeScanned: ("扫描检查码", "scan-on-entry"),
    e.ScanDeferred: ("说明不能先扫码", "scan-on-entry"),
    e.AnswerRecorded: ("检查", "all-items"),
    e.AnswerCorrected: ("更正答案", "trace"),
    e.FindingDescribed: ("写明问题", "evidence"),
    e.EvidenceAttached: ("取证", "evidence"),
    e.EvidenceMoved: ("调整证据所属检查项", "evidence"),
    e.ItemSkipped: ("说明不查的事项", "all-items"),
    e.ObstacleReported: ("报告检查不能进行", "all-items"),
    e.ExpertOpinionGiven: ("提出专家意见", "inspector-certificate"),
    e.OnsiteFinished: ("结束现场检查", "two-on-site"),
    e.SummaryFormed: ("形成情况汇总", "summary-signed"),
    e.SummarySigned: ("签名确认情况汇总", "summary-signed"),
    e.PartySigned: ("请当事人签字", "summary-signed"),
    e.PartyRefused: ("记录当事人拒签", "refusal"),
    e.ResultEntered: ("录入检查结果", "own-entry"),
    e.ResultReviewed: ("法制审核", "legal-review"),
    e.NonDisclosureRequested: ("申请不公示", "secrecy"),
    e.NonDisclosureDecided: ("决定是否公示", "secrecy"),
    e.ResultPublished: ("公示检查结果", "entry-deadline"),
    e.MeasureDecided: ("决定处理措施", "handle"),
    e.CorrectionReported: ("登记整改情况", "re-check"),
    e.CorrectionRechecked: ("复查", "re-check"),
    e.TransferDecided: ("决定是否移送", "criminal"),
    e.HandlingConfirmed: ("登记办理结果", "handle"),
    e.CaseClosed: ("办结归档", "archive"),
}
# The procedure in its order: the event that shows each rule was kept.
PROCEDURE: tuple[tuple[str, tuple[type[e.Event], ...]], ...] = (
    ("precheck", (e.PrecheckCompleted,)),
    ("prior-notice", (e.NoticeIssued,)),
    ("two-on-site", (e.OnsiteFinished,)),
    ("show-certificate", (e.CertificatesShown,)),
    ("rights-told", (e.RightsTold,)),
    ("scan-on-entry", (e.CodeScanned, e.ScanDeferred)),
    ("summary-signed", (e.SummaryCompleted,)),
    ("own-entry", (e.ResultEntered,)),
    ("entry-deadline", (e.ResultPublished, e.NonDisclosureDecided)),
    ("archive", (e.CaseClosed,)),
)
# Where a rule may be gone against only with a written reason: the field that holds it.
REASONS: Mapping[type[e.Event], str] = {
    e.RecusalRaised: "reason",
    e.InspectorUnavailable: "reason",
    e.MemberReplaced: "reason",
    e.SignatureExcused: "reason",
    e.Extended: "reason",
    e.ScanDeferred: "reason",
    e.AnswerCorrected: "reason",
    e.ItemSkipped: "reason",
    e.ObstacleReported: "note",
    e.PartyRefused: "reason",
    e.ResultEntered: "late_reason",
    e.ResultPublished: "late_reason",
    e.NonDisclosureRequested: "reason",
}


@dataclass(frozen=True, slots=True)
class Deed:
    """`basis` is the article the checklist's question rests on; `reason` what was written where a rule was gone against."""

    at: datetime
    via: str
    what: str
    about: str
    rule: str
    title: str
    clause: str
    basis: str = ""
    reason: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the rules did not let this person do; `refused` says which sentence tells why."""

    at: datetime
    title: str
    refused: e.CommandRefused


@dataclass(frozen=True, slots=True)
class Kept:
    """A rule of the procedure: `by` and `at` of what shows it, None and "" where nothing does yet."""

    rule: str
    title: str
    clause: str
    at: datetime | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """One case in a person's record. `left`: "" or why they left it. `head` is the last hash of the case's trail."""

    case: Case
    document: str
    assigned_at: datetime
    substitute: bool
    left: str
    deeds: tuple[Deed, ...]
    refusals: tuple[Refusal, ...]
    procedure: tuple[Kept, ...]
    head: str = ""


def service(
    case: Case,
    history: Iterable[e.Recorded],
    person: str,
    profile: Profile,
    questions: Mapping[str, Question],
    period: tuple[date, date],
) -> Service | None:
    """A person's part of one case within a period, both days included; None where they had none."""
    seen = tuple(history)
    first = next((r for r in seen if _gives(r.event, person)), None)
    if first is None:
        return None
    mine = [r for r in seen if r.by == person and period[0] <= local_day(r.at) <= period[1]]
    if not mine and not period[0] <= local_day(first.at) <= period[1]:
        return None
    return Service(
        case=case,
        document=profile.document,
        assigned_at=first.at,
        substitute=isinstance(first.event, e.SubstituteDrawn),
        left=case.gone.get(person, ""),
        deeds=tuple(deed(r, profile, questions) for r in mine if type(r.event) in DEEDS),
        refusals=tuple(
            Refusal(r.at, profile.rule(r.event.rule).title if r.event.rule in profile.rules else "", r.event)
            for r in mine
            if isinstance(r.event, e.CommandRefused)
        ),
        procedure=tuple(_kept(rule, events, seen, profile) for rule, events in PROCEDURE),
    )


def _gives(event: e.Event, person: str) -> bool:
    if isinstance(event, e.InspectionOpened):
        return any(m.person == person for m in event.members)
    return isinstance(event, e.SubstituteDrawn) and event.member.person == person


def deed(recorded: e.Recorded, profile: Profile, questions: Mapping[str, Question]) -> Deed:
    """An event of `DEEDS` in words; `questions` are the case's, by key."""
    event = recorded.event
    what, rule = DEEDS[type(event)]
    question = questions.get(getattr(event, "question", getattr(event, "what", "")))
    reason = str(getattr(event, REASONS.get(type(event), ""), ""))
    return Deed(
        recorded.at,
        recorded.via,
        what,
        _about(event, question),
        rule,
        profile.rule(rule).title,
        profile.clause(rule),
        question.basis if question else "",
        reason,
        event.digest if isinstance(event, e.EvidenceAttached | e.EvidenceMoved) else "",
    )


def _about(event: e.Event, question: Question | None) -> str:
    """What the deed was done to, and with which outcome, as far as a word says it."""
    asked = question.label if question else ""
    match event:
        case e.AnswerRecorded() | e.AnswerCorrected():
            return f"{asked}：{VERDICTS.get(event.value, event.value)}"
        case e.EvidenceAttached():
            return asked or event.name
        case e.SourceConsulted():
            return _said(SOURCES.get(event.source, event.source), event.note)
        case e.BackgroundNoted():
            return _said(ASPECTS.get(event.aspect, event.aspect), event.note)
        case e.FindingDescribed():
            return _said(asked, event.note)
        case e.MeasureDecided():
            return _said(asked, MEASURES.get(event.measure, event.measure), event.note)
        case e.CorrectionReported() | e.CorrectionRechecked():
            return _said(asked, event.note)
        case e.Extended():
            return _said(asked, f"{event.before.isoformat()} 延至 {event.until.isoformat()}")
        case e.PartySigned():
            return _said(event.signer, event.opinion)
        case e.PartyRefused():
            return _said("见证人", event.witness)
        case e.ResultEntered() | e.ResultPublished() | e.NonDisclosureRequested():
            return event.department
        case _:
            return asked


def _said(*parts: str) -> str:
    return "：".join(part for part in parts if part)


def _kept(
    rule: str, events: tuple[type[e.Event], ...], seen: tuple[e.Recorded, ...], profile: Profile
) -> Kept:
    shown = next((r for r in seen if isinstance(r.event, events)), None)
    said = (rule, profile.rule(rule).title, profile.clause(rule))
    return Kept(*said, shown.at, shown.by) if shown else Kept(*said)
