"""Where the public pages stand: /draws, /draws/<plan>, its transcript.json, and /verify."""

from __future__ import annotations

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
from bot.portal.published import Draw, Published, summary
from workflows.errors import BadInput

# A crowd at the public pages must leave the chat its threads.
READERS = 4
# What is public tomorrow may be more than today: a browser asks again.
ASK_AGAIN = {"cache-control": "no-cache"}


def portal(published: Published) -> list[Route]:
    """The routes over `published`, which is called in a worker thread."""
    readers = CapacityLimiter(READERS)

    async def known(plan: str) -> Draw | None:
        draws = await to_thread.run_sync(published, limiter=readers)
        return next((draw for draw in draws if draw.plan == plan), None)

    async def draws(request: Request) -> Response:
        return _page(render_draws(await to_thread.run_sync(published, limiter=readers)))

    async def draw(request: Request) -> Response:
        found = await known(request.path_params["plan"])
        if found is None:
            return _page(render_nothing(), 404)
        return await to_thread.run_sync(_summed, found, limiter=readers)

    async def transcript(request: Request) -> Response:
        found = await known(request.path_params["plan"])
        if found is None:
            return _page(render_nothing(), 404)
        headers = {**ASK_AGAIN, "content-disposition": saved_as(found.plan)}
        return Response(found.text.encode(), headers=headers, media_type="application/json")

    return [
        Route("/draws", draws),
        Route("/draws/{plan:path}/transcript.json", transcript),
        Route("/draws/{plan:path}", draw),
        Route("/verify", _verifier),
    ]


async def _verifier(request: Request) -> Response:
    return _page(VERIFIER, policy=VERIFIER_POLICY)


def _summed(draw: Draw) -> Response:
    try:
        return _page(render_draw(draw, summary(draw.text)))
    except BadInput:
        return _page(render_nothing(unreadable=True), 503)


def _page(html: str, status: int = 200, policy: str = POLICY) -> Response:
    return HTMLResponse(html, status, {**ASK_AGAIN, "content-security-policy": policy})
