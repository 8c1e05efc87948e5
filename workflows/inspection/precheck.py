"""① 预查对比: sources seen, status and credit known, method and procedure decided, items set, notice given.

海市监发〔2019〕52号 二(四)1.
"""

from __future__ import annotations

from workflows.inspection import commands as c
from workflows.inspection import events as e
from workflows.inspection.case import Case
from workflows.inspection.facts import Facts, local_day
from workflows.inspection.guards import (
    first,
    must_be_ahead,
    must_be_in_step,
    must_be_inspector,
    must_be_open,
    must_fit,
    must_say,
)
from workflows.inspection.refusals import Decision, Refused, refuse

SOURCES = {"system": "抽查系统", "business": "各部门业务应用系统", "files": "档案资料"}
ASPECTS = {"basics": "基本信息", "status": "登记状态与动态状况", "credit": "信用记录"}
METHODS = {
    "visit": "实地核查",
    "paper": "书面检查",
    "network": "网络监测",
    "testing": "检验检测",
    "agency": "委托专业机构辅助",
    "conclusion": "采用有关部门检查结果或专业意见",
}
STEP = 1


def _open(case: Case, facts: Facts) -> Refused | None:
    return must_be_inspector(case, facts) or must_be_in_step(case, STEP)


def consult_source(case: Case, command: c.ConsultSource, facts: Facts) -> Decision:
    refused = first(_open(case, facts), must_fit(command.note))
    if refused:
        return refused
    if command.source not in SOURCES:
        return refuse("form", "unknown-value", value=command.source)
    if command.source in case.sources and case.sources[command.source] == command.note:
        return ()
    return (e.SourceConsulted(command.source, command.note),)


def note_background(case: Case, command: c.NoteBackground, facts: Facts) -> Decision:
    refused = _open(case, facts) or must_say(command.note, "form", "empty")
    if refused:
        return refused
    if command.aspect not in ASPECTS:
        return refuse("form", "unknown-value", value=command.aspect)
    if case.background.get(command.aspect) == command.note.strip():
        return ()
    return (e.BackgroundNoted(command.aspect, command.note.strip()),)


def decide_method(case: Case, command: c.DecideMethod, facts: Facts) -> Decision:
    refused = _open(case, facts) or must_say(command.procedure, "form", "empty")
    if refused:
        return refused
    unknown = [m for m in command.methods if m not in METHODS]
    if unknown or not command.methods:
        return refuse("form", "unknown-value", value="、".join(unknown))
    if (case.methods, case.procedure) == (command.methods, command.procedure.strip()):
        return ()
    return (e.MethodDecided(command.methods, command.procedure.strip()),)


def confirm_items(case: Case, command: c.ConfirmItems, facts: Facts) -> Decision:
    return _open(case, facts) or (() if case.items_confirmed else (e.ItemsConfirmed(),))


def issue_notice(case: Case, command: c.IssueNotice, facts: Facts) -> Decision:
    """The appointment may still be moved after ①, until somebody is at the door."""
    postponed = case.precheck_at is not None and not case.arrivals
    refused = (
        must_be_inspector(case, facts) or must_be_open(case) if postponed else _open(case, facts)
    ) or must_say(command.materials, "form", "empty")
    if refused:
        return refused
    if command.visit_at <= facts.now:
        return refuse("form", "past-date", value=command.visit_at.isoformat())
    too_far = must_be_ahead(local_day(command.visit_at), facts)
    if too_far:
        return too_far
    materials = command.materials.strip()
    if case.notice and (case.notice.visit_at, case.notice.materials) == (command.visit_at, materials):
        return ()
    return (e.NoticeIssued(command.visit_at, materials),)


def missing(case: Case) -> Refused | None:
    """What still keeps the pre-check from being complete."""
    unseen = [label for key, label in SOURCES.items() if key not in case.sources]
    if unseen:
        return refuse("precheck", "sources", "sources", missing="、".join(unseen))
    unknown = [label for key, label in ASPECTS.items() if key not in case.background]
    if unknown:
        return refuse("precheck", "background", "background", missing="、".join(unknown))
    if not case.methods:
        return refuse("precheck", "method", "method")
    if not case.items_confirmed:
        return refuse("precheck", "items", "items")
    agreed = case.notice or case.opened.unannounced
    return None if agreed else refuse("prior-notice", "not-issued", "notice")


def complete(case: Case, command: c.CompletePrecheck, facts: Facts) -> Decision:
    if case.precheck_at:
        return must_be_inspector(case, facts) or ()
    return _open(case, facts) or missing(case) or (e.PrecheckCompleted(),)
