"""The same from the command line, as an operator types it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.bootstrap import open_house
from bot.cli import main
from storage import ad_hoc, phrases, plans
from storage.database import reading, writing
from tests.talking import demo_house

SHOP = "91532822MA0000023X"
LIST = """编号,抽查事项名称,抽查依据,抽查主体,抽查对象,抽查比例,抽查频次,抽查方式,抽查内容,事项类别
X-1,即时公示信息的检查,《企业信息公示暂行条例》第十条,县市场监督管理局,企业,不低于3%或按专项计划确定,1次/年,现场检查,公示,一般检查事项
"""


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    demo_house(tmp_path)[0].engine.dispose()
    monkeypatch.setenv("SUIJIAN_DATA", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def plan_id(folder: Path) -> str:
    return run("plan", "list").output.split()[0]


def test_a_plan_is_costed_shown_over_the_year_and_compared(shell: Path) -> None:
    plan = plan_id(shell)
    cost = run("plan", "cost", plan, "--out", "cost.xlsx")
    assert "范围内 12 户，存续 11 户，拟查 1 户" in cost.output, cost.output
    assert (shell / "cost.xlsx").read_bytes()[:2] == b"PK"
    assert "□□□□□□□□■■■■ 娱乐场所联合抽查" in run("plan", "calendar", plan).output
    assert "只有一版" in run("plan", "diff", plan).output
    assert run("plan", "approve", plan, "联席〔2026〕9号").exit_code == 0
    assert "改为“联席〔2026〕9号”" in run("plan", "diff", plan, "1", "2").output
    wrong = run("plan", "diff", plan, "1", "9")
    assert (wrong.exit_code, "只有 2 版" in wrong.output) == (1, True)
    assert run("plan", "publish", plan).exit_code == 0


@pytest.mark.rule("once-a-year")
def test_a_plan_with_an_exception_without_a_reason_is_not_published(shell: Path) -> None:
    house = open_house()
    with writing(house.engine) as tx:
        plan = plans.current(tx)[0].plan
        bare = replace(plan.tasks[0], exception="special-industries")
        plans.save(tx, replace(plan, tasks=(bare, *plan.tasks[1:])), "", house.clock())
    house.engine.dispose()
    said = run("plan", "publish", plan.id)
    assert said.exit_code == 1
    assert "年度例外不成立\n" in said.output, said.output
    assert "没有写明理由，请在计划中补写例外理由" in said.output
    assert "没有写明理由" in run("plan", "cost", plan.id).output


@pytest.mark.rule("general-cap")
def test_an_import_asks_and_the_operator_answers(shell: Path) -> None:
    (shell / "list.csv").write_text(LIST, encoding="utf-8")
    said = run("import", "items", "list.csv")
    assert "抽查比例“不低于3%或按专项计划确定”读不成一个确定的数" in said.output, said.output
    assert "等您说明" in run("plan", "phrases").output
    assert run("plan", "answer", "X-1", "抽查比例", "看着办").exit_code == 1
    assert run("plan", "answer", "X-1", "抽查比例", "不超过3%").exit_code == 0
    assert "没有等您说明" in run("plan", "phrases").output
    assert "不超过3%" in run("plan", "phrases", "--all").output


@pytest.mark.rule("item-coverage")
def test_coverage_below_the_share_is_warned_of(shell: Path) -> None:
    enough = run("plan", "coverage", "县公安局", "12", "--profile", "yunnan")
    assert "占 50.0%，要求不低于 50%" in enough.output
    assert "提示" not in enough.output
    assert "覆盖面不够" in run("plan", "coverage", "县公安局", "13", "--profile", "yunnan").output
    assert "覆盖面不够" not in run("plan", "coverage", "县公安局", "13", "--profile", "national").output


@pytest.mark.rule("risk-ratio")
def test_a_class_is_assessed_and_explained(shell: Path) -> None:
    assert "40 户有变动" in run("risk", "assess").output
    assert "0 户有变动" in run("risk", "assess", "--out", "变动.xlsx").output
    assert Path("变动.xlsx").exists()
    why = run("risk", "explain", SHOP).output
    assert "名录库写的是B类" in why
    assert "海市监发〔2019〕52号" in why
    assert "对上 0 户" in run("risk", "explain", "没有这一家").output


@pytest.mark.rule("ad-hoc")
def test_a_task_beside_the_plan_is_opened_and_a_wrong_one_is_refused(shell: Path) -> None:
    words = ("--item", "GA-02", "--source", "工单88号", "--reason", "被投诉", "--ends", "2090-01-01")
    late = run("adhoc", "投诉举报", "--target", SHOP, *words)
    assert late.exit_code == 1
    gone = run("adhoc", "投诉举报", "--target", "R:0", *words[:-1], "2026-12-31")
    assert "名录库里没有“R:0”" in gone.output
    house = open_house()
    with reading(house.engine) as tx:
        assert ad_hoc.recent(tx) == ()
    house.engine.dispose()


def test_the_house_is_as_the_commands_left_it(shell: Path) -> None:
    run("plan", "approve", plan_id(shell), "联席〔2026〕9号")
    house = open_house()
    with reading(house.engine) as tx:
        assert plans.current(tx)[0].plan.approval == "联席〔2026〕9号"
        assert phrases.open_questions(tx) == ()
    house.engine.dispose()
