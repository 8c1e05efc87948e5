"""The web chat behind a real server, until somebody stops it."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn
from starlette.applications import Starlette

from bot.channels.web.sentences import SENTENCES
from bot.channels.web.wake import Wake
from workflows.errors import BadInput

# What a stop waits for a slow upload; the phone keeps the photo and sends it again.
LAST_SECONDS = 1


class Stoppable(uvicorn.Server):
    """Ends the open streams when told to stop, for the server waits for them; a second signal waits for nothing."""

    def __init__(self, config: uvicorn.Config, wake: Wake) -> None:
        super().__init__(config)
        self.wake = wake

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # The signal is not raised again after the stop, so that the caller can still put things away.
        self.wake.close()
        self.force_exit = self.should_exit
        self.should_exit = True


def serve(
    app: Starlette, wake: Wake, host: str, port: int, *, opened: Callable[[], None] = lambda: None
) -> None:
    """Serve until Ctrl-C or SIGTERM, then return; `opened` once the port is ours. BadInput when it cannot be had."""
    with open_door(host, port) as door:
        opened()
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            lifespan="on",
            ws="none",
            timeout_graceful_shutdown=LAST_SECONDS,
        )
        Stoppable(config, wake).run(sockets=[door])


def open_door(host: str, port: int) -> socket.socket:
    """A listening socket; BadInput with the way out when there is none to be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        if not 0 < port < 65536:
            raise OSError(errno.EINVAL, "out of range")
        return socket.create_server((host, port), family=family)
    except OSError as error:
        said = SENTENCES["serving"]["taken" if error.errno == errno.EADDRINUSE else "closed"]
        raise BadInput(said.format(host=host, port=port, other=port + 1, why=error.strerror)) from error
