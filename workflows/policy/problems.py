"""Collecting what is wrong with a profile's file, in words its author can act on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from workflows.errors import BadProfile

KINDS = {bool: "是/否（true 或 false）", int: "整数", str: "文字（加引号）", tuple: "列表（方括号）"}


@dataclass(slots=True)
class Problems:
    """`where` is the file's name; `told` the sentences so far."""

    where: str
    told: list[str] = field(default_factory=list)

    def tell(self, key: str, sentence: str) -> None:
        self.told.append(f"{key}：{sentence}" if key else sentence)

    def close(self) -> None:
        if self.told:
            listed = "\n".join(f"{number}. {sentence}" for number, sentence in enumerate(self.told, 1))
            raise BadProfile(f"{self.where} 有 {len(self.told)} 处要改：\n{listed}")


def nearest(word: str, known: Iterable[str]) -> str:
    """ "，是不是想写 X？" for the nearest known word, else the known words if they are few, else nothing."""
    words = sorted(known)
    close = get_close_matches(word, words, n=1, cutoff=0.6)
    if close:
        return f"，是不是想写 {close[0]}？"
    return f"，可以写：{'、'.join(words)}" if 0 < len(words) <= 12 else "，请对照 docs/profiles.md 的规则表"


def frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def same_kind(value: Any, example: Any) -> bool:
    """Whether a value may stand where `example` stood: same type; a list not empty and of the same sort."""
    if type(value) is not type(example):
        return False
    if not isinstance(value, tuple):
        return True
    sorts = {type(entry) for entry in value}
    return len(sorts) == 1 and sorts <= ({type(entry) for entry in example} or {str, int})
