"""Cards into a chat: edited where they stand if that is below what the person did, else anew at the end."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import (
    DeleteMessage,
    EditMessageReplyMarkup,
    EditMessageText,
    SendDocument,
    SendMessage,
)
from aiogram.types import BufferedInputFile, InlineKeyboardMarkup, LinkPreviewOptions

from bot.card import Card
from bot.channels.telegram import marks
from bot.channels.telegram.asking import Moved, ask, try_
from bot.channels.telegram.charts import Draw, drawn, png, redrawn, with_picture
from bot.channels.telegram.faces import CAPTION_UNITS, keyboard, place_keyboard, texts, units
from bot.channels.telegram.marks import MOVED, PICTURED, PLACE, Mark
from bot.channels.telegram.pictures import documents, show_pictures
from bot.house import House
from bot.receive import PASSING
from bot.render import line
from storage.database import reading, writing

ANEW = 2**62  # below every message there can be
IN_PLACE = 0
_PLAIN = LinkPreviewOptions(is_disabled=True)


@dataclass(frozen=True)
class Chat:
    """`account` is the chat's id too. `patience`: seconds to wait in all when Telegram asks to. `draw` makes a picture of a chart."""

    bot: Bot
    house: House
    account: str
    patience: float = 0
    draw: Draw = png

    @property
    def private(self) -> bool:
        return not self.account.startswith("-")


async def show(chat: Chat, cards: Sequence[Card], below: int) -> None:
    """Raises Later and Gone. A group that became a supergroup is followed there, and remembered."""
    known = await asyncio.to_thread(_marks, chat)
    if MOVED in known:
        chat = replace(chat, account=known[MOVED].words[0])
        known = await asyncio.to_thread(_marks, chat)
    try:
        await _show(chat, cards, below, known)
    except Moved as moved:
        await follow(chat, moved.chat)
        await show(chat, cards, below)


async def _show(chat: Chat, cards: Sequence[Card], below: int, known: dict[str, Mark]) -> None:
    for card in cards:
        await _show_one(chat, card, below, known.get(card.key) if card.key else None)
    await _clear(chat, cards, known)
    if chat.private:
        await _ask_place(chat, cards, known)
    await show_pictures(chat.bot, chat.house, chat.account, cards, known, chat.patience)


async def edit_in_place(chat: Chat, card: Card) -> None:
    """Where the card stands as words already, and nowhere else: nothing is sent, nobody is rung. Raises Later and Gone."""
    mark, pieces = (await asyncio.to_thread(_marks, chat)).get(card.key), texts(card)
    if mark and not mark.words and len(mark.messages) == len(pieces):
        await _edit(chat, mark, pieces, card, None)


async def _show_one(chat: Chat, card: Card, below: int, mark: Mark | None) -> None:
    picture = await asyncio.to_thread(chat.draw, card.chart) if card.chart and not card.files else None
    if picture is None or not await _put(chat, card, below, mark, picture):
        await _put(chat, card, below, mark, None)


async def _put(chat: Chat, card: Card, below: int, mark: Mark | None, picture: bytes | None) -> bool:
    """In place or anew; what stood there before is taken away. False where the chat takes no pictures."""
    pieces = with_picture(card) if picture else texts(card)
    kind = (PICTURED,) if picture else ()
    stands = mark and len(mark.messages) == len(pieces) and mark.messages[0] >= below and mark.words == kind
    # A message of words cannot become one with a file; a file is always sent anew. Nor can a picture become words.
    if mark and stands and not card.files and await _edit(chat, mark, pieces, card, picture):
        return True
    sent = await (_send_pictured(chat, pieces, card, picture) if picture else _send(chat, pieces, card))
    if sent and card.key:
        await remember(chat, Mark(card.key, sent, kind))
    if sent and mark:
        await take_away(chat, mark.messages)
    return bool(sent)


async def _edit(chat: Chat, mark: Mark, pieces: Sequence[str], card: Card, picture: bytes | None) -> bool:
    """False where Telegram no longer has the message, or no longer lets it be edited."""
    last = mark.messages[-1]
    for number, (message, piece) in enumerate(zip(mark.messages, pieces, strict=True)):
        keys = keyboard(card) if message == last else None
        edit = (
            redrawn(chat.account, message, picture, piece, keys)
            if picture and number == 0
            else EditMessageText(
                chat_id=int(chat.account),
                message_id=message,
                text=piece,
                parse_mode="HTML",
                link_preview_options=_PLAIN,
                reply_markup=keys,
            )
        )
        try:
            await ask(chat.bot, edit, chat.patience)
        except TelegramBadRequest as error:
            if "message is not modified" not in error.message:
                return False
    return True


