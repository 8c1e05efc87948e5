"""The directory of inspectors (执法检查人员名录库): 003 annex 2, with the certificate art. 42 asks for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from storage.intake.cells import NAME, affirmed, dates, exact, half_width, within, words
from storage.intake.gather import Fields, Warn, each_row, gather, given, needed, refuse
from storage.intake.headings import columns_of
from storage.intake.table import Intake, Progress, Table, unwatched
from storage.intake.ties import Known, known, ties
from workflows.directory import Certificate, Inspector
from workflows.errors import BadInput

_NUMBER = re.compile(r"[0-9A-Za-z._:-]{1,53}")
_LIST = re.compile(r"[、;；,，|\n]")
_ROLE_WORDS = (
    ("expert", "专家"),
    ("assistant", "辅助|协管|辅警|协警|协查|临聘|劳务|助理|不计入|工勤"),
    ("inspector", "执法|检查|民警|公务员|正式|监察|监管"),
)
_SILENT = {
    "certificate": "没有“执法证号”列：没有执法证的人员不计入“不少于两人”，也不会被抽到（规则 inspector-certificate）",
    "valid_until": "没有“有效期止”列：执法证有效期不明的人员不会被抽到（规则 inspector-certificate）",
}


def parse_inspectors(
    table: Table,
    targets: Iterable[tuple[str, str]] = (),
    progress: Progress = unwatched,
    colleagues: Iterable[tuple[str, str]] = (),
) -> Intake[Inspector]:
    """Inspectors, experts and assistants. `targets` and `colleagues`, pairs of name and id, with who else is in the table,
    turn the names under 回避对象 into ids.

    One certificate shown for two people is sound for neither: both rows are refused (two-on-site).
    """
    among = known(targets, (*colleagues, *_named(table)))

    def read(fields: Fields, warn: Warn) -> Inspector:
        return _inspector(fields, warn, among)

    intake = gather(table, "inspectors", read, lambda one: one.id, progress, _SILENT)
    intake = replace(intake, columns=_spoken(intake.columns))
    holders: dict[str, list[int]] = defaultdict(list)
    for number, inspector in intake.accepted:
        for certificate in {inspector.certificate, *(one.number for one in inspector.certificates)} - {""}:
            holders[certificate].append(number)
    shared = {
        number: f"执法证号 {certificate} 同时出现在第 {'、'.join(map(str, rows))} 行：一证只属于一人，请核对"
        for certificate, rows in holders.items()
        for number in rows
        if len(rows) > 1
    }
    heading = next(
        (table.headers[at[0]] for at in [columns_of(table.headers, "inspectors").get("certificate")] if at),
        "",
    )
    return refuse(table, intake, shared, heading) if shared else intake


def _named(table: Table) -> Iterable[tuple[str, str]]:
    for _, fields in each_row(table, "inspectors"):
        try:
            certificate, *_ = _numbers(fields) or [""]
            yield fields["name"], _number(fields, certificate)
        except BadInput:
            continue


def _spoken(columns: frozenset[str]) -> frozenset[str]:
    """Reasons without anybody to keep away from say nothing."""
    implied = {"recusals": "ties", "certificate": "certificates"}
    said = columns - {"recusal_reason", "recusal_by"}
    return said | {more for field, more in implied.items() if field in columns}


def _inspector(fields: Fields, warn: Warn, among: Known) -> Inspector:
    several = _certificates(fields)
    best = max(several, key=lambda one: one.valid_until or date.min)
    certificate = best.number
    role = _role(fields["role"])
    if role == "inspector" and not (certificate and best.valid_until):
        warn("没有执法证号或有效期：不计入“不少于两人”，也不会被抽到（规则 inspector-certificate）")
    id = _number(fields, several[0].number)
    # The column asked for last is the one a refusal names.
    reason, said_by = fields["recusal_reason"], fields["recusal_by"]
    away = ties(fields["recusals"], reason, said_by, among)
    if any(tie.whom == id for tie in away):
        raise BadInput("回避对象是本人：请核对")
    return Inspector(
        id=id,
        name=within(needed(fields, "name", "姓名", "inspector-certificate"), NAME, "姓名"),
        department=within(
            needed(fields, "department", "所属部门", "inspector-certificate"), NAME, "所属部门"
        ),
        certificate=within(certificate, NAME, "执法证号"),
        valid_from=best.valid_from,
        valid_until=best.valid_until,
        role=role,
        gender=within(fields["gender"], NAME, "性别"),
        title=within(fields["title"], NAME, "职务"),
        expertise=words(fields["expertise"], "专长"),
        region=within(half_width(fields["region"]), NAME, "区划"),
        on_duty=_on_duty(fields["on_duty"], warn),
        phone=within(half_width(given(fields["phone"]) or given(fields["landline"])), NAME, "电话"),
        recusals=tuple(tie.whom for tie in away if not tie.whom.startswith("P:")),
        ties=away,
        certificates=several if len(several) > 1 else (),
    )


def _numbers(fields: Fields) -> list[str]:
    return [exact(one, "执法证号") for one in _LIST.split(given(fields["certificate"])) if one.strip()]


def _certificates(fields: Fields) -> tuple[Certificate, ...]:
    """One, or as many as numbers are given; then each period belongs to the number in the same place."""
    numbers = _numbers(fields)
    if len(numbers) < 2:
        return (Certificate(numbers[0] if numbers else "", *_validity(fields)),)
    ends, starts = dates(fields["valid_until"], "有效期止"), dates(fields["valid_from"], "有效期起")
    if len(ends) == 2 * len(numbers) and not starts:
        starts, ends = ends[::2], ends[1::2]
    if len(ends) != len(numbers) or len(starts) not in (0, len(numbers)):
        raise BadInput(
            f"执法证号有 {len(numbers)} 个，有效期起有 {len(starts)} 个、有效期止有 {len(ends)} 个：请按顺序逐个对应填写"
        )
    since: tuple[date | None, ...] = starts or (None,) * len(numbers)
    for start, end in zip(since, ends, strict=True):
        if start and start > end:
            raise BadInput(f"执法证有效期起 {start} 晚于有效期止 {end}：请核对是否填反")
    return tuple(map(Certificate, numbers, since, ends))


def _number(fields: Fields, certificate: str) -> str:
    """ "P:" + staff number (draw.md, "Bytes"), else the certificate's number: experts often have neither."""
    number = exact(given(fields["id"]), "警号（工号）") or certificate
    if not number:
        raise BadInput("没有警号（工号），也没有执法证号，无法确认是哪一位：请补填其中一个后再导入")
    if _NUMBER.fullmatch(number) is None:
        raise BadInput(f"警号（工号）“{number[:30]}”只能用字母、数字和 . _ : -，最多 53 位：请改正")
    return "P:" + number


