"""A hand is one person's at one channel: it says, taps, sends, and reads what the channel shows. Here, the house's own screens.

`most` characters a message holds; `ours`: the screen is a table of the house, so nothing limits its rate;
`in_place`: a card shown before is redrawn where it stands.
"""

from __future__ import annotations

import asyncio
import math
import queue
import re
import threading
import uuid
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest

from bot.accounts import issue_link
from bot.card import Button, Card
from bot.channels import terminal
from bot.channels.web import build
from bot.channels.web_desk import HouseDesk
from bot.house import House
from bot.receive import body_of, receive
from bot.turn import Turn
from storage import people, screen
from storage.database import writing
from tests.talking import SITE


class Hand:
    channel = ""
    account = ""
    most: float = math.inf
    ours = True
    in_place = True
    house: House
    last: Turn

    def deliver(self, turn: Turn) -> None:
        self.last = turn
        receive(self.house, turn)

    def send(self, update_id: str = "", **what: object) -> None:
        self.deliver(Turn(self.channel, self.account, update_id or uuid.uuid4().hex, **what))  # type: ignore[arg-type]

    def again(self) -> None:
        """The update sent last comes once more."""
        self.deliver(self.last)

    def tap_data(self, data: str) -> None:
        """A button from wherever, perhaps long gone from the screen."""
        self.send(button=data)

    def swapped(self, first: str, second: str) -> None:
        """Two taps that arrive in the wrong order."""
        earlier, later = uuid.uuid4().hex, uuid.uuid4().hex
        self.send(later, button=second)
        self.send(earlier, button=first)

    def push(self, card: Card) -> None:
        """A card nobody asked for, as `bot.deliver` shows it."""
        with writing(self.house.engine) as tx:
            where = self.channel, self.account, card.key, body_of(card)
            if not screen.redraw(tx, *where):
                screen.show(tx, *where, self.house.clock())

    def charts(self) -> str:
        """What the chat shows of its charts, in words."""
        return "\n".join(self.messages())

    def slow(self) -> None:
        """The service asks to wait. A screen of ours never does."""

    def close(self) -> None: ...


class WebHand(Hand):
    channel = "web"

    def __init__(self, house: House, person: str, account: str = "") -> None:
        self.house, self.rev, self.offered = house, 0, list[Button]()
        with writing(house.engine) as tx:
            self.token = issue_link(tx, person, house.clock())
        seat = HouseDesk(house).resolve(self.token)
        assert seat is not None
        self.person, self.account = person, seat.account
        self.news()

    def reopened(self, house: House) -> WebHand:
        self.house = house
        return self

    def say(self, text: str) -> None:
        self.send(text=text)

    def tap(self, label: str) -> None:
        self.send(button=next(b.data for b in reversed(self.offered) if label in b.label))

    def place(self) -> None:
        self.send(location=SITE)

    def give(self, data: bytes, name: str, folder: Path) -> None:
        kept = HouseDesk(self.house).keep(data, name, self.account)
        self.send(file=(kept.digest, kept.name, kept.mime, kept.size))

    def news(self) -> str:
        shown = HouseDesk(self.house).feed(self.account, self.rev)
        self.rev = max((one.rev for one in shown), default=self.rev)
        self.offered += [b for one in shown if one.card for b in one.card.buttons]
        return "\n".join(_words(one.text, one.card) for one in shown)

    def messages(self) -> list[str]:
        return [_words(one.text, one.card) for one in HouseDesk(self.house).feed(self.account, 0)]

    def files(self) -> list[tuple[str, bytes]]:
        """What the links on the page lead to, under the names a browser saves them."""
        found = []
        for path in self.links("file"):
            answer = self.get(path)
            assert answer.status_code == 200, answer.text
            said = re.search(r"filename\*=UTF-8''(\S+)", answer.headers["content-disposition"])
            assert said
            found.append((unquote(said[1]), answer.content))
        return found

    def photos(self) -> list[bytes]:
        return [self.get(path).content for path in self.links("evidence")]

    def charts(self) -> str:
        page = self.get(f"/chat/{self.account}").text
        return "\n".join(re.findall(r"<text class=.(?:name|count).[^>]*>([^<]*)</text>", page))

    def links(self, kind: str) -> list[str]:
        page = self.get(f"/chat/{self.account}").text
        return re.findall(rf'href="(/chat/\w+/{kind}/\w+)"', page)

    def get(self, path: str) -> httpx.Response:
        """Asked for with this account's own link."""

        async def ask() -> httpx.Response:
            app = httpx.ASGITransport(app=build(HouseDesk(self.house)))
            async with httpx.AsyncClient(transport=app, base_url="http://suijian.test") as client:
                await client.get(f"/enter/{self.token}")
                return await client.get(path)

        return asyncio.run(ask())


def _words(text: str, card: Card | None) -> str:
    return "\n".join((text, card.title, *card.lines, *(b.label for b in card.buttons))) if card else text


class TerminalHand(Hand):
    """`suijian chat` in a thread of its own: a line goes in when it prompts, and what it printed comes out."""

    channel = "terminal"
    in_place = False  # what is printed stays printed: the card is printed anew below
    capsys: pytest.CaptureFixture[str]

    def __init__(self, house: House, person: str, capsys: pytest.CaptureFixture[str]) -> None:
        self.house, self.person, self.account, self.capsys = house, person, person, capsys
        self.lines: queue.Queue[str] = queue.Queue()
        self.prompted = threading.Semaphore(0)
        self.printed, self.roll = "", ""
        with writing(house.engine) as tx:
            people.bind(tx, "terminal", person, person, house.clock())
            whose = people.get(tx, person)
        assert whose is not None
        self.thread = threading.Thread(target=terminal.chat, args=(house, whose, self._listen), daemon=True)
        self.thread.start()
        assert self.prompted.acquire(timeout=30)
        self.news()

    def reopened(self, house: House) -> TerminalHand:
        again = TerminalHand(house, self.person, self.capsys)
        again.last = getattr(self, "last", Turn("terminal", self.account, "none"))
        return again

    def _listen(self) -> str:
        self.prompted.release()
        return self.lines.get()

    def say(self, text: str) -> None:
        self.lines.put(f"{text}\n")
        assert self.prompted.acquire(timeout=30)

    def tap(self, label: str) -> None:
        offered = [line.strip() for line in self.printed.splitlines() if label in line and ". " in line]
        self.say("#" + offered[-1].lstrip("#").partition(".")[0])

    def place(self) -> None:
        self.say(f"位置 {SITE[0]},{SITE[1]}")

    def give(self, data: bytes, name: str, folder: Path) -> None:
        (folder / name).write_bytes(data)
        self.say(f"文件 {folder / name}")

    def news(self) -> str:
        self.say("")
        fresh = self.capsys.readouterr().out
        self.roll += fresh
        self.printed = fresh or self.printed
        return fresh

    def messages(self) -> list[str]:
        self.news()
        return [said for said in re.split(r"(?:> )+", self.roll) if said.strip()]

    def files(self) -> list[tuple[str, bytes]]:
        """A path is what a terminal has in place of a document."""
        return [(path.name, path.read_bytes()) for path in self._paths("文件已保存")]

    def photos(self) -> list[bytes]:
        return [path.read_bytes() for path in self._paths("照片")]

    def _paths(self, word: str) -> list[Path]:
        self.news()
        return [Path(found) for found in re.findall(rf"^  {word}：(.+)$", self.roll, re.M)]

    def close(self) -> None:
        self.lines.put("")
        self.thread.join(timeout=30)
