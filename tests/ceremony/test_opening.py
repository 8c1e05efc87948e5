"""Opened from shares: two keepers each in their own chat, or files at the command line; a wrong share is found out."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from bot import files
from bot.cli import main
from bot.deliver import deliver
from storage import ceremonies, screen
from storage.database import reading
from storage.schema import inbox
from tests.ceremony.hall import Hall
from tests.talking import Phone


def fetched(hall: Hall, phone: Phone) -> str:
    """The keeper's own file, as it was handed out."""
    phone.send(button=hall.data("draw-share"))
    path = files.where(hall.house, phone.card.files[0])
    assert path
    return path.read_text(encoding="utf-8")


def spoilt(said: str) -> str:
    """One digit of the first part changed, and the check digits torn off."""
    line = next(one for one in said.split("\n") if one.startswith("第 ") and "部分 " in one)
    wrong = line[:-1] + ("0" if line[-1] != "0" else "1")
    return "\n".join(one for one in said.replace(line, wrong).split("\n") if "核对码" not in one)


def give(hall: Hall, phone: Phone, said: str) -> Phone:
    phone.send(button=hall.data("ceremony"))
    phone.tap("交出份额")
    phone.say(said)
    return phone


@pytest.fixture
def papers(hall: Hall) -> dict[str, str]:
    """What the three keepers hold, fetched after the commitment; the ceremony is then gone on with to the release."""
    hall.released()
    found = {}
    for name in ("head", "first", "second"):
        found[name] = fetched(hall, getattr(hall, name))
    return found


@pytest.mark.rule("by-machine")
def test_two_keepers_open_each_in_their_own_chat(hall: Hall, papers: dict[str, str]) -> None:
    give(hall, hall.head, papers["head"])
    assert hall.head.sees("已交出份额：第 1 份") and hall.stage == "RELEASED"
    deliver(hall.house)
    with reading(hall.house.engine) as tx:
        asked = screen.since(tx, "web", hall.second.account, 0)[-1].body
    assert "交出份额" in asked
    give(hall, hall.second, papers["second"])
    assert hall.stage == "OPENED" and hall.second.sees("密封数已公开")
    hall.head.send(button=hall.data("give-share"))
    assert hall.head.sees("密封数已公开")
    assert "交出份额" not in [b.label for b in hall.head.card.buttons]


def test_of_a_share_given_nothing_is_kept_in_the_open(hall: Hall, papers: dict[str, str]) -> None:
    give(hall, hall.head, papers["head"])
    digits = [line.split(" ")[3] for line in papers["head"].split("\n") if "部分 " in line and len(line) > 60]
    assert len(digits) == 4
    with reading(hall.house.engine) as tx:
        shown = [one.body for one in screen.since(tx, "web", hall.head.account, 0)]
        kept = [str(tuple(row)) for row in tx.execute(inbox.select())]
        rows = tx.exec_driver_sql("SELECT * FROM ceremony_shares").all()
    assert len(rows) == 1 and any("不留底" in one for one in shown)
    assert not [d for d in digits for text in (*shown, *kept, str(rows)) if d in text]
    give(hall, hall.second, papers["second"])
    with reading(hall.house.engine) as tx:
        assert tx.exec_driver_sql("SELECT * FROM ceremony_shares").all() == []


def test_a_slip_is_told_to_who_made_it_and_another_s_share_is_not_taken(
    hall: Hall, papers: dict[str, str]
) -> None:
    head = give(hall, hall.head, papers["head"].replace("a", "b", 1).replace("0", "1", 40))
    assert head.sees("核对码") or head.sees("完整的份额")
    head.say(papers["second"])
    assert head.sees("这是第 3 份，您保管的是第 1 份")
    head.say("我找找")
    assert head.sees("完整的份额")
    head.say(papers["head"])
    assert head.sees("已交出份额：第 1 份")


