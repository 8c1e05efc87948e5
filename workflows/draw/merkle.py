"""Merkle tree hash, inclusion proofs and their check (RFC 6962 section 2.1; RFC 9162 section 2.1.3.2).

Leaf = SHA256(0x00 || data), node = SHA256(0x01 || left || right), odd leaves are not doubled, the empty tree is SHA256("").
Hashes are 32 bytes. A tree and a proof need one pass, and memory for one block of leaves and the tree's height.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice

BLOCK = 4096  # leaves of a full subtree that is hashed at one go; a power of two
EMPTY = sha256(b"").digest()


@dataclass(frozen=True, slots=True)
class Tree:
    """What is published of a file: how many lines, and the root as 64 hex digits."""

    n: int
    root: str


NO_LINES = Tree(0, EMPTY.hex())


def leaf(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def leaves(lines: Iterable[str], salts: Iterable[str] | None = None) -> Iterator[bytes]:
    """The leaf of each line; with `salts` (32 hex digits each, in the same order) it is `line|salt`."""
    if salts is None:
        return (sha256(b"\x00" + line.encode()).digest() for line in lines)
    return (leaf(f"{line}|{salt}".encode()) for line, salt in zip(lines, salts, strict=True))


def tree(hashes: Iterable[bytes]) -> Tree:
    """Full subtrees wait on a stack, largest first, until one of their own size stands beside them."""
    stack: list[bytes] = []
    count, waiting = 0, iter(hashes)
    while block := list(islice(waiting, BLOCK)):
        count += len(block)
        stack.append(_risen(block))
        size = count
        while size % (2 * BLOCK) == 0:
            right = stack.pop()
            stack[-1] = node(stack[-1], right)
            size //= 2
    return Tree(count, _folded(stack).hex())


def _risen(level: list[bytes]) -> bytes:
    """The root over one block, not empty. An odd hash rises as it is until it is somebody's right."""
    while len(level) > 1:
        each = iter(level)
        above = [sha256(b"\x01" + left + right).digest() for left, right in zip(each, each, strict=False)]
        if len(level) % 2:
            above.append(level[-1])
        level = above
    return level[0]


def _folded(stack: Sequence[bytes]) -> bytes:
    if not stack:
        return EMPTY
    root = stack[-1]
    for left in reversed(stack[:-1]):
        root = node(left, root)
    return root


def proof(hashes: Iterable[bytes], index: int, n: int) -> tuple[str, ...]:
    """The audit path of leaf `index` (from 0) of `n`, from the leaf upwards. ValueError for an index outside."""
    if not 0 <= index < n:
        raise ValueError(f"leaf {index} of {n}")
    return tuple(_path(iter(hashes), index, n))


def _path(hashes: Iterator[bytes], index: int, n: int) -> list[str]:
    if n == 1:
        next(hashes)
        return []
    half = 1 << (n - 1).bit_length() - 1
    if index < half:
        path = _path(hashes, index, half)
        return [*path, tree(islice(hashes, n - half)).root]
    left = tree(islice(hashes, half)).root
    return [*_path(hashes, index - half, n - half), left]


def proved(hash: bytes, index: int, whole: Tree, path: Sequence[str]) -> bool:
    """Whether the leaf stands at `index` of that tree. A path that is too long or too short proves nothing."""
    if not 0 <= index < whole.n:
        return False
    here, last, own = index, whole.n - 1, hash
    for step in path:
        if last == 0:
            return False
        other = bytes.fromhex(step)
        if here % 2 or here == last:
            own = node(other, own)
            while here % 2 == 0 and here:
                here, last = here // 2, last // 2
        else:
            own = node(own, other)
        here, last = here // 2, last // 2
    return last == 0 and own.hex() == whole.root
