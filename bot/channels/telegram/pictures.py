"""Files, both ways: what a person sends becomes evidence; the evidence a card shows is sent once into the chat."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from io import BytesIO

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramNetworkError
from aiogram.methods import GetFile, SendDocument, SendMediaGroup, SendPhoto
from aiogram.types import BufferedInputFile, InputMediaPhoto, MediaUnion
from aiohttp import ClientError, ClientResponseError

from bot import files
from bot.card import Card
from bot.channels.telegram import marks
from bot.channels.telegram.asking import ask
from bot.channels.telegram.faces import DOCUMENT_BYTES
from bot.channels.telegram.incoming import SentFile
from bot.channels.telegram.marks import PICTURES, Mark
from bot.channels.web.uploads import FILE_BYTES, check_file
from bot.house import House
from bot.render import block
from storage import evidence
from storage.database import reading, writing
from workflows.errors import BadInput

DRAWN_BY_TELEGRAM = ("image/jpeg", "image/png", "image/webp")
PHOTO_BYTES = 10 * 1024 * 1024
MOST_PICTURES = 6
DOWNLOAD_SECONDS = 120
DOWNLOAD_PATIENCE = 60.0

Kept = tuple[str, str, str, int]  # as in Turn.file


class Unkept(BadInput):
    """The file was not kept; `lines` is what the person reads."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(" ".join(lines))
        self.lines = lines


async def keep_file(bot: Bot, house: House, sent: SentFile, person: str) -> Kept:
    """Fetches what was sent and keeps it as evidence; Unkept with the reason where it is none."""
    data = await _fetch(bot, sent)

    def keep() -> Kept:
        mime, name = check_file(data, sent.name)
        now = house.clock()
        digest = evidence.keep(house.engine, house.evidence, data, name, mime, person, now)
        return digest, name, mime, len(data)

    try:
        return await asyncio.to_thread(keep)
    except BadInput as refused:
        raise Unkept(block("telegram", "refused", sentence=str(refused))) from refused


async def _fetch(bot: Bot, sent: SentFile) -> bytes:
    too_big = Unkept(block("telegram", "too-big", most=FILE_BYTES // 1024 // 1024))
    if sent.size > FILE_BYTES:
        raise too_big
    data = BytesIO()
    try:
        file = await ask(bot, GetFile(file_id=sent.file_id), DOWNLOAD_PATIENCE)
        await bot.download_file(file.file_path or "", data, timeout=DOWNLOAD_SECONDS)
    except TelegramBadRequest as error:
        # The size a phone announces may be missing; the server then knows better.
        raise too_big if "too big" in error.message else Unkept(block("telegram", "not-fetched")) from error
    except ClientResponseError as error:
        raise Unkept(block("telegram", "not-fetched")) from error
    except (ClientError, TimeoutError) as error:
        raise TelegramNetworkError(GetFile(file_id=sent.file_id), str(error)) from error
    return data.getvalue()


async def show_pictures(
    bot: Bot, house: House, account: str, cards: Sequence[Card], known: dict[str, Mark], patience: float
) -> None:
    """The evidence these cards show, as far as it is not in the chat already; its number is in the card's words."""
    there = known.get(PICTURES, Mark(PICTURES)).words
    wanted = dict.fromkeys(digest for card in cards for digest in card.photos if digest not in there)
    if not wanted:
        return
    found = await asyncio.to_thread(_read, house, tuple(wanted)[:MOST_PICTURES])
    photos = [f for f, mime in found if mime in DRAWN_BY_TELEGRAM and len(f.data) <= PHOTO_BYTES]
    others = [f for f, _ in found if f not in photos]
    try:
        await _send_photos(bot, int(account), photos, patience)
    except TelegramBadRequest:
        # Too wide, too tall or not to Telegram's taste: the file itself can always be sent.
        others = [*photos, *others]
    for file in others:
        await ask(bot, SendDocument(chat_id=int(account), document=file), patience)
    await seen(house, account, tuple(wanted))


async def _send_photos(bot: Bot, chat: int, photos: list[BufferedInputFile], patience: float) -> None:
    if len(photos) == 1:
        await ask(bot, SendPhoto(chat_id=chat, photo=photos[0]), patience)
    elif photos:
        album: list[MediaUnion] = [InputMediaPhoto(media=photo) for photo in photos]
        await ask(bot, SendMediaGroup(chat_id=chat, media=album), patience)


def documents(house: House, card: Card) -> list[BufferedInputFile]:
    """The card's own files, as far as they are still to be had and not too big for Telegram, which the card then says."""
    found = [(files.where(house, one), one) for one in card.files if one.size <= DOCUMENT_BYTES]
    return [BufferedInputFile(path.read_bytes(), one.name) for path, one in found if path]


async def seen(house: House, account: str, digests: tuple[str, ...]) -> None:
    """These are in the chat now, whoever sent them."""

    def note() -> None:
        with writing(house.engine) as tx:
            marks.add_words(tx, account, PICTURES, digests, house.clock())

    await asyncio.to_thread(note)


def _read(house: House, digests: Sequence[str]) -> list[tuple[BufferedInputFile, str]]:
    with reading(house.engine) as tx:
        found = [(digest, evidence.read(tx, house.evidence, digest)) for digest in digests]
    suffix = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "application/pdf": "pdf"}
    return [
        (BufferedInputFile(kept[0], f"{digest[:12]}.{suffix.get(kept[1], 'heic')}"), kept[1])
        for digest, kept in found
        if kept
    ]
