"""What an import would do is said before it does it; a full file closes entries, and never many unasked."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.render import line
from storage import directory_versions, importing
from storage.database import reading
from storage.directories import all_targets
from storage.directory_versions import Change, Origin
from storage.migrate import migrate
from tests.databases import everything, opened
from tests.talking import START
from tests.test_importing import HEADERS, firm, wrong
from workflows.directory import Inspector, Target

Run = Callable[..., Result]


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SUIJIAN_DATA", str(tmp_path / "data"))
    found = f"sqlite:///{tmp_path / 'data' / 'suijian.db'}"
    with opened(found) as engine:
        migrate(engine)
    write(*(firm(number) for number in range(10)))
    assert "新增 10" in run().output
    return found


def write(*rows: tuple[str, ...]) -> None:
    Path("对象.csv").write_text("\n".join(map(",".join, (HEADERS, *rows))), encoding="utf-8")


def run(*options: str, said: str = "") -> Result:
    return CliRunner().invoke(main, ["import", "targets", "对象.csv", *options], input=said)


def names(url: str) -> set[str]:
    with opened(url) as engine, reading(engine) as tx:
        return {one.name for one in all_targets(tx)}


def test_a_dry_run_writes_nothing_and_says_the_numbers_of_the_real_one(url: str) -> None:
    write(*(firm(n) for n in range(1, 9)), firm(9, 登记状态="注销"), firm(11), wrong(12))
    with opened(url) as engine:
        before = everything(engine)
    dry = run("--dry-run", "--full")
    assert "将新增 1，更新 1，未变 8，退回 1，移出 1" in dry.output, dry.output
    assert "登记状态 由“存续”改为“注销”" in dry.output
    assert firm(0)[1] in dry.output
    with opened(url) as engine:
        assert everything(engine) == before
    assert [path.name for path in Path().glob("*.csv")] == ["对象.csv"]
    real = run("--full", said="y\n")
    assert "新增 1，更新 1，未变 8，退回 1，移出 1" in real.output, real.output


def test_a_full_file_asks_before_anybody_leaves(url: str) -> None:
    write(*(firm(number) for number in range(1, 10)))
    refused = run("--full", said="n\n")
    assert refused.exit_code != 0
    assert "其中 1 条不在这个文件里" in refused.output
    assert len(names(url)) == 10
    assert run("--full", said="y\n").exit_code == 0
    assert names(url) == {firm(number)[0] for number in range(1, 10)}


def test_a_full_file_without_a_large_share_is_refused_unless_insisted_on(url: str) -> None:
    write(*(firm(number) for number in range(7)))
    refused = run("--full")
    assert (refused.exit_code, "移出 3 条" in refused.output) == (1, True), refused.output
    assert len(names(url)) == 10
    assert "移出 3" in run("--full", "--yes").output
    assert len(names(url)) == 7


def test_a_row_refused_for_another_reason_does_not_leave(url: str) -> None:
    write(*(firm(number) for number in range(9)), firm(9, 登记状态="？？"))
    assert "移出" not in run("--full").output
    assert len(names(url)) == 10


def test_a_shop_whose_code_was_mistyped_does_not_leave_for_it(url: str) -> None:
    """The row is refused for its check digit and names no entry by number, but by its name."""
    write(*(firm(number) for number in range(9)), wrong(9))
    refused = run("--full")
    assert "退回 1" in refused.output and "移出" not in refused.output, refused.output
    assert len(names(url)) == 10


def test_an_inspector_whose_number_is_missing_does_not_leave_for_it(url: str) -> None:
    def people(*numbers: str) -> Result:
        rows = (f"{one},{name},县公安局,Z{name},在岗" for one, name in zip(numbers, "甲乙丙", strict=True))
        Path("人员.csv").write_text(
            "\n".join(("警号,姓名,所属部门,执法证号,在岗状态", *rows)), encoding="utf-8"
        )
        return CliRunner().invoke(main, ["import", "inspectors", "人员.csv", "--full", "--yes"])

    assert "新增 3" in people("A1", "A2", "A3").output
    refused = people("A1", "A2", "").output
    assert "退回 1" in refused and "移出" not in refused, refused


def test_a_list_that_is_not_full_sends_nobody_away(url: str) -> None:
    write(firm(1))
    assert run().exit_code == 0
    assert len(names(url)) == 10


@pytest.mark.parametrize("content", [b"PK345678\n", b"123456789"])
def test_a_torn_workbook_is_told_as_torn(url: str, content: bytes) -> None:
    Path("名录.xlsx").write_bytes(content)
    result = CliRunner().invoke(main, ["import", "targets", "名录.xlsx"])
    assert result.exit_code == 1
    assert "已损坏" in result.output


def test_the_number_agreed_to_is_the_number_that_leaves(url: str) -> None:
    """Somebody else's import in between: nothing is kept, and the question is asked anew."""
    write(*(firm(number) for number in range(1, 10)))
    with opened(url) as engine:
        table = importing.read(Path("对象.csv"))
        before = everything(engine)
        with pytest.raises(importing.GoneChanged):
            importing.load(engine, "targets", table, "对象", START, wish=importing.Wish(full=True, agreed=2))
        assert everything(engine) == before


def test_where_others_wrote_meanwhile_it_is_asked_again(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first rehearsal counts one too many, as if somebody had taken an entry out before the import."""
    write(*(firm(number) for number in range(1, 10)))
    stale, true = iter((True, False)), importing.rehearse

    def rehearse(*args: Any, **words: Any) -> importing.Rehearsal:
        found = true(*args, **words)
        return replace(found, gone=(*found.gone, "R:1")) if next(stale) else found

    monkeypatch.setattr(importing, "rehearse", rehearse)
    said = run("--full", said="y\ny\n")
    assert said.output.count("继续吗") == 2, said.output
    assert "请重新确认" in said.output
    assert len(names(url)) == 9


def test_who_closed_an_entry_is_told_with_it(url: str) -> None:
    write(*(firm(number) for number in range(1, 10)))
    assert run("--full", said="y\n").exit_code == 0
    with opened(url) as engine, reading(engine) as tx:
        (gone,) = directory_versions.history(tx, "targets", firm(0)[1])
        (here,) = directory_versions.history(tx, "targets", firm(1)[1])
    assert (gone.closed, here.closed) == (Origin("对象.csv", getpass.getuser()), None)


@pytest.mark.parametrize("kind", [Target, Inspector])
def test_every_field_of_a_change_has_a_chinese_name(kind: type[Target | Inspector]) -> None:
    for field in fields(kind):
        said = line("cli", "would-change", change=Change("1", "甲", field.name, "", ""), before="", after="")
        assert field.name not in said
