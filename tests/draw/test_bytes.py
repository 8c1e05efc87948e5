"""The bytes: our own published vectors, and those of the methods this one is made of."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import md5, sha256
from itertools import combinations
from pathlib import Path

import pytest

from workflows.draw import beacon, seal, witness
from workflows.draw.lines import read
from workflows.draw.merkle import BLOCK, EMPTY, NO_LINES, Tree, leaf, leaves, node, proof, proved, tree
from workflows.draw.quota import Quota, take
from workflows.draw.shares import join, split
from workflows.draw.strata import count, select
from workflows.draw.tickets import digest, key, ticket, tickets
from workflows.errors import BadInput

HERE = Path(__file__).parent / "vectors"
VECTORS = json.loads((HERE / "vectors.json").read_text("utf-8"))
FILE = (HERE / "lines.txt").read_text("utf-8").split()
LOTTERY = [5, 1, 80, 33, 12, 7, 66, 41, 28, 19, 50, 73, 62, 2, 39, 14, 55, 48, 9, 70]


def the_seed() -> str:
    seals = seal.com("11" * 32), seal.com("22" * 32)
    assert seals == (VECTORS["seal_o"], VECTORS["seal_i"])
    whole = tree(leaves(FILE))
    assert (whole.n, whole.root) == (40, VECTORS["root"])
    plan = digest('{"alg":"DR1-sha256","plan":"2026-YN-0001"}')
    assert plan == VECTORS["plan_hash"]
    made = seal.commit(plan, whole, NO_LINES, NO_LINES, *seals)
    assert made == VECTORS["commit"]
    heard = witness.text(["W02", "W01"], {"W01": "27182818284590452353", "W02": "31415926535897932384"})
    told = beacon.text([beacon.unordered(LOTTERY), beacon.ordered("638")])
    assert told == VECTORS["beacon"]
    return seal.seed(made, heard, told, "11" * 32)


@pytest.mark.rule("by-machine")
def test_our_own_vectors_byte_by_byte() -> None:
    assert the_seed() == VECTORS["seed"]
    own = key(the_seed(), "object/2026-YN-0001")
    quotas = {
        f"FOOD:5301:{risk}": Quota(part, 100, reserve=2)
        for risk, part in zip("ABCD", (1, 3, 10, 50), strict=True)
    }
    drawn = select(read(FILE), own, quotas, count(read(FILE), quotas))
    for name, expected in VECTORS["result"].items():
        one = drawn[name]
        assert (one.n, len(one.selected)) == (expected["n"], expected["k"])
        assert [place.id for place in one.selected] == expected["selected"]
        assert [place.id for place in one.reserve] == expected["substitutes"]
        assert one.threshold and one.threshold.ticket == expected["threshold"]
    assert tickets(own)("R:1") == ticket(own, "R:1")


def test_rfc_3797_section_6_selects_as_printed() -> None:
    """Our text of the beacon is its "key"; the selection itself is RFC 3797's MD5, here only."""
    told = beacon.text(
        [
            beacon.ordered("9319"),
            beacon.unordered([2, 5, 12, 8, 10]),
            beacon.unordered([9, 18, 26, 34, 41, 45]),
        ]
    )
    assert told == "9319./2.5.8.10.12./9.18.26.34.41.45./"
    pool, drawn = list(range(1, 26)), []
    for turn in range(10):
        number = turn.to_bytes(2, "big")
        mixed = int(md5(number + told.encode() + number, usedforsecurity=False).hexdigest(), 16)
        drawn.append(pool.pop(mixed % len(pool)))
    assert drawn == [17, 7, 2, 16, 25, 23, 8, 24, 19, 13]


STANDARD = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_the_eight_standard_leaves_of_rfc_6962() -> None:
    hashes = [leaf(bytes.fromhex(data)) for data in STANDARD]
    assert [tree(hashes[: at + 1]).root for at in range(8)] == ROOTS
    assert tree([]).root == EMPTY.hex() == sha256(b"").hexdigest()


