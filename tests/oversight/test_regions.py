"""The names of regions by their codes in GB/T 2260."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.regions import region_name


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("532822", "勐海县"),
        ("532800", "西双版纳傣族自治州"),
        ("530000", "云南省"),
        ("110112", "通州区"),  # a county until 1997: what is in force is said
        ("110103", "崇文区"),  # given up in 2010: what was counted under it keeps its name
        ("532822105", "勐海县（532822105）"),
        ("532822105000", "勐海县（532822105000）"),
        ("839999", "839999"),
        ("勐遮镇", "勐遮镇"),
        ("", ""),
    ],
)
def test_a_code_is_named_and_anything_else_stays(code: str, name: str) -> None:
    assert region_name(code) == name


@given(st.text(alphabet="0123456789镇", max_size=14))
def test_no_region_is_ever_without_a_name(code: str) -> None:
    assert bool(region_name(code)) == bool(code)
