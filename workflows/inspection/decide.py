"""From a command to events or a refusal. Pure: the same case, command and facts always give the same answer.

An empty tuple means "already so": a tap that came twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workflows.inspection import commands as c
from workflows.inspection import entry, extending, handling, onsite, precheck, summary, team
from workflows.inspection.case import Case
from workflows.inspection.events import CommandRefused
from workflows.inspection.facts import Facts
from workflows.inspection.refusals import Decision, Refused

DECIDERS: dict[type[c.Command], Callable[[Case, Any, Facts], Decision]] = {
    c.AcknowledgeAssignment: team.acknowledge,
    c.RaiseRecusal: team.raise_recusal,
    c.DecideRecusal: team.decide_recusal,
    c.ReportUnavailable: team.report_unavailable,
    c.ReplaceMember: team.replace_member,
    c.ConsultSource: precheck.consult_source,
    c.NoteBackground: precheck.note_background,
    c.DecideMethod: precheck.decide_method,
    c.ConfirmItems: precheck.confirm_items,
    c.IssueNotice: precheck.issue_notice,
    c.CompletePrecheck: precheck.complete,
    c.CheckIn: onsite.check_in,
    c.ShowCertificates: onsite.show_certificates,
    c.TellRights: onsite.tell_rights,
    c.ScanCode: onsite.scan_code,
    c.DeferScan: onsite.defer_scan,
    c.RecordAnswer: onsite.record_answer,
    c.RecordAllConforming: onsite.record_all_conforming,
    c.CorrectAnswer: onsite.correct_answer,
    c.DescribeFinding: onsite.describe_finding,
    c.AttachEvidence: onsite.attach_evidence,
    c.MoveEvidence: onsite.move_evidence,
    c.SkipItem: onsite.skip_item,
    c.ReportObstacle: onsite.report_obstacle,
    c.GiveExpertOpinion: onsite.give_expert_opinion,
    c.FinishOnsite: onsite.finish,
    c.FormSummary: summary.form,
    c.SignSummary: summary.sign,
    c.RecordPartySignature: summary.record_party_signature,
    c.RecordPartyRefusal: summary.record_party_refusal,
    c.ExcuseSignature: summary.excuse_signature,
    c.EnterResult: entry.enter_result,
    c.ReviewResult: entry.review_result,
    c.RequestNonDisclosure: entry.request_nondisclosure,
    c.DecideNonDisclosure: entry.decide_nondisclosure,
    c.PublishResult: entry.publish_result,
    c.DecideMeasure: handling.decide_measure,
    c.ReportCorrection: handling.report_correction,
    c.RecheckCorrection: handling.recheck_correction,
    c.DecideTransfer: handling.decide_transfer,
    c.ConfirmHandling: handling.confirm,
    c.CloseCase: handling.close,
    c.Extend: extending.extend,
}


def decide(case: Case, command: c.Command, facts: Facts) -> Decision:
    return DECIDERS[type(command)](case, command, facts)


def refusal_event(command: c.Command, refused: Refused, facts: Facts) -> CommandRefused:
    """The refusal as it is kept on the trail, with the clause that stood in force."""
    clause = "" if refused.rule == "form" else facts.profile.clause(refused.rule)
    return CommandRefused(type(command).__name__, refused.rule, refused.reason, clause, refused.detail)
