"""suijian people codes, accounts, revoke, as the operator types them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from bot.bootstrap import open_house
from bot.cli.enrolling import COMMANDS
from bot.cli.main import Lazy
from bot.house import House
from storage import enrolment, people
from storage.database import reading, writing
from storage.enrolment import Knock
from storage.people import Person
from workflows.enrolment import read_code

CAST = [
    Person(f"P:{n}", name, "县公安局", ("inspector",))
    for n, name in enumerate(["甲示例", "乙示例", "丙示例"])
]


class Root(Lazy):
    """The three commands below the root that turns errors into sentences."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return {command.name: command for command in COMMANDS}.get(cmd_name)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setenv("SUIJIAN_DATA", str(tmp_path))
    monkeypatch.delenv("SUIJIAN_DATABASE", raising=False)
    opened = open_house()
    with writing(opened.engine) as tx:
        for person in CAST:
            people.save(tx, person)
    yield opened
    opened.engine.dispose()


def run(*words: object) -> Result:
    return CliRunner().invoke(Root("people"), [str(word) for word in words])


def test_a_code_is_shown_and_binds_who_it_is_for(house: House) -> None:
    shown = run("codes", "甲示例", "P:1").output.splitlines()
    codes = {line.split("\t")[1]: line.split("\t")[0] for line in shown[:2]}
    assert set(codes) == {"甲示例", "乙示例"}
    knock = Knock("telegram", "77", codes["乙示例"], "")
    assert enrolment.redeem(house.engine, knock, house.clock()).person == CAST[1]
    assert "telegram\t77\t乙示例" in run("accounts").output
    assert "已停用 乙示例" in run("revoke", "telegram", "77").output
    assert run("accounts").output == ""


def test_everybody_without_an_account_gets_a_card_once(house: House, tmp_path: Path) -> None:
    path = tmp_path / "cards.xlsx"
    path.touch(0o644)
    assert "共 3 张卡片" in run("codes", "--all", "--out", path, "--at", "https://suijian.example").output
    cells = [cell.value for row in load_workbook(path).worksheets[0] for cell in row]
    assert sum(read_code(str(cell)) is not None for cell in cells) == 3
    assert path.stat().st_mode & 0o077 == 0, "whoever reads the file is whoever they like"
    again = run("codes", "--all")
    assert (again.exit_code, "没有要发的人员" in again.output) == (1, True)


@pytest.mark.parametrize("words", [("codes",), ("codes", "甲示例", "没有此人"), ("revoke", "web", "nobody")])
def test_what_cannot_be_done_is_said_and_nothing_is_done(house: House, words: tuple[str, ...]) -> None:
    answer = run(*words)
    assert answer.exit_code == 1
    assert "Error" not in answer.output
    with reading(house.engine) as tx:
        assert enrolment.open_codes(tx, house.clock()) == ()
