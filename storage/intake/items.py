"""The catalogue of items (抽查事项清单): 003 annexes 1 and 5, and lists that divide an item into parts (抽查子项)."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict

from storage.intake.cells import LINE, NAME, TEXT, half_width, means, numbered, share, within, words
from storage.intake.gather import Fields, Warn, each_row, gather, given, needed
from storage.intake.headings import columns_of
from storage.intake.table import Intake, Progress, Table, unwatched
from workflows.catalogue import Item
from workflows.errors import BadInput
from workflows.ratio import FIELDS, Unclear, parse

_ID = re.compile(r"[0-9A-Za-z._:-]{1,24}")
_EXPECTED = {
    "targets": "抽查对象",
    "methods": "抽查方式",
    "ratio": "抽查比例",
    "frequency": "抽查频次",
    "category": "事项类别",
    "level": "实施层级",
}
_SILENT = {field: f"没有“{name}”列（规则 item-fields）" for field, name in _EXPECTED.items()}


def parse_items(table: Table, prefix: str = "", progress: Progress = unwatched) -> Intake[Item]:
    """Items with basis, department and content; a row without one of them is refused (item-fields, legal-basis).

    An item's id is `prefix` + its 编号 (else its 序号): lists of several departments whose numbers all begin at 1
    need a prefix each. Parts under one 编号 become 编号-1, 编号-2, in the order of the file.
    """
    parts = _parts(table)
    expected = _EXPECTED.keys() & columns_of(table.headers, "items").keys()

    def read(fields: Fields, warn: Warn) -> Item:
        for field in sorted(expected):
            if not given(fields[field]):
                warn(f"没有写{_EXPECTED[field]}（规则 item-fields）")
        item = _item(fields, _item_id(fields, prefix, parts), warn)
        _warn_of_unclear(item, warn)
        return item

    return gather(table, "items", read, lambda item: item.id, progress, _SILENT)


def _warn_of_unclear(item: Item, warn: Warn) -> None:
    for field, name in FIELDS.items():
        phrase = getattr(item, field)
        if phrase and isinstance(parse(field, phrase), Unclear):
            warn(f"{name}“{phrase[:40]}”读不成一个确定的数，请信息管理员在“计划”里说明（规则 general-cap）")


def _item(fields: Fields, item_id: str, warn: Warn) -> Item:
    basis = within(needed(fields, "basis", "抽查依据", "legal-basis"), TEXT, "抽查依据")
    if "《" not in basis:
        warn("抽查依据没有写出法律、法规或规章的名称（《…》），请核对（规则 legal-basis）")
    return Item(
        id=item_id,
        name=within(_name(fields), LINE, "抽查事项名称"),
        basis=basis,
        department=within(
            needed(fields, "department", "抽查主体（部门）", "item-fields"), NAME, "抽查主体（部门）"
        ),
        targets=within(fields["targets"], LINE, "抽查对象"),
        content=_content(fields),
        methods=means(within(given(fields["methods"]), LINE, "抽查方式")),
        ratio=share(within(given(fields["ratio"]), LINE, "抽查比例")),
        frequency=within(given(fields["frequency"]), LINE, "抽查频次"),
        category="key" if "重点" in fields["category"] and "一般" not in fields["category"] else "general",
        level=within(given(fields["level"]), LINE, "实施层级"),
        note=within(_note(fields), TEXT, "备注"),
        qualifications=_qualifications(fields, warn),
    )


def _qualifications(fields: Fields, warn: Warn) -> tuple[str, ...]:
    """A list that says only 需专业岗位资格 does not say which, and a team cannot be checked for it."""
    named = words(fields["qualifications"], "所需资质")
    if not named and re.match("需|要求|须|应", given(fields["skill"])):
        warn(
            f"检查人员要求“{fields['skill'][:30]}”没有写明哪一种资质：请加“所需资质”一列写明，抽取检查组时才能核对"
        )
    return named


def _name(fields: Fields) -> str:
    name = needed(fields, "name", "抽查事项名称", "item-fields")
    return f"{name}：{fields['part']}" if given(fields["part"]) else name


def _content(fields: Fields) -> tuple[str, ...]:
    """A list divided into parts and without a column for contents says there what is inspected (重大变更的检查)."""
    text = given(fields["content"]) or given(fields["part"])
    content = numbered(within(text, TEXT, "抽查内容"))
    if not content:
        raise BadInput("没有抽查内容，也没有抽查子项：请补填检查什么，再导入（规则 item-fields）")
    return content


def _note(fields: Fields) -> str:
    skill = f"检查人员要求：{fields['skill']}" if given(fields["skill"]) else ""
    return "；".join(text for text in (given(fields["note"]), skill) if text)


def _item_id(fields: Fields, prefix: str, parts: dict[str, list[str]]) -> str:
    number, label = _number(fields), _label(fields)
    if not number:
        # Without a number the name is the identity, so that a second import still updates.
        return f"{prefix}I-{hashlib.sha256(label.encode()).hexdigest()[:8]}"
    labels = parts[number]
    item_id = prefix + (f"{number}-{labels.index(label) + 1}" if len(labels) > 1 else number)
    if _ID.fullmatch(item_id) is None:
        raise BadInput(f"编号“{item_id[:30]}”只能用字母、数字和 . _ : -，最多 24 位：请改正")
    return item_id


def _parts(table: Table) -> dict[str, list[str]]:
    """Number -> the different items that carry it, in the order of the file."""
    parts: dict[str, dict[str, None]] = defaultdict(dict)
    for _, fields in each_row(table, "items"):
        parts[_number(fields)][_label(fields)] = None
    return {number: list(labels) for number, labels in parts.items()}


def _number(fields: Fields) -> str:
    return re.sub(r"\s", "", half_width(given(fields["id"]) or given(fields["serial"])))


def _label(fields: Fields) -> str:
    return "\n".join(fields[field] for field in ("name", "part", "department"))
