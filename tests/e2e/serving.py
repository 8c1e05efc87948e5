"""A bureau's machine as an operator has it: a data folder, the command line, a server that can be killed."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from sqlalchemy import select

from storage import boxes, sealing
from storage.database import open_database, reading
from storage.schema import draws

SUIJIAN = (str(Path(sys.executable).with_name("suijian")),)
SHIFTED = (sys.executable, str(Path(__file__).with_name("clockwork.py")))
DEMO = Path(__file__).resolve().parents[2] / "demo"
START_SECONDS = 60.0


@dataclass
class Office:
    """`folder` holds the data and is where the commands run; the server is on `port`.

    `ahead`: seconds its clock is ahead of the machine's, where it has one of its own.
    """

    folder: Path
    port: int
    ahead: float = 0
    server: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def _surroundings(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SUIJIAN_")}
        return {**kept, "SUIJIAN_DATA": str(self.folder / "data"), "PYTHONIOENCODING": "utf-8"}

    def suijian(self, *words: str | Path, says: str = "") -> str:
        """Runs a command to its end and returns what it printed; `says` is what a person types into it."""
        command = self._command(*(str(word) for word in words))
        ended = subprocess.run(
            command,
            input=says,
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=self.folder,
            env=self._surroundings,
            timeout=30,
            check=False,
        )
        assert ended.returncode == 0, f"{' '.join(command)}\n{ended.stdout}{ended.stderr}"
        return ended.stdout

    def _command(self, *words: str) -> list[str]:
        return [*((*SHIFTED, str(self.ahead)) if self.ahead else SUIJIAN), *words]

    def link(self, who: str) -> str:
        return self.suijian("people", "link", who, "--at", self.address).strip()

    def start(self, command: str = "run") -> None:
        with (self.folder / "server.log").open("ab") as log:
            self.server = subprocess.Popen(
                self._command(command, "--port", str(self.port)),
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=self._surroundings,
            )
        until = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self.server.poll() is None, self.log()
            assert time.monotonic() < until, f"no answer within {START_SECONDS} s\n{self.log()}"
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            with urlopen(f"{self.address}/health", timeout=10) as answer:
                return bool(answer.status == 200)
        except (URLError, ConnectionError, TimeoutError):
            return False

    def printed_links(self) -> dict[str, str]:
        """Whom a link is for -> the link, as `suijian demo` prints them."""
        return {who.strip(): link for who, link in re.findall(r"^  (\S.*)\n +(http\S+)$", self.log(), re.M)}

    def kill(self) -> None:
        """kill -9: nothing gets to finish."""
        if self.server and self.server.poll() is None:
            os.kill(self.server.pid, signal.SIGKILL)
            self.server.wait()

    def log(self) -> str:
        return (self.folder / "server.log").read_text(encoding="utf-8")

    def drawn(self) -> tuple[list[str], list[str]]:
        """(inspectors, experts) of the one team in the sealed row, by id: who will be told, as nobody can know yet.

        With the key file beside the database, which is what keeps others from knowing.
        """
        data = self.folder / "data"
        engine = open_database(f"sqlite:///{data / 'suijian.db'}")
        boxes.use(engine, data / "seal.key")
        with reading(engine) as tx:
            (row,) = tx.execute(select(draws.c.id, draws.c.data)).all()
            (team,) = sealing.read(tx, row.id, row.data).result.selected
        engine.dispose()
        return [member.inspector_id for member in team.members], list(team.experts)


def open_office(folder: Path, began: datetime | None = None) -> Office:
    """Where `began` is given it is that moment there now, on every clock of the office."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folder.mkdir(parents=True, exist_ok=True)
    ahead = (began - datetime.now(UTC)).total_seconds() if began else 0
    return Office(folder, port, ahead)
