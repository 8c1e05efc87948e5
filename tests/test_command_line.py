"""A command mistyped is told in Chinese what is wrong and how it is written; a link leads to where the service is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from bot.bootstrap import open_house
from bot.cli import address, main
from bot.settings import from_environment
from storage import enrolment
from storage.database import reading
from tests.talking import demo_house


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    demo_house(tmp_path)[0].engine.dispose()
    monkeypatch.setenv("SUIJIAN_DATA", str(tmp_path))
    monkeypatch.delenv("SUIJIAN_ORIGIN", raising=False)
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("nosuch",), "没有“nosuch”这个命令"),
        (("people", "nosuch"), "没有“nosuch”这个命令"),
        (("--nosuch",), "没有“--nosuch”这个选项"),
        (("run", "--nosuch"), "没有“--nosuch”这个选项"),
        (("people", "link"), "还缺“姓名”"),
        (("run", "--port", "abc"), "“--port”写得不对"),
        (("workdays", "x", "3"), "“年-月-日”写得不对"),
        (("run", "--port"), "“--port”后面要写内容"),
        (("people", "link", "甲", "乙"), "多写了内容"),
        (("people", "add", "1", "甲", "县公安局", "boss"), "只能是：inspector、expert"),
    ],
)
def test_a_mistake_is_told_in_chinese_with_how_it_is_written(words: tuple[str, ...], says: str) -> None:
    ended = run(*words)
    assert ended.exit_code == 2
    assert says in ended.output
    assert "写法：" in ended.output
    assert "--help" in ended.output
    assert not {"Error", "Usage", "Try"} & set(ended.output.replace(":", " ").split())


def test_a_role_is_told_in_chinese_too(shell: Path) -> None:
    added = run("people", "add", "W9", "戊", "纪检组", "见证人", "legal")
    assert added.output == "已登记：戊（P:W9），纪检组 · 见证人、法制审核员。\n"
    assert "戊\t纪检组 · 见证人、法制审核员" in run("people", "list").output


def test_who_is_added_again_is_told_with_what_stood_there_before(shell: Path) -> None:
    run("people", "add", "W9", "戊", "纪检组", "见证人")
    again = run("people", "add", "P:W9", "己", "县司法局", "legal")
    assert again.output == "已更新：己（P:W9），县司法局 · 法制审核员。原来是戊，纪检组 · 见证人。\n"


@pytest.mark.parametrize(
    "words",
    [
        ("directory", "targets", "nowhere/名录.xlsx"),
        ("plan", "cost", "{plan}", "--out", "nowhere/成本.xlsx"),
        ("people", "codes", "--all", "--out", "nowhere/码.xlsx"),
    ],
)
def test_where_nothing_can_be_written_it_says_so_and_does_nothing(
    shell: Path, words: tuple[str, ...]
) -> None:
    plan = run("plan", "list").output.split()[0]
    told = run(*(word.format(plan=plan) for word in words))
    assert told.exit_code == 1
    assert "读不了或写不了 nowhere/" in told.output
    with reading(open_house().engine) as tx:
        assert enrolment.open_codes(tx, datetime.now(UTC)) == ()


def test_help_is_no_mistake() -> None:
    assert "人员与入口链接" in run("people", "--help").output
    assert run("people", "--help").exit_code == 0


def commands(command: click.Command, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        here = click.Context(command)
        for name in command.list_commands(here):
            below = command.get_command(here, name)
            assert below is not None
            yield from commands(below, *path, name)


def left_over(page: str, command: click.Command) -> list[str]:
    """The Latin words of a page of help that neither our sentences nor the names of commands and options account for."""
    ours = ["--help", command.name or "", command.help or ""]
    if isinstance(command, click.Group):
        here = click.Context(command)
        below = [command.get_command(here, name) for name in command.list_commands(here)]
        ours += [
            word for one in below if one for word in (one.name or "", (one.help or "").partition("\n\n")[0])
        ]
    for param in command.params:
        ours += [*param.opts, getattr(param, "help", None) or "", str(param.default)]
        if isinstance(param.type, click.Choice):
            ours += ["|".join(param.type.choices)]
    page = "".join(page.split())
    for words in sorted({"".join(word.split()) for word in ours} - {""}, key=len, reverse=True):
        page = page.replace(words, " ")
    return re.findall("[A-Za-z]+", page)


EVERY = dict(commands(main))


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_help_has_no_word_of_click_s_own(path: tuple[str, ...]) -> None:
    told = run(*path, "--help")
    assert told.exit_code == 0
    assert told.output.startswith("写法：")
    page = told.output.removeprefix(" ".join(("写法：main", *path)))
    assert left_over(page, EVERY[path]) == []


def test_the_check_for_click_s_words_sees_them() -> None:
    plain = click.Command(
        "plain", params=[click.Argument(["who"]), click.Option(["--port"], type=int, required=True)]
    )
    page = CliRunner().invoke(plain, ["--help"]).output
    found = left_over(page, plain)
    assert {"Usage", "OPTIONS", "INTEGER", "required", "Showthismessageandexit"} <= set(found)


def test_what_is_stopped_halfway_says_so_and_ends_as_click_ends_it(shell: Path) -> None:
    ended = CliRunner().invoke(main, ["reset"], input="n\n")
    assert (ended.exit_code, ended.stderr) == (1, "已中止。\n")
    assert (shell / "suijian.db").exists()


@pytest.mark.parametrize("said", ["", "\n", "否\n", "嗯\n"])
def test_what_is_asked_before_anything_goes_is_asked_in_chinese(shell: Path, said: str) -> None:
    """Anything but a plain yes keeps what there is, and click's own [y/N] is not seen."""
    ended = CliRunner().invoke(main, ["reset"], input=said)
    assert ended.exit_code == 1 and (shell / "suijian.db").exists()
    assert "确定删除全部数据吗？（输入“是”继续" in ended.output
    assert not re.findall(r"[A-Za-z]+", ended.output)


@pytest.mark.parametrize(("options", "said"), [((), "是\n"), ((), "Y\n"), (("--yes",), "")])
def test_a_plain_yes_goes_on(shell: Path, options: tuple[str, ...], said: str) -> None:
    assert CliRunner().invoke(main, ["reset", *options], input=said).exit_code == 0
    assert not (shell / "suijian.db").exists()


def test_a_link_leads_to_where_the_service_was_last_opened(
    shell: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("people", "link", "沈知远").output.startswith("http://127.0.0.1:8080/enter/")
    address.keep(from_environment(), "0.0.0.0", 9123)
    assert run("people", "link", "沈知远").output.startswith("http://127.0.0.1:9123/enter/")
    monkeypatch.setenv("SUIJIAN_ORIGIN", "https://suijian.example")
    assert run("people", "link", "沈知远").output.startswith("https://suijian.example/enter/")
    assert run("people", "link", "沈知远", "--at", "http://h/").output.startswith("http://h/enter/")
