"""Who may ask what: the link behind the cookie, the page a request comes from, the workers that may block."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from anyio import to_thread
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.channels.web.desk import Seat
from bot.channels.web.sentences import Refused

COOKIE = "suijian"
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
    token = request.cookies.get(COOKIE, "")
    return await read(request, request.app.state.desk.resolve, token) if token else None


async def seated(request: Request) -> Seat:
    seat = await find_seat(request)
    if seat is None:
        raise Refused("unbound", 401)
    return seat


def check_page(seat: Seat, account: str) -> None:
    """The account a page was drawn for must still be the one behind the cookie ("": not said).

    Two people's links opened in one browser share a cookie; without this, one would act on the other's page.
    """
    if account not in ("", seat.account):
        raise Refused("other_seat", 409)


def check_origin(request: Request) -> None:
    """Refuse what another site's page made the browser send. Old WebViews send Origin alone."""
    site = request.headers.get("sec-fetch-site")
    own = request.app.state.origin or f"{request.url.scheme}://{request.headers.get('host', '')}"
    if site != "same-origin" if site else request.headers.get("origin") != own:
        raise Refused("origin", 403)