def test_two_that_do_not_fit_wait_for_the_third_who_names_the_wrong_one(
    hall: Hall, papers: dict[str, str]
) -> None:
    give(hall, hall.head, spoilt(papers["head"]))
    give(hall, hall.first, papers["first"])
    assert hall.first.card.tone == "refusal" and hall.first.sees("请第三位保管人也交出份额")
    assert hall.stage == "RELEASED"
    give(hall, hall.second, papers["second"])
    assert hall.second.sees("第 1 份与承诺不符") and hall.stage == "OPENED"


def test_who_gives_again_takes_back_what_was_wrong(hall: Hall, papers: dict[str, str]) -> None:
    give(hall, hall.head, spoilt(papers["head"]))
    give(hall, hall.first, papers["first"])
    give(hall, hall.head, papers["head"])
    assert hall.stage == "OPENED" and not hall.head.sees("与承诺不符")


@pytest.mark.rule("mutual-blind")
def test_before_the_release_nobody_is_asked_for_a_share_and_strangers_never(hall: Hall) -> None:
    hall.drawn()
    hall.head.send(button=hall.data("ceremony"))
    assert "交出份额" not in [b.label for b in hall.head.card.buttons]
    hall.head.send(button=hall.data("give-share"))
    assert hall.head.card.form == "" and hall.stage == "DRAWN"
    hall.organiser.send(button=hall.data("give-share"))
    assert hall.organiser.card.form == ""


def test_a_lost_key_is_mended_in_the_chat_and_the_draw_goes_on(hall: Hall, tmp_path: Path) -> None:
    o = hall.lit()
    papers = [fetched(hall, phone) for phone in (hall.head, hall.first)]
    (tmp_path / "seal.key").unlink()
    o.tap("抽取")
    assert o.card.tone == "refusal" and o.sees("读不到密封钥匙") and hall.stage == "BEACON"
    for phone, said in zip((hall.head, hall.first), papers, strict=True):
        give(hall, phone, said)
    assert hall.first.sees("密封的内容已经恢复")
    o.send(button=hall.data("hold-draw"))
    assert hall.stage == "DRAWN"


@pytest.mark.parametrize("wrong", [None, 0, 1])
def test_files_at_the_command_line_do_the_same(
    hall: Hall, papers: dict[str, str], tmp_path: Path, wrong: int | None
) -> None:
    paths = []
    for number, said in enumerate(papers.values()):
        path = tmp_path / f"share-{number}.txt"
        path.write_text(spoilt(said) if number == wrong else said, encoding="utf-8")
        paths.append(str(path))
    draw, env = hall.kept.id, {"SUIJIAN_DATA": str(tmp_path)}
    two = CliRunner().invoke(main, ["open", "draw", draw, *paths[:2]], env=env)
    if wrong is None:
        assert two.exit_code == 0 and "密封数已公开" in two.output
        return
    assert two.exit_code == 1 and "合不起来" in two.output
    three = CliRunner().invoke(main, ["open", "draw", draw, *paths], env=env)
    assert three.exit_code == 0 and f"第 {wrong + 1} 份与承诺不符" in three.output
    with reading(hall.house.engine) as tx:
        assert ceremonies.load(tx, draw).ceremony.opened


def test_one_file_or_the_same_twice_or_a_mistyped_one_opens_nothing(
    hall: Hall, papers: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "share.txt"
    path.write_text(papers["head"], encoding="utf-8")
    env, draw = {"SUIJIAN_DATA": str(tmp_path)}, hall.kept.id
    for said, sentence in (
        ([str(path)], "两份或三份"),
        ([str(path), str(path)], "同一位保管人"),
        ([str(path), str(tmp_path / "none.txt")], "none.txt"),
    ):
        done = CliRunner().invoke(main, ["open", "draw", draw, *said], env=env)
        assert done.exit_code == 1 and sentence in done.output, done.output
    assert hall.stage == "RELEASED"
