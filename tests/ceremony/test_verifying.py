"""suijian transcript and suijian verify draw: what an operator gives out, and what anybody makes of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from bot import demo
from bot.bootstrap import open_house
from bot.cli import main
from tests.rules.test_draw import worlds
from workflows.draw.hold import DrawRequest, DrawResult, hold, input_lines
from workflows.draw.matching import request_of, result_digest

SCHEMA = Path(__file__).resolve().parents[2] / "docs/schema/draw-transcript.schema.json"
SEEDS = "5e" * 32, "a7" * 32


@pytest.fixture(scope="module")
def given_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's two draws as files."""
    folder = tmp_path_factory.mktemp("given")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SUIJIAN_DATA", str(folder / "data"))
        house = open_house()
        demo.load(house, lambda said: None)
        house.engine.dispose()
        plan = CliRunner().invoke(main, ["plan", "list"]).output.split("　")[0]
        done = CliRunner().invoke(main, ["transcript", plan, "--out", str(folder), "--files"])
    assert done.exit_code == 0, done.output
    return folder


def files(folder: Path) -> list[Path]:
    """One draw's transcript, then its four lists."""
    record = min(folder.glob("抽取记录_*.json"))
    names = ("检查对象名单", "检查人员名单", "回避名单", "配组依据")
    return [record, *(record.with_name(f"{record.stem}_{name}.txt") for name in names)]


def checked(record: Path, *lists: Path) -> Result:
    options = zip(("--objects", "--inspectors", "--recusals", "--inputs"), lists, strict=False)
    words = [str(word) for option in options for word in option]
    return CliRunner().invoke(main, ["verify", "draw", str(record), *words])


def test_a_transcript_alone_and_with_its_lists_holds(given_out: Path) -> None:
    record, *lists = files(given_out)
    alone, whole = checked(record), checked(record, *lists)
    assert (alone.exit_code, whole.exit_code) == (0, 0), whole.output
    assert "没有给出名单" in alone.output
    assert "重新配组，结果与密封的相同" in whole.output
    assert "不通过" not in whole.output


def test_a_changed_line_fails_with_its_place_and_exit_code_1(given_out: Path, tmp_path: Path) -> None:
    record, objects, *others = files(given_out)
    edited = tmp_path / "名单.txt"
    edited.write_bytes(objects.read_bytes().replace(b"|E\n", b"|X:DEREG\n", 1))
    done = checked(record, edited, *others)
    assert done.exit_code == 1
    assert "不通过　名单与冻结时的一致（$.objects.root）" in done.output


def test_a_changed_transcript_fails(given_out: Path, tmp_path: Path) -> None:
    forged = tmp_path / "记录.json"
    said = files(given_out)[0].read_text(encoding="utf-8")
    forged.write_text(said.replace('"W01=1', '"W01=2', 1), encoding="utf-8")
    done = checked(forged)
    assert done.exit_code == 1
    assert "不通过　记录的格式和摘要" in done.output


def test_other_inputs_than_those_announced_fail_the_matching(given_out: Path, tmp_path: Path) -> None:
    record, *lists, inputs = files(given_out)
    other = tmp_path / "依据.txt"
    other.write_bytes(inputs.read_bytes().replace(b",0]\n", b",1]\n", 1))
    done = checked(record, *lists, other)
    assert done.exit_code == 1
    assert "不通过　重新配组" in done.output


def test_what_is_no_record_is_said_without_calling_it_forged(given_out: Path) -> None:
    _, objects, *_ = files(given_out)
    done = checked(objects)
    assert done.exit_code == 1
    assert "不是抽取记录，也不是抽取公告" in done.output and "不可信" not in done.output


def test_a_check_that_holds_several_times_is_told_once_with_its_number(given_out: Path) -> None:
    told = checked(*files(given_out)).output.splitlines()
    assert len(set(told)) == len(told)
    assert "通过　公开的密封数与承诺时的一致，共 2 项" in told


def test_what_cannot_be_read_is_said_in_chinese(tmp_path: Path) -> None:
    done = checked(tmp_path / "没有.json")
    assert done.exit_code == 1
    assert "读不了 没有.json" in done.output


