"""No rule, refusal, clause, command or event is forgotten: what is not proven yet stands in a list, and nowhere else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.render import environment
from storage.policies import load_profiles
from workflows.inspection import commands as c
from workflows.inspection import events as e
from workflows.inspection.decide import DECIDERS
from workflows.inspection.evolve import FOLDS
from workflows.inspection.refusals import REFUSALS

ROOT = Path(__file__).resolve().parents[2]
RULE_BOOK = ROOT / "../shared/design/rules.md"
TESTS = ROOT / "tests"
PROFILES = load_profiles()
SENTENCES = environment()

# Rules whose proof is still to come, with the work that brings it. A rule leaves this list with its first test.
STILL_TO_COME = {}


def proven() -> set[str]:
    return {rule for file in sorted(TESTS.rglob("test_*.py")) for rule in marks_of(file)}


def marks_of(file: Path) -> Iterator[str]:
    """The ids given to `pytest.mark.rule` in a file, found in its source."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.rule":
            yield from (ast.literal_eval(argument) for argument in node.args)


@pytest.mark.skipif(
    not RULE_BOOK.exists(), reason="the rule book is no part of the checkout: put it at ../shared/design"
)
def test_the_national_profile_holds_the_rules_of_the_book() -> None:
    rows = re.findall(r"^\| ([a-z-]+) \|", RULE_BOOK.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(rows) - {"id", "profile"} == set(PROFILES["national"].rules)


def test_every_rule_is_proven_or_known_to_be_still_to_come() -> None:
    assert set(PROFILES["national"].rules) - proven() - set(STILL_TO_COME) == set()


def test_what_is_proven_is_not_still_to_come() -> None:
    assert set(STILL_TO_COME) & proven() == set()


def test_no_test_and_no_list_names_a_rule_that_does_not_exist() -> None:
    assert (proven() | set(STILL_TO_COME)) - set(PROFILES["national"].rules) == set()


@pytest.mark.parametrize("rule", REFUSALS)
def test_every_refusal_has_its_sentence(rule: str) -> None:
    blocks = SENTENCES.get_template(f"refusals/{rule}.j2").blocks
    assert {reason.replace("-", "_") for reason in REFUSALS[rule]} == set(blocks)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.id)
def test_every_refusal_has_its_clause_in_every_profile(profile: object) -> None:
    silent = [rule for rule in REFUSALS if rule != "form" and not PROFILES[profile.id].clause(rule)]  # type: ignore[attr-defined]
    assert silent == []


def given() -> set[tuple[str, str]]:
    """Every (rule, reason) that the code gives literally, in `refuse`, `must_say`, `must_hold` and `_alone`."""
    found = set()
    for room in ("workflows", "bot"):
        for file in sorted((ROOT / room).rglob("*.py")):
            words = [
                node.value
                for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
            ]
            if file.name != "refusals.py":
                found |= {
                    (r, reason) for r in REFUSALS if r in words for reason in REFUSALS[r] if reason in words
                }
    return found


def test_no_refusal_waits_for_an_occasion_that_never_comes() -> None:
    known = {(rule, reason) for rule, reasons in REFUSALS.items() for reason in reasons}
    assert known == given()


def test_every_command_has_its_decider_and_every_event_its_fold() -> None:
    """Those of an inspection; a draw's ceremony has commands and events of its own."""
    assert set(DECIDERS) == of_inspections(c.Command)
    assert set(FOLDS) == set(e.EVENTS.values()) - {e.InspectionOpened}
    assert set(e.EVENTS.values()) == of_inspections(e.Event)


def of_inspections(kind: type) -> set[type]:
    return {one for one in kind.__subclasses__() if not one.__module__.startswith("workflows.draw.")}
