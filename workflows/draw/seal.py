"""The secrets, the commitment to them and to both files, and the two seeds that come of it (draw.md, "Bytes")."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from hashlib import sha256

from workflows.draw.merkle import Tree
from workflows.draw.tickets import HASH, digest, joined
from workflows.errors import BadInput


def is_hash(text: str) -> bool:
    return bool(HASH.fullmatch(text))


def _must_be_32_bytes(text: str, what: str) -> str:
    if not is_hash(text):
        raise BadInput(f"{what}应为64位小写十六进制数，请核对后重新录入。")
    return text


def com(secret: str) -> str:
    """The seal of one secret (32 bytes as hex): shows it later without showing it now."""
    return digest(joined("DR1/seal", _must_be_32_bytes(secret, "密封随机数")))


def commit(
    plan_hash: str,
    objects: Tree,
    inspectors: Tree,
    recusals: Tree,
    com_objects: str,
    com_inspectors: str,
) -> str:
    """C: all that must not change once the witnesses have spoken, in one hash."""
    for seal in (com_objects, com_inspectors):
        _must_be_32_bytes(seal, "密封承诺值")
    return digest(
        joined(
            "DR1/commit",
            plan_hash,
            str(objects.n),
            objects.root,
            str(inspectors.n),
            inspectors.root,
            recusals.root,
            com_objects,
            com_inspectors,
        )
    )


def seed(commitment: str, witnesses: Sequence[str], beacon: str, secret: str) -> str:
    """S_obj or S_insp, by the secret that is given. `witnesses` as `witness.text` gives them, sorted."""
    _must_be_32_bytes(secret, "密封随机数")
    return digest(joined("DR1/seed", commitment, str(len(witnesses)), *witnesses, beacon, secret))


def salt(list_secret: str, id: str) -> str:
    """32 hex digits that keep an entry's class from being guessed from its leaf; `list_secret` is hex."""
    secret = bytes.fromhex(_must_be_32_bytes(list_secret, "名单密钥"))
    return hmac.new(secret, id.encode(), sha256).digest()[:16].hex()
