"""What the page sends: words, taps, places, photos. Each becomes a `Turn`; answers come over the stream."""

from __future__ import annotations

import math
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from bot.card import BUTTON_BYTES
from bot.channels.web.desk import Desk, Seat
from bot.channels.web.gate import check_origin, seated, write
from bot.channels.web.pages import MOST_CHARACTERS
from bot.channels.web.sentences import Refused
from bot.channels.web.uploads import FILE_BYTES, ROOM_FOR_FIELDS, check_file, read_form
from bot.turn import Turn

CHANNEL = "web"
# A text far over the limit still deserves to be told its length: twelve bytes a character when escaped.
WORDS_BYTES = 1024 * 1024


async def say(request: Request) -> Response:
    too_big = Refused("too_long_form", 413, most=MOST_CHARACTERS)
    async with posted(request, WORDS_BYTES, too_big) as (seat, form, update_id):
        text = field(form, "text")
        if not text.strip():
            raise Refused("empty", 422)
        if len(text) > MOST_CHARACTERS:
            raise Refused("too_long", 422, n=len(text), most=MOST_CHARACTERS)
        return await hand_over(request, Turn(CHANNEL, seat.account, update_id, text=text))


async def tap(request: Request) -> Response:
    async with posted(request, ROOM_FOR_FIELDS, Refused("tap", 413)) as (seat, form, update_id):
        data = field(form, "data")
        if not 0 < len(data.encode()) <= BUTTON_BYTES:
            raise Refused("tap", 422)
        return await hand_over(request, Turn(CHANNEL, seat.account, update_id, button=data))


async def place(request: Request) -> Response:
    async with posted(request, ROOM_FOR_FIELDS, Refused("place", 413)) as (seat, form, update_id):
        at = (degrees(field(form, "lat"), 90), degrees(field(form, "lon"), 180))
        return await hand_over(request, Turn(CHANNEL, seat.account, update_id, location=at))


async def photo(request: Request) -> Response:
    """One or more files; all are checked before the first is kept. Those chosen together share `album`."""
    too_big = Refused("too_big", 413, most=FILE_BYTES // 1024 // 1024)
    async with posted(request, FILE_BYTES + ROOM_FOR_FIELDS, too_big) as (seat, form, update_id):
        files = [part for _, part in form.multi_items() if isinstance(part, UploadFile)]
        if not files:
            raise Refused("no_file", 422)
        if any((file.size or 0) > FILE_BYTES for file in files):
            raise too_big
        album = turn_name(form, "album") if "album" in form else ""
        sound = [await _checked(request, file) for file in files]
        for number, (data, mime, name) in enumerate(sound, 1):
            own = f"{album}/{update_id}" if album else update_id
            turn_id = own if len(sound) == 1 else f"{own}/{number}"
            await write(request, _take_file, request.app.state.desk, seat.account, turn_id, data, mime, name)
            request.app.state.wake.ring()
        return Response(status_code=204)


async def _checked(request: Request, file: UploadFile) -> tuple[bytes, str, str]:
    data = await file.read()
    mime, name = await write(request, check_file, data, file.filename or "")
    return data, mime, name


def _take_file(desk: Desk, account: str, update_id: str, data: bytes, mime: str, name: str) -> None:
    kept = desk.keep(data, name, account)
    desk.receive(Turn(CHANNEL, account, update_id, file=(kept.digest, kept.name, mime, kept.size)))


async def hand_over(request: Request, turn: Turn) -> Response:
    await write(request, request.app.state.desk.receive, turn)
    request.app.state.wake.ring()
    return Response(status_code=204)


@asynccontextmanager
async def posted(request: Request, most: int, too_big: Refused) -> AsyncIterator[tuple[Seat, FormData, str]]:
    """(seat, form, update id) of a post by a seated person from our own page; closes its files afterwards."""
    check_origin(request)
    seat = await seated(request)
    form = await read_form(request, most, too_big)
    try:
        yield seat, form, turn_name(form, "update_id")
    finally:
        await form.close()


def turn_name(form: FormData, name: str) -> str:
    said = field(form, name)
    if not re.fullmatch(r"[0-9A-Za-z-]{8,64}", said):
        raise Refused("update_id", 422)
    return said


def field(form: FormData, name: str) -> str:
    """A text field without NUL, which no database keeps; "" when absent or a file."""
    value = form.get(name)
    return value.replace("\0", "") if isinstance(value, str) else ""


def degrees(text: str, most: int) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise Refused("place", 422) from error
    if not math.isfinite(value) or abs(value) > most:
        raise Refused("place", 422)
    return value
