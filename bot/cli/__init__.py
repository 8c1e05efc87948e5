"""The command line: what an operator does. `suijian --help` lists it; docs/commands.md explains it."""

from bot.cli.main import main

__all__ = ["main"]
