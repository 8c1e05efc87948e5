"""Two implementations of the Bot API and its published schema agree on every request this channel makes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import telegram
from aiogram.types import Update

from bot.card import Bar, Button, Card, Chart
from bot.channels.telegram.incoming import read
from storage import evidence
from tests.conversation.walks import VISIT, prechecked
from tests.telegram.botapi import TOKEN, Call
from tests.telegram.conftest import LIN, ZHOU, Desk
from tests.telegram.distil import FIXTURE, distil
from tests.telegram.schema import faults
from tests.telegram.test_answers import at_the_case, jpeg, photo

SPEC = Path(__file__).resolve().parents[2] / "../shared/data/telegram/bot_api.json"
STRUCTURES: dict[str, type[telegram.TelegramObject]] = {
    "link_preview_options": telegram.LinkPreviewOptions,
    "commands": telegram.BotCommand,
    "media": telegram.InputMedia,
}


FILES = [(jpeg("red"), "image/jpeg"), (jpeg("green"), "image/jpeg"), (b"%PDF-1.7", "application/pdf")]


def kept(desk: Desk, data: bytes, mime: str) -> str:
    house = desk.house
    return evidence.keep(
        house.engine, house.evidence, data, "某", mime, desk.scene.market.person, house.clock()
    )


async def a_day(desk: Desk) -> list[Call]:
    """A visit with every kind of request in it: cards, edits, a place asked for, files both ways, a menu."""
    prechecked(desk.scene)
    desk.clock.now = VISIT
    await at_the_case(desk)
    desk.api.person_sends(LIN, location={"latitude": 21.98708, "longitude": 100.45883})
    await desk.settle()
    for number, colour in enumerate(("red", "green")):
        desk.api.files[f"f{number}"] = jpeg(colour)
        desk.api.person_sends(LIN, **photo(f"f{number}"))
    await desk.says(LIN, "说不清的话")
    digests = tuple(kept(desk, data, mime) for data, mime in FILES)
    pictured = Card(
        "汇总 <&>",
        ("§ 一", "> 二", "三"),
        (Button("删", "x|y", "danger"),),
        "k",
        3,
        asks="text",
        photos=digests,
    )
    await desk.channel.push(str(ZHOU), pictured, "k")
    await desk.channel.push(str(ZHOU), Card("一张", photos=(kept(desk, jpeg("black"), "image/jpeg"),)), "k")
    for count in (1, 2):
        chart = Chart("进度", (Bar("应检查", 3, "whole"), Bar("已公示", count, "done")))
        await desk.channel.push(str(ZHOU), Card("进度", key="progress", chart=chart), "k")
    desk.api.refuse("deleteMessage", 400, "Bad Request: message can't be deleted")
    await desk.says(LIN, "任务")
    return list(desk.api.calls)


async def test_every_request_is_what_the_published_schema_says(desk: Desk) -> None:
    calls = await a_day(desk)
    assert [fault for call in calls for fault in faults(call)] == []
    made = {call.method for call in calls}
    known = set(json.loads(FIXTURE.read_text(encoding="utf-8"))["methods"])
    assert known - made == set()


async def test_every_structure_is_read_by_the_other_implementation_without_a_rest(desk: Desk) -> None:
    assert structures_read(await a_day(desk)) > 10


def structures_read(calls: list[Call]) -> int:
    """How many structures the other implementation's types read without a rest; fails at one they do not."""
    read_ = 0
    for call in calls:
        for name in STRUCTURES.keys() & call.sent.keys():
            sent = call.json(name)
            for one in sent if isinstance(sent, list) else [sent]:
                if name != "media":
                    same(STRUCTURES[name], one)
                    read_ += 1
        if "reply_markup" in call.sent:
            read_ += markup(call.json("reply_markup"))
    return read_


def same(kind: type[telegram.TelegramObject], sent: dict[str, Any]) -> None:
    other = kind.de_json(sent, None)
    assert dict(other.api_kwargs) == {}, f"{kind.__name__} does not know {dict(other.api_kwargs)}"
    assert other.to_dict() == sent


def markup(sent: dict[str, Any]) -> int:
    if "inline_keyboard" in sent:
        for row in sent["inline_keyboard"]:
            for one in row:
                same(telegram.InlineKeyboardButton, one)
    else:
        for row in sent["keyboard"]:
            for one in row:
                same(telegram.KeyboardButton, one)
    return 1


