"""A policy profile: what one jurisdiction's documents ask for, as data. Writing one: docs/profiles.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Parameter = int | str | bool | tuple[str, ...] | tuple[int, ...]
Value = Parameter | None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `effect` is a key of `vocabulary.EFFECTS`; people see `title` and `source`, never `id`.

    `parameters` are the further numbers and words of the rule, such as `metres` and `hours` of "two-on-site".
    """

    id: str
    title: str
    value: Value
    source: str
    effect: str
    parameters: Mapping[str, Parameter] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Profile:
    """A resolved profile: `rules` holds every rule of its base as well as its own.

    `edition` is the SHA-256 of all it says; `places` are where results are made public (公示渠道).
    Asking for what is not there is a mistake of the program: `KeyError`, or `TypeError` for the wrong kind.
    """

    id: str
    name: str
    document: str
    base: str
    rules: Mapping[str, Rule] = field(hash=False)
    places: tuple[str, ...]
    places_source: str
    edition: str = ""

    def rule(self, rule_id: str) -> Rule:
        return self.rules[rule_id]

    def clause(self, rule_id: str) -> str:
        """The clause as a person reads it, "海市监发〔2019〕52号 二（四）4"."""
        return self.rules[rule_id].source

    def effect(self, rule_id: str) -> str:
        return self.rules[rule_id].effect

    def blocks(self, rule_id: str) -> bool:
        return self.effect(rule_id) == "block"

    def parameter(self, rule_id: str, name: str) -> Parameter:
        return self.rules[rule_id].parameters[name]

    def number(self, rule_id: str, parameter: str = "") -> int:
        """The rule's value, or the named parameter of it, as a whole number."""
        found = self._find(rule_id, parameter)
        if not isinstance(found, int) or isinstance(found, bool):
            raise TypeError(f"{rule_id} {parameter} is not a number: {found!r}")
        return found

    def text(self, rule_id: str, parameter: str = "") -> str:
        found = self._find(rule_id, parameter)
        if not isinstance(found, str):
            raise TypeError(f"{rule_id} {parameter} is not text: {found!r}")
        return found

    def words(self, rule_id: str, parameter: str = "") -> tuple[str, ...]:
        """The rule's value, or the named parameter of it, as words, such as the grounds of "secrecy"."""
        return tuple(word for word in self._list(rule_id, parameter) if isinstance(word, str))

    def numbers(self, rule_id: str, parameter: str = "") -> tuple[int, ...]:
        return tuple(number for number in self._list(rule_id, parameter) if isinstance(number, int))

    def _list(self, rule_id: str, parameter: str) -> tuple[str, ...] | tuple[int, ...]:
        found = self._find(rule_id, parameter)
        if not isinstance(found, tuple):
            raise TypeError(f"{rule_id} {parameter} is not a list: {found!r}")
        return found

    def _find(self, rule_id: str, parameter: str) -> Value:
        return self.parameter(rule_id, parameter) if parameter else self.rules[rule_id].value
