"""What is not there: a page for whoever looks at it, a sentence for whatever asked for data."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from bot.channels.web.gate import PRIVATE
from bot.channels.web.pages import render_missing
from bot.channels.web.sentences import SENTENCES


async def missing(request: Request, error: Exception) -> Response:
    """For every error the routes raise by themselves (no such path, no such method): its own status and headers."""
    assert isinstance(error, HTTPException)
    headers = {**PRIVATE, **(error.headers or {})}
    if "text/html" in request.headers.get("accept", ""):
        return HTMLResponse(render_missing(public=request.app.state.public), error.status_code, headers)
    return JSONResponse({"sentence": SENTENCES["refused"]["no_page"]}, error.status_code, headers)
