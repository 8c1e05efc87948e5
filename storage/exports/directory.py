"""A directory as it stood on a day, as a table under the headings an import reads: what is given out can be read in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import TypeVar

from storage.exports.workbook import Cell, Sheet
from storage.intake.headings import INSPECTORS, ITEMS, TARGETS
from storage.people import ROLES
from workflows.catalogue import CATEGORIES, Item
from workflows.directory import TARGET_KINDS, TARGET_STATUSES, Inspector, Target

T = TypeVar("T")
_OF_TARGETS: dict[str, Callable[[Target], Cell]] = {
    "id": lambda one: "" if one.id.startswith("R:") else one.id,
    "number": lambda one: one.id[2:] if one.id.startswith("R:") else "",
    "name": lambda one: one.name,
    "kind": lambda one: TARGET_KINDS[one.kind],
    "address": lambda one: one.address,
    "region": lambda one: one.region,
    "status": lambda one: TARGET_STATUSES[one.status],
    "established": lambda one: one.established,
    # A tag may hold "、" itself.
    "tags": lambda one: "；".join(one.tags),
    "risk": lambda one: one.risk,
    "credit": lambda one: one.credit,
    "contact": lambda one: one.contact,
    "phone": lambda one: one.phone,
    "industry": lambda one: one.industry,
}
_OF_INSPECTORS: dict[str, Callable[[Inspector], Cell]] = {
    "id": lambda one: one.id.removeprefix("P:"),
    "name": lambda one: one.name,
    "department": lambda one: one.department,
    "certificate": lambda one: _each(one, one.certificate, "number"),
    "valid_from": lambda one: _each(one, one.valid_from, "valid_from"),
    "valid_until": lambda one: _each(one, one.valid_until, "valid_until"),
    "role": lambda one: ROLES[one.role],
    "gender": lambda one: one.gender,
    "title": lambda one: one.title,
    "expertise": lambda one: "、".join(one.expertise),
    "region": lambda one: one.region,
    "on_duty": lambda one: "在岗" if one.on_duty else "不在岗",
    "phone": lambda one: one.phone,
}


# What is split at signs of its own is given out a line each.
_OF_ITEMS: dict[str, Callable[[Item], Cell]] = {
    "id": lambda one: one.id,
    "name": lambda one: one.name,
    "basis": lambda one: one.basis,
    "department": lambda one: one.department,
    "targets": lambda one: one.targets,
    "content": lambda one: "\n".join(one.content),
    "methods": lambda one: "、".join(one.methods),
    "ratio": lambda one: one.ratio,
    "frequency": lambda one: one.frequency,
    "category": lambda one: CATEGORIES[one.category],
    "level": lambda one: one.level,
    "qualifications": lambda one: "、".join(one.qualifications),
    "note": lambda one: one.note,
}


def targets_sheet(entries: Iterable[Target], day: date) -> Sheet:
    return _sheet(f"检查对象名录库（{day}）", TARGETS, _OF_TARGETS, entries)


def inspectors_sheet(entries: Iterable[Inspector], day: date) -> Sheet:
    return _sheet(f"执法检查人员名录库（{day}）", INSPECTORS, _OF_INSPECTORS, entries)


def items_sheet(entries: Iterable[Item], day: date) -> Sheet:
    return _sheet(f"抽查事项清单（{day}）", ITEMS, _OF_ITEMS, entries)


def _each(one: Inspector, only: Cell, field: str) -> Cell:
    """That of several certificates in their order, as the column is read; `only` where there is one."""
    said = (getattr(held, field) for held in one.certificates)
    return "；".join(str(cell) for cell in said if cell) if one.certificates else only


def _sheet(
    title: str,
    headings: Mapping[str, tuple[str, ...]],
    columns: Mapping[str, Callable[[T], Cell]],
    entries: Iterable[T],
) -> Sheet:
    """Each column under the first of the headings it is known by."""
    rows = ([read(entry) for read in columns.values()] for entry in entries)
    return Sheet(title, tuple(headings[field][0] for field in columns), rows)
