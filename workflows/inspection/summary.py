"""③ 情况汇总: built from the answers, shown, signed by each who was on site and by the party.

海市监发〔2019〕52号 二(四)3; 河南省公安厅通知(2019-12) 三(三).
"""

from __future__ import annotations

import hashlib
import json

from workflows.inspection import commands as c
from workflows.inspection import events as e
from workflows.inspection.case import Case, departments, findings, published, step
from workflows.inspection.clock import started_by
from workflows.inspection.facts import Facts
from workflows.inspection.guards import (
    findings_without_evidence,
    first,
    must_be_in_step,
    must_be_on_team,
    must_be_open,
    must_hold,
    must_say,
    open_questions,
)
from workflows.inspection.refusals import Decision, Refused, refuse

STEP, ENTRY = 3, 4


def digest_of(case: Case) -> str:
    """SHA-256 of what is signed: answers with their notes, evidence, skipped items, obstacle, opinions, who was there.

    Evidence of a correction comes later and is left out: handling a finding does not touch what was signed.
    """
    content = {
        "case": case.id,
        "target": case.opened.target.id,
        "answers": {k: [a.value, a.note] for k, a in case.answers.items()},
        "evidence": {d: p.question for d, p in case.evidence.items() if not p.correction},
        "skipped": case.skipped,
        "obstacle": [case.obstacle.kind, case.obstacle.note] if case.obstacle else [],
        "opinions": case.opinions,
        "present": list(case.present),
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def must_be_present(case: Case, facts: Facts) -> Refused | None:
    if facts.actor.person in case.present:
        return None
    return refuse("summary-signed", "not-present", name=facts.actor.name)


def form(case: Case, command: c.FormSummary, facts: Facts) -> Decision:
    if case.summary:
        return must_be_on_team(case, facts) or ()
    refused = first(
        must_be_on_team(case, facts), must_be_in_step(case, STEP), must_be_present(case, facts)
    ) or _still_whole(case, facts)
    if refused:
        return refused
    return (e.SummaryFormed(digest_of(case)), *started_by("result-arises", case, facts))


def _still_whole(case: Case, facts: Facts) -> Refused | None:
    """A correction made after the visit may have opened a follow-up or made a finding without evidence."""
    bare = findings_without_evidence(case)
    if bare:
        return refuse("evidence", "finding-without", "case", question=bare[0], count=len(bare))
    waiting = () if case.obstacle else open_questions(case, facts)
    return refuse("all-items", "open-questions", "case", count=len(waiting)) if waiting else None


def sign(case: Case, command: c.SignSummary, facts: Facts) -> Decision:
    """Signing binds to what was shown: a digest that is no longer the summary's is refused."""
    refused = first(must_be_on_team(case, facts), must_be_present(case, facts))
    if refused:
        return refused
    if case.summary is None:
        return must_be_in_step(case, STEP) or refuse("summary-signed", "not-formed", "form")
    if not command.digest or not case.summary.digest.startswith(command.digest) or len(command.digest) < 8:
        return refuse("summary-signed", "changed", "case")
    if facts.actor.person in case.summary.signatures:
        return ()
    signed = e.SummarySigned(facts.actor.person, case.summary.digest)
    return must_be_open(case) or (signed, *_completed_without(case, facts.actor.person, facts))


def excuse_signature(case: Case, command: c.ExcuseSignature, facts: Facts) -> Decision:
    """The head decides, with the reason, never about themselves; somebody who was there always signs, and enters.

    Who has signed and then cannot enter the result is not waited for either: another who was there does (own-entry).
    """
    refused = must_hold("supervisor", "summary-signed", "not-supervisor", facts) or must_be_open(case)
    if refused:
        return refused
    if case.summary is None:
        return must_be_in_step(case, STEP) or refuse("summary-signed", "not-formed")
    if command.person in case.excused:
        return ()
    if command.person not in (*unsigned(case), *entering(case)) or command.person == facts.actor.person:
        return refuse("summary-signed", "not-awaited")
    if not set(case.present) - set(case.excused) - {command.person}:
        return refuse("summary-signed", "last-signer")
    return must_say(command.reason, "summary-signed", "excuse-reason") or (
        e.SignatureExcused(command.person, command.reason.strip()),
        *_completed_without(case, command.person, facts),
    )


def _completed_without(case: Case, person: str, facts: Facts) -> tuple[e.Event, ...]:
    """The completion, where this person's signature was the last thing waited for."""
    assert case.summary is not None
    said = case.summary.party is not None or party_absent(case)
    done = said and not case.summary.completed and not set(_awaited(case)) - {person}
    return _completed(case, facts) if done else ()


def _awaited(case: Case) -> tuple[str, ...]:
    signatures = case.summary.signatures if case.summary else {}
    return tuple(p for p in case.present if p not in signatures and p not in case.excused)


def party_absent(case: Case) -> bool:
    """Nobody to sign where the target was not found or is closed."""
    return case.obstacle is not None and case.obstacle.kind in ("not-found", "closed")


def _party(case: Case, facts: Facts, said: e.Event) -> Decision:
    refused = first(must_be_on_team(case, facts), must_be_present(case, facts))
    if refused:
        return refused
    if case.summary is None:
        return must_be_in_step(case, STEP) or refuse("summary-signed", "not-formed", "form")
    if case.summary.party:
        return ()
    refused = must_be_in_step(case, STEP)
    if refused:
        return refused
    return (said, *(() if _awaited(case) else _completed(case, facts)))


def record_party_signature(case: Case, command: c.RecordPartySignature, facts: Facts) -> Decision:
    return first(
        must_say(command.signer, "form", "empty"), must_say(command.opinion, "form", "empty")
    ) or _party(case, facts, e.PartySigned(command.opinion.strip(), command.signer.strip()))


def record_party_refusal(case: Case, command: c.RecordPartyRefusal, facts: Facts) -> Decision:
    return first(
        must_say(command.reason, "refusal", "reason-missing"),
        must_say(command.witness, "refusal", "witness-missing"),
    ) or _party(case, facts, e.PartyRefused(command.reason.strip(), command.witness.strip()))


def _completed(case: Case, facts: Facts) -> tuple[e.Event, ...]:
    """All have signed: the inspection is done, reported to the leading office, and under some profiles the clock starts."""
    assert case.summary is not None
    return (
        e.SummaryCompleted(case.summary.digest),
        *started_by("inspection-completed", case, facts),
        e.OutcomeReported(len(findings(case))),
    )


def must_be_complete(case: Case) -> Refused | None:
    """Formed, signed by each who was there, and by the party or with its refusal on record."""
    if case.summary is None:
        return refuse("summary-signed", "not-formed", "form")
    names = "、".join(case.members[p].name for p in unsigned(case))
    if names:
        return refuse("summary-signed", "unsigned", "remind", names=names)
    return None if case.summary.completed else refuse("summary-signed", "party-missing", "case")


def unsigned(case: Case) -> tuple[str, ...]:
    """Persons whose signature the summary still waits for."""
    if case.summary is None or step(case) != STEP:
        return ()
    return _awaited(case)


def entering(case: Case) -> tuple[str, ...]:
    """Persons who were there and whose department's result is not published: it waits for them."""
    open_ones = [d for d in departments(case) if not published(case, d)] if step(case) == ENTRY else []
    return tuple(p for p in case.present if case.members[p].department in open_ones and p not in case.excused)
