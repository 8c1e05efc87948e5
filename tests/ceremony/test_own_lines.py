"""名录证明 in the chat: the organiser gives any target its line once the draw is committed, a team gives it to its target."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from bot import files
from bot.card import Card
from bot.channels.web import build
from bot.channels.web.fake import FakeDesk
from bot.cli import main
from bot.dialogs.own_lines import public_draw
from bot.portal import portal
from bot.portal.shelf import shelf
from storage import directories, projection, transcripts
from storage.database import reading
from tests.ceremony.hall import Hall
from tests.talking import Phone, phone_of
from workflows.draw.own_line import OwnLine, read_own_line
from workflows.draw.verify import verify_line
from workflows.inspection.case import Case
from workflows.inspection.precheck import ASPECTS

SCHEMA = Path(__file__).resolve().parents[2] / "docs/schema/draw-announcement.schema.json"


def handed(hall: Hall, card: Card) -> OwnLine:
    (file,) = card.files
    assert file.name.startswith("名录证明_")
    path = files.where(hall.house, file)
    assert path
    return read_own_line(path.read_text(encoding="utf-8"))


def proves(hall: Hall, own: OwnLine) -> bool:
    with reading(hall.house.engine) as tx:
        said = transcripts.announced(tx, hall.kept.id)
    return verify_line(said, own.line, own.index, own.path, own.salt).ok


def by_name(hall: Hall, said: str, phone: Phone | None = None) -> Card:
    phone = phone or hall.organiser
    phone.send(button=hall.data("ceremony"))
    phone.tap("名录证明")
    return phone.say(said)


@pytest.mark.rule("draw-record", "mutual-blind")
def test_the_organiser_gives_a_named_target_its_line_from_the_commitment_on(hall: Hall) -> None:
    o = hall.announced()
    o.tap("冻结名单")
    assert "名录证明" not in [one.label for one in o.card.buttons]
    o.tap("公布承诺")
    with reading(hall.house.engine) as tx:
        targets = directories.all_targets(tx)
    for said in (targets[3].name, targets[3].id):
        own = handed(hall, by_name(hall, said))
        assert own.line.startswith(f"{targets[3].id}|")
        assert proves(hall, own)
        assert o.sees("不说明有没有抽中")
    o.tap("再开一份证明")
    o.say("没有这一家")
    assert o.sees("没有找到“没有这一家”")
    common = next(
        word
        for word in (one.name[at : at + 2] for one in targets for at in range(len(one.name) - 1))
        if 1 < sum(word in one.name for one in targets) <= 5
    )
    o.say(common)
    assert o.sees("请选一户")
    name = next(one for one in targets if common in one.name).name
    assert proves(hall, handed(hall, o.tap(name)))


def test_the_line_is_the_same_before_and_after_the_draw(hall: Hall) -> None:
    hall.committed()
    with reading(hall.house.engine) as tx:
        name = directories.all_targets(tx)[5].name
    before = handed(hall, by_name(hall, name))
    for phone, digits in zip((hall.first, hall.second), ("27182818284590452353",) * 2, strict=True):
        hall.give(phone, digits)
    hall.organiser.send(button=hall.data("close-nonces"))
    assert hall.stage == "NONCES"
    assert handed(hall, by_name(hall, name)) == before


def test_nobody_but_the_organiser_gets_a_line_from_the_ceremony(hall: Hall) -> None:
    hall.committed()
    for phone in (hall.first, hall.head):
        phone.send(button=hall.data("ceremony"))
        assert "名录证明" not in [one.label for one in phone.card.buttons]
        phone.send(button=hall.data("own-line", "91"))
        assert phone.card.files == ()
        assert phone.card.asks == ""


def of_the_draw(hall: Hall) -> tuple[Case, Phone]:
    with reading(hall.house.engine) as tx:
        case = next(one for one in projection.all_cases(tx) if one.opened.draw == hall.kept.id)
    return case, phone_of(hall.house, next(iter(case.members)))


def noticed(hall: Hall, case: str, member: Phone) -> Phone:
    """As far as the notice (告知书), by what stands on the buttons."""
    for aspect in ASPECTS:
        member.send(button=f"background|{case}|{aspect}|ok")
    for done in (
        "ack",
        "sources|{}|all",
        "method|{}|0|usual",
        "items|{}|yes",
        "notice|{}|202609230900|usual",
    ):
        member.send(button=done.format(case) if "{}" in done else f"{done}|{case}")
    member.send(button=f"notice-text|{case}")
    assert member.sees("告知书")
    return member


@pytest.mark.rule("mutual-blind", "draw-record")
def test_the_notice_says_where_to_check_and_the_team_sends_its_target_the_proof(hall: Hall) -> None:
    hall.released()
    hall.house = replace(hall.house, origin="https://sj.example.cn/")
    case, member = of_the_draw(hall)
    member = noticed(hall, case.id, phone_of(hall.house, member.person))
    assert member.sees(f"https://sj.example.cn/draws/{hall.kept.id}")
    assert member.sees("在 https://sj.example.cn/verify 核对")
    assert member.sees("检查时间：2026年9月23日（周三）09:00")
    member.tap("名录证明")
    own = handed(hall, member.card)
    assert own.line.startswith(f"{case.opened.target.id}|")
    assert proves(hall, own)
    assert member.sees("交给被检查单位")
    member.tap("看告知书")
    stranger = phone_of(hall.house, a_stranger(hall, case))
    stranger.send(button=f"line-proof|{case.id}")
    assert stranger.card.files == ()


def a_stranger(hall: Hall, case: Case) -> str:
    with reading(hall.house.engine) as tx:
        everybody = [member for one in projection.all_cases(tx) for member in one.members]
    return next(one for one in everybody if one not in case.members)


def test_where_no_address_is_known_the_notice_names_the_draw(hall: Hall) -> None:
    hall.released()
    case, member = of_the_draw(hall)
    noticed(hall, case.id, member)
    assert member.sees(f"抽取编号 {hall.kept.id}。")
    assert not member.sees("http")


@pytest.mark.rule("ad-hoc")
def test_a_case_beside_the_plan_has_no_draw_to_look_at(hall: Hall) -> None:
    hall.released()
    case, _ = of_the_draw(hall)
    beside = replace(case, opened=replace(case.opened, random=False))
    with reading(hall.house.engine) as tx:
        assert public_draw(tx, case)
        assert public_draw(tx, beside) is None
        assert public_draw(tx, replace(case, opened=replace(case.opened, draw="2020/T1"))) is None


async def test_what_the_public_page_offers_before_the_draw_proves_a_line_at_the_command_line(
    hall: Hall, tmp_path: Path
) -> None:
    hall.committed()
    with reading(hall.house.engine) as tx:
        name = directories.all_targets(tx)[5].name
    (file,) = by_name(hall, name).files
    own = files.where(hall.house, file)
    app = build(FakeDesk({}), public=portal(shelf(hall.house)))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as anybody:
        said = tmp_path / "抽取公告.json"
        said.write_bytes((await anybody.get(f"/draws/{hall.kept.id}/announced.json")).content)
    Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(json.loads(said.read_text("utf-8")))
    done = CliRunner().invoke(main, ["verify", "line", str(own), str(said)])
    assert done.exit_code == 0, done.output
    assert "在抽取前公布的名单第 6 行" in done.output
    whole = CliRunner().invoke(main, ["verify", "draw", str(said)])
    assert whole.exit_code == 0, whole.output
