"""The table of check digits says what python-stdnum computes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from workflows.errors import BadInput
from workflows.identity import parse_identity

BODIES = st.from_regex(r"[1-9ANY][1-9][0-9]{6}[0-9A-HJ-NPQRTUWXY]{9}", fullmatch=True)
SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@pytest.mark.rule("target-identity")
@given(BODIES)
def test_only_the_check_digit_of_the_standard_is_taken(body: str) -> None:
    right = uscc.calc_check_digit(body)
    assert parse_identity(body + right).id == body + right
    for sign in set(SIGNS) - {right}:
        with pytest.raises(BadInput):
            parse_identity(body + sign)


def test_a_card_from_a_place_without_a_name_is_refused_like_any_other() -> None:
    with pytest.raises(BadInput):
        parse_identity("232307062306012300")
