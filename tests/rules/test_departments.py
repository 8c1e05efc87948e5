"""Which department carries an item: the one it names, else one of the same system."""

from __future__ import annotations

import pytest

from workflows.departments import department_for, system_of

PREFECTURE, COUNTY, MARKET = "西双版纳州公安局", "勐海县公安局", "勐海县市场监督管理局"


@pytest.mark.rule("own-entry")
def test_a_department_of_the_system_carries_what_the_province_names() -> None:
    assert department_for("省公安厅", (MARKET, COUNTY)) == COUNTY
    assert department_for("省税务局", (MARKET, COUNTY)) is None
    assert system_of("勐海县烟草专卖局 ") == "勐海县烟草专卖局"


@pytest.mark.rule("own-entry")
def test_the_department_an_item_names_carries_it_though_another_of_its_system_comes_first() -> None:
    assert department_for(COUNTY, (PREFECTURE, COUNTY)) == COUNTY
