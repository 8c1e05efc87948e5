"""`suijian tickets`: the draw for whoever wants to check it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from storage.engines.choosing import draw
from storage.engines.source import File
from tests.engines.directories import KEY
from workflows.errors import BadInput

LINES = Path(__file__).parent / "dr1_lines.txt"
SHARES = {"A": 1, "B": 3, "C": 10, "D": 50}


def tickets(folder: Path, quotas: object, *more: str) -> Result:
    (folder / "quotas.json").write_text(json.dumps(quotas))
    said = ["tickets", str(LINES), "--key", KEY, "--quotas", str(folder / "quotas.json"), *more]
    return CliRunner().invoke(main, said)


@pytest.mark.parametrize("engine", ["python", "duckdb"])
def test_selected_and_reserve_in_their_order(tmp_path: Path, engine: str) -> None:
    plan = {f"FOOD:5301:{name}": [one, 100, "ceil", 0, None, 2] for name, one in SHARES.items()}
    done = tickets(tmp_path, plan, "--engine", engine, "--out", str(tmp_path / "drawn.csv"))
    assert done.exit_code == 0, done.output
    with (tmp_path / "drawn.csv").open(newline="") as opened:
        rows = [row for row in csv.DictReader(opened) if row["stratum"] == "FOOD:5301:D"]
    published = json.loads((LINES.parent / "dr1_result.json").read_text())["result"]["FOOD:5301:D"]
    assert [row["id"] for row in rows] == published["selected"] + published["substitutes"]
    assert [row["place"] for row in rows] == ["1", "2", "3", "4", "5", "6"]
    assert [row["use"] for row in rows] == ["selected"] * 4 + ["reserve"] * 2
    assert f"FOOD:5301:D：有效 8，抽取 4，递补 2，门槛 {published['threshold']}" in done.stderr


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ([], "读不了比例表 quotas.json"),
        ({"S": 5}, "读不了比例表 quotas.json"),
        ({"S": [1, 2]}, "quotas.json：计划中的分层比例应写成"),
        ({"S": [1, "2", "ceil", 0, 1, 1]}, "quotas.json：计划中的分层比例应写成"),
        ({"S": [1, 0, "ceil", 0, None, 0]}, "quotas.json：抽取比例有误：分母至少为1"),
    ],
)
def test_quotas_that_cannot_be_read(tmp_path: Path, plan: object, said: str) -> None:
    done = tickets(tmp_path, plan)
    assert done.exit_code == 1
    assert said in done.stderr


def test_a_missing_library_is_named_with_its_remedy() -> None:
    with pytest.raises(BadInput, match=r"suijian\[x\]"):
        draw("nothing", File(LINES), KEY, {}, extras={"nothing": "x"})