def _validity(fields: Fields) -> tuple[date | None, date | None]:
    """From two columns, or from one that holds the period."""
    until = dates(fields["valid_until"], "有效期止")
    since = dates(fields["valid_from"], "有效期起") or until[:-1]
    if since and until and since[0] > until[-1]:
        raise BadInput(f"执法证有效期起 {since[0]} 晚于有效期止 {until[-1]}：请核对是否填反")
    return (since[0] if since else None), (until[-1] if until else None)


def _role(text: str) -> str:
    """Experts and assistants never count (003 annex 6 三(三)): a role nobody understands may not count either."""
    if not given(text):
        return "inspector"
    for role, pattern in _ROLE_WORDS:
        if re.search(pattern, text):
            return role
    raise BadInput(f"人员类别“{text[:30]}”看不懂：请写执法人员、专家或辅助人员")


def _on_duty(text: str, warn: Warn) -> bool:
    if not given(text) or re.fullmatch("在岗|在职|在编|有效|正常|在岗在编", text):
        return True
    said = affirmed(text)
    if said is None and not re.search("不|未|休|假|离|退|借|停|失效|病|调|挂职|学习|培训|无效", text):
        warn(f"在岗状态“{text[:30]}”看不懂，按不在岗处理，不会被抽到：请写在岗或不在岗")
    return said is True
