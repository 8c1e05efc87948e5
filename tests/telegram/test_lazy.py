"""The client takes seconds to load: nobody who has not configured it pays for it."""

from __future__ import annotations

import subprocess
import sys

LOADS = (
    "import sys, bot.cli.serving, bot.channels.web, bot.receive, bot.deliver; print('aiogram' in sys.modules)"
)


def test_serving_without_a_token_does_not_load_the_client() -> None:
    said = subprocess.run([sys.executable, "-c", LOADS], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"
