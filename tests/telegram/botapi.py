"""A small Bot API server over HTTP: keeps messages, counts offsets, refuses what Telegram refuses, fails when told to."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

TOKEN = "42:AAF-invented-token-of-a-test-0123456789"
ME = {"id": 42, "is_bot": True, "first_name": "随检", "username": "suijian_test_bot"}
CAPTION_UNITS = 1024
NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are the same"
)


class Refusal(Exception):
    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.body = {"ok": False, "error_code": code, "description": description}
        if parameters:
            self.body["parameters"] = parameters
        self.code = code


@dataclass
class Call:
    """`sent` holds every field as text, files as their bytes."""

    method: str
    sent: dict[str, Any]

    def json(self, name: str) -> Any:
        return json.loads(self.sent[name])


PHOTO = [{"file_id": "p", "file_unique_id": "p", "width": 8, "height": 8}]


@dataclass
class BotApi:
    updates: list[dict[str, Any]] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    chats: dict[int, dict[int, dict[str, Any]]] = field(default_factory=lambda: defaultdict(dict))
    files: dict[str, bytes] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    refusals: dict[str, deque[Refusal]] = field(default_factory=lambda: defaultdict(deque))
    before: Callable[[str, dict[str, Any]], None] | None = None
    next_message: int = 100
    next_update: int = 1000
    url: str = ""

    async def open(self) -> BotApi:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", f"/bot{TOKEN}/{{method}}", self._serve)
        app.router.add_get(f"/file/bot{TOKEN}/{{file_id}}", self._download)
        app.router.add_route("*", "/bot{token}/{method}", self._nobody)
        self.server = TestServer(app)
        await self.server.start_server()
        self.url = str(self.server.make_url("")).rstrip("/")
        return self

    async def close(self) -> None:
        await self.server.close()

    # what people do

    def person_sends(self, who: int, *, chat: int = 0, **what: Any) -> dict[str, Any]:
        message = self._message(chat or who, who, what)
        return self._update({"message": message})

    def person_taps(self, who: int, label: str, chat: int = 0) -> dict[str, Any]:
        message, data = self.button(chat or who, label)
        query = {
            "id": f"q{self.next_update}",
            "from": user(who),
            "chat_instance": "1",
            "data": data,
            "message": message,
        }
        return self._update({"callback_query": query})

    def person_edits(self, who: int, message: dict[str, Any], **what: Any) -> dict[str, Any]:
        return self._update({"edited_message": message | what | {"edit_date": 1789952400}})

    def again(self, update: dict[str, Any]) -> None:
        self.updates.append(update)

    def refuse(self, method: str, code: int, description: str, **parameters: int) -> None:
        self.refusals[method].append(Refusal(code, description, **parameters))

    # what people see

    def seen(self, chat: int) -> list[dict[str, Any]]:
        """The bot's messages in the chat, oldest first."""
        return [m for _, m in sorted(self.chats[chat].items()) if m["from"]["id"] == ME["id"]]

    def last(self, chat: int) -> dict[str, Any]:
        return self.seen(chat)[-1]

    def button(self, chat: int, label: str) -> tuple[dict[str, Any], str]:
        for message in reversed(self.seen(chat)):
            for row in message.get("reply_markup", {}).get("inline_keyboard", []):
                for one in row:
                    if label in one["text"]:
                        return message, one["callback_data"]
        raise AssertionError(f"no button {label!r} in chat {chat}")

    def made(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    # the server

    def _update(self, what: dict[str, Any]) -> dict[str, Any]:
        update = {"update_id": self.next_update, **what}
        self.next_update += 1
        self.updates.append(update)
        return update

    def _message(self, chat: int, who: int, what: dict[str, Any]) -> dict[str, Any]:
        kind = {"type": "private", "first_name": "某"} if chat > 0 else {"type": "group", "title": "组"}
        sender = ME if who == ME["id"] else user(who)
        message = {
            "message_id": self.next_message,
            "date": 1789952400,
            "chat": {"id": chat, **kind},
            "from": sender,
            **what,
        }
        self.chats[chat][self.next_message] = message
        self.next_message += 1
        return message

    async def _serve(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        form = await request.post()
        sent = {k: v.file.read() if isinstance(v, web.FileField) else v for k, v in form.items()}
        self.names |= {k: v.filename for k, v in form.items() if isinstance(v, web.FileField)}
        self.calls.append(Call(method, sent))
        try:
            if self.before:
                self.before(method, sent)
            if self.refusals[method]:
                raise self.refusals[method].popleft()
            result = await self._answer(method, sent)
        except Refusal as refusal:
            return web.json_response(refusal.body, status=refusal.code)
        return web.json_response({"ok": True, "result": result})

    async def _answer(self, method: str, sent: dict[str, Any]) -> Any:
        return await getattr(self, f"do_{method}")(sent)

    async def _nobody(self, request: web.Request) -> web.Response:
        return web.json_response({"ok": False, "error_code": 401, "description": "Unauthorized"}, status=401)

    async def _download(self, request: web.Request) -> web.Response:
        return web.Response(body=self.files[request.match_info["file_id"]])

    async def do_getMe(self, sent: dict[str, Any]) -> Any:  # noqa: N802
        return ME | {
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }

    async def do_getUpdates(self, sent: dict[str, Any]) -> Any:  # noqa: N802
        offset = int(sent.get("offset", 0))
        self.updates = [u for u in self.updates if u["update_id"] >= offset]
        for _ in range(20):
            if self.updates:
                break
            await asyncio.sleep(0.01)
        return self.updates[:100]

    async def do_deleteWebhook(self, sent: dict[str, Any]) -> Any:  # noqa: N802
        return True

    async def do_setMyCommands(self, sent: dict[str, Any]) -> Any:  # noqa: N802
        return True

    async def do_answerCallbackQuery(self, sent: dict[str, Any]) -> Any:  # noqa: N802
        return True

    async def do_sendMessage(self, sent: dict[str, Any]) -> Any:  # noqa: N802
        return self._message(int(sent["chat_id"]), ME["id"], drawn(sent))

    async def do_editMessageText(self, sent: dict[str, Any]) -> Any:  # noqa: N802
        message = self._own(sent)
        fresh = drawn(sent)
        if fresh["text"] == message["text"] and fresh.get("reply_markup") == message.get("reply_markup"):
            raise Refusal(400, NOT_MODIFIED)
        message.pop("reply_markup", None)
        message.update(fresh)
        return message

    async def do_editMessageReplyMarkup(self, sent: dict[str, Any]) -> Any:  # noqa: N802
        message = self._own(sent)
        message.pop("reply_markup", None)
        return message

    async def do_deleteMessage(self, sent: dict[str, Any]) -> Any:  # noqa: N802
        self._own(sent)
        del self.chats[int(sent["chat_id"])][int(sent["message_id"])]
        return True

    async def do_sendPhoto(self, sent: dict[str, Any]) -> Any:  # noqa: N802
        return self._message(int(sent["chat_id"]), ME["id"], {"photo": PHOTO} | captioned(sent))

    async def do_editMessageMedia(self, sent: dict[str, Any]) -> Any:  # noqa: N802
        message = self._own(sent)
        media = json.loads(sent["media"])
        # What is uploaded comes beside, under the name the media points to.
        assert media["type"] == "photo" and sent[media["media"].removeprefix("attach://")]
        for name in ("text", "caption", "caption_entities", "reply_markup"):
            message.pop(name, None)
        marked = {"reply_markup": sent["reply_markup"]} if "reply_markup" in sent else {}
        message.update({"photo": PHOTO} | captioned({**media, **marked}))
        return message

    async def do_sendMediaGroup(self, sent: dict[str, Any]) -> Any:  # noqa: N802
        return [await self.do_sendPhoto(sent) for _ in json.loads(sent["media"])]

    async def do_sendDocument(self, sent: dict[str, Any]) -> Any:  # noqa: N802
        named = sent["document"]
        # The file is a part of its own that is pointed to, or stands in the field itself: clients do either.
        place = named.removeprefix("attach://") if isinstance(named, str) else "document"
        document = {"file_id": "d", "file_unique_id": "d", "file_name": self.names[place]}
        return self._message(int(sent["chat_id"]), ME["id"], {"document": document} | captioned(sent))

    async def do_getFile(self, sent: dict[str, Any]) -> Any:  # noqa: N802
        if sent["file_id"] not in self.files:
            raise Refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        return {"file_id": sent["file_id"], "file_unique_id": "u", "file_path": sent["file_id"]}

    def _own(self, sent: dict[str, Any]) -> dict[str, Any]:
        message = self.chats[int(sent["chat_id"])].get(int(sent["message_id"]))
        if message is None:
            raise Refusal(400, "Bad Request: message to edit not found")
        return message


def user(who: int) -> dict[str, Any]:
    return {"id": who, "is_bot": False, "first_name": f"某{who}"}


def captioned(sent: dict[str, Any]) -> dict[str, Any]:
    """What a message without words of its own shows beside its file."""
    if "caption" in sent:
        words = drawn(sent | {"text": sent["caption"]}, CAPTION_UNITS)
        return {"caption": words.pop("text"), **words}
    return {"reply_markup": json.loads(sent["reply_markup"])} if "reply_markup" in sent else {}


def drawn(sent: dict[str, Any], most: int = 4096) -> dict[str, Any]:
    """What Telegram makes of a text and a keyboard, or why it does not."""
    if not 0 < len(sent["text"].encode("utf-16-le")) // 2 <= most:
        raise Refusal(400, "Bad Request: message is too long")
    if "reply_markup" not in sent:
        return {"text": sent["text"]}
    markup = json.loads(sent["reply_markup"])
    for row in markup.get("inline_keyboard", []):
        for one in row:
            if not 0 < len(one["callback_data"].encode()) <= 64:
                raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
    shown = {"reply_markup": markup} if "inline_keyboard" in markup else {}
    return {"text": sent["text"], **shown}
