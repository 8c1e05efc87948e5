"""Results and measures (检查结果, 后续处置措施): the official lists as editable data, with what excludes what.

The code table GS52-2017 could not be read, so the lists follow the forms in use; a bureau may bring its own file.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass
from typing import Any

from workflows.errors import BadInput


@dataclass(frozen=True)
class Option:
    """`exclusive` stands alone: it excludes every other option of its list."""

    code: str
    label: str
    group: str = ""
    exclusive: bool = False


@dataclass(frozen=True)
class Options:
    results: tuple[Option, ...]
    measures: tuple[Option, ...]

    def result(self, code: str) -> Option | None:
        return next((o for o in self.results if o.code == code), None)

    def measure(self, code: str) -> Option | None:
        return next((o for o in self.measures if o.code == code), None)


# The software acts on these: nothing found, corrected on the spot, nothing left to do.
NO_FINDING, CORRECTED, NOTHING_FURTHER = "1", "E", "none"


FIELDS = {"code": str, "label": str, "group": str, "exclusive": bool}


def parse_options(text: str, where: str) -> Options:
    """Options from TOML: [[results]] and [[measures]] with code, label and, where they apply, group and exclusive.

    Raises `BadInput` with the file's name `where`, the list and the place in it.
    """
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{where}：不合 TOML 写法（{error}），请检查引号、等号和方括号。") from error
    options = Options(
        _listed(said.get("results"), where, "results"), _listed(said.get("measures"), where, "measures")
    )
    missing = [code for code in (NO_FINDING, CORRECTED) if options.result(code) is None]
    if missing or options.measure(NOTHING_FURTHER) is None:
        raise BadInput(f"{where}：选项表缺少必备代码 {'、'.join(missing) or NOTHING_FURTHER}。")
    return options


def _listed(rows: Any, where: str, name: str) -> tuple[Option, ...]:
    if not isinstance(rows, list):
        raise BadInput(f"{where}：缺 {name}，请为每一项写一节 [[{name}]]，下面写 code 和 label。")
    found = tuple(_option(row, f"{where}：{name} 第 {number} 项") for number, row in enumerate(rows, start=1))
    codes = Counter(option.code for option in found)
    twice = next((code for code, times in codes.items() if times > 1), None)
    if twice is not None:
        raise BadInput(f"{where}：{name} 的代码 {twice} 出现了两次，请只留一项。")
    return found


def _option(row: Any, place: str) -> Option:
    if not isinstance(row, dict):
        raise BadInput(f"{place}应写 code 和 label 两行，请改正。")
    wrong = [key for key, value in row.items() if type(value) is not FIELDS.get(key)]
    wrong += [key for key in ("code", "label") if not str(row.get(key, "")).strip()]
    if wrong:
        raise BadInput(
            f"{place}的 {wrong[0]} 缺少或写法不对：code、label、group 写文字，exclusive 写 true 或 false。"
        )
    return Option(**row)
