"""Photos and files: known by their bytes, bounded while they arrive, shown to who may see them."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import httpx
import pytest
from PIL import Image
from starlette.applications import Starlette

from bot.channels.web import Seat, build
from bot.channels.web.fake import FakeDesk
from bot.channels.web.uploads import FILE_BYTES, check_file, thumbnail
from bot.turn import Turn
from workflows.errors import BadInput

ORIGIN = "http://127.0.0.1:8080"
ID = "0f3b6c1e-0000-4000-8000-000000000001"
AT = datetime(2026, 9, 21, 6, 5, tzinfo=UTC)
LI, WANG = Seat("5f1c0a", "李示例", "执法人员"), Seat("9e0b7d", "王示例", "组长")
CHAT = f"/chat/{LI.account}"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk({"li": LI, "wang": WANG})


@pytest.fixture
def app(desk: FakeDesk) -> Starlette:
    return build(desk)


@pytest.fixture
async def li(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    """Li's browser, as the page makes it speak."""
    async with browser(app, cookies={f"seat_{LI.account}": "li"}, headers={"origin": ORIGIN}) as client:
        yield client


def browser(app: Starlette, **given: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN, **given)


def picture(
    size: tuple[int, int] = (40, 20), form: str = "JPEG", orientation: int = 0, side: str = "red"
) -> bytes:
    image, drawn, exif = Image.new("RGB", size, side), BytesIO(), Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    image.save(drawn, form, exif=exif)
    return drawn.getvalue()


def vast() -> bytes:
    """48 million black or white points: few bytes, many pixels."""
    drawn = BytesIO()
    Image.new("1", (8000, 6000)).save(drawn, "PNG")
    return drawn.getvalue()


def sentence(answer: httpx.Response) -> str:
    return str(answer.json()["sentence"])


async def test_a_photo_becomes_evidence_and_a_turn(li: httpx.AsyncClient, desk: FakeDesk) -> None:
    data = picture()
    answer = await li.post(f"{CHAT}/photo", data={"update_id": ID}, files={"photo": ("🏪门头.jpg", data)})
    assert answer.status_code == 204
    digest = hashlib.sha256(data).hexdigest()
    assert desk.turns == [Turn("web", LI.account, ID, file=(digest, "🏪门头.jpg", "image/jpeg", len(data)))]
    original = await li.get(f"{CHAT}/evidence/{digest}")
    assert (original.content, original.headers["content-type"]) == (data, "image/jpeg")


async def test_several_photos_in_one_post_are_several_turns(li: httpx.AsyncClient, desk: FakeDesk) -> None:
    files = [("photo", (f"{n}.png", picture((n, n), "PNG"))) for n in (3, 4, 5)]
    assert (await li.post(f"{CHAT}/photo", data={"update_id": ID}, files=files)).status_code == 204
    assert [turn.update_id for turn in desk.turns] == [f"{ID}/1", f"{ID}/2", f"{ID}/3"]


async def test_photos_chosen_together_say_so_in_their_ids(li: httpx.AsyncClient, desk: FakeDesk) -> None:
    """The page posts each by itself, for a weak signal; an album's name tells that they belong together."""
    for number in (3, 4):
        fields = {"update_id": f"{ID}-{number}", "album": ID}
        files = {"photo": (f"{number}.png", picture((number, number), "PNG"))}
        assert (await li.post(f"{CHAT}/photo", data=fields, files=files)).status_code == 204
    assert [turn.update_id for turn in desk.turns] == [f"{ID}/{ID}-3", f"{ID}/{ID}-4"]
    assert {turn.album for turn in desk.turns} == {f"{ID}/"}


async def test_one_bad_photo_among_several_keeps_none(li: httpx.AsyncClient, desk: FakeDesk) -> None:
    files = [("photo", ("1.jpg", picture())), ("photo", ("2.jpg", SVG))]
    assert (await li.post(f"{CHAT}/photo", data={"update_id": ID}, files=files)).status_code == 415
    assert (desk.turns, desk.files) == ([], {})


@pytest.mark.parametrize(
    ("name", "data", "mime", "kept_as"),
    [
        ("a.jpg", picture(), "image/jpeg", "a.jpg"),
        ("a.JPEG", picture(), "image/jpeg", "a.JPEG"),
        ("a.png", picture(form="PNG"), "image/png", "a.png"),
        ("a.jpg", picture(form="WEBP"), "image/webp", "a.webp"),
        ("IMG_1.heic", b"\0\0\0\x18ftypheic" + b"\0" * 40, "image/heic", "IMG_1.heic"),
        ("告知书.pdf", b"%PDF-1.7\n" + b"0" * 50, "application/pdf", "告知书.pdf"),
        ("../../etc/passwd", picture(), "image/jpeg", "passwd.jpg"),
        ("\x1b[31m😀.jpg", picture(), "image/jpeg", "[31m😀.jpg"),
    ],
)
def test_photos_and_pdf_are_known_by_their_bytes(name: str, data: bytes, mime: str, kept_as: str) -> None:
    assert check_file(data, name) == (mime, kept_as)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("现场.jpg", SVG, "不是能作证据的文件"),
        ("现场.png", b"<!doctype html><script>alert(1)</script>", "不是能作证据的文件"),
        ("现场.jpg", b"MZ\x90\0", "不是能作证据的文件"),
        ("现场.jpg", b"", "空文件"),
        ("现场.jpg", picture((400, 400))[:-400], "没有传完整"),
        ("现场.png", b"\x89PNG\r\n\x1a\n" + b"0" * 99, "没有传完整"),
        ("现场.png", vast(), "像素太多"),
    ],
)
async def test_what_is_not_evidence_is_refused(
    li: httpx.AsyncClient, desk: FakeDesk, name: str, data: bytes, said: str
) -> None:
    answer = await li.post(
        f"{CHAT}/photo", data={"update_id": ID}, files={"photo": (name, data, "image/jpeg")}
    )
    assert answer.status_code in (415, 422)
    assert said in sentence(answer)
    assert (desk.turns, desk.files) == ([], {})


