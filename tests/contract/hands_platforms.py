"""Hands at services that draw for themselves: the fake channel, to be copied for a new one, and Telegram over HTTP."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Coroutine
from html import unescape
from itertools import count
from pathlib import Path
from typing import Any

from bot.card import Card
from bot.channels.fake import MOST_CHARACTERS, Fake, Platform, Update
from bot.channels.telegram.polling import Poller
from bot.channels.telegram.serve import open_channel
from bot.deliver import deliver
from bot.house import House
from bot.pushing import push_due
from storage import people
from storage.database import writing
from tests.contract.hands import Hand
from tests.talking import SITE
from tests.telegram.botapi import ME, TOKEN, BotApi, Refusal, user

_numbers = count(1)


class FakeHand(Hand):
    channel = "fake"
    ours = False
    most = MOST_CHARACTERS
    update: Update

    def __init__(self, house: House, person: str, platform: Platform | None = None) -> None:
        self.house, self.person, self.account = house, person, f"fake-of-{person}"
        self.platform = platform or Platform()
        self.fake = Fake(house, self.platform)
        with writing(house.engine) as tx:
            people.bind(tx, "fake", self.account, person, house.clock())
        self.known: list[str] = self._texts()

    def reopened(self, house: House) -> FakeHand:
        again = FakeHand(house, self.person, self.platform)
        again.update = self.update
        return again

    def _take(self, **what: Any) -> None:
        self.update = Update(f"u{next(_numbers)}", self.account, **what)
        self.fake.take(self.update)

    def again(self) -> None:
        self.fake.take(self.update)

    def say(self, text: str) -> None:
        self._take(text=text)

    def tap_data(self, data: str) -> None:
        self._take(button=data)

    def swapped(self, first: str, second: str) -> None:
        earlier, later = f"u{next(_numbers)}", f"u{next(_numbers)}"
        self.fake.take(Update(later, self.account, button=second))
        self.fake.take(Update(earlier, self.account, button=first))

    def tap(self, label: str) -> None:
        said = [m for messages in self.platform.chats[self.account].values() for m in messages]
        self.tap_data(next(b.data for m in reversed(said) for b in m.buttons if label in b.label))

    def place(self) -> None:
        self._take(location=SITE)

    def give(self, data: bytes, name: str, folder: Path) -> None:
        self._take(name=name, data=data)

    def push(self, card: Card) -> None:
        asyncio.run(self.fake.push(self.account, card, f"k{next(_numbers)}"))

    def slow(self) -> None:
        self.platform.waits.append(1.0)

    def _texts(self) -> list[str]:
        chat = self.platform.chats[self.account].values()
        return ["\n".join((m.text, *(b.label for b in m.buttons))) for messages in chat for m in messages]

    def news(self) -> str:
        deliver(self.house)
        push_due(self.house, {"fake": self.fake})
        before, self.known = self.known, self._texts()
        return "\n".join(text for text in self.known if text not in before)

    def messages(self) -> list[str]:
        return [m.text for messages in self.platform.chats[self.account].values() for m in messages]

    def files(self) -> list[tuple[str, bytes]]:
        chat = self.platform.chats[self.account].values()
        return [file for messages in chat for m in messages for file in m.files]

    def photos(self) -> list[bytes]:
        chat = self.platform.chats[self.account].values()
        return [photo for messages in chat for m in messages for photo in m.photos]


class TelegramHand(Hand):
    """A loop in a thread of its own, on which the channel polls the Bot API server."""

    channel = "telegram"
    ours = False
    most = 4096

    def __init__(self, house: House, person: str, before: TelegramHand | None = None) -> None:
        self.house, self.person = house, person
        self.who = before.who if before else 7000 + next(_numbers)
        self.account = str(self.who)
        with writing(house.engine) as tx:
            people.bind(tx, "telegram", self.account, person, house.clock())
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.api = self._await(BotApi().open())
        if before:
            self.api.chats, self.api.next_message = before.api.chats, before.api.next_message
            self.api.next_update = before.api.next_update
            self.update = before.update
        self.telegram = self._await(self._open())
        self.known = self._texts()

    async def _open(self) -> Any:
        return open_channel(self.house, TOKEN, self.api.url, self.loop)

    def reopened(self, house: House) -> TelegramHand:
        return TelegramHand(house, self.person, self)

    def _await(self, what: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(what, self.loop).result(60)

    async def _settle(self) -> None:
        running = asyncio.create_task(Poller(self.telegram).run())
        while self.api.updates and not running.done():
            await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    def _sent(self, update: dict[str, Any]) -> None:
        self.update = update
        self._await(self._settle())

    def again(self) -> None:
        self.api.again(self.update)
        self._await(self._settle())

    def say(self, text: str) -> None:
        self._sent(self.api.person_sends(self.who, text=text))

    def tap(self, label: str) -> None:
        self._sent(self.api.person_taps(self.who, label))

    def tap_data(self, data: str) -> None:
        self._sent(self._tapped(data))

    def _tapped(self, data: str) -> dict[str, Any]:
        said = self.api.seen(self.who)
        kind = {"id": self.who, "type": "private", "first_name": "某"}
        message = said[-1] if said else {"message_id": 1, "date": 1789952400, "chat": kind, "from": ME}
        query = {"id": f"q{next(_numbers)}", "from": user(self.who), "chat_instance": "1", "data": data}
        return self.api._update({"callback_query": query | {"message": message}})

    def swapped(self, first: str, second: str) -> None:
        updates = [self._tapped(first), self._tapped(second)]
        self.api.updates = updates[::-1]
        self._await(self._settle())

    def place(self) -> None:
        self._sent(
            self.api.person_sends(self.who, location={"latitude": SITE[0], "longitude": SITE[1]}),
        )

    def give(self, data: bytes, name: str, folder: Path) -> None:
        file_id = f"f{next(_numbers)}"
        self.api.files[file_id] = data
        document = {"file_id": file_id, "file_unique_id": file_id, "file_name": name, "file_size": len(data)}
        self._sent(self.api.person_sends(self.who, document=document))

    def push(self, card: Card) -> None:
        self._await(self.telegram.push(self.account, card, f"k{next(_numbers)}"))

    def slow(self) -> None:
        """The next message out, whichever it is, is refused once."""

        def refuse(method: str, sent: dict[str, Any]) -> None:
            if method in ("sendMessage", "editMessageText"):
                self.api.before = None
                raise Refusal(429, "Too Many Requests: retry after 1", retry_after=1)

        self.api.before = refuse

    def _texts(self) -> list[str]:
        said = []
        for message in self.api.seen(self.who):
            rows = message.get("reply_markup", {}).get("inline_keyboard", [])
            words = message.get("text", message.get("caption", ""))
            plain = unescape(re.sub("<[^>]+>", "", words))
            said.append("\n".join((plain, *(one["text"] for row in rows for one in row))))
        return said

    def news(self) -> str:
        deliver(self.house)
        push_due(self.house, {"telegram": self.telegram})
        before, self.known = self.known, self._texts()
        return "\n".join(text for text in self.known if text not in before)

    def messages(self) -> list[str]:
        return [unescape(re.sub("<[^>]+>", "", m["text"])) for m in self.api.seen(self.who) if "text" in m]

    def files(self) -> list[tuple[str, bytes]]:
        made = [call.sent for call in self.api.made("sendDocument")]
        places = [sent["document"].removeprefix("attach://") for sent in made]
        return [(self.api.names[place], sent[place]) for place, sent in zip(places, made, strict=True)]

    def photos(self) -> list[bytes]:
        made = [call.sent for call in self.api.made("sendPhoto")]
        return [sent[sent["photo"].removeprefix("attach://")] for sent in made]

    def charts(self) -> str:
        return "\n".join(self._texts())

    def close(self) -> None:
        if self.loop.is_running():
            self._await(self.telegram.bot.session.close())
            self._await(self.api.close())
            self.loop.call_soon_threadsafe(self.loop.stop)
            self.thread.join(timeout=30)
            self.loop.close()
