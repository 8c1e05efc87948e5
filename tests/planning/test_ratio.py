"""Phrases become numbers only where every word of them is understood; the rest is a question with what it might mean."""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.ratio import (
    Frequency,
    Ratio,
    Unclear,
    parse,
    parse_frequency,
    parse_ratio,
    share_text,
    written,
)

REAL = Path(__file__).resolve().parents[2] / "../shared/data/real/items_market_45.csv"


@pytest.mark.rule("general-cap")
@pytest.mark.parametrize(
    ("phrase", "ratio"),
    [
        ("3%", Ratio(3, 100)),
        ("３％", Ratio(3, 100)),
        ("不超过5%/年", Ratio(1, 20, "at-most", per_year=True)),
        ("5%以内", Ratio(1, 20, "at-most")),
        ("每年不超过百分之十五", Ratio(3, 20, "at-most", per_year=True)),
        ("抽查比例不少于2‰", Ratio(1, 500, "at-least")),
        ("不低于3%", Ratio(3, 100, "at-least")),
        ("百分之五", Ratio(1, 20)),
        ("千分之二", Ratio(1, 500)),
        ("百分之二十五", Ratio(1, 4)),
        ("1/20", Ratio(1, 20)),
        ("100%", Ratio(1, 1)),
        ("全覆盖", Ratio(1, 1)),
        ("2.5%", Ratio(1, 40)),
    ],
)
def test_a_ratio_that_says_one_thing_is_read(phrase: str, ratio: Ratio) -> None:
    assert parse_ratio(phrase) == ratio


@pytest.mark.parametrize(
    ("phrase", "why", "choices"),
    [
        ("按上级部署", "no-number", ()),
        ("根据实际情况确定", "no-number", ()),
        ("结合登记事项检查一并开展", "no-number", ()),
        ("不低于3%或按专项计划确定", "alternatives", ("不少于3%",)),
        ("2%-5%", "range", ("2%", "5%")),
        ("3%至5%", "range", ("3%", "5%")),
        ("市局抽查比例不少于30%", "subject", ("不少于30%",)),
        ("120%", "subject", ()),
        ("0%", "subject", ()),
        ("约5%", "subject", ("5%",)),
    ],
)
def test_a_ratio_of_several_meanings_is_asked(phrase: str, why: str, choices: tuple[str, ...]) -> None:
    asked = parse_ratio(phrase)
    assert isinstance(asked, Unclear)
    assert (asked.phrase, asked.why, tuple(map(written, asked.choices))) == (phrase, why, choices)


ENTERTAINMENT = "一级治安管理场所1次/年、二级和三级治安管理场所每半年1次"


@pytest.mark.parametrize(
    ("phrase", "frequencies"),
    [
        ("1次/年", (Frequency(1),)),
        ("每年一次", (Frequency(1),)),
        ("每年2次", (Frequency(2),)),
        ("每年不少于1次", (Frequency(1, bound="at-least"),)),
        ("不超过2次/年", (Frequency(2, bound="at-most"),)),
        ("每半年1次", (Frequency(1, 6),)),
        ("每季度1次", (Frequency(1, 3),)),
        ("每月组织1次", (Frequency(1, 1),)),
        ("两年一次", (Frequency(1, 24),)),
        ("每3个月1次", (Frequency(1, 3),)),
        ("对同一单位每2年抽查不超过1次", (Frequency(1, 24, bound="at-most", same_target=True),)),
        ("A类1次/年；B类每半年1次", (Frequency(1, 12, ("A类",)), Frequency(1, 6, ("B类",)))),
        (
            ENTERTAINMENT,
            (
                Frequency(1, 12, ("一级治安管理场所",)),
                Frequency(1, 6, ("二级治安管理场所", "三级治安管理场所")),
            ),
        ),
    ],
)
def test_a_frequency_that_says_one_thing_is_read(phrase: str, frequencies: tuple[Frequency, ...]) -> None:
    assert parse_frequency(phrase) == frequencies


@pytest.mark.parametrize(
    ("phrase", "why", "choices"),
    [
        ("1—2次/年", "range", ("每年1次", "每年2次")),
        ("市级局每年组织1次；县级局每月组织1次", "subject", ("每年1次", "每月1次")),
        ("每年1次20%；或者每年2次各10%", "alternatives", ("每年1次", "每年2次")),
        ("按照分层次监管，根据风险高低，依法属地确定。", "no-number", ()),
        ("3月1次", "subject", ()),
        ("2026年1次", "subject", ()),
        ("每半年不少于", "no-number", ()),
    ],
)
def test_a_frequency_of_several_meanings_is_asked(phrase: str, why: str, choices: tuple[str, ...]) -> None:
    asked = parse_frequency(phrase)
    assert isinstance(asked, Unclear)
    assert (asked.why, tuple(map(written, asked.choices))) == (why, choices)


@given(st.integers(1, 1000), st.sampled_from(["", "不超过", "不少于"]), st.sampled_from(["", "/年"]))
def test_what_is_written_is_read_again(mille: int, bound: str, year: str) -> None:
    said = f"{bound}{share_text(Fraction(mille, 1000))}{year}"
    read = parse_ratio(said)
    assert isinstance(read, Ratio)
    assert written(read) == said
    assert Fraction(read.num, read.den) == Fraction(mille, 1000)


@given(st.text(alphabet="0123456789%‰/年次每不超过少于一二级类、和；或-月半季度按", max_size=20))
def test_whatever_is_typed_is_read_or_asked_never_an_error(phrase: str) -> None:
    assert isinstance(parse_ratio(phrase), Ratio | Unclear)
    assert isinstance(parse_frequency(phrase), tuple | Unclear)


@given(st.text(alphabet="市局省按约左右或者大概企业", min_size=1, max_size=4), st.integers(1, 100))
def test_a_word_that_is_not_understood_is_never_skipped(word: str, percent: int) -> None:
    assert isinstance(parse_ratio(f"{word}的{percent}%"), Unclear)


def test_a_real_list_of_items_is_read_or_asked_as_a_person_would() -> None:
    if not REAL.exists():
        return
    with REAL.open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    ratios = {row["抽查比例"]: parse_ratio(row["抽查比例"]) for row in rows}
    read = {phrase: written(one) for phrase, one in ratios.items() if isinstance(one, Ratio)}
    assert read == {"抽查比例不少于2‰": "不少于2‰", **{p: p for p in ("10%", "5%", "20%", "33%", "100%")}}
    frequencies = {row["抽查频次"]: parse_frequency(row["抽查频次"]) for row in rows}
    said = {p for p, one in frequencies.items() if not isinstance(one, Unclear)}
    assert said == {"每年不少于1次", "每年不少于2次", "1次/年", "每年2次", "每年一次"}


@pytest.mark.parametrize(
    "phrase", ["9" * 5000 + "%", "不超过" + "9" * 5000 + "/3", "每年" + "9" * 5000 + "次", "一" * 30_000]
)
@pytest.mark.parametrize("field", ["ratio", "frequency"])
def test_a_number_nobody_writes_is_asked_about_like_any_other_phrase(field: str, phrase: str) -> None:
    assert isinstance(parse(field, phrase), Unclear)
