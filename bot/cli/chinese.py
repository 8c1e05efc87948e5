"""Click speaks Chinese: the words of its own around every command's help, from `templates/chat/cli.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from typing import Any

import click

from bot.render import TEMPLATES

WORDS: dict[str, dict[str, str]] = tomllib.loads((TEMPLATES / "chat" / "cli.toml").read_text("utf-8"))
START, SAID = WORDS["start"], WORDS["said"]
# What click writes behind an option's help: [default: 8080; required]
_BEHIND = re.compile(r"(?:  )?\[(?:default: (?P<default>[^;\]]+))?(?:; )?(?P<required>required)?\]$")


class Pages(click.HelpFormatter):
    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, SAID["usage"])

    def write_heading(self, heading: str) -> None:
        self.write(f"{'':>{self.current_indent}}{WORDS['headings'].get(heading, heading)}：\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], *given: Any, **named: Any) -> None:
        super().write_dl([(term, _BEHIND.sub(_behind, said)) for term, said in rows], *given, **named)


class Context(click.Context):
    formatter_class = Pages


def sure(question: str) -> None:
    """Goes on after 是 or y alone. Raises click.Abort for any other answer, and where nobody answers."""
    said = click.prompt(question, default="", show_default=False, prompt_suffix=SAID["sure"])
    if str(said).strip().lower() not in ("是", "y", "yes"):
        raise click.Abort


def _behind(found: re.Match[str]) -> str:
    default = f"{SAID['default']} {found['default']}" if found["default"] else ""
    said = "，".join(filter(None, (default, SAID["required"] if found["required"] else "")))
    return f"（{said}）"


def in_chinese(command: click.Command) -> click.Command:
    """The command, and every one below it, with its help in Chinese."""
    command.context_class = Context
    command.options_metavar = SAID["options"]
    for param in command.params:
        param.metavar = param.metavar or _metavar(command, param)
    option = command.get_help_option(click.Context(command))
    if option:
        option.help = SAID["help"]
    if isinstance(command, click.Group):
        command.subcommand_metavar = SAID["command"]
        for below in command.commands.values():
            in_chinese(below)
    return command


def _metavar(command: click.Command, param: click.Parameter) -> str | None:
    """None where click writes no word of its own: a flag, or the few values there are to choose from."""
    if isinstance(param, click.Option):
        few = param.is_flag or isinstance(param.type, click.Choice)
        return None if few else WORDS["kinds"].get(param.type.name)
    words = WORDS["arguments"]
    own = words.get(f"{command.name} {param.name}")
    word = own or (None if isinstance(param.type, click.Choice) else words.get(param.name or ""))
    if word is None:
        return None
    return (word if param.required else f"[{word}]") + ("…" if param.nargs != 1 else "")
