"""suijian run, demo, reset: the web chat served from this machine."""

from __future__ import annotations

import shutil
import threading
from typing import TYPE_CHECKING

import click

from bot.bootstrap import open_house
from bot.channels.port import Channel
from bot.channels.web import Wake, build
from bot.channels.web.serve import open_door, serve
from bot.channels.web_desk import CHANNEL, HouseDesk
from bot.cli import address
from bot.deliver import deliver
from bot.house import House
from bot.portal import portal, shelf
from bot.pushing import push_due
from bot.receive import resume
from bot.render import line
from bot.service import report
from bot.settings import Settings, from_environment

if TYPE_CHECKING:
    from bot.channels.telegram import Running

HOST = "127.0.0.1"
SWEEP_SECONDS = 1.0


@click.command("run", help=line("cli", "run"))
@click.option("--port", default=8080, show_default=True)
@click.option("--host", default=HOST, show_default=True)
def run_command(port: int, host: str) -> None:
    _serve(open_house(), host, port)


@click.command("demo", help=line("cli", "demo"))
@click.option("--port", default=8080, show_default=True)
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


@click.command("reset", help=line("cli", "reset"))
@click.confirmation_option(prompt=line("cli", "reset-sure"))
def reset_command() -> None:
    shutil.rmtree(from_environment().data, ignore_errors=True)


def _serve(house: House, host: str, port: int) -> None:
    """Serves until stopped. A sweep delivers what other processes (the terminal) put into the outbox."""
    settings = from_environment()
    address.keep(settings, host, port)
    resume(house, CHANNEL)
    wake, stop, telegram = Wake(), threading.Event(), _telegram(house, settings)
    channels: dict[str, Channel] = {telegram.channel.name: telegram.channel} if telegram else {}

    def sweep() -> None:
        # The first answer does not wait for the scheduler to load, and a reminder can wait that second.
        if stop.wait(SWEEP_SECONDS):
            return
        from bot.heartbeat import heartbeat  # noqa: PLC0415

        beat = heartbeat(house)
        while not stop.wait(SWEEP_SECONDS):
            if deliver(house):
                wake.ring()
            if channels:
                push_due(house, channels)
        beat.shutdown(wait=False)

    threading.Thread(target=sweep, name="outbox", daemon=True).start()
    try:
        app = build(
            HouseDesk(house),
            origin=settings.origin,
            wake=wake,
            public=portal(shelf(house)),
            health=lambda: report(house),
        )
        serve(app, wake, host, port)
    finally:
        stop.set()
        if telegram:
            telegram.stop()


def _telegram(house: House, settings: Settings) -> Running | None:
    """Loading Telegram's client takes seconds, so it is loaded only where a token is set."""
    if not settings.telegram_token:
        return None
    from bot.channels.telegram import start  # noqa: PLC0415

    return start(house, settings.telegram_token, settings.telegram_api)