@pytest.fixture
async def other(desk: Desk) -> AsyncIterator[telegram.Bot]:
    async with telegram.Bot(
        TOKEN, base_url=f"{desk.api.url}/bot", base_file_url=f"{desk.api.url}/file/bot"
    ) as bot:
        yield bot


async def test_the_other_client_makes_the_same_requests(desk: Desk, other: telegram.Bot) -> None:
    """What we send through one client, sent again through the other, is the same on the wire."""
    for call in await a_day(desk):
        if call.method in (
            "sendMessage",
            "editMessageText",
            "deleteMessage",
            "answerCallbackQuery",
            "setMyCommands",
        ):
            before = len(desk.api.calls)
            await again(other, call)
            repeated = desk.api.calls[before]
            assert (repeated.method, wire(repeated)) == (call.method, wire(call))


async def again(bot: telegram.Bot, call: Call) -> None:
    sent = {name: plain(value) for name, value in call.sent.items()}
    if "link_preview_options" in sent:
        sent["link_preview_options"] = telegram.LinkPreviewOptions.de_json(sent["link_preview_options"], bot)
    if "inline_keyboard" in sent.get("reply_markup", {}):
        sent["reply_markup"] = telegram.InlineKeyboardMarkup.de_json(sent["reply_markup"], bot)
    elif "reply_markup" in sent:
        rows = [
            [telegram.KeyboardButton(**one) for one in row] for row in sent["reply_markup"].pop("keyboard")
        ]
        sent["reply_markup"] = telegram.ReplyKeyboardMarkup(rows, **sent["reply_markup"])
    if "commands" in sent:
        sent["commands"] = [telegram.BotCommand(**one) for one in sent["commands"]]
    names = {
        "sendMessage": "send_message",
        "editMessageText": "edit_message_text",
        "deleteMessage": "delete_message",
    }
    names |= {"answerCallbackQuery": "answer_callback_query", "setMyCommands": "set_my_commands"}
    try:
        await getattr(bot, names[call.method])(**sent)
    except telegram.error.BadRequest:
        return  # the message is as it is, or gone: the request was made all the same


