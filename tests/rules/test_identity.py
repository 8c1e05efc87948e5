"""Rule target-identity: a target is known by a number whose check digit holds."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from workflows.errors import BadInput
from workflows.identity import Identity, parse_identity, usual_kind

pytestmark = pytest.mark.rule("target-identity")

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
DIGITS = string.digits


@st.composite
def credit_codes(draw: st.DrawFn) -> str:
    head = draw(st.sampled_from(["91", "92", "93", "11", "12", "51", "52", "A1", "N2", "Y1"]))
    region = draw(st.text(DIGITS, min_size=6, max_size=6))
    body = head + region + draw(st.text(ALPHABET, min_size=9, max_size=9))
    return body + uscc.calc_check_digit(body)


@st.composite
def registrations(draw: st.DrawFn) -> str:
    """Fifteen digits whose check digit is found by trial, not by the arithmetic under test."""
    body = "33" + draw(st.text(DIGITS, min_size=12, max_size=12))
    valid = [body + d for d in DIGITS if _accepts(body + d)]
    assert len(valid) == 1, "of ten last digits exactly one is the check digit"
    return valid[0]


def _accepts(number: str) -> bool:
    try:
        parse_identity(number)
    except BadInput:
        return False
    return True


@given(credit_codes())
def test_every_well_formed_credit_code_is_known_by_itself(code: str) -> None:
    assert parse_identity(code) == Identity(code)


@given(credit_codes(), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_wrong_character_in_a_credit_code_is_always_caught(code: str, at: int, other: str) -> None:
    wrong = code[:at] + other + code[at + 1 :]
    assert _accepts(wrong) == (wrong == code)


@given(credit_codes(), st.integers(0, 16))
def test_two_neighbours_swapped_in_a_credit_code_are_always_caught(code: str, at: int) -> None:
    wrong = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
    assert _accepts(wrong) == (wrong == code)


@given(registrations(), st.integers(0, 14), st.sampled_from(DIGITS))
def test_one_wrong_digit_in_a_registration_number_is_always_caught(number: str, at: int, other: str) -> None:
    wrong = number[:at] + other + number[at + 1 :]
    assert _accepts(wrong) == (wrong == number)


@pytest.mark.parametrize(
    "written",
    [
        "91350100M000100Y43",
        " 91350100m000100y43 ",
        "９１３５０１００Ｍ０００１００Ｙ４３",
        "91350100 M000 100Y43\u3000",
        "'91350100M000100Y43",
        "91350100M000100Y43（1-1）",
        "\ufeff91350100M000100Y43",
    ],
)
def test_the_same_code_however_it_is_typed(written: str) -> None:
    assert parse_identity(written) == Identity("91350100M000100Y43")


def test_the_old_number_of_the_standard_is_known_by_r() -> None:
    # 110108000000016 is the worked example printed in appendix A of GS 15—2006.
    assert parse_identity("１１０１０８０００００００１６") == Identity("R:110108000000016")


@pytest.mark.parametrize("number", ["3303812901409", "532822NA000123X"])
def test_a_number_without_a_check_digit_is_taken_with_a_note(number: str) -> None:
    identity = parse_identity(number)
    assert identity.id == "R:" + number
    assert "没有校验位" in identity.note


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ("", "没有统一社会信用代码"),
        ("   ", "没有统一社会信用代码"),
        ("4.5E+14", "科学计数"),
        ("9.13501E+17", "科学计数"),
        ("330000000036007", "校验位不对"),
        ("91350100M000100Y44", "校验位不对"),
        ("9135O100M000100Y43", "字母 O"),
        ("11010519491231002X", "身份证"),
        ("M000100Y4", "组织机构代码"),
        ("8613800000000", "13 位"),
        ("33000000003600A", "15 位"),
        ("待办理", "3 位"),
        ("９" * 4000, "4000 位"),
    ],
)
def test_what_cannot_be_an_identity_is_refused_in_words(raw: str, says: str) -> None:
    with pytest.raises(BadInput, match=says) as refused:
        parse_identity(raw)
    assert len(str(refused.value)) < 120


@given(st.text(max_size=40))
def test_no_text_whatever_makes_it_stumble(raw: str) -> None:
    _accepts(raw)


@pytest.mark.parametrize(
    ("identity", "kind"),
    [
        ("91350100M000100Y43", "enterprise"),
        ("92350100M000100Y43", "individual"),
        ("93350100M000100Y43", "cooperative"),
        ("N2350100M000100Y43", "organisation"),
        ("R:532822NA000123X", "cooperative"),
        ("R:532822600000012", "individual"),
        ("R:330000000036006", "enterprise"),
    ],
)
@pytest.mark.rule("target-kinds")
def test_the_number_tells_the_kind(identity: str, kind: str) -> None:
    assert usual_kind(identity) == kind
