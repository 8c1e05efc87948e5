"""suijian run, demo, reset: the web chat served from this machine."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING

import click

from bot.bootstrap import open_house
from bot.channels.port import Channel
from bot.channels.web import Wake, build
from bot.channels.web.serve import open_door, serve
from bot.channels.web_desk import HouseDesk
from bot.cli import address
from bot.cli.chinese import START, sure
from bot.house import House
from bot.portal import Shelf, portal
from bot.render import line
from bot.settings import Settings, from_environment

if TYPE_CHECKING:
    from bot.channels.telegram import Running

HOST = "127.0.0.1"
UNDISTURBED = 1.0  # seconds the first answer has to itself


@click.command("run", help=START["run"])
@click.option("--port", default=8080, show_default=True, help=START["port"])
@click.option("--host", default=HOST, show_default=True, help=START["host"])
def run_command(port: int, host: str) -> None:
    _serve(open_house(), host, port)


@click.command("demo", help=START["demo"])
@click.option("--port", default=8080, show_default=True, help=START["port"])
def demo_command(port: int) -> None:
    # What reads Excel and draws teams: only the demo needs it before the first answer.
    from bot import demo  # noqa: PLC0415

    open_door(HOST, port).close()
    settings = from_environment()
    click.echo(line("cli", "opening", data=settings.data))
    house = open_house(settings)
    demo.load(house, click.echo)
    links = demo.links(house, settings.data / "links.json")
    click.echo(line("cli", "links-head"))
    for link in links:
        click.echo(f"  {link.who}\n    http://{HOST}:{port}/enter/{link.token}")
    click.echo(line("cli", "serving", port=port))
    _serve(house, HOST, port)


@click.command("reset", help=START["reset"])
@click.option("--yes", is_flag=True, help=START["reset_yes"])
def reset_command(yes: bool) -> None:
    if not yes:
        sure(START["reset_sure"])
    shutil.rmtree(from_environment().data, ignore_errors=True)


def _serve(house: House, host: str, port: int) -> None:
    """Serves until stopped. What only a second answer can need is loaded when the port is open."""
    settings, started = from_environment(), house.clock()
    wake, stop, telegram = Wake(), threading.Event(), _telegram(house, settings)
    channels: dict[str, Channel] = {telegram.channel.name: telegram.channel} if telegram else {}

    def sweep() -> None:
        if not stop.wait(UNDISTURBED):
            _later().sweep(house, wake, channels, stop)

    threading.Thread(target=sweep, name="outbox", daemon=True).start()
    try:
        app = build(
            HouseDesk(house),
            origin=settings.origin,
            wake=wake,
            public=portal(_shelf(house)),
            health=lambda: _report(house, started),
        )
        serve(app, wake, host, port, opened=lambda: address.keep(settings, host, port))
    finally:
        stop.set()
        if telegram:
            telegram.stop()


def _report(house: House, started: datetime) -> Mapping[str, object]:
    said: Mapping[str, object] = _later().report(house, started)
    return said


def _later() -> ModuleType:
    """Half of what there is to load: the first answer does not wait for it (see `bot.cli.later`)."""
    from bot.cli import later  # noqa: PLC0415

    return later


def _shelf(house: House) -> Shelf:
    """The draws, opened when the public first asks for them."""
    opened = cache(lambda: _later().shelf(house))
    return Shelf(
        draws=lambda: opened().draws(),
        announced=lambda draw: opened().announced(draw),
        text=lambda draw: opened().text(draw),
        beside=lambda: opened().beside(),
    )


def _telegram(house: House, settings: Settings) -> Running | None:
    """Loading Telegram's client takes seconds, so it is loaded only where a token is set."""
    if not settings.telegram_token:
        return None
    from bot.channels.telegram import start  # noqa: PLC0415

    return start(house, settings.telegram_token, settings.telegram_api)