def test_every_leaf_is_proved_and_no_other_in_its_place() -> None:
    for n in range(1, 34):
        hashes = [leaf(bytes([at])) for at in range(n)]
        whole = tree(hashes)
        for index in range(n):
            path = proof(iter(hashes), index, n)
            assert proved(hashes[index], index, whole, path)
            assert not proved(leaf(b"other"), index, whole, path)
            assert not proved(hashes[index], index, whole, (*path, "00" * 32))
            assert n == 1 or not proved(hashes[index], (index + 1) % n, whole, path)


def by_halves(hashes: Sequence[bytes]) -> bytes:
    """RFC 6962 section 2.1, as it is written: the left part is the largest power of two below the whole."""
    if len(hashes) == 1:
        return hashes[0]
    half = 1 << (len(hashes) - 1).bit_length() - 1
    return node(by_halves(hashes[:half]), by_halves(hashes[half:]))


def test_the_tree_is_the_same_across_the_edges_of_its_blocks() -> None:
    hashes = [leaf(str(at).encode()) for at in range(3 * BLOCK + 2)]
    for n in (BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK - 1, 2 * BLOCK, 2 * BLOCK + 3, 3 * BLOCK, 3 * BLOCK + 2):
        assert tree(iter(hashes[:n])) == Tree(n, by_halves(hashes[:n]).hex())
    whole = tree(hashes)
    for index in (0, BLOCK - 1, BLOCK, 3 * BLOCK - 1, 3 * BLOCK, 3 * BLOCK + 1):
        assert proved(hashes[index], index, whole, proof(iter(hashes), index, whole.n))


def consistent(ids: Sequence[str], seed: object) -> list[str]:
    """Rivest's first tickets: SHA-256 of the seed's hash and the id, read as decimal digits from the back."""

    def first(id: str) -> str:
        start = sha256(str(seed).encode()).hexdigest()
        return f"{int(sha256((start + id).encode()).hexdigest(), 16):064d}"[::-1]

    return sorted(ids, key=first)


def test_the_readme_examples_of_consistent_sampler() -> None:
    """The tickets this method comes from: same shape (hash of a fixed block and the id), same consistency."""
    assert consistent("abcd", 31) == ["b", "a", "d", "c"]
    assert consistent("abcd", 77) == ["b", "d", "c", "a"]
    assert consistent("abd", 31) == ["b", "a", "d"]


@pytest.mark.parametrize(
    ("quota", "n", "k"),
    [
        (Quota(1, 100), 10, 1),
        (Quota(1, 100, "floor"), 10, 0),
        (Quota(1, 3), 9, 3),
        (Quota(1, 3, "floor"), 8, 2),
        (Quota(0, 1, least=2), 10, 2),
        (Quota(0, 1, least=2), 1, 1),
        (Quota(1, 1, most=4), 10, 4),
        (Quota(1, 2), 0, 0),
    ],
)
def test_quotas_in_whole_numbers(quota: Quota, n: int, k: int) -> None:
    assert take(quota, n) == k


def test_two_of_three_open_the_secret_and_one_learns_nothing() -> None:
    secret, first, second = "11" * 32, "a5" * 32, "3c" * 32
    shares = split(secret, first, second)
    for pair in combinations(shares, 2):
        assert join(pair) == secret
    for share in shares:
        with pytest.raises(BadInput, match="两位"):
            join([share])
    # Keeper 1 holds the same two parts for this secret as for another one, with another first part.
    other = split("22" * 32, f"{int(first, 16) ^ int('33' * 32, 16):064x}", second)
    assert other[0] == shares[0]


@pytest.mark.parametrize("text", ["05.1./", "2.1./", "1.2.", "", "1.2./x"])
def test_a_beacon_that_is_not_in_its_form_is_not_taken(text: str) -> None:
    assert not beacon.fits("unordered", text)
    assert beacon.fits("ordered", "00638./")
    assert beacon.fits("drand", beacon.drand("quicknet", 12, "ab" * 32))


def test_numbers_of_any_length_stand_in_their_order() -> None:
    long = "9" * 5000
    assert beacon.fits("unordered", f"9.10.{long}./")
    assert not beacon.fits("unordered", f"{long}.9./")