async def _send_pictured(chat: Chat, pieces: Sequence[str], card: Card, picture: bytes) -> tuple[int, ...]:
    """The picture with the first piece under it, then the other pieces; () where it is not taken."""
    keys = keyboard(card)
    try:
        photo = drawn(chat.account, picture, pieces[0], None if pieces[1:] else keys)
        first = (await ask(chat.bot, photo, chat.patience)).message_id
    except TelegramBadRequest:
        return ()
    return (first, *await _send_words(chat, pieces[1:], keys))


async def _send(chat: Chat, pieces: Sequence[str], card: Card) -> tuple[int, ...]:
    """What is short enough is the caption of the card's first file; else the files follow the words."""
    given = await asyncio.to_thread(documents, chat.house, card)
    if given and len(pieces) == 1 and units(pieces[0]) <= CAPTION_UNITS:
        return await _send_documents(chat, given, pieces[0], card)
    sent = await _send_words(chat, pieces, keyboard(card))
    return (*sent, *await _send_documents(chat, given, "", card))


async def _send_words(
    chat: Chat, pieces: Sequence[str], keys: InlineKeyboardMarkup | None
) -> tuple[int, ...]:
    sent = []
    for number, piece in enumerate(pieces, 1):
        message = SendMessage(
            chat_id=int(chat.account),
            text=piece,
            parse_mode="HTML",
            link_preview_options=_PLAIN,
            reply_markup=keys if number == len(pieces) else None,
        )
        sent.append((await ask(chat.bot, message, chat.patience)).message_id)
    return tuple(sent)


async def _send_documents(
    chat: Chat, given: Sequence[BufferedInputFile], caption: str, card: Card
) -> tuple[int, ...]:
    sent = []
    for number, file in enumerate(given):
        first = bool(caption) and number == 0
        message = SendDocument(
            chat_id=int(chat.account),
            document=file,
            caption=caption if first else None,
            parse_mode="HTML" if first else None,
            reply_markup=keyboard(card) if first else None,
        )
        sent.append((await ask(chat.bot, message, chat.patience)).message_id)
    return tuple(sent)


async def take_away(chat: Chat, messages: Sequence[int]) -> None:
    """Deleted; what Telegram will not delete any more (48 hours) loses its buttons. What fails stays, and is harmless."""
    where = int(chat.account)
    for message in messages:
        gone = await try_(chat.bot, DeleteMessage(chat_id=where, message_id=message), chat.patience)
        if not gone:
            await try_(chat.bot, EditMessageReplyMarkup(chat_id=where, message_id=message), chat.patience)


async def _clear(chat: Chat, cards: Sequence[Card], known: dict[str, Mark]) -> None:
    """What stood in the way of a case leaves once its card is shown, as on the house's own screens."""
    shown = {card.key for card in cards}
    cases = [key.removeprefix("case:") for key in shown if key.startswith("case:")]
    leaving = [*PASSING, *(f"refusal:{case}" for case in cases)] if cases else []
    for key in leaving:
        if key in known and key not in shown:
            await drop(chat, known[key])


async def _ask_place(chat: Chat, cards: Sequence[Card], known: dict[str, Mark]) -> None:
    if any(card.asks == "location" for card in cards):
        if PLACE not in known:
            text = line("telegram", "place")
            request = SendMessage(chat_id=int(chat.account), text=text, reply_markup=place_keyboard())
            message = await ask(chat.bot, request, chat.patience)
            await remember(chat, Mark(PLACE, (message.message_id,)))
    elif PLACE in known and any(card.step for card in cards):
        await drop(chat, known[PLACE])


async def drop(chat: Chat, mark: Mark) -> None:
    def forget() -> None:
        with writing(chat.house.engine) as tx:
            marks.forget(tx, chat.account, mark.key)

    await take_away(chat, mark.messages)
    await asyncio.to_thread(forget)


async def follow(chat: Chat, to: int) -> None:
    """Everything for this group goes to `to` from now on."""

    def move() -> None:
        with writing(chat.house.engine) as tx:
            marks.move(tx, chat.account, str(to), chat.house.clock())

    await asyncio.to_thread(move)


async def remember(chat: Chat, mark: Mark) -> None:
    def keep() -> None:
        with writing(chat.house.engine) as tx:
            marks.put(tx, chat.account, mark, chat.house.clock())

    await asyncio.to_thread(keep)


def _marks(chat: Chat) -> dict[str, Mark]:
    with reading(chat.house.engine) as tx:
        return marks.marks_of(tx, chat.account)
