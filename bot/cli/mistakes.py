"""A command mistyped: what is wrong with it in Chinese, how it is written, and where to read on."""

from __future__ import annotations

import click

from bot.render import text


class Mistake(click.ClickException):
    """Shown in place of click's own English words, with click's own exit code for a mistake of use."""

    exit_code = click.UsageError.exit_code

    def show(self, file: object = None) -> None:
        click.echo(self.message, err=True)


def told(error: click.UsageError) -> Mistake:
    """The same mistake in our words; the values a parameter takes are named where it takes but a few."""
    context = error.ctx
    wrong = error.param if isinstance(error, click.BadParameter) else None
    said = text(
        "mistakes",
        kind=_kind(error),
        name=_name(error),
        hint=wrong.get_error_hint(context) if wrong and context else "",
        choices=wrong.type.choices if wrong and isinstance(wrong.type, click.Choice) else (),
        path=context.command_path if context else "suijian",
        pieces=context.command.collect_usage_pieces(context) if context else (),
    )
    return Mistake("\n".join(said))


def _kind(error: click.UsageError) -> str:
    for kind, meant in (
        ("option", click.NoSuchOption),
        ("missing", click.MissingParameter),
        ("value", click.BadOptionUsage),
        ("wrong", click.BadParameter),
    ):
        if isinstance(error, meant):
            return kind
    return "command" if error.ctx and isinstance(error.ctx.command, click.Group) else "extra"


def _name(error: click.UsageError) -> str:
    return str(getattr(error, "option_name", "") or getattr(error, "command_name", ""))
