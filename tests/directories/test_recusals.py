"""Who keeps away from whom, said in a column, in brackets or in a sheet of its own; one of two is enough."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from storage import directories, importing
from storage.database import reading
from storage.directory_writing import Counts
from storage.intake.inspectors import parse_inspectors
from storage.intake.table import Intake, Row, Table
from storage.migrate import migrate
from tests.databases import BACKENDS, fresh, opened
from tests.talking import START
from workflows.directory import Certificate, Inspector, Tie, certificate_valid

HEADERS = "姓名|警号|所属部门|执法证号|有效期起|有效期止|专长|回避对象|回避关系|申报人"
FIRM = "91532822MA00000153"


def table(headers: str, *rows: str) -> Table:
    return Table(
        "人.csv", tuple(headers.split("|")), tuple(Row(n, tuple(r.split("|"))) for n, r in enumerate(rows, 2))
    )


def taken(*rows: str, headers: str = HEADERS) -> list[Inspector]:
    intake = parse_inspectors(table(headers, *rows))
    assert intake.rejected == ()
    return [entry for _, entry in intake.accepted]


def refused(*rows: str) -> str:
    return "\n".join(one.reason for one in parse_inspectors(table(HEADERS, *rows)).rejected)


@pytest.fixture(params=BACKENDS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with fresh(request.param, tmp_path) as url, opened(url) as found:
        migrate(found)
        yield found


def load(engine: Engine, kind: str, headers: str, *rows: str) -> tuple[Intake[object], Counts]:
    return importing.load(engine, kind, table(headers, *rows), "人", START)


@pytest.mark.rule("recusal")
def test_a_reason_and_who_said_so_are_kept() -> None:
    one, two = taken(f"甲|1|局|||||{FIRM}；乙|持股；夫妻|甲", "乙|2|局|||||甲（配偶）||局长")
    assert one.ties == (Tie(FIRM, "持股", "甲"), Tie("P:2", "夫妻", "甲"))
    assert one.recusals == (FIRM,)
    assert two.ties == (Tie("P:1", "配偶", "局长"),)


@pytest.mark.rule("recusal")
def test_who_cannot_be_told_apart_or_found_is_refused() -> None:
    assert "2 位“乙”" in refused("甲|1|局|||||乙||", "乙|2|局|||||||", "乙|3|局|||||||")
    assert taken("甲|1|局|||||3||", "乙|2|局|||||||", "乙|3|局|||||||")[0].ties == (Tie("P:3"),)
    assert "recusal" in refused("甲|1|局|||||某人||")
    assert "本人" in refused("甲|1|局|||||甲||")


@pytest.mark.rule("inspector-certificate")
def test_of_several_certificates_one_in_force_is_enough() -> None:
    (one,) = taken("甲|1|局|Z1；Z2|2020-01-01；2026-01-01|2025-12-31；2030-12-31|食品、药品；特种设备，无|||")
    assert (one.certificate, one.valid_until) == ("Z2", date(2030, 12, 31))
    assert one.certificates[0] == Certificate("Z1", date(2020, 1, 1), date(2025, 12, 31))
    assert [certificate_valid(one, date(year, 6, 1)) for year in (2019, 2025, 2026, 2031)] == [
        False,
        True,
        True,
        False,
    ]
    assert one.expertise == ("食品", "药品", "特种设备")


def test_what_somebody_is_qualified_for_stands_in_several_columns() -> None:
    headers = "姓名|警号|所属部门|业务专长|专业资质资格|专家"
    rows = ("甲|1|局|药品|药品检查员,保化检查员/特种设备安全监察员|药品GSP", "乙|2|局|无|否|是")
    assert [one.expertise for one in taken(*rows, headers=headers)] == [
        ("药品", "药品检查员", "保化检查员", "特种设备安全监察员", "药品GSP"),
        (),
    ]
    assert "逐个对应" in refused("甲|1|局|Z1；Z2||2030-12-31||||")
    assert "同时出现" in refused("甲|1|局|Z1；Z2||2030-12-31；2031-12-31||||", "乙|2|局|Z2||2030-12-31||||")


@pytest.mark.rule("recusal")
def test_one_of_a_couple_having_said_it_keeps_both_apart(engine: Engine) -> None:
    load(engine, "inspectors", HEADERS, "乙|2|局|||||甲|夫妻|", "甲|1|局|||||||", "丙|3|局|||||||")
    with reading(engine) as tx:
        assert directories.conflicts(tx) == {("P:1", "P:2")}


@pytest.mark.rule("recusal")
def test_a_sheet_of_its_own_adds_and_takes_nothing_away(engine: Engine) -> None:
    load(engine, "inspectors", HEADERS, "甲|1|局|||||乙|夫妻|", "乙|2|局|||||||", "丙|3|局|||||||")
    sheet = "姓名|回避对象|回避关系|申报人"
    intake, counts = load(engine, "recusals", sheet, f"丙|{FIRM}|持股|丙", "甲|3|兄弟|局长", "丁|甲||")
    assert (counts.changed, [one.row for one in intake.rejected]) == (2, [4])
    again, counts = load(engine, "recusals", sheet, f"丙|{FIRM}|持股|丙", "甲|3|兄弟|局长")
    assert (counts, again.rejected) == (Counts(same=2), ())
    with reading(engine) as tx:
        assert directories.conflicts(tx) == {("P:1", "P:2"), ("P:1", "P:3")}
        people = {one.id: one for one in directories.all_inspectors(tx)}
    assert people["P:3"].ties == (Tie(FIRM, "持股", "丙"),)
    assert people["P:3"].recusals == (FIRM,)


@pytest.mark.rule("recusal")
def test_a_name_two_firms_share_names_neither(engine: Engine) -> None:
    other = "91532822MA0000023X"
    load(engine, "targets", "统一社会信用代码|企业名称", f"{FIRM}|便民商店", f"{other}|便民商店")
    intake, _ = load(
        engine, "inspectors", HEADERS, "甲|1|局|||||便民商店（持股）||", f"乙|2|局|||||{other}||"
    )
    assert [(one.row, "2 户“便民商店”" in one.reason) for one in intake.rejected] == [(2, True)]
    intake, counts = load(engine, "recusals", "姓名|回避对象", "乙|便民商店", f"乙|{FIRM}")
    assert ([one.row for one in intake.rejected], counts.changed) == ([2], 1)
    with reading(engine) as tx:
        (one,) = directories.all_inspectors(tx)
    assert one.recusals == (other, FIRM)


def test_a_list_that_says_nothing_of_recusals_keeps_them(engine: Engine) -> None:
    load(engine, "inspectors", HEADERS, f"甲|1|局|||||{FIRM}|持股|", "乙|2|局|||||||")
    load(engine, "inspectors", "姓名|警号|所属部门|回避关系", "甲|1|二局|")
    with reading(engine) as tx:
        (one,) = (one for one in directories.all_inspectors(tx) if one.id == "P:1")
    assert (one.department, one.ties) == ("二局", (Tie(FIRM, "持股"),))
