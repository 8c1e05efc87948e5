"""Where the public pages stand: /draws, /draws/<plan>, its transcript.json, and /verify."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.portal.pages import (
    POLICY,
    VERIFIER,
    VERIFIER_POLICY,
    render_draw,
    render_draws,
    render_nothing,
    saved_as,
)
from bot.portal.published import Draw, Shelf, summary
from workflows.errors import BadInput

# A crowd at the public pages must leave the chat its threads.
READERS = 4
# What is public tomorrow may be more than today: a browser asks again.
ASK_AGAIN = {"cache-control": "no-cache"}


def portal(shelf: Shelf) -> list[Route]:
    """The routes over a shelf, which is asked in a worker thread."""
    readers = CapacityLimiter(READERS)

    def answering(answer: Callable[[Shelf, str], Response]) -> Callable[[Request], Awaitable[Response]]:
        async def answered(request: Request) -> Response:
            plan = request.path_params.get("plan", "")
            return await to_thread.run_sync(answer, shelf, plan, limiter=readers)

        return answered

    return [
        Route("/draws", answering(_draws)),
        Route("/draws/{plan:path}/transcript.json", answering(_transcript)),
        Route("/draws/{plan:path}", answering(_draw)),
        Route("/verify", _verifier),
    ]


async def _verifier(request: Request) -> Response:
    return _page(VERIFIER, policy=VERIFIER_POLICY)


def _draws(shelf: Shelf, plan: str) -> Response:
    return _page(render_draws(shelf.draws()))


def _draw(shelf: Shelf, plan: str) -> Response:
    found = _found(shelf, plan)
    if found is None:
        return _page(render_nothing(), 404)
    try:
        return _page(render_draw(found, summary(shelf.text(found))))
    except BadInput:
        return _page(render_nothing(unreadable=True), 503)


def _transcript(shelf: Shelf, plan: str) -> Response:
    found = _found(shelf, plan)
    if found is None:
        return _page(render_nothing(), 404)
    headers = {**ASK_AGAIN, "content-disposition": saved_as(found.plan)}
    return Response(shelf.text(found).encode(), headers=headers, media_type="application/json")


def _found(shelf: Shelf, plan: str) -> Draw | None:
    return next((draw for draw in shelf.draws() if draw.plan == plan), None)


def _page(html: str, status: int = 200, policy: str = POLICY) -> Response:
    return HTMLResponse(html, status, {**ASK_AGAIN, "content-security-policy": policy})
