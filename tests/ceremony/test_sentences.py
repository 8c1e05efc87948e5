"""Every refusal of a ceremony has its sentence and its clause."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from bot.dialogs.ceremony_cards import refusal_lines
from bot.render import TEMPLATES, environment
from storage.lawbook import load_lawbook
from workflows.draw.ceremony.refusals import REASONS, Denied

ROOT = Path(__file__).resolve().parents[2]
LAWBOOK = load_lawbook()
EVERY = [(rule, reason) for rule, reasons in REASONS.items() for reason in reasons]


def details() -> dict[tuple[str, str], list[str]]:
    """The names of the words that each `deny(...)` gives with its reason."""
    found: dict[tuple[str, str], list[str]] = {}
    for file in [*(ROOT / "workflows/draw/ceremony").glob("*.py"), *(ROOT / "storage").glob("ceremon*.py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "deny":
                rule, reason = node.args[0], node.args[1]
                names = [word.arg for word in node.keywords if word.arg]
                reasons = [reason.body, reason.orelse] if isinstance(reason, ast.IfExp) else [reason]
                for one in reasons:
                    assert isinstance(rule, ast.Constant) and isinstance(one, ast.Constant)
                    found[rule.value, one.value] = names
    return found


DETAILS = details()


@pytest.mark.parametrize(("rule", "reason"), EVERY)
def test_a_refusal_says_what_is_missing_what_to_do_and_the_clause(rule: str, reason: str) -> None:
    refused = Denied(
        rule, reason, "", dict.fromkeys(DETAILS[rule, reason], "某") | {"at": "2026-09-21T12:00:00+08:00"}
    )
    for profile in LAWBOOK.profiles:
        title, *lines, clause = refusal_lines(refused, LAWBOOK, profile)
        assert 1 <= len(title) <= 20
        assert 1 <= len(lines) <= 3
        assert clause.startswith("> ") and len(clause) > 4


def test_every_reason_is_given_somewhere_and_no_sentence_is_left_over() -> None:
    assert set(DETAILS) == set(EVERY)
    written = {
        (file.stem, name.replace("_", "-"))
        for file in (TEMPLATES / "chat/ceremony/refusals").glob("*.j2")
        for name in environment().get_template(f"ceremony/refusals/{file.name}").blocks
    }
    assert written == set(EVERY)
