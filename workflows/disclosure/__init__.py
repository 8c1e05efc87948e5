"""Results and measures (检查结果, 后续处置措施): the official lists as editable data, with what excludes what.

The code table GS52-2017 could not be read, so the lists follow the forms in use; a bureau may bring its own file.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass

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


def parse_options(text: str, where: str) -> Options:
    """Options from TOML: [[results]] and [[measures]] with code, label and, where they apply, group and exclusive."""
    try:
        data = tomllib.loads(text)
        options = Options(
            tuple(Option(**row) for row in data["results"]), tuple(Option(**row) for row in data["measures"])
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise BadInput(f"{where}：检查结果选项表无法读取（{error}）。每项须有 code 和 label。") from error
    missing = [c for c in (NO_FINDING, CORRECTED) if options.result(c) is None]
    if missing or options.measure(NOTHING_FURTHER) is None:
        raise BadInput(f"{where}：选项表缺少必备代码 {'、'.join(missing) or NOTHING_FURTHER}。")
    return options