def test_a_decompression_bomb_is_refused_before_it_is_decoded() -> None:
    bomb = bytearray(picture((10, 10), "PNG"))
    # The header claims 50,000 x 50,000; its checksum is made to agree.
    bomb[16:24] = (50_000).to_bytes(4, "big") * 2
    bomb[29:33] = zlib.crc32(bytes(bomb[12:29])).to_bytes(4, "big")
    with pytest.raises(BadInput, match="像素太多"):
        check_file(bytes(bomb), "炸弹.png")


async def test_a_huge_upload_is_refused_unread_when_announced(app: Starlette, desk: FakeDesk) -> None:
    status, said, pulled = await drive_upload(app, announced=200 * 1024 * 1024)
    assert (status, pulled) == (413, 0)
    assert "20 MB" in said
    assert desk.files == {}


async def test_a_huge_upload_is_cut_off_when_not_announced(app: Starlette, desk: FakeDesk) -> None:
    status, said, pulled = await drive_upload(app, announced=None)
    assert status == 413
    assert "20 MB" in said
    assert FILE_BYTES < pulled < FILE_BYTES + 1024 * 1024
    assert desk.files == {}


async def test_a_phone_that_hangs_up_half_way_leaves_nothing_behind(app: Starlette, desk: FakeDesk) -> None:
    begun = (
        b'--x\r\ncontent-disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\n' + b"\xff" * 3_000_000
    )
    arriving = iter([{"type": "http.request", "body": begun, "more_body": True}, {"type": "http.disconnect"}])
    answers: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return next(arriving)

    async def send(message: dict[str, Any]) -> None:
        answers.append(message)

    headers = {
        "host": "h",
        "origin": "http://h",
        "cookie": f"seat_{LI.account}=li",
        "content-type": "multipart/form-data; boundary=x",
    }
    scope = {
        "type": "http",
        "method": "POST",
        "path": f"{CHAT}/photo",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    await app(scope, receive, send)
    assert answers[0]["status"] == 400
    assert (desk.turns, desk.files) == ([], {})


async def drive_upload(app: Starlette, announced: int | None) -> tuple[int, str, int]:
    """Send a multipart body of 200 MB, 64 KB at a time; (status, sentence, bytes pulled before the answer)."""
    pulled, chunk = 0, b"\xff" * 65536

    async def body() -> AsyncIterator[bytes]:
        nonlocal pulled
        yield b'--x\r\ncontent-disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\n\xff\xd8\xff'
        while pulled < 200 * 1024 * 1024:
            pulled += len(chunk)
            yield chunk

    headers = {"content-type": "multipart/form-data; boundary=x", "origin": ORIGIN}
    if announced is not None:
        headers["content-length"] = str(announced)
    async with browser(app, cookies={f"seat_{LI.account}": "li"}) as client:
        answer = await client.post(f"{CHAT}/photo", content=body(), headers=headers)
    return answer.status_code, sentence(answer), pulled


# ---- evidence


async def test_evidence_is_only_for_who_may_see_it(
    app: Starlette, desk: FakeDesk, li: httpx.AsyncClient
) -> None:
    digest = desk.keep(picture(), "a.jpg", WANG.account).digest
    for path in (f"{CHAT}/evidence/{digest}", f"{CHAT}/thumb/{digest}"):
        answer = await li.get(path)
        assert answer.status_code == 404
        assert "无权查看" in sentence(answer)


async def test_a_thumbnail_is_small_and_the_right_way_up(li: httpx.AsyncClient, desk: FakeDesk) -> None:
    digest = desk.keep(picture((1200, 600), orientation=6), "a.jpg", LI.account).digest
    answer = await li.get(f"{CHAT}/thumb/{digest}")
    with Image.open(BytesIO(answer.content)) as small:
        assert small.size == (240, 480)


def test_a_transparent_picture_is_drawn_on_white() -> None:
    drawn = BytesIO()
    Image.new("RGBA", (9, 9), (0, 0, 0, 0)).save(drawn, "PNG")
    with Image.open(BytesIO(thumbnail(drawn.getvalue()))) as small:
        assert small.getpixel((4, 4)) == (255, 255, 255)


async def test_what_cannot_be_drawn_has_a_sign_instead(li: httpx.AsyncClient, desk: FakeDesk) -> None:
    digest = desk.keep(b"%PDF-1.7\n", "a.pdf", LI.account).digest
    answer = await li.get(f"{CHAT}/thumb/{digest}")
    assert answer.headers["location"] == "/static/pdf.svg"
    assert (await li.get("/static/pdf.svg")).status_code == 200