@settings(max_examples=60)
@given(worlds())
def test_the_inputs_read_back_give_the_same_draw(request_: DrawRequest) -> None:
    asked = replace(request_, seed_inspectors=SEEDS[1])
    again = request_of(input_lines(asked), asked.seed, SEEDS[1])
    assert input_lines(again) == input_lines(asked)
    result = hold(asked)
    if isinstance(result, DrawResult):
        assert hold(again) == result
        other = hold(replace(again, seed_inspectors=SEEDS[0]))
        assert not isinstance(other, DrawResult) or result_digest(other) != result_digest(result)


def test_lists_are_given_together(given_out: Path) -> None:
    record, objects, *_ = files(given_out)
    done = checked(record, objects)
    assert done.exit_code == 1
    assert "要同时给出" in done.output


def test_a_draw_without_witnesses_and_beacon_says_so_and_is_checked(
    given_out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUIJIAN_DATA", str(given_out / "data"))
    plan = CliRunner().invoke(main, ["plan", "list"]).output.split("　")[0]
    drawn = CliRunner().invoke(main, ["draw", plan, "2026-03", "--release"])
    assert "已下发 2 件检查任务" in drawn.output, drawn.output
    CliRunner().invoke(main, ["transcript", f"{plan}/2026-03", "--out", str(tmp_path)])
    (record,) = tmp_path.glob("*.json")
    said = json.loads(record.read_text(encoding="utf-8"))
    assert (said["witnesses"], said["beacon"]) == ([], [])
    Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(said)
    assert checked(record).exit_code == 0


def own_line_of(given_out: Path, target: str, out: Path, monkeypatch: pytest.MonkeyPatch) -> Result:
    monkeypatch.setenv("SUIJIAN_DATA", str(given_out / "data"))
    plan = CliRunner().invoke(main, ["plan", "list"]).output.split("　")[0]
    return CliRunner().invoke(main, ["transcript", plan, "--own-line", target, "--out", str(out)])


def a_target(given_out: Path) -> str:
    objects = files(given_out)[1].read_text(encoding="utf-8").splitlines()
    return objects[3].split("|")[0]


def proofs(given_out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    done = own_line_of(given_out, a_target(given_out).lower(), tmp_path, monkeypatch)
    assert done.exit_code == 0, done.output
    return sorted(tmp_path.glob("名录证明_*.txt"))


@pytest.mark.rule("draw-record")
def test_a_target_gets_its_line_of_every_draw_and_checks_each_with_that_draws_transcript(
    given_out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = sorted(given_out.glob("抽取记录_*.json"))
    proofs(given_out, tmp_path, monkeypatch)
    own = [min(tmp_path.glob(one.stem.replace("抽取记录", "名录证明") + "_*.txt")) for one in records]
    assert len(own) == 2
    for mine, record in zip(own, records, strict=True):
        done = CliRunner().invoke(main, ["verify", "line", str(mine), str(record)])
        assert done.exit_code == 0, done.output
        assert f"{a_target(given_out)} 在抽取前公布的名单第 4 行" in done.output
        assert "这一行不说明有没有抽中" in done.output
    other = CliRunner().invoke(main, ["verify", "line", str(own[0]), str(records[1])])
    assert other.exit_code == 1
    assert "不能证明这一行在公布的名单里" in other.output


def test_a_line_is_not_checked_against_a_transcript_that_does_not_hold_itself(
    given_out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, record = proofs(given_out, tmp_path, monkeypatch)[0], files(given_out)[0]
    forged = tmp_path / "记录.json"
    forged.write_text(record.read_text(encoding="utf-8").replace('"W01=1', '"W01=2', 1), encoding="utf-8")
    done = CliRunner().invoke(main, ["verify", "line", str(own), str(forged)])
    assert done.exit_code == 1
    assert "这份记录或公告不可信" in done.output


def test_who_is_in_no_list_is_told_so(
    given_out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = own_line_of(given_out, "91530102000000009Z", tmp_path, monkeypatch)
    assert done.exit_code == 1
    assert "名单里没有“91530102000000009Z”" in done.output
    assert list(tmp_path.glob("*")) == []
