"""The directory of inspectors (执法检查人员名录库): 003 annex 2, with the certificate art. 42 asks for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from storage.intake.cells import NAME, TEXT, affirmed, dates, exact, half_width, listed, within
from storage.intake.gather import Fields, Warn, gather, given, needed, refuse
from storage.intake.table import Intake, Progress, Table, unwatched
from workflows.directory import Inspector
from workflows.errors import BadInput
from workflows.identity import parse_identity

_NUMBER = re.compile(r"[0-9A-Za-z._:-]{1,53}")
_NOBODY: Mapping[str, str] = MappingProxyType({})
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
    table: Table, targets: Mapping[str, str] = _NOBODY, progress: Progress = unwatched
) -> Intake[Inspector]:
    """Inspectors, experts and assistants. `targets` (name -> target id) turns the names under 回避对象 into ids.

    One certificate shown for two people is sound for neither: both rows are refused (two-on-site).
    """

    def read(fields: Fields, warn: Warn) -> Inspector:
        return _inspector(fields, warn, targets)

    intake = gather(table, "inspectors", read, lambda one: one.id, progress, _SILENT)
    holders: dict[str, list[int]] = defaultdict(list)
    for number, inspector in intake.accepted:
        if inspector.certificate:
            holders[inspector.certificate].append(number)
    shared = {
        number: f"执法证号 {certificate} 同时出现在第 {'、'.join(map(str, rows))} 行：一证只属于一人，请核对"
        for certificate, rows in holders.items()
        for number in rows
        if len(rows) > 1
    }
    return refuse(table, intake, shared) if shared else intake


def _inspector(fields: Fields, warn: Warn, targets: Mapping[str, str]) -> Inspector:
    certificate = exact(given(fields["certificate"]), "执法证号")
    valid_from, valid_until = _validity(fields)
    role = _role(fields["role"])
    if role == "inspector" and not (certificate and valid_until):
        warn("没有执法证号或有效期：不计入“不少于两人”，也不会被抽到（规则 inspector-certificate）")
    return Inspector(
        id=_number(fields, certificate),
        name=within(needed(fields, "name", "姓名", "inspector-certificate"), NAME, "姓名"),
        department=within(
            needed(fields, "department", "所属部门", "inspector-certificate"), NAME, "所属部门"
        ),
        certificate=within(certificate, NAME, "执法证号"),
        valid_from=valid_from,
        valid_until=valid_until,
        role=role,
        gender=within(fields["gender"], NAME, "性别"),
        title=within(fields["title"], NAME, "职务"),
        expertise=listed(within(fields["expertise"], TEXT, "专长")),
        region=within(half_width(fields["region"]), NAME, "区划"),
        on_duty=_on_duty(fields["on_duty"], warn),
        phone=within(half_width(given(fields["phone"]) or given(fields["landline"])), NAME, "电话"),
        recusals=tuple(_party(name, targets) for name in listed(given(fields["recusals"]))),
    )


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


def _party(name: str, targets: Mapping[str, str]) -> str:
    """The id of a target an inspector must not meet: a recusal that names nobody would protect nobody."""
    known = targets.get(name)
    if known:
        return known
    try:
        return parse_identity(name).id
    except BadInput as error:
        raise BadInput(
            f"回避对象“{name[:30]}”不在检查对象名录库里：请填它的统一社会信用代码（规则 recusal）"
        ) from error
