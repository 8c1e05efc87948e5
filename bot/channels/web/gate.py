"""Who may ask what: the links behind the cookies, the page a request comes from, the workers that may block."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ParamSpec, TypeVar

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.channels.web.desk import Desk, Seat
from bot.channels.web.sentences import Refused

# One cookie for each account, so that several people's pages live side by side in one browser.
COOKIE = "seat_"
COOKIE_SECONDS = 180 * 24 * 3600
PRIVATE = {"cache-control": "no-store"}
P = ParamSpec("P")
R = TypeVar("R")

HEADERS = {
    "content-security-policy": "default-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; object-src 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "geolocation=(self), camera=(self), microphone=()",
}


class SafeHeaders:
    """Puts HEADERS on every answer. Plain ASGI, because the live stream must not be buffered."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name for name, _ in message["headers"]}
                safe = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                message["headers"] = [*message["headers"], *(pair for pair in safe if pair[0] not in given)]
            await send(message)

        await self.app(scope, receive, guarded)


async def read(request: Request, call: Callable[P, R], *given: P.args, **named: P.kwargs) -> R:
    """Run a blocking look at the desk in a worker thread."""
    return await to_thread.run_sync(lambda: call(*given, **named), limiter=request.app.state.readers)


async def write(request: Request, call: Callable[P, R], *given: P.args, **named: P.kwargs) -> R:
    """Run a blocking change in one of a few worker threads, so that changes never crowd out looks."""
    return await to_thread.run_sync(lambda: call(*given, **named), limiter=request.app.state.writers)


async def find_seat(request: Request) -> Seat | None:
    """Who sits at the account in the path, by that account's own cookie."""
    account = request.path_params["account"]
    return await read(request, _behind, request.app.state.desk, request.cookies, account)


async def find_seats(request: Request) -> list[Seat]:
    """Everybody this browser holds a link of, by name."""
    accounts = [name.removeprefix(COOKIE) for name in request.cookies if name.startswith(COOKIE)]
    desk, cookies = request.app.state.desk, request.cookies
    found = await read(request, lambda: [_behind(desk, cookies, account) for account in accounts])
    return sorted((seat for seat in found if seat), key=lambda seat: seat.name)


def _behind(desk: Desk, cookies: Mapping[str, str], account: str) -> Seat | None:
    token = cookies.get(COOKIE + account, "")
    seat = desk.resolve(token) if token else None
    return seat if seat and seat.account == account else None


async def seated(request: Request) -> Seat:
    seat = await find_seat(request)
    if seat is None:
        raise Refused("unbound", 401)
    return seat


def let_in(request: Request, seat: Seat, token: str) -> Response:
    """To the chat, with the cookie that opens it."""
    answer = RedirectResponse(f"/chat/{seat.account}", 303, PRIVATE)
    secure = (request.app.state.origin or str(request.url)).startswith("https:")
    answer.set_cookie(
        COOKIE + seat.account, token, COOKIE_SECONDS, httponly=True, samesite="lax", secure=secure
    )
    return answer


def check_origin(request: Request) -> None:
    """Refuse what another site's page made the browser send. Old WebViews send Origin alone."""
    site = request.headers.get("sec-fetch-site")
    own = request.app.state.origin or f"{request.url.scheme}://{request.headers.get('host', '')}"
    if site != "same-origin" if site else request.headers.get("origin") != own:
        raise Refused("origin", 403)
