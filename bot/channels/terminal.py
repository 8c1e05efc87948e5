"""The terminal: cards as text, buttons by number, files by path. The screen is the same table the web chat reads."""

from __future__ import annotations

import sys
import uuid
from pathlib import Path

import click

from bot.card import Card
from bot.channels.web.uploads import check_file
from bot.house import House
from bot.receive import Body, receive, resume
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


def chat(house: House, person: Person) -> None:
    """Reads turns from standard input until it ends; what others do is printed before the next prompt."""
    resume(house)
    for said in block("terminal", "welcome", name=person.name):
        click.secho(said, dim=True)
    rev = _last_rev(house, person.id)
    receive(house, Turn(CHANNEL, person.id, uuid.uuid4().hex, text="任务"))
    while True:
        rev = show_new(house, person.id, rev)
        click.echo("> ", nl=False)
        said = sys.stdin.readline()
        if not said:
            return
        if said.strip():
            _take(house, person, said.strip())


def _take(house: House, person: Person, said: str) -> None:
    """One line: words, a number, "位置 21.96,100.45", or "照片 PATH"."""
    try:
        turn = _turn(house, person, said)
    except SuijianError as error:
        click.secho(str(error), fg=TONES["refusal"])
        return
    receive(house, turn)


def _turn(house: House, person: Person, said: str) -> Turn:
    update_id = uuid.uuid4().hex
    word, _, rest = said.partition(" ")
    if word not in ("照片", "文件") or not rest:
        return Turn(CHANNEL, person.id, update_id, text=said)
    path = Path(rest.strip()).expanduser()
    data = path.read_bytes() if path.is_file() else b""
    mime, name = check_file(data, path.name)
    digest = evidence.keep(house.engine, house.evidence, data, name, mime, person.id, house.clock())
    return Turn(CHANNEL, person.id, update_id, file=(digest, name, mime, len(data)))


def show_new(house: House, account: str, rev: int) -> int:
    """Prints what changed since `rev` and returns the newest."""
    with reading(house.engine) as tx:
        changed = screen.since(tx, CHANNEL, account, rev)
    for one in changed:
        body = decode(one.body, Body)
        if body.card:
            draw(body.card)
    return max((one.rev for one in changed), default=rev)


def draw(card: Card) -> None:
    """The card as a person reads it: step, title, lines, progress, numbered buttons."""
    step = (
        "".join(f"[{s}]" if n == card.step else f" {s} " for n, s in enumerate(STEPS, 1)) if card.step else ""
    )
    click.echo()
    if step:
        click.secho(step, dim=True)
    click.secho(card.title, fg=TONES[card.tone], bold=True)
    for text in card.lines:
        click.secho(f"  {text.removeprefix('§ ')}", dim=text.startswith("> "), bold=text.startswith("§ "))
    if card.total:
        filled = round(20 * card.done / card.total)
        click.echo(f"  {'█' * filled}{'░' * (20 - filled)} {card.done}/{card.total}")
    for number, button in enumerate(card.buttons, 1):
        click.echo(f"  {number}. {button.label}")
    if card.asks:
        click.secho(f"  {line('terminal', f'asks-{card.asks}')}", dim=True)


def _last_rev(house: House, account: str) -> int:
    with reading(house.engine) as tx:
        return max((one.rev for one in screen.since(tx, CHANNEL, account, 0)), default=0)
