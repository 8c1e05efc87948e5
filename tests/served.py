"""An app behind a real server in a thread of the test's own, so that a browser meets what people meet and the clock stays ours."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette

from bot.channels.web import Wake


@contextmanager
def in_a_thread(app: Starlette, wake: Wake, port: int = 0) -> Iterator[str]:
    """Its address; on a free port where none is given."""
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", ws="none", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        wake.close()
        server.should_exit = True
        thread.join()
