"""The item catalogue (抽查事项清单). Field sets: 000 一(一); 001 三(一); 002 二(一); 003 annexes 1 and 5."""

from __future__ import annotations

from dataclasses import dataclass

CATEGORIES = {"general": "一般检查事项", "key": "重点检查事项"}


@dataclass(frozen=True, slots=True)
class Item:
    """One item (抽查事项). `ratio` and `frequency` are kept as the bureau wrote them; `basis` names the articles."""

    id: str
    name: str
    basis: str
    department: str
    targets: str
    content: tuple[str, ...]
    methods: tuple[str, ...] = ()
    ratio: str = ""
    frequency: str = ""
    category: str = "general"
    level: str = ""
    note: str = ""
