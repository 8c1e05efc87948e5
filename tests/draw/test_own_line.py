"""A target's own line on its way: written, mailed, pasted, read back, and nothing else taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.draw.world import Hall, secret
from workflows.draw import seal
from workflows.draw.lines import read
from workflows.draw.merkle import leaves, proof
from workflows.draw.own_line import OwnLine, named, read_own_line, written
from workflows.draw.transcript import announcement
from workflows.draw.verify import verify_line
from workflows.errors import BadInput

HEX = st.text("0123456789abcdef", min_size=64, max_size=64)


@given(st.integers(0, 10**8), st.lists(HEX, max_size=9), st.sampled_from(["", "ab" * 16]))
def test_what_is_written_is_read_back_also_with_a_mailboxs_blanks(
    index: int, path: list[str], salt: str
) -> None:
    own = OwnLine("91530102000000001N|食品:A|1|E", index, tuple(path), salt)
    assert read_own_line(written(own)) == own
    assert read_own_line("\ufeff" + written(own).replace("\n", " \r\n\r\n")) == own


@given(st.integers(0, 23), st.booleans())
def test_it_proves_the_line_to_the_announcement_and_no_other_line(index: int, salted: bool) -> None:
    hall = Hall(list_secret=secret("list") if salted else "")
    hall.commit()
    assert hall.ceremony
    said = announcement(hall.ceremony)
    salts = [seal.salt(hall.list_secret, line.id) for line in read(hall.objects)] if salted else None
    path = proof(leaves(hall.objects, salts), index, len(hall.objects))
    own = read_own_line(written(OwnLine(hall.objects[index], index, path, salts[index] if salts else "")))
    assert verify_line(said, own.line, own.index, own.path, own.salt).ok
    assert not verify_line(said, own.line, own.index ^ 1, own.path, own.salt).ok
    assert not verify_line(said, own.line.replace("|E", "|X:GONE"), own.index, own.path, own.salt).ok or (
        "|X:" in own.line
    )
    if salted:
        assert not verify_line(said, own.line, own.index, own.path).ok


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "第一行应为名单行"),
        ("R:1|A|1|E\n", "第二行应为行号"),
        ("R:1|A|1|E\n0\n", "第二行应为行号"),
        ("8\nR:1|A|1|E\n", "第一行应为名单行"),
        (f"R:1|A|1|E\n8\n{'ab' * 16}\n{'AB' * 32}\n", "第 4 行应为64位十六进制数"),
        (f"R:1|A|1|E\n8\n{'ab' * 32}\n{'ab' * 16}\n", "第 4 行应为64位十六进制数"),
        ('{"format":"DR1-transcript/1"}', "这不是名录证明"),
    ],
)
def test_anything_else_is_refused_with_its_place(text: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        read_own_line(text)


def test_a_target_is_meant_by_its_code_in_any_width_and_by_its_registration_number() -> None:
    ids = ("91530102000000001N", "R:AB-12")
    assert named(" ９１５３０１０２００００００００１n ", ids) == ids[0]
    assert named("ab-12", ids) == named("R:AB-12", ids) == ids[1]
    assert named("R:AB", ids) == named("", ids) == ""
