"""The web chat as one Starlette application over a `Desk`."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import quote

from anyio import CapacityLimiter
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.channels.web import binding, live, posts
from bot.channels.web.desk import Desk
from bot.channels.web.gate import (
    PRIVATE,
    SafeHeaders,
    find_seat,
    find_seats,
    let_in,
    read,
    seated,
    write,
)
from bot.channels.web.missing import missing
from bot.channels.web.pages import STATIC, render_chat, render_seats, render_unbound
from bot.channels.web.sentences import SENTENCES, Refused
from bot.channels.web.uploads import MOST_MEGAPIXELS, thumbnail
from bot.channels.web.wake import Wake
from workflows.errors import SuijianError

READERS, WRITERS = 16, 4
KEPT_BY_BROWSER = {"cache-control": "private, max-age=31536000, immutable"}
DRAWN_FOR = {"application/pdf": "pdf.svg", "image/heic": "heic.svg"}
SHOWN_INLINE = {*MOST_MEGAPIXELS, "application/pdf"}


async def enter(request: Request) -> Response:
    token = request.path_params["token"]
    seat = await read(request, request.app.state.desk.resolve, token)
    if seat is None:
        return HTMLResponse(render_unbound(), 403, PRIVATE)
    return let_in(request, seat, token)


async def door(request: Request) -> Response:
    """To the one person this browser knows, or a choice among several."""
    seats = await find_seats(request)
    if not seats:
        return HTMLResponse(render_unbound(), 401, PRIVATE)
    if len(seats) == 1:
        return RedirectResponse(f"/chat/{seats[0].account}", 303, PRIVATE)
    return HTMLResponse(render_seats(seats), headers=PRIVATE)


async def chat(request: Request) -> Response:
    seat = await find_seat(request)
    if seat is None:
        return HTMLResponse(render_unbound(), 401, PRIVATE)
    messages = await read(request, request.app.state.desk.feed, seat.account, 0)
    page = await read(request, render_chat, seat, messages, "all" in request.query_params)
    return HTMLResponse(page, headers=PRIVATE)


async def flow(request: Request) -> Response:
    seat = await seated(request)
    desk = request.app.state.desk
    events = live.stream(
        feed=lambda after: read(request, desk.feed, seat.account, after),
        still_seated=lambda: _still(request),
        wake=request.app.state.wake,
        account=seat.account,
        after=live.asked_after(request),
    )
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(events, headers=headers, media_type="text/event-stream")


async def _still(request: Request) -> bool:
    return await find_seat(request) is not None


async def evidence(request: Request) -> Response:
    data, mime = await _found(request)
    shown = "inline" if mime in SHOWN_INLINE else "attachment"
    name = request.path_params["digest"][:12] + (mimetypes.guess_extension(mime) or "")
    headers = {**KEPT_BY_BROWSER, "content-disposition": f'{shown}; filename="{name}"'}
    return Response(data, headers=headers, media_type=mime)


async def thumb(request: Request) -> Response:
    """A small JPEG; for what cannot be drawn, a sign saying what it is."""
    data, mime = await _found(request)
    if mime not in MOST_MEGAPIXELS:
        return RedirectResponse(f"/static/{DRAWN_FOR.get(mime, 'file.svg')}", 302, PRIVATE)
    try:
        drawn = await write(request, thumbnail, data)
    except (OSError, SyntaxError, ValueError):
        return RedirectResponse("/static/file.svg", 302, PRIVATE)
    return Response(drawn, headers=KEPT_BY_BROWSER, media_type="image/jpeg")


async def file(request: Request) -> Response:
    """A file of one of this account's cards, saved under its own name."""
    seat = await seated(request)
    desk: Desk = request.app.state.desk
    found = await read(request, desk.file, request.path_params["digest"], seat.account)
    if found is None:
        raise Refused("no_such_file", 404)
    data, name, mime = found
    return Response(data, headers={**PRIVATE, "content-disposition": saved_as(name)}, media_type=mime)


def saved_as(name: str) -> str:
    """RFC 6266: the name in UTF-8 (RFC 8187), and an ASCII one for whoever cannot read that."""
    plain = re.sub(r'[^ -~]|["\\%]', "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


async def _found(request: Request) -> tuple[bytes, str]:
    seat = await seated(request)
    digest = request.path_params["digest"]
    desk: Desk = request.app.state.desk
    found = await read(request, desk.evidence, digest, seat.account)
    if found is None:
        raise Refused("not_found", 404)
    return found


async def health(request: Request) -> Response:
    """That the chat answers; where the house says how it is, that too, and 503 where somebody should look."""
    asked = request.app.state.health
    if asked is None:
        return PlainTextResponse("ok")
    said = await read(request, asked)
    return JSONResponse(said, 503 if said["status"] == "attention" else 200, PRIVATE)


async def refused(request: Request, error: Exception) -> Response:
    """Every error a person can cause is a sentence."""
    status = error.status if isinstance(error, Refused) else 422
    return JSONResponse({"sentence": str(error)}, status, PRIVATE)


async def failed(request: Request, error: Exception) -> Response:
    return JSONResponse({"sentence": SENTENCES["refused"]["unsure"]}, 500, PRIVATE)


CHAT = [
    Route("/live", flow),
    Route("/say", posts.say, methods=["POST"]),
    Route("/tap", posts.tap, methods=["POST"]),
    Route("/place", posts.place, methods=["POST"]),
    Route("/photo", posts.photo, methods=["POST"]),
    Route("/evidence/{digest}", evidence),
    Route("/thumb/{digest}", thumb),
    Route("/file/{digest}", file),
]
ROUTES = [
    Route("/", door),
    Route("/enter/{token}", enter),
    Route("/bind", binding.page, methods=["GET"]),
    Route("/bind", binding.bind, methods=["POST"]),
    Route("/chat/{account}", chat),
    Mount("/chat/{account}", routes=CHAT),
    Route("/health", health),
    Mount("/static", StaticFiles(directory=STATIC)),
]


def build(
    desk: Desk,
    *,
    origin: str = "",
    wake: Wake | None = None,
    public: Sequence[BaseRoute] = (),
    health: Callable[[], Mapping[str, object]] | None = None,
) -> Starlette:
    """The application. `origin` is the public address ("https://host[:port]"); "" trusts the Host header.

    `public` are routes that ask nobody who they are (`bot.portal`).

    Whatever changes a feed outside a request of this application rings `wake`; else pages take a second.
    `health` gives what /health says of the house, as JSON; its `status` "attention" is answered with 503.
    Whoever stops the server first calls `wake.close()`, or its open streams hold the stop up.
    """
    app = Starlette(
        routes=[*ROUTES, *public],
        middleware=[Middleware(SafeHeaders)],
        exception_handlers={SuijianError: refused, HTTPException: missing, Exception: failed},
    )
    app.state.desk, app.state.origin, app.state.wake = desk, origin.rstrip("/"), wake or Wake()
    app.state.health, app.state.public = health, bool(public)
    app.state.readers, app.state.writers = CapacityLimiter(READERS), CapacityLimiter(WRITERS)
    return app
