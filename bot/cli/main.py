"""The root command and its groups. Modules are imported when their command runs: starting stays quick."""

from __future__ import annotations

import importlib
from typing import IO, Any

import click

from bot.cli.chinese import SAID, START, in_chinese
from bot.cli.mistakes import told
from workflows.errors import SuijianError

# command -> the module of bot.cli that holds it, under the same name
COMMANDS = {
    "run": "serving",
    "demo": "serving",
    "reset": "serving",
    "chat": "chatting",
    "import": "importing",
    "plan": "planning",
    "draw": "planning",
    "risk": "risking",
    "adhoc": "risking",
    "tickets": "engines",
    "transcript": "verifying",
    "verify": "verifying",
    "open": "opening",
    "target": "looking",
    "item": "looking",
    "directory": "looking",
    "people": "peopling",
    "workdays": "dating",
    "calendar": "dating",
    "check": "checking",
    "profile": "checking",
    "trail": "checking",
    "archive": "checking",
}


class Sentence(click.ClickException):
    """A sentence of ours: it needs no English word before it."""

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(self.message, err=True)


class Lazy(click.Group):
    """Finds commands by name without importing the others; turns an error of ours into its sentence and exit code 1."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        found = getattr(importlib.import_module(f"bot.cli.{module}"), f"{cmd_name}_command")
        assert isinstance(found, click.Command)
        return in_chinese(found)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.exceptions.NoArgsIsHelpError:
            raise
        except click.UsageError as error:
            raise told(error) from error

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except click.exceptions.NoArgsIsHelpError:
            raise
        except click.UsageError as error:
            raise told(error) from error
        except SuijianError as error:
            raise Sentence(str(error)) from error
        except OSError as error:
            if error.filename is None:
                raise
            raise Sentence(SAID["path"].format(path=error.filename)) from error
        except (click.Abort, KeyboardInterrupt, EOFError) as error:
            raise Sentence(SAID["stopped"]) from error


@click.command(cls=Lazy, help=START["root"])
def main() -> None:
    pass


in_chinese(main)
