"""The main job from the assignment to the closed case, by two inspectors on Telegram, every tap over HTTP."""

from __future__ import annotations

import asyncio
import re
from html import unescape
from io import BytesIO
from itertools import count

import pytest
from PIL import Image

from bot.card import Button, Card
from bot.channels.telegram.faces import texts
from tests.conversation.walks import published
from tests.talking import Phone
from tests.telegram.conftest import LIN, ZHOU, Desk
from workflows.inspection.case import CLOSED, step

_shades = count(1)
HINTS = {texts(Card("", asks=asks))[0].strip(): asks for asks in ("text", "photo", "location", "file")}


class TelegramPhone(Phone):
    """A phone that knows of the house only what the Bot API server holds. To be used off the loop's thread."""

    desk: Desk
    loop: asyncio.AbstractEventLoop

    def send(self, **what: object) -> Card:
        api, chat = self.desk.api, int(self.account)
        before, made = {m["message_id"] for m in api.seen(chat)}, len(api.calls)
        if "button" in what:
            api.person_taps(chat, self._label_of(str(what["button"])))
        elif "location" in what:
            latitude, longitude = what["location"]  # type: ignore[misc]
            api.person_sends(chat, location={"latitude": latitude, "longitude": longitude})
        else:
            api.person_sends(chat, **what)
        asyncio.run_coroutine_threadsafe(self.desk.settle(), self.loop).result(30)
        edited = {int(c.sent["message_id"]) for c in api.calls[made:] if c.method == "editMessageText"}
        new = [m for m in api.seen(chat) if m["message_id"] in edited or m["message_id"] not in before]
        self.cards = [read_card(m) for m in new if m.get("text", "").startswith("<b>")]
        return self.card

    def photo(self, data: bytes = b"", name: str = "") -> Card:
        file_id, drawn = f"f{next(_shades)}", BytesIO()
        Image.new("RGB", (16, 16), (next(_shades) % 256, 9, 9)).save(drawn, "JPEG")
        self.desk.api.files[file_id] = drawn.getvalue()
        return self.send(photo=[{"file_id": file_id, "file_unique_id": "u", "width": 16, "height": 16}])

    def _label_of(self, data: str) -> str:
        return next(b.label for card in self.cards for b in card.buttons if b.data == data)


def read_card(message: dict[str, object]) -> Card:
    title, *lines = str(message["text"]).split("\n")
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])  # type: ignore[attr-defined]
    asks = next((kind for hint, kind in HINTS.items() if hint.endswith(lines[-1])), "") if lines else ""
    buttons = tuple(Button(one["text"], one["callback_data"]) for row in rows for one in row)
    plain = [unescape(re.sub("<[^>]+>", "", said)) for said in (title, *lines)]
    return Card(plain[0], tuple(plain[1:]), buttons, asks=asks)


def telegram_phone(desk: Desk, person: str, account: int) -> TelegramPhone:
    phone = TelegramPhone(desk.house, person, str(account), "telegram")
    phone.desk, phone.loop = desk, asyncio.get_running_loop()
    return phone


@pytest.mark.rule("step-order", "two-on-site", "no-double-entry")
async def test_two_inspectors_do_the_whole_job_on_telegram(desk: Desk) -> None:
    scene = desk.scene
    scene.market = telegram_phone(desk, scene.market.person, LIN)
    scene.police = telegram_phone(desk, scene.police.person, ZHOU)
    await asyncio.to_thread(published, scene)
    assert step(scene.case) == CLOSED
    assert set(scene.case.arrivals) >= {scene.market.person, scene.police.person}
    assert desk.unfinished() == ()
