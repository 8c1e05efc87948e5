"""What of a ceremony may be told now: its announcement and transcript (抽取记录), its files, a target's own line."""

from __future__ import annotations

from sqlalchemy import Connection

from storage import ceremonies, frozen
from storage.ceremonies import FILES, INPUTS, Kept
from workflows.draw import seal
from workflows.draw.ceremony.outcome import Outcome, outcome
from workflows.draw.lines import read
from workflows.draw.merkle import leaves, proof
from workflows.draw.own_line import OwnLine, named
from workflows.draw.transcript import announcement, transcript
from workflows.errors import NotFound

SEALED = Outcome("", "", {})


def written(tx: Connection, draw_id: str) -> str:
    """Canonical JSON: counts and roots until the secrets are opened, then who was drawn as well.

    Raises `NotFound` where nothing was drawn yet.
    """
    ceremony = ceremonies.ceremony_of(tx, draw_id)
    if ceremony and ceremony.held and not ceremony.opened:
        # Whoever asks for it, nothing is unlocked that it does not tell.
        return transcript(ceremony, SEALED)
    return of_kept(tx, ceremonies.load(tx, draw_id))


def of_kept(tx: Connection, kept: Kept) -> str:
    if kept.ceremony.held is None:
        raise NotFound("这次抽取还没有结果，抽取以后才有抽取记录。")
    secrets, told = kept.closet.secrets, SEALED
    if kept.ceremony.opened:
        objects = frozen.read(tx, kept.closet.files["objects"])
        told = outcome(kept.ceremony, objects, secrets.objects, secrets.inspectors)
    return transcript(kept.ceremony, told, secrets.list)


def announced(tx: Connection, draw_id: str) -> str:
    """What is public from the commitment on, the same to everybody. Raises `NotFound` before it."""
    ceremony = ceremonies.ceremony_of(tx, draw_id)
    if ceremony is None or ceremony.committed is None:
        raise NotFound("这次抽取还没有公布承诺，公布以后才有抽取公告。")
    return announcement(ceremony)


def files(tx: Connection, kept: Kept) -> dict[str, str]:
    """What a full replay needs, by name: the three lists, and after the opening what the teams were drawn from.

    A salted list is not handed out: a class in it must not become public.
    """
    names = [name for name in FILES if name != "objects" or not kept.ceremony.frozen.salted]
    if kept.ceremony.opened:
        names.append(INPUTS)
    return {name: frozen.text_of(frozen.read(tx, kept.closet.files[name])) for name in names}


def own_line(tx: Connection, kept: Kept, target: str) -> OwnLine | None:
    """The line of the target somebody means by a code; None where it is not in the file, or nothing is committed yet.

    It tells nothing of who was drawn. Its salt is told to nobody but the target itself.
    """
    if kept.ceremony.committed is None:
        return None
    objects, secret = frozen.read(tx, kept.closet.files["objects"]), kept.closet.secrets.list
    if kept.ceremony.frozen.salted and not secret:
        raise NotFound("名单的盐现在读不出来，恢复密钥文件以后才能开名录证明。")
    ids = [line.id for line in read(objects)]
    id = named(target, ids)
    if not id:
        return None
    at = ids.index(id)
    salts = [seal.salt(secret, id) for id in ids] if kept.ceremony.frozen.salted else None
    path = proof(leaves(objects, salts), at, len(objects))
    return OwnLine(objects[at], at, path, salts[at] if salts else "")
