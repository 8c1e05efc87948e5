"""Refusals: what the rules do not allow. Named after their rule; the reason picks the sentence in templates/chat/refusals/.

A refusal is an answer, not an error. `form` is the one rule without a clause: what was given does not fit the question.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from workflows.inspection.event import Event

REFUSALS: dict[str, tuple[str, ...]] = {
    "form": (
        "unknown-question",
        "unknown-value",
        "verdict-code",
        "constraint",
        "not-number",
        "not-date",
        "too-long",
        "empty",
        "unknown-option",
        "unknown-evidence",
        "past-date",
        "too-far",
        "not-later",
    ),
    "by-machine": ("not-on-team", "not-organiser"),
    "plan-public": ("not-published",),
    "joint-approval": ("not-approved", "approval-missing"),
    "ad-hoc": (
        "not-opener",
        "incomplete",
        "unlisted",
        "unknown-target",
        "not-active",
        "past-end",
        "no-department",
    ),
    "legal-basis": ("unlisted",),
    "general-cap": ("above-ratio", "above-frequency"),
    "once-a-year": ("unfounded",),
    "step-order": ("too-early", "too-late", "closed", "not-entered"),
    "precheck": ("sources", "background", "method", "items"),
    "prior-notice": ("not-issued",),
    "inspector-certificate": ("expired", "not-inspector"),
    "two-on-site": (
        "check-in-first",
        "own-stale",
        "partner-missing",
        "partner-stale",
        "partner-far",
        "same-certificate",
        "same-person",
        "expert",
        "expert-only",
    ),
    "show-certificate": ("not-shown",),
    "rights-told": ("not-told",),
    "scan-on-entry": ("not-scanned", "wrong-code", "before-leaving", "reason-missing"),
    "all-items": ("open-questions", "reason-missing"),
    "evidence": ("finding-without",),
    "summary-signed": (
        "changed",
        "not-present",
        "unsigned",
        "not-formed",
        "party-missing",
        "not-supervisor",
        "not-awaited",
        "last-signer",
        "excuse-reason",
    ),
    "refusal": ("reason-missing", "witness-missing"),
    "entry-deadline": ("late-reason-missing", "not-supervisor", "not-extendable", "extension-reason"),
    "own-entry": ("not-on-site", "other-department", "not-enterer"),
    "legal-review": ("not-reviewed", "not-reviewer", "returned", "still-returned"),
    "secrecy": ("unknown-ground", "reason-missing", "pending", "not-approver"),
    "no-finding-excludes": (
        "result-not-alone",
        "measure-not-alone",
        "has-findings",
        "has-open-findings",
        "not-inspected",
    ),
    "handle": ("unhandled", "not-published", "owner-missing", "recipient-missing", "no-finding"),
    "re-check": ("not-reported", "not-ordered", "not-awaited"),
    "criminal": ("not-decided", "not-head"),
    "recusal": ("reason-missing", "not-head", "not-raised"),
    "substitute": ("too-late", "reason-missing", "not-supervisor", "used-up", "unqualified"),
}


@dataclass(frozen=True)
class Refused:
    """`remedy` names the button that helps: a verb of the conversation, or ""."""

    rule: str
    reason: str
    remedy: str = ""
    detail: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.reason not in REFUSALS[self.rule]:
            raise ValueError(f"{self.reason!r} is not a reason of {self.rule!r}")


def refuse(rule: str, reason: str, remedy: str = "", **detail: object) -> Refused:
    return Refused(rule, reason, remedy, {key: str(value) for key, value in detail.items()})


# What a command comes to: the events it makes, none where it is already so, or the refusal.
Decision = Refused | tuple[Event, ...]
