"""A shared contact is compared and forgotten: it binds nobody, and its number is found nowhere afterwards."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest
from sqlalchemy import Text, cast, select

from bot.channels.telegram.contact import plain_number
from storage import directories, people
from storage.case_facts import directory
from storage.database import reading, writing
from storage.schema import metadata
from tests.telegram.conftest import LIN, STRANGER, Desk

NUMBER = "13900000000"


def contact(who: int, number: str = f"+86{NUMBER}") -> dict[str, object]:
    return {"contact": {"phone_number": number, "first_name": "某", "user_id": who}}


def listed(desk: Desk, number: str) -> None:
    person = desk.scene.market.person
    with writing(desk.house.engine) as tx:
        entry = replace(directory(tx, [person])[person], phone=number)
        directories.save_inspectors(tx, [entry], desk.clock())


async def shares(desk: Desk, who: int, **what: object) -> str:
    desk.api.person_sends(who, **what)
    await desk.settle()
    return str(desk.api.last(who)["text"])


def kept_anywhere(desk: Desk, words: str) -> list[str]:
    """The tables in which these words stand."""
    with reading(desk.house.engine) as tx:
        return [
            table.name
            for table in metadata.tables.values()
            for column in table.columns
            if tx.execute(select(column).where(cast(column, Text).contains(words)).limit(1)).first()
        ]


@pytest.mark.parametrize(
    ("in_the_directory", "said"),
    [("139-0000-0000", "与名录库一致"), ("13911111111", "与名录库不一致"), ("", "名录库里没有")],
)
async def test_one_s_own_number_is_compared_with_the_directory(
    desk: Desk, in_the_directory: str, said: str
) -> None:
    listed(desk, in_the_directory)
    assert said in await shares(desk, LIN, **contact(LIN))


async def test_a_number_binds_nobody_even_one_the_directory_knows(desk: Desk) -> None:
    listed(desk, NUMBER)
    assert "凭手机号不能绑定" in await shares(desk, STRANGER, **contact(STRANGER))
    with reading(desk.house.engine) as tx:
        assert people.behind(tx, "telegram", str(STRANGER)) is None


@pytest.mark.parametrize("who", [LIN, STRANGER])
async def test_somebody_else_s_contact_is_refused(desk: Desk, who: int) -> None:
    listed(desk, NUMBER)
    assert "不是您本人" in await shares(desk, who, **contact(5))
    assert "不是您本人" in await shares(desk, who, contact={"phone_number": NUMBER, "first_name": "某"})


@pytest.mark.parametrize("who", [LIN, STRANGER])
async def test_the_number_is_neither_kept_nor_logged(
    desk: Desk, caplog: pytest.LogCaptureFixture, who: int
) -> None:
    caplog.set_level(logging.DEBUG)
    listed(desk, "13911111111")
    assert sorted(kept_anywhere(desk, "13911111111")) == ["inspectors"]
    await shares(desk, who, **contact(who))
    assert kept_anywhere(desk, NUMBER) == []
    ours = [record for record in caplog.records if record.name.startswith(("bot", "storage"))]
    assert not any(NUMBER in str(vars(record)) for record in ours)


@pytest.mark.parametrize(
    "written", ["13900000000", "+8613900000000", "0086 139 0000 0000", "139-0000-0000", "86-13900000000"]
)
def test_a_number_is_the_same_however_it_is_written(written: str) -> None:
    assert plain_number(written) == NUMBER


def test_a_landline_keeps_its_own_digits() -> None:
    assert plain_number("0691-5120000") == "06915120000"
