"""suijian open: a draw's secrets opened from the shares of two keepers, without the house's own copy."""

from __future__ import annotations

from pathlib import Path

import click

from bot.bootstrap import open_house
from bot.cli.operator import OPERATOR
from bot.cli.verifying import FILE
from bot.dialogs.ceremony_cards import refusal_lines
from bot.render import block, line
from storage import ceremony_shares
from workflows.draw import shares
from workflows.errors import BadFile, BadInput

FEWEST, MOST = 2, 3


@click.group("open", help=line("ceremony/cli", "open"))
def open_command() -> None:
    pass


@open_command.command("draw", help=line("ceremony/cli", "open-draw"))
@click.argument("draw")
@click.argument("files", nargs=-1, required=True, type=FILE)
def open_draw(draw: str, files: tuple[Path, ...]) -> None:
    """Two files or three: with the third it is said which one is wrong. Nothing is opened before the release."""
    if not FEWEST <= len(files) <= MOST:
        raise BadInput(line("ceremony/cli", "two-shares"))
    given = [_share(file, draw) for file in files]
    if len({one.keeper for one in given}) < len(given):
        raise BadInput(line("ceremony/cli", "same-share"))
    house = open_house()
    done = ceremony_shares.open_with(house.engine, house.lawbook, draw, given, OPERATOR, house.clock())
    if done.wrong or done.restored:
        click.echo("\n".join(block("ceremony/asking", "shares-fit", done=done)))
    if done.outcome.refused and not done.restored:
        raise BadInput("".join(refusal_lines(done.outcome.refused)))
    if done.outcome.ceremony and done.outcome.ceremony.opened:
        click.echo(line("ceremony/cli", "opened", draw=draw))


def _share(file: Path, draw: str) -> shares.KeeperShare:
    try:
        return shares.read(file.read_bytes().decode("utf-8"), draw)
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile(line("cli", "unreadable", file=file.name)) from error
    except BadInput as error:
        raise BadInput(f"{file.name}：{error}") from error
