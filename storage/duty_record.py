"""A person's duty record from the trail, and its Excel file: assigned, done, refused, with reasons, with evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection, select

from storage import casebook, people, progress_schema, trail
from storage.case_facts import checklists_of
from storage.exports.workbook import Cell, Sheet
from storage.lawbook import Lawbook
from storage.progress_names import names_of
from workflows.checklist import Question
from workflows.duty import Service, service
from workflows.errors import NotFound
from workflows.inspection.case import Case
from workflows.inspection.events import CommandRefused

LEFT = {"recused": "回避退出", "unavailable": "因故退出", "replaced": "办公室决定换人"}
Say = Callable[[CommandRefused], str]  # the sentence a refusal was told with


@dataclass(frozen=True)
class DutyRecord:
    """Both days of the period are included."""

    person: people.Person
    first: date
    last: date
    services: tuple[Service, ...]


def duty_record(tx: Connection, lawbook: Lawbook, person_id: str, first: date, last: date) -> DutyRecord:
    """Every case the person was drawn for. Raises `NotFound`, or `TrailBroken` where a case's trail does not hold."""
    person = people.get(tx, person_id)
    if person is None:
        raise NotFound(f"没有编号为 {person_id} 的人员。")
    return DutyRecord(person, first, last, tuple(_services(tx, lawbook, person_id, (first, last))))


def _services(tx: Connection, lawbook: Lawbook, person: str, period: tuple[date, date]) -> Iterator[Service]:
    drawn = progress_schema.people.c
    query = select(drawn.case).where(drawn.person == person).order_by(drawn.case)
    for case_id in list(tx.execute(query).scalars()):
        case = casebook.load(tx, case_id)
        profile = lawbook.profiles[case.opened.profile]
        history = casebook.history(tx, case_id)
        found = service(case, history, person, profile, _questions(tx, case), period)
        if found:
            stream = casebook.stream_of(case_id)
            trail.verify(tx, stream)
            yield replace(found, head=trail.head(tx, stream)[1])


def _questions(tx: Connection, case: Case) -> Mapping[str, Question]:
    sheets = checklists_of(tx, {item.edition for item in case.opened.items})
    return {question.key: question for sheet in sheets.values() for question in sheet.questions}


def sheets(tx: Connection, record: DutyRecord, say: Say) -> tuple[Sheet, ...]:
    """The record as six tables. `say` gives the sentence a refusal was told with."""
    period = f"{record.first.isoformat()} 至 {record.last.isoformat()}"
    notes = (f"{record.person.name}　{record.person.department}　{record.person.id}", period)
    by = names_of(tx, {k.by for s in record.services for k in s.procedure})
    return (
        Sheet("承担任务", _ASSIGNED, _assigned(record.services), notes),
        Sheet("履行程序", _PROCEDURE, _procedure(record.services, by), notes),
        Sheet("所做工作", _DEEDS, _deeds(record.services), notes),
        Sheet("证据", _EVIDENCE, _evidence(record), notes),
        Sheet("书面理由", _REASONS, _reasons(record.services), notes),
        Sheet("系统提示", _REFUSED, _refused(record.services, say), notes),
    )


_ASSIGNED = (
    *("任务单编号", "检查对象", "抽查任务", "抽取记录", "分派时间", "来源", "同组人员", "退出"),
    "延期",
    *("依据文件", "所做工作", "留痕校验值"),
)
_PROCEDURE = ("任务单编号", "检查对象", "要求", "依据", "完成时间", "完成人")
_DEEDS = ("时间", "任务单编号", "检查对象", "工作", "内容", "要求", "依据", "检查项依据", "账号")
_EVIDENCE = ("时间", "任务单编号", "检查对象", "检查项", "文件", "校验值（SHA-256）", "纬度", "经度")
_REASONS = ("时间", "任务单编号", "检查对象", "事由", "内容", "要求", "依据", "写明的理由")
_REFUSED = ("时间", "任务单编号", "检查对象", "系统提示", "要求", "依据")


def _where(one: Service) -> tuple[str, str]:
    return one.case.id, one.case.opened.target.name


def _assigned(services: Iterable[Service]) -> list[tuple[Cell, ...]]:
    return [
        (
            *_where(one),
            one.case.opened.task_name,
            one.case.opened.draw,
            one.assigned_at,
            "递补" if one.substitute else "抽取",
            "、".join(m.name for m in one.case.members.values()),
            LEFT.get(one.left, one.left),
            "；".join(f"{x.before} 延至 {x.until}：{x.reason}" for x in one.case.extensions),
            one.document,
            len(one.deeds),
            one.head,
        )
        for one in services
    ]


def _procedure(services: Iterable[Service], by: Mapping[str, str]) -> list[tuple[Cell, ...]]:
    return [
        (*_where(one), kept.title, kept.clause, kept.at or "尚无记录", by.get(kept.by, kept.by))
        for one in services
        for kept in one.procedure
    ]


def _deeds(services: Iterable[Service]) -> list[tuple[Cell, ...]]:
    return [
        (deed.at, *_where(one), deed.what, deed.about, deed.title, deed.clause, deed.basis, deed.via)
        for one in services
        for deed in one.deeds
    ]


def _evidence(record: DutyRecord) -> list[tuple[Cell, ...]]:
    found: list[tuple[Cell, ...]] = []
    for one in record.services:
        asked = {deed.evidence: deed.about for deed in one.deeds if deed.evidence}
        for digest, piece in one.case.evidence.items():
            if piece.by == record.person.id and digest in asked:
                place = [f"{x:.5f}" if x is not None else "" for x in (piece.latitude, piece.longitude)]
                found.append((piece.at, *_where(one), asked[digest], piece.name, digest, *place))
    return found


def _reasons(services: Iterable[Service]) -> list[tuple[Cell, ...]]:
    return [
        (deed.at, *_where(one), deed.what, deed.about, deed.title, deed.clause, deed.reason)
        for one in services
        for deed in one.deeds
        if deed.reason
    ]


def _refused(services: Iterable[Service], say: Say) -> list[tuple[Cell, ...]]:
    return [
        (hit.at, *_where(one), say(hit.refused), hit.title, hit.refused.clause)
        for one in services
        for hit in one.refusals
    ]
