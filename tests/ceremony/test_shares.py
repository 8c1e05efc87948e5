"""Two of three shares open, one alone says nothing, and a wrong one is named as soon as a third is there."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render import text
from workflows.draw import seal, shares
from workflows.draw.shares import KeeperShare, Share
from workflows.errors import BadInput

DRAW = "2026-YN-0001/T1"
hex32 = st.binary(min_size=32, max_size=32).map(bytes.hex)


@dataclass(frozen=True)
class Dealt:
    secrets: tuple[str, str]
    keepers: tuple[KeeperShare, ...]

    @property
    def committed(self) -> tuple[str, str]:
        return seal.com(self.secrets[0]), seal.com(self.secrets[1])


@st.composite
def dealings(draw: st.DrawFn) -> Dealt:
    one, other, *parts = draw(st.lists(hex32, min_size=6, max_size=6, unique=True))
    sides = shares.split(one, *parts[:2]), shares.split(other, *parts[2:])
    return Dealt((one, other), tuple(KeeperShare(*both) for both in zip(*sides, strict=True)))


def spoilt(share: KeeperShare, side: int, part: int) -> KeeperShare:
    """One digit of one part copied wrongly."""
    number, value = share[side].parts[part]
    other = f"{(int(value[0], 16) + 1) % 16:x}{value[1:]}"
    parts = [(number, other) if at == part else one for at, one in enumerate(share[side].parts)]
    changed = [*share]
    changed[side] = Share(share.keeper, tuple(parts))
    return KeeperShare(*changed)


@given(dealings())
def test_any_two_open_and_no_one_is_called_wrong(dealt: Dealt) -> None:
    for pair in permutations(dealt.keepers, 2):
        found = shares.fitting(pair, *dealt.committed)
        assert found and (found.secrets, found.wrong) == (dealt.secrets, ())
    assert shares.fitting(dealt.keepers[:1], *dealt.committed) is None


@given(dealings(), st.sampled_from((1, 2, 3)), st.sampled_from((0, 1)), st.sampled_from((0, 1)))
def test_a_wrong_share_opens_nothing_and_is_named_by_the_third(
    dealt: Dealt, who: int, side: int, part: int
) -> None:
    given = [spoilt(one, side, part) if one.keeper == who else one for one in dealt.keepers]
    for pair in permutations(given, 2):
        right = who not in [one.keeper for one in pair]
        assert (shares.fitting(pair, *dealt.committed) is not None) == right
    for order in permutations(given):
        found = shares.fitting(order, *dealt.committed)
        assert found and (found.secrets, found.wrong) == (dealt.secrets, (who,))


@given(dealings())
def test_what_restores_the_boxes_is_the_same_from_any_two_and_none_of_it_is_opened(dealt: Dealt) -> None:
    found = {
        shares.restoring(*fit.parts)
        for pair in permutations(dealt.keepers, 2)
        if (fit := shares.fitting(pair, *dealt.committed))
    }
    assert len(found) == 1
    assert not found & set(dealt.secrets)


@given(dealings(), st.sampled_from((1, 2, 3)), st.booleans())
def test_a_share_is_read_as_it_was_printed_or_pasted(dealt: Dealt, who: int, loud: bool) -> None:
    said = printed(dealt.keepers[who - 1])
    assert shares.read(" ".join(said.split("\n")), DRAW) == dealt.keepers[who - 1]
    assert shares.read(said.upper() if loud else said, DRAW) == dealt.keepers[who - 1]


def printed(share: KeeperShare) -> str:
    check = shares.check_digits(DRAW, share)
    kept = type("Kept", (), {"id": DRAW})
    return "\n".join(text("ceremony/share", kept=kept, keeper=share.keeper, both=share, check=check))


@given(dealings(), st.sampled_from((0, 1)), st.sampled_from((0, 1)))
def test_a_slip_in_copying_is_noticed_before_anybody_is_blamed(dealt: Dealt, side: int, part: int) -> None:
    share = dealt.keepers[1]
    wrong = printed(share).replace(share[side].parts[part][1], spoilt(share, side, part)[side].parts[part][1])
    with pytest.raises(BadInput, match="核对码"):
        shares.read(wrong, DRAW)
    with pytest.raises(BadInput, match="核对码"):
        shares.read(printed(share), f"{DRAW}.2")


@pytest.mark.parametrize("said", ["", "第 1 部分", "1 " + "a" * 63, "1 " + "a" * 64, "你好 " * 200])
def test_what_is_no_whole_share_is_said_to_be_none(said: str) -> None:
    with pytest.raises(BadInput, match="完整的份额"):
        shares.read(said, DRAW)
