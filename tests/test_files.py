"""Files that come with a card: under their name, for their time, to nobody but whom they were shown to."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import pytest

from bot import files
from bot.card import Card, File
from bot.channels.telegram import faces
from bot.channels.telegram.pictures import documents
from bot.channels.web.app import saved_as
from bot.dialogs.reports import bulletin_card
from bot.heartbeat import tick
from storage import bulletins, handed, people
from storage.database import reading
from tests.contract.hands import WebHand
from tests.conversation.conftest import Begin, begin  # noqa: F401
from tests.conversation.walks import Scene, opened, prechecked
from tests.talking import phone_of

# ruff: noqa: F811
NOW = datetime(2026, 9, 21, 1, 0, tzinfo=UTC)


def kept(folder: Path) -> list[Path]:
    return [path for path in (folder / handed.MADE).rglob("*") if path.is_file()]


def codes_for_one(s: Scene) -> tuple[WebHand, File]:
    hand = WebHand(s.house, s.organiser.person)
    s.organiser.say("绑定码 沈知远")
    hand.say("绑定码 沈知远")
    card = s.organiser.card
    return hand, card.files[0]


def test_the_code_sheet_comes_with_the_codes_and_holds_them(begin: Begin) -> None:
    s = begin(prechecked)
    hand = WebHand(s.house, s.organiser.person)
    hand.say("绑定码 沈知远")
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", hand.news())
    ((name, data),) = hand.files()
    assert (code is not None, name.startswith("绑定码_"), name.endswith(".xlsx")) == (True, True, True)
    cells = [c.value for row in openpyxl.load_workbook(BytesIO(data)).worksheets[0] for c in row]
    assert code and code[0] in cells


def test_the_code_sheet_is_gone_with_the_organiser_s_next_word(begin: Begin) -> None:
    hand, _ = codes_for_one(begin(prechecked))
    (path,) = hand.links("file")
    assert hand.get(path).status_code == 200
    hand.say("任务")
    assert hand.get(path).status_code == 404


def test_the_code_sheet_is_off_the_disk_once_its_codes_have_expired(begin: Begin) -> None:
    s = begin(prechecked)
    hand, file = codes_for_one(s)
    (path,) = hand.links("file")
    assert len(kept(s.house.evidence)) == 2
    s.clock.pass_time(hours=25)
    assert "过了领取的时间" in hand.get(path).json()["sentence"]
    assert documents(s.house, Card("码", files=(file,))) == []
    assert kept(s.house.evidence) == []


def test_nobody_has_to_ask_for_what_is_out_of_time_to_go(begin: Begin) -> None:
    s = begin(prechecked)
    codes_for_one(s)
    tick(s.house)
    assert len(kept(s.house.evidence)) == 2
    s.clock.pass_time(hours=25)
    tick(s.house)
    assert kept(s.house.evidence) == []


def test_what_is_out_of_time_goes_when_another_is_asked_for(tmp_path: Path) -> None:
    handed.put(tmp_path, b"old", "旧.xlsx", NOW + timedelta(hours=1))
    digest = handed.put(tmp_path, b"new", "新.xlsx", NOW + timedelta(hours=3))
    found = handed.get(tmp_path, digest, "新.xlsx", NOW + timedelta(hours=3), NOW + timedelta(hours=2))
    assert found and found.read_bytes() == b"new"
    assert kept(tmp_path) == [found]
    assert (found.stat().st_mode & 0o777, found.parent.stat().st_mode & 0o077) == (0o600, 0)


@pytest.mark.parametrize(
    "name", ["../../外面.xlsx", "a/b\\c.zip", "", "...", "长" * 300 + ".xlsx", "一\n二\0.xlsx"]
)
def test_every_name_becomes_one_a_disk_takes(tmp_path: Path, name: str) -> None:
    tidy = handed.tidy(name)
    digest = handed.put(tmp_path, b"x", tidy, NOW)
    (path,) = kept(tmp_path)
    assert (path.name, path.parent.name) == (tidy, digest)
    assert Path(tidy).suffix == Path(name).suffix.strip("\0")


@pytest.mark.parametrize("name", ["逾期名单_20260922.xlsx", 'a"b;c%41.zip', "naïve 名.xlsx", "plain.xlsx"])
def test_the_header_carries_the_name_in_both_writings(name: str) -> None:
    said = saved_as(name)
    assert said.isascii()
    plain, extended = re.fullmatch(
        r"attachment; filename=\"([^\"]*)\"; filename\*=UTF-8''(\S+)", said
    ).groups()  # type: ignore[union-attr]
    assert unquote(extended) == name
    assert len(plain) == len(name)


def test_a_file_is_given_only_to_the_account_it_was_shown_to(begin: Begin) -> None:
    s = begin(opened)
    mine, other = WebHand(s.house, s.organiser.person), WebHand(s.house, s.head.person)
    mine.say("绑定码 沈知远")
    (path,) = mine.links("file")
    assert mine.get(path).status_code == 200
    assert other.get(path).status_code == 401
    assert other.get(path.replace(mine.account, other.account)).status_code == 404
    digest = path.rsplit("/", 1)[1]
    assert other.get(f"/chat/{other.account}/evidence/{digest}").status_code == 404


def test_a_bulletin_arrives_with_its_file_and_the_file_says_what_was_approved(begin: Begin) -> None:
    s = begin(opened)
    s.head.send(button="bulletin|")
    assert s.head.card.title == "双随机抽查进度通报（2026年9月21日至9月27日）"
    with reading(s.house.engine) as tx:
        office = people.get(tx, s.head.person)
    assert office and s.head.sees(f"{office.department}，2026年9月22日")
    s.head.tap("批准发送")
    again = s.head.send(button="bulletin|")
    assert s.head.sees("这份通报已于9月22日（周二）")
    assert [one.label for one in again.buttons] == ["返回进度"]
    told = phone_of(s.house, s.market.person)
    told.say("任务")
    with reading(s.house.engine) as tx:
        sent = bulletins.get(tx, "20260921-1")
    (file,) = bulletin_card(sent).files
    path = files.where(s.house, file)
    assert path is not None
    assert handed.path_of(s.house.evidence, file.digest, file.name, file.until) == path
    page = openpyxl.load_workbook(path).active
    assert page is not None
    cells = [str(cell.value) for row in page for cell in row if cell.value]
    for said in sent.text.split("\n"):
        assert any(said.removeprefix("§ ").removeprefix("> ") in cell for cell in cells), said


def test_an_open_case_has_no_file_yet(begin: Begin) -> None:
    s = begin(opened)
    card = s.market.send(button=f"archive|{s.case_id}")
    assert (card.tone, card.files) == ("refusal", ())


def test_what_is_too_big_for_telegram_is_said_and_not_sent(begin: Begin) -> None:
    s = begin(opened)
    file = files.make(s.house, b"zip", "案卷.zip", files.ZIP, s.clock.now + files.LIFE)
    big = File(file.digest, file.name, file.mime, faces.DOCUMENT_BYTES + 1, file.until)
    assert documents(s.house, Card("案卷", files=(big,))) == []
    assert "案卷.zip超过 50 兆" in "".join(faces.texts(Card("案卷", files=(big,))))
    assert len(documents(s.house, Card("案卷", files=(file,)))) == 1
