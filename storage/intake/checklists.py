"""Checklists (检查表), one question per row; the columns are the fields of `workflows.checklist.Question`."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import asdict

from storage.intake.cells import LINE, TEXT, affirmed, within
from storage.intake.gather import Fields, Warn, gather, given, needed
from storage.intake.table import Intake, Progress, Rejected, Table, Warned, unwatched
from workflows.checklist import KINDS, Checklist, Question, is_relevant, satisfies
from workflows.errors import BadInput

_KEY = re.compile(r"[0-9A-Za-z_-]+")
# What Telegram's 64 bytes for a button leave beside the verb, the case, a measure and its day.
MOST_KEY_BYTES = 23


def edition(item: str, questions: Iterable[Question]) -> str:
    """SHA-256 of the canonical JSON (keys sorted, no spaces, UTF-8) of the item and its questions, in their order."""
    body = {"item": item, "questions": [asdict(question) for question in questions]}
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def parse_checklist(table: Table, item: str, progress: Progress = unwatched) -> Intake[Checklist]:
    """One checklist, or none: with a question refused the rest is not taken, lest nobody miss it on site."""
    earlier: set[str] = set()

    def read(fields: Fields, warn: Warn) -> Question:
        question = _question(fields, earlier)
        earlier.add(question.key)
        return question

    rows = gather(table, "checklist", read, lambda question: question.key, progress, {})
    questions = tuple(question for _, question in rows.accepted)
    rejected = rows.rejected
    if not questions and not rejected:
        rejected = (Rejected(0, "检查表里一个问题也没有", ()),)
    if rejected:
        whole = Warned(0, "检查表有不合格的问题，整张表都没有导入：请改正后重新导入")
        return Intake((), rejected, (*rows.warnings, whole), rows.columns)
    return Intake(
        ((rows.accepted[0][0], Checklist(edition(item, questions), item, questions)),),
        (),
        rows.warnings,
        rows.columns,
    )


def _question(fields: Fields, earlier: set[str]) -> Question:
    key = needed(fields, "key", "代号", "all-items")
    if len(key.encode()) > MOST_KEY_BYTES:
        raise BadInput(
            f"代号“{key[:40]}”有 {len(key.encode())} 个字节，聊天里的按钮只放得下 {MOST_KEY_BYTES} 个：请缩短，"
            "例如只留部门和序号（FIRE-12）"
        )
    if _KEY.fullmatch(key) is None:
        raise BadInput(f"代号“{key}”只能用字母、数字、_ 和 -：请改正")
    if key in earlier:
        raise BadInput(f"代号“{key}”重复：每个问题的代号只能用一次")
    question = Question(
        key=key,
        label=within(needed(fields, "label", "问题", "all-items"), LINE, "问题"),
        basis=within(needed(fields, "basis", "依据", "legal-basis"), TEXT, "依据"),
        kind=given(fields["kind"]) or "verdict",
        relevant=fields["relevant"],
        constraint=fields["constraint"],
        constraint_message=within(fields["constraint_message"], LINE, "约束说明"),
        required=_required(fields["required"]),
        guide=within(fields["guide"], TEXT, "作业指导"),
    )
    _check_conditions(question, earlier)
    return question


def _required(text: str) -> bool:
    said = affirmed(given(text))
    if given(text) and said is None:
        raise BadInput(f"必答“{text[:30]}”看不懂：请写 yes 或 no")
    return said is not False


def _check_conditions(question: Question, earlier: set[str]) -> None:
    """Conditions are tried here, so that none fails on site."""
    if question.kind not in KINDS:
        raise BadInput(f"类型“{question.kind[:30]}”不是 {'、'.join(KINDS)} 之一")
    asked = re.match(r"[\w-]+", question.relevant)
    if question.relevant and (asked is None or asked[0] not in earlier):
        raise BadInput(f"前提“{question.relevant[:40]}”要写成“前面问题的代号 = 值”")
    try:
        is_relevant(question, {asked[0]: "0"} if asked else {})
        satisfies(question, "0")
    except ValueError as error:
        raise BadInput(
            f"前提“{question.relevant}”或约束“{question.constraint}”写法不对，例如 . >= 0"
        ) from error
