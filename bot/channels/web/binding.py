"""The page of a browser nobody is known behind: a code typed there, or read from a card, opens the chat."""

from __future__ import annotations

import re
from ipaddress import IPv6Address, ip_address

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.channels.web.gate import PRIVATE, check_origin, let_in, write
from bot.channels.web.pages import render_unbound
from bot.channels.web.posts import field
from bot.channels.web.sentences import Refused
from bot.channels.web.uploads import ROOM_FOR_FIELDS, read_form
from workflows.enrolment import read_code
from workflows.errors import SuijianError

# One household or one phone holds a whole network of IPv6 addresses, and could guess from each.
NETWORK_BITS = 64
TOKEN = r"[0-9A-Za-z_-]{24,64}"


async def page(request: Request) -> Response:
    """The form, with the code of the card in it. Only a tap sends it: a preview of the link must not spend it."""
    code = read_code(request.query_params.get("code", "")) or ""
    return HTMLResponse(render_unbound(code=code), headers=PRIVATE)


async def bind(request: Request) -> Response:
    """A plain form and a plain answer, so that it works without a script."""
    try:
        check_origin(request)
        form = await read_form(request, ROOM_FOR_FIELDS, Refused("form", 413))
        said, token = field(form, "code"), field(form, "token")
        await form.close()
        if not re.fullmatch(TOKEN, token):
            raise Refused("form", 422)
        if read_code(said) is None:
            raise Refused("no_code", 422)
        seat = await write(request, request.app.state.desk.bind, said, token, asked_from(request))
    except SuijianError as error:
        status = error.status if isinstance(error, Refused) else 422
        return HTMLResponse(render_unbound(said=str(error)), status, PRIVATE)
    return let_in(request, seat, token)


def asked_from(request: Request) -> str:
    """The address the browser asks from, of IPv6 the network; a reverse proxy on this machine tells the true one."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        # A proxy that listens on both writes ::ffff:192.0.2.7: the network of these is everybody with an IPv4 address.
        return str(address.ipv4_mapped)
    if isinstance(address, IPv6Address):
        return str(IPv6Address(int(address) >> NETWORK_BITS << NETWORK_BITS))
    return str(address)
