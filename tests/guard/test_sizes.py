"""A module is read in one sitting, a function at one glance."""

from __future__ import annotations

import ast
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("bot", "storage", "workflows")
# A migration is written once and lists what was there that day.
MODULES = {
    file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8")
    for room in ROOMS
    for file in sorted((ROOT / room).rglob("*.py"))
    if "versions" not in file.parts
}


def test_no_module_is_longer_than_300_lines_and_half_are_shorter_than_110() -> None:
    lines = {name: len(text.splitlines()) for name, text in MODULES.items()}
    assert {name: count for name, count in lines.items() if count > 300} == {}
    assert median(lines.values()) <= 110


def test_no_function_is_longer_than_40_lines() -> None:
    long = {}
    for name, text in MODULES.items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                long[f"{name}:{node.name}"] = node.end_lineno - node.lineno + 1
    assert {name: count for name, count in long.items() if count > 40} == {}
    assert len(long) > 300
