"""What the published Bot API says of the requests we make, in a few kilobytes: `python -m tests.telegram.distil SPEC`.

SPEC is `api.json` of the telegram-bot-api-spec project. Fields of types not kept are left out: sending one fails the
check until its type is kept too.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

FIXTURE = Path(__file__).with_name("bot_api_used.json")
METHODS = (
    "getMe", "getUpdates", "deleteWebhook", "setMyCommands", "sendMessage", "editMessageText", "deleteMessage",
    "editMessageReplyMarkup", "editMessageMedia", "answerCallbackQuery", "getFile", "sendPhoto", "sendDocument", "sendMediaGroup",
)  # fmt: skip
TYPES = (
    "BotCommand", "InlineKeyboardMarkup", "InlineKeyboardButton", "ReplyKeyboardMarkup", "KeyboardButton",
    "LinkPreviewOptions", "InputMediaPhoto",
)  # fmt: skip
# Of a type that is one of several, the one we send.
_ONE_OF = {"InputMedia": "InputMediaPhoto"}
PRIMITIVES = ("Integer", "String", "Boolean", "Float", "InputFile")


def distil(spec: dict[str, Any]) -> dict[str, Any]:
    """{"version": …, "methods": {name: {field: {"types": […], "required": bool}}}, "types": the same}."""
    return {
        "version": spec["version"],
        "methods": {name: _fields(spec["methods"][name]) for name in METHODS},
        "types": {name: _fields(spec["types"][name]) for name in TYPES},
    }


def _fields(entry: dict[str, Any]) -> dict[str, Any]:
    kept = {}
    for field in entry.get("fields", []):
        types = [_ONE_OF.get(t, t) for t in field["types"]]
        types = [t for t in types if t.replace("Array of ", "") in (*PRIMITIVES, *TYPES)]
        if types:
            kept[field["name"]] = {"types": types, "required": field["required"]}
    return kept


if __name__ == "__main__":
    read = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    FIXTURE.write_text(json.dumps(distil(read), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
