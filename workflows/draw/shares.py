"""A secret in three shares, any two of which give it back: replicated XOR sharing.

secret = p1 ^ p2 ^ p3, where p1 and p2 are random and p3 follows. Keeper i holds the two parts other than p_i. Two keepers
hold all three; one keeper lacks a part that is uniformly random to them, so every secret is equally possible. Chosen over
Shamir's scheme because that proof is these two sentences, no field arithmetic has to be trusted, and a notary can put the
shares together with paper and pencil. The price, a share twice as long, is 64 bytes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

from workflows.draw.seal import com, is_hash
from workflows.draw.tickets import digest, joined
from workflows.errors import BadInput

KEEPERS = (1, 2, 3)
# A part's number, a few words, its 64 digits: as a share is printed, however it is laid out or pasted.
PART = re.compile(r"([123])[^0-9a-fA-F]{1,8}([0-9a-fA-F]{64})(?![0-9a-fA-F])")
CHECK = re.compile(r"#([0-9a-fA-F]{8})(?![0-9a-fA-F])")


class Share(NamedTuple):
    """Keeper 1, 2 or 3 (lead department, discipline inspection, notary): (part number, 64 hex digits) twice."""

    keeper: int
    parts: tuple[tuple[int, str], ...]


def split(secret: str, first: str, second: str) -> tuple[Share, ...]:
    """Three shares of 32 bytes in hex. `first` and `second` are fresh random bytes and are used for nothing else."""
    if not all(is_hash(one) for one in (secret, first, second)) or first == second:
        raise BadInput("密封随机数及其分割随机数应为互不相同的64位小写十六进制数，请重新生成。")
    parts = {1: first, 2: second, 3: _xor(secret, first, second)}
    return tuple(
        Share(keeper, tuple((number, parts[number]) for number in KEEPERS if number != keeper))
        for keeper in KEEPERS
    )


def join(shares: Sequence[Share]) -> str:
    """The secret of two or three shares. BadInput where they are too few or contradict each other."""
    parts: dict[int, str] = {}
    for share in shares:
        for number, value in share.parts:
            if parts.setdefault(number, value) != value:
                raise BadInput(f"份额之间第{number}部分不一致，请核对是否来自同一次抽取。")
    if set(parts) != set(KEEPERS):
        raise BadInput("至少需要两位保管人的份额才能开启，请再录入一份。")
    return _xor(*parts.values())


class KeeperShare(NamedTuple):
    """What one keeper holds: their share of the targets' secret and of the inspectors'."""

    objects: Share
    inspectors: Share

    @property
    def keeper(self) -> int:
        return self.objects.keeper


class Fitting(NamedTuple):
    """The secrets of the targets and of the inspectors, the three parts of each, and whose share is wrong."""

    secrets: tuple[str, str]
    parts: tuple[tuple[str, ...], tuple[str, ...]]
    wrong: tuple[int, ...]


def fitting(given: Sequence[KeeperShare], com_objects: str, com_inspectors: str) -> Fitting | None:
    """Two shares that give back what was committed; None where no two of those given do.

    With two alone it cannot be told which one is wrong. A third one tells: it fits with the right one.
    """
    for pair in combinations(given, 2):
        found = _fitting(pair, (com_objects, com_inspectors))
        if found:
            secrets, own = found
            right = [split(secret, *three[:2]) for secret, three in zip(secrets, own, strict=True)]
            wrong = [one.keeper for one in given if one != tuple(side[one.keeper - 1] for side in right)]
            return Fitting(secrets, own, tuple(sorted(wrong)))
    return None


def _fitting(
    pair: Sequence[KeeperShare], committed: tuple[str, str]
) -> tuple[tuple[str, str], tuple[tuple[str, ...], tuple[str, ...]]] | None:
    objects, inspectors = ([one[side] for one in pair] for side in (0, 1))
    try:
        secrets = join(objects), join(inspectors)
    except BadInput:
        return None
    if (com(secrets[0]), com(secrets[1])) != committed:
        return None
    return secrets, (parts(objects), parts(inspectors))


def parts(shares: Sequence[Share]) -> tuple[str, ...]:
    """All three parts, of two shares."""
    known = dict(part for share in shares for part in share.parts)
    return tuple(known[number] for number in KEEPERS)


def restoring(objects: Sequence[str], inspectors: Sequence[str]) -> str:
    """64 hex digits from all three parts of both secrets: any two keepers know them, and opening never tells them."""
    return digest(joined("DR1/restore", *objects, *inspectors))


def check_digits(draw_id: str, share: KeeperShare) -> str:
    """Eight digits printed with a share, so that a slip in copying is noticed before anybody else's share is blamed."""
    said = [value for one in share for _, value in one.parts]
    return digest(joined("DR1/share", draw_id, str(share.keeper), *said))[:8]


def read(text: str, draw_id: str) -> KeeperShare:
    """A share as it was printed or pasted. BadInput for one that is not whole, mistyped, or of another draw."""
    found = [(int(number), value.lower()) for number, value in PART.findall(text)]
    numbers = [number for number, _ in found]
    if len(found) != 4 or numbers[:2] != numbers[2:] or len(set(numbers)) != 2:
        raise BadInput(
            "没有读出完整的份额：应有对象、人员密封数各两部分，每部分64位，请把份额文件全文粘贴过来。"
        )
    (keeper,) = set(KEEPERS) - set(numbers)
    share = KeeperShare(Share(keeper, tuple(found[:2])), Share(keeper, tuple(found[2:])))
    said = CHECK.search(text)
    if said and said[1].lower() != check_digits(draw_id, share):
        raise BadInput("份额与核对码不符：抄写有误，或者不是这次抽取的份额，请对照份额文件重新录入。")
    return share


def _xor(*values: str) -> str:
    mixed = 0
    for value in values:
        mixed ^= int(value, 16)
    return f"{mixed:064x}"