def plain(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value


def wire(call: Call) -> dict[str, Any]:
    return {name: plain(value) for name, value in call.sent.items()}


async def test_the_other_client_uploads_what_this_one_uploads(desk: Desk, other: telegram.Bot) -> None:
    """Files go as parts of a form: the same fields, the same bytes, whatever the part is called."""
    compared = 0
    for call in await a_day(desk):
        if call.method in UPLOADS:
            before = len(desk.api.calls)
            await upload(other, call)
            assert parts(desk.api.calls[before]) == parts(call)
            compared += 1
    assert compared >= len(UPLOADS)


UPLOADS = ("sendDocument", "sendPhoto", "sendMediaGroup", "editMessageMedia")


async def upload(bot: telegram.Bot, call: Call) -> None:
    chat, files = int(call.sent["chat_id"]), [v for v in call.sent.values() if isinstance(v, bytes)]
    said: dict[str, Any] = {k: call.sent[k] for k in ("caption", "parse_mode") if k in call.sent}
    if "reply_markup" in call.sent:
        said["reply_markup"] = telegram.InlineKeyboardMarkup.de_json(call.json("reply_markup"), bot)
    if call.method == "sendDocument":
        await bot.send_document(chat, files[0], **said)
    elif call.method == "sendPhoto":
        await bot.send_photo(chat, files[0], **said)
    elif call.method == "editMessageMedia":
        under = {k: v for k, v in call.json("media").items() if k in ("caption", "parse_mode")}
        media = telegram.InputMediaPhoto(files[0], **under)
        await bot.edit_message_media(media, chat, int(call.sent["message_id"]), **said)
    else:
        await bot.send_media_group(chat, [telegram.InputMediaPhoto(one) for one in files])


def parts(call: Call) -> tuple[Any, ...]:
    """The method, the plain fields, the files' bytes, and an album's pieces without the names of their parts."""
    files = sorted(v for v in call.sent.values() if isinstance(v, bytes))
    media = call.json("media") if "media" in call.sent else []
    album = [(one["type"], sorted(one)) for one in (media if isinstance(media, list) else [media])]
    names = {name for name, value in call.sent.items() if isinstance(value, str)} - {"media"}
    names -= {name for name in names if call.sent[name].startswith("attach://")}
    return call.method, {name: plain(call.sent[name]) for name in names}, files, album


async def test_both_clients_fetch_the_same_bytes(desk: Desk, other: telegram.Bot) -> None:
    desk.api.files["f"] = jpeg("red")
    ours = await desk.channel.bot.download("f")
    theirs = await (await other.get_file("f")).download_as_bytearray()
    assert ours and ours.read() == bytes(theirs) == jpeg("red")
    mine, other_s = desk.api.made("getFile")
    assert wire(mine) == wire(other_s)


async def test_both_clients_ask_for_updates_in_the_same_words(desk: Desk, other: telegram.Bot) -> None:
    await desk.says(LIN, "任务")
    asked = next(call for call in desk.api.made("getUpdates") if "offset" in call.sent)
    desk.api.person_sends(LIN, text="进度")
    given = wire(asked)
    received = await other.get_updates(**given)
    assert [update.message.text for update in received if update.message] == ["进度"]
    assert wire(desk.api.made("getUpdates")[-1]) == given


async def test_the_other_client_sees_this_one_s_commands_and_edits(desk: Desk, other: telegram.Bot) -> None:
    """What one client put there the other can edit, and is told the same when nothing changes."""
    await desk.channel.push(str(LIN), Card("某", buttons=(Button("点", "v|c"),), key="k"), "k")
    there = desk.api.last(LIN)
    edited = await other.edit_message_text("别的", LIN, there["message_id"])
    assert isinstance(edited, telegram.Message)
    assert desk.api.last(LIN)["text"] == edited.text == "别的"
    with pytest.raises(telegram.error.BadRequest, match="not modified"):
        await other.edit_message_text("别的", LIN, there["message_id"])
    await desk.channel.push(str(LIN), Card("某", key="k"), "k")
    assert desk.api.last(LIN)["message_id"] == there["message_id"]


async def test_both_implementations_read_the_same_in_every_update(desk: Desk) -> None:
    desk.api.person_sends(LIN, text="任务")
    desk.api.person_sends(LIN, location={"latitude": 21.5, "longitude": 100.5})
    desk.api.person_sends(LIN, **photo("f"))
    desk.api.person_sends(LIN, document={"file_id": "d", "file_unique_id": "d", "file_name": "a.pdf"})
    await desk.channel.push(str(LIN), Card("某", buttons=(Button("点", "v|c"),), key="k"), "k")
    desk.api.person_taps(LIN, "点")
    for raw in desk.api.updates:
        ours, theirs = read(Update.model_validate(raw)), telegram.Update.de_json(raw, None)
        assert ours and theirs and theirs.effective_user and theirs.effective_chat
        assert (ours.account, ours.chat) == (str(theirs.effective_user.id), str(theirs.effective_chat.id))
        if theirs.callback_query:
            assert (ours.button, ours.callback) == (theirs.callback_query.data, theirs.callback_query.id)
            continue
        message = theirs.message
        assert message and ours.message == message.message_id
        assert ours.text == (message.text or "")
        if message.location:
            assert ours.location == (message.location.latitude, message.location.longitude)
        if message.photo:
            assert ours.file and ours.file.file_id == message.photo[-1].file_id
        if message.document:
            assert ours.file and ours.file.name == message.document.file_name


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (Call("sendMessage", {"chat_id": "1", "txt": "a"}), "no such field"),
        (Call("sendMessage", {"chat_id": "1"}), "missing"),
        (Call("deleteMessage", {"chat_id": "1", "message_id": "one"}), "is no"),
        (
            Call(
                "sendMessage",
                {"chat_id": "1", "text": "a", "reply_markup": '{"inline_keyboard": [[{"txt": "a"}]]}'},
            ),
            "is no",
        ),
        (Call("sendMesage", {}), "no such method"),
    ],
)
def test_the_check_sees_what_is_wrong(wrong: Call, said: str) -> None:
    assert said in " ".join(faults(wrong))


@pytest.mark.skipif(
    not SPEC.exists(), reason="the published api.json is not beside the checkout: shared/data/telegram"
)
def test_the_fixture_is_what_the_published_schema_says_today() -> None:
    assert distil(json.loads(SPEC.read_text(encoding="utf-8"))) == json.loads(
        FIXTURE.read_text(encoding="utf-8")
    )
