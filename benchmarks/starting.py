"""Row 16: from the command to the first answer, at the second start, without Telegram."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Row, in_turn, medians, seconds

IMPORTS = "import starlette, sqlalchemy, jinja2"
SUIJIAN = Path(sys.executable).with_name("suijian")
PATIENCE = 60.0  # seconds


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        _first_answer(folder)
        floor, ours, ratio = medians(in_turn(lambda: seconds(_imports), lambda: _first_answer(folder)))
    said = (f"{floor:.2f} s", f"{ours:.2f} s", f"{ratio:.2f} × floor")
    yield Row("16", "suijian run to first answer", "second start", *said, "≤ 3 × floor", ratio <= 3)


def _imports() -> None:
    subprocess.run([sys.executable, "-c", IMPORTS], check=True)


def _first_answer(folder: str) -> float:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SUIJIAN_")}
    begun = time.perf_counter()
    server = subprocess.Popen(
        [SUIJIAN, "run", "--port", str(port)],
        env=kept | {"SUIJIAN_DATA": folder},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not _answers(port):
            if server.poll() is not None or time.perf_counter() - begun > PATIENCE:
                raise RuntimeError("suijian run gave no answer")
            time.sleep(0.005)
        return time.perf_counter() - begun
    finally:
        server.terminate()
        server.wait()


def _answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=PATIENCE).close()
    except urllib.error.HTTPError:
        return True  # an unknown visitor is answered too
    except OSError:
        return False
    return True
