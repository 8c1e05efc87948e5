"""Where the public pages stand: /draws, /draws/<plan>, its announced.json and transcript.json, and /verify."""

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
from bot.portal.published import Draw, Shelf, Summary, summary
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
        Route("/draws/{plan:path}/announced.json", answering(_announced)),
        Route("/draws/{plan:path}/transcript.json", answering(_transcript)),
        Route("/draws/{plan:path}", answering(_draw)),
        Route("/verify", _verifier),
    ]


async def _verifier(request: Request) -> Response:
    return _page(VERIFIER, policy=VERIFIER_POLICY)


def _draws(shelf: Shelf, plan: str) -> Response:
    return _page(render_draws(shelf.draws(), shelf.beside()))


def _draw(shelf: Shelf, plan: str) -> Response:
    every = {draw.plan: draw for draw in shelf.draws()}
    found = every.get(plan)
    if found is None:
        return _page(render_nothing(), 404)
    before = next((one for one in every.values() if one.ended and one.ended.successor == plan), None)
    after = every.get(found.ended.successor) if found.ended else None
    try:
        return _page(render_draw(found, _told(shelf, found), before, after))
    except BadInput:
        return _page(render_nothing(unreadable=True), 503)


def _told(shelf: Shelf, draw: Draw) -> Summary | None:
    if draw.drawn:
        return summary(shelf.text(draw))
    return summary(shelf.announced(draw)) if draw.happened else None


def _announced(shelf: Shelf, plan: str) -> Response:
    found = _found(shelf, plan)
    if found is None or not found.happened:
        return _page(render_nothing(), 404)
    return _file(shelf.announced(found), saved_as(found.plan, "announced"))


def _transcript(shelf: Shelf, plan: str) -> Response:
    found = _found(shelf, plan)
    if found is None or not found.drawn:
        return _page(render_nothing(), 404)
    return _file(shelf.text(found), saved_as(found.plan, "draw"))


def _file(text: str, disposition: str) -> Response:
    headers = {**ASK_AGAIN, "content-disposition": disposition}
    return Response(text.encode(), headers=headers, media_type="application/json")


def _found(shelf: Shelf, plan: str) -> Draw | None:
    return next((draw for draw in shelf.draws() if draw.plan == plan), None)


def _page(html: str, status: int = 200, policy: str = POLICY) -> Response:
    return HTMLResponse(html, status, {**ASK_AGAIN, "content-security-policy": policy})
