"""The first answer waits for no more than it needs; whatever else is asked of a house just opened is answered too."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import httpx

from bot.accounts import issue_link
from storage import people
from storage.database import writing
from tests.talking import demo_house
from tests.test_web_serve import free_port

LOADED = """
import sys, bot.cli.serving
print(*sorted(name for name in sys.modules if name.startswith(("bot.dialogs", "workflows.draw", "apscheduler"))))
"""


def test_what_the_first_answer_needs_is_loaded_without_the_dialogs_and_the_draws() -> None:
    said = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert said.stdout.split() == []


def test_a_house_just_opened_answers_a_stranger_the_public_and_its_operator_and_takes_a_turn_at_once(
    tmp_path: Path,
) -> None:
    """Within the second in which nothing but the first page is loaded."""
    house, _ = demo_house(tmp_path)
    with writing(house.engine) as tx:
        token = issue_link(tx, people.named(tx, "沈知远")[0].id, house.clock())
    house.engine.dispose()
    port = free_port()
    at = {"base_url": f"http://127.0.0.1:{port}"}
    command = [str(Path(sys.executable).with_name("suijian")), "run", "--port", str(port)]
    with subprocess.Popen(command, env={**os.environ, "SUIJIAN_DATA": str(tmp_path)}) as server:
        try:
            wait_until_told(tmp_path / "address")
            assert (tmp_path / "address").read_text() == f"http://127.0.0.1:{port}\n"
            with httpx.Client(**at, follow_redirects=True, timeout=20) as phone:
                assert "还没有绑定账号" in phone.get("/").text
                page = phone.get(f"/enter/{token}")
                own = {"sec-fetch-site": "same-origin"}
                said = phone.post(
                    f"{page.url.path}/say", data={"update_id": "first-turn", "text": "帮助"}, headers=own
                )
                assert said.status_code == 204
                assert "帮助" in phone.get(page.url.path).text
                assert phone.get("/draws").status_code == 200
                assert phone.get("/health").json()["status"]
        finally:
            server.terminate()


def wait_until_told(address: Path) -> None:
    for _ in range(400):
        if address.exists():
            return
        time.sleep(0.05)
    raise AssertionError("the house never opened")
