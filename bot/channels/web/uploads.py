"""What a phone may send as evidence: counted while it arrives, known by its bytes and never by its name."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from io import BytesIO
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from starlette.datastructures import FormData
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from bot.channels.web.sentences import Refused

# What opens pictures is loaded with the first of them: the first answer after a start has none.
if TYPE_CHECKING:
    from PIL.Image import Image

FILE_BYTES = 20 * 1024 * 1024
ROOM_FOR_FIELDS = 64 * 1024
MOST_FILES = 9
THUMB_PIXELS = 480
# A JPEG is decoded at an eighth of its size; the others only whole, four bytes a pixel.
MOST_MEGAPIXELS = {"image/jpeg": 89, "image/png": 40, "image/webp": 40}
SUFFIXES = {
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/webp": (".webp",),
    "image/heic": (".heic", ".heif"),
    "application/pdf": (".pdf",),
}
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1")


async def read_form(request: Request, most: int, too_big: Refused) -> FormData:
    """The posted fields and files; `too_big` as soon as more than `most` bytes are announced or have arrived.

    Nothing is read of a body announced as too big. The caller closes the form.
    """
    if int(request.headers.get("content-length") or 0) > most:
        raise too_big
    multipart = request.headers.get("content-type", "").startswith("multipart/form-data")
    stream = _counted(request.stream(), most, too_big)
    try:
        if multipart:
            return await MultiPartParser(request.headers, stream, max_files=MOST_FILES, max_fields=9).parse()
        return await FormParser(request.headers, stream, max_fields=9).parse()
    except (MultiPartException, ClientDisconnect) as error:
        raise Refused("form") from error


async def _counted(
    stream: AsyncGenerator[bytes, None], most: int, too_big: Refused
) -> AsyncGenerator[bytes, None]:
    arrived = 0
    async for chunk in stream:
        arrived += len(chunk)
        if arrived > most:
            raise too_big
        yield chunk


def check_file(data: bytes, name: str) -> tuple[str, str]:
    """(mime, name with the suffix that mime should have) of bytes fit to be evidence; Refused otherwise."""
    name = tidy_name(name)
    if not data:
        raise Refused("empty_file", 422, name=name)
    mime = kind(data)
    if mime is None:
        raise Refused("kind", 415, name=name)
    if mime in MOST_MEGAPIXELS:
        _check_pixels(data, mime, name)
    if PurePosixPath(name.lower()).suffix not in SUFFIXES[mime]:
        name = PurePosixPath(name).stem + SUFFIXES[mime][0]
    return mime, name


def kind(data: bytes) -> str | None:
    """The mime type the first bytes betray, among those taken as evidence."""
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp" and data[8:12] in HEIC_BRANDS:
        return "image/heic"
    return "application/pdf" if data.startswith(b"%PDF-") else None


def tidy_name(name: str) -> str:
    """The last part of a file name, printable, at most 80 characters; emoji stay."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    printable = "".join(character for character in last if character.isprintable()).strip(" .")
    return printable[-80:] or "文件"


def _check_pixels(data: bytes, mime: str, name: str) -> None:
    from PIL.Image import DecompressionBombError, DecompressionBombWarning  # noqa: PLC0415

    most = MOST_MEGAPIXELS[mime]
    try:
        with _opened(data) as image:
            if image.width * image.height > most * 1_000_000:
                raise Refused("too_many_pixels", 422, name=name, most=most)
            image.draft("RGB", (THUMB_PIXELS, THUMB_PIXELS))
            image.load()
    except (DecompressionBombError, DecompressionBombWarning) as error:
        raise Refused("too_many_pixels", 422, name=name, most=most) from error
    except (OSError, SyntaxError, ValueError) as error:
        raise Refused("damaged", 422, name=name) from error


def thumbnail(data: bytes) -> bytes:
    """A JPEG at most THUMB_PIXELS a side, the way up the camera was held; OSError if it cannot be drawn."""
    from PIL import Image, ImageOps  # noqa: PLC0415

    with _opened(data) as image:
        image.draft("RGB", (2 * THUMB_PIXELS, 2 * THUMB_PIXELS))
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((THUMB_PIXELS, THUMB_PIXELS))
        flat = Image.new("RGB", upright.size, "white")
        alpha = upright.convert("RGBA")
        flat.paste(alpha, mask=alpha)
        drawn = BytesIO()
        flat.save(drawn, "JPEG", quality=82)
        return drawn.getvalue()


def _opened(data: bytes) -> Image:
    from PIL import Image  # noqa: PLC0415

    return Image.open(BytesIO(data), formats=("JPEG", "PNG", "WEBP", "MPO"))
