"""The terminal: cards as text, buttons by number, files by path. The screen is the same table the web chat reads."""

from __future__ import annotations

import re
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

import click

from bot import chart, files
from bot.body import Body
from bot.card import Card
from bot.channels.web.uploads import check_file
from bot.house import House
from bot.receive import receive, resume
from bot.render import block, line
from bot.turn import Turn
from storage import evidence, screen
from storage.database import reading
from storage.documents import decode
from storage.people import Person
from workflows.errors import SuijianError

CHANNEL = "terminal"
TONES = {"refusal": "yellow", "done": "green", "notice": "cyan", "plain": "white"}
STEPS = "①②③④⑤"
LEAVING = ("退出", "exit", "quit", "bye", "再见")


def chat(house: House, person: Person, listen: Callable[[], str] | None = None) -> None:
    """Reads lines until they end; what others do is printed before the next prompt. An empty line only looks."""
    resume(house, CHANNEL, person.id)
    for said in block("terminal", "welcome", name=person.name):
        click.secho(said, dim=True)
    rev, before_them = _last_rev(house, person.id), None
    receive(house, Turn(CHANNEL, person.id, uuid.uuid4().hex, text="任务"))
    while True:
        rev, newest = show_new(house, person.id, rev)
        before_them = newest or before_them
        click.echo("> ", nl=False)
        said = (listen or _line_of_stdin)()
        if not said or said.strip().lower() in LEAVING:
            click.echo(line("terminal", "left"))
            return
        if said.strip():
            _take(house, person, said.strip(), before_them)


def _line_of_stdin() -> str:
    """A line, "" at the end; a byte that is no character is none, rather than the end of the conversation."""
    return (
        sys.stdin.buffer.readline().decode(errors="replace")
        if hasattr(sys.stdin, "buffer")
        else sys.stdin.readline()
    )


def _take(house: House, person: Person, said: str, before_them: Card | None) -> None:
    """One line: words, a number, "#1" for a button where numbers are answers, "位置 21.96,100.45", or "照片 PATH"."""
    try:
        turn = _turn(house, person, said, before_them)
    except SuijianError as error:
        click.secho(str(error), fg=TONES["refusal"])
        return
    receive(house, turn)


def _turn(house: House, person: Person, said: str, before_them: Card | None) -> Turn:
    update_id = uuid.uuid4().hex
    number = re.fullmatch(r"#([1-6])", said)
    if number and before_them and int(number[1]) <= len(before_them.buttons):
        return Turn(CHANNEL, person.id, update_id, button=before_them.buttons[int(number[1]) - 1].data)
    word, _, rest = said.partition(" ")
    if word not in ("照片", "文件") or not rest:
        return Turn(CHANNEL, person.id, update_id, text=said)
    name, data = Path(rest.strip()).name, _bytes_at(rest.strip())
    mime, name = check_file(data, name)
    digest = evidence.keep(house.engine, house.evidence, data, name, mime, person.id, house.clock())
    return Turn(CHANNEL, person.id, update_id, file=(digest, name, mime, len(data)))


def _bytes_at(path: str) -> bytes:
    """What is there; nothing where nothing can be read, which `check_file` has the sentence for."""
    try:
        return Path(path).expanduser().read_bytes()
    except (OSError, RuntimeError, ValueError):
        return b""


def show_new(house: House, account: str, rev: int) -> tuple[int, Card | None]:
    """Prints what changed since `rev`; returns the newest rev and the last card printed."""
    with reading(house.engine) as tx:
        changed = screen.since(tx, CHANNEL, account, rev)
    cards = [body.card for one in changed if (body := decode(one.body, Body)).card]
    for card in cards:
        draw(card)
        _tell_files(house, card)
    return max((one.rev for one in changed), default=rev), cards[-1] if cards else None


def draw(card: Card) -> None:
    """The card as a person reads it: step, title, lines, progress, numbered buttons."""
    step = (
        "".join(f"[{s}]" if n == card.step else f" {s} " for n, s in enumerate(STEPS, 1)) if card.step else ""
    )
    click.echo()
    if step:
        click.secho(step, dim=True)
    click.secho(card.title, fg=TONES[card.tone], bold=True)
    for text in chart.in_characters(card.chart) if card.chart else ():
        click.echo(f"  {text}")
    for text in card.lines:
        click.secho(f"  {text.removeprefix('§ ')}", dim=text.startswith("> "), bold=text.startswith("§ "))
    if card.total:
        filled = round(20 * card.done / card.total)
        click.echo(f"  {'█' * filled}{'░' * (20 - filled)} {card.done}/{card.total}")
    for number, button in enumerate(card.buttons, 1):
        click.echo(f"  {'#' if card.form else ''}{number}. {button.label}")
    if card.asks:
        click.secho(f"  {line('terminal', f'asks-{card.asks}')}", dim=True)


def _tell_files(house: House, card: Card) -> None:
    """Where they lie: a terminal shows no picture, but whoever sits at it can open a path."""
    for digest in card.photos:
        click.echo(f"  {line('terminal', 'photo', path=evidence.path_of(house.evidence, digest))}")
    for file in card.files:
        path = files.where(house, file)
        told = line("terminal", "file", path=path) if path else line("terminal", "gone", name=file.name)
        click.echo(f"  {told}")


def _last_rev(house: House, account: str) -> int:
    with reading(house.engine) as tx:
        return max((one.rev for one in screen.since(tx, CHANNEL, account, 0)), default=0)
