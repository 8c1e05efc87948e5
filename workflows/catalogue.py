"""The item catalogue (抽查事项清单). Its fields are those of four documents:

云政办发〔2016〕105号 一(一); 安政办发〔2019〕2号 三(一); 海市监发〔2019〕52号 二(一); 河南省公安厅通知(2019-12) 附件1; 豫政办〔2017〕80号.
"""

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
