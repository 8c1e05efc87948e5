"""The operator's pages name every command and every setting there is, and none that is not."""

from __future__ import annotations

import re
from pathlib import Path

import click

from bot.cli import main

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")


def _paths(group: click.Group, before: str = "suijian") -> list[str]:
    context = click.Context(group)
    found = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        path = f"{before} {name}"
        found += _paths(command, path) if isinstance(command, click.Group) else [path]
    return found


def test_every_command_stands_in_the_page() -> None:
    missing = [path for path in _paths(main) if f"`{path}" not in COMMANDS]
    assert not missing


def test_the_page_names_no_command_that_is_not_there() -> None:
    known = _paths(main)
    for said in re.findall(r"^\| `(suijian [^`]+)`", COMMANDS, re.M):
        assert any(said == path or said.startswith(f"{path} ") for path in known), said


def test_every_setting_stands_in_the_page_and_is_read() -> None:
    read = set(re.findall(r"SUIJIAN_[A-Z_]+", (ROOT / "bot" / "settings.py").read_text(encoding="utf-8")))
    written = set(re.findall(r"^\| `(SUIJIAN_[A-Z_]+)`", COMMANDS, re.M))
    assert read == written


def test_every_link_and_picture_of_the_pages_exists() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    broken = [
        f"{page.name}: {link}"
        for page in pages
        for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text(encoding="utf-8"))
        if not (page.parent / link).exists()
    ]
    assert not broken
