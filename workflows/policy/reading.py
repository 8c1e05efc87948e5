"""One rule's table in a profile's file: what it may say, and what it inherits."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from workflows.policy.problems import KINDS, Problems, frozen, nearest, same_kind
from workflows.policy.profile import Parameter, Rule
from workflows.policy.vocabulary import CHOICES, CLASSES, EFFECTS, LAW

OWN_KEYS = ("title", "value", "source", "effect")


def read_rule(rule_id: str, table: Mapping[str, Any], base: Rule | None, problems: Problems) -> Rule:
    """The rule as the table changes it; without a base the table has to say all of it."""
    said = {key: frozen(value) for key, value in table.items()}
    key = f"rules.{rule_id}"
    for word in ("title", "source", "effect"):
        _check_words(key, word, said, base, problems)
    parameters = {name: value for name, value in said.items() if name not in OWN_KEYS}
    if base is None:
        _check_new_parameters(key, said, problems)
    else:
        _check_against_base(key, said, parameters, base, problems)
    for name, value in said.items():
        _check_choices(rule_id, name, value, problems)
    _check_table(rule_id, said.get("permille"), problems)
    _check_law(rule_id, said, base, problems)
    return Rule(
        id=rule_id,
        title=said.get("title", base.title if base else ""),
        value=said.get("value", base.value if base else None),
        source=said.get("source", base.source if base else ""),
        effect=said.get("effect", base.effect if base else "none"),
        parameters=MappingProxyType({**(base.parameters if base else {}), **parameters}),
    )


def _check_words(key: str, word: str, said: Mapping[str, Any], base: Rule | None, problems: Problems) -> None:
    if word not in said:
        if base is None:
            problems.tell(key, f"缺 {word}，请补上")
        elif word == "source" and said.keys() - {"title"}:
            problems.tell(key, "改了规则却没写 source，请写明依据的文号和条款")
        return
    value = said[word]
    if not isinstance(value, str) or not value.strip():
        problems.tell(f"{key}.{word}", "要写文字（加引号），不能为空")
    elif word == "effect" and value not in EFFECTS:
        problems.tell(f"{key}.effect", f"没有“{value}”这种效力{nearest(value, EFFECTS)}")


def _check_against_base(
    key: str, said: Mapping[str, Any], parameters: Mapping[str, Parameter], base: Rule, problems: Problems
) -> None:
    known = {
        name: value for name, value in (("value", base.value), *base.parameters.items()) if value is not None
    }
    for name, value in said.items():
        if name in known:
            _check_kind(f"{key}.{name}", value, known[name], problems)
        elif name == "value":
            problems.tell(f"{key}.value", "这条规则没有数值可改，请删掉这一行")
        elif name in parameters:
            problems.tell(
                f"{key}.{name}", f"没有这个键{nearest(name, {*known, 'source', 'effect', 'title'})}"
            )


def _check_kind(key: str, value: Any, example: Any, problems: Problems) -> None:
    if not same_kind(value, example):
        kind = KINDS[type(example)]
        if isinstance(example, tuple):
            kind = f"{kind}，里面至少一项，各项都是{KINDS[type(example[0])]}"
        problems.tell(key, f"要写{kind}，例如 {_example(example)}")
    elif any(
        isinstance(number, int) and number < 0 for number in (value if isinstance(value, tuple) else (value,))
    ):
        problems.tell(key, "不能小于 0")


def _check_new_parameters(key: str, said: Mapping[str, Any], problems: Problems) -> None:
    for name, value in said.items():
        if type(value) not in KINDS or value == ():
            problems.tell(f"{key}.{name}", "只能写整数、文字、是/否或非空的列表")


def _check_choices(rule_id: str, name: str, value: Any, problems: Problems) -> None:
    choices = CHOICES.get(rule_id if name == "value" else f"{rule_id}.{name}")
    if choices is None or not isinstance(value, str | tuple):
        return
    for word in (value,) if isinstance(value, str) else value:
        if isinstance(word, str) and word not in choices:
            problems.tell(f"rules.{rule_id}.{name}", f"没有“{word}”这个选项{nearest(word, choices)}")


def _check_table(rule_id: str, permille: Any, problems: Problems) -> None:
    """A ratio for each class: all four set, or none; never above the whole."""
    if not isinstance(permille, tuple):
        return
    numbers = [one for one in permille if type(one) is int and one <= 1000]
    if len(numbers) != len(CLASSES) or len(permille) != len(CLASSES):
        problems.tell(f"rules.{rule_id}.permille", "要写 A、B、C、D 四类各一个千分数，每个不超过 1000")
    elif any(numbers) and not all(numbers):
        problems.tell(f"rules.{rule_id}.permille", "四类要么都写，要么都是 0（不分类）")


def _check_law(rule_id: str, said: Mapping[str, Any], base: Rule | None, problems: Problems) -> None:
    """A bureau may ask for more than a statute, never for less."""
    if rule_id not in LAW or base is None:
        return
    if said.get("effect", base.effect) != base.effect:
        problems.tell(
            f"rules.{rule_id}.effect", f"{LAW[rule_id]}规定的要求不能放宽，只能是 {base.effect}，请删掉这一行"
        )
    value = said.get("value")
    if isinstance(value, int) and isinstance(base.value, int) and value < base.value:
        problems.tell(f"rules.{rule_id}.value", f"{LAW[rule_id]}规定不少于 {base.value}，不能写 {value}")


def _example(example: Any) -> str:
    if isinstance(example, tuple):
        return "[" + ", ".join(_example(entry) for entry in example[:2]) + "]"
    if isinstance(example, bool):
        return str(example).lower()
    return str(example) if isinstance(example, int) else f'"{example}"'
