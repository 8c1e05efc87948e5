"""The transcript (抽取记录) of a ceremony as it may be told now, its files, and a target's own line with its proof."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from storage import ceremonies, frozen
from storage.ceremonies import FILES, INPUTS, Kept
from workflows.draw import seal
from workflows.draw.ceremony.outcome import Outcome, outcome
from workflows.draw.lines import read
from workflows.draw.merkle import leaves, proof
from workflows.draw.transcript import transcript
from workflows.errors import NotFound

SEALED = Outcome("", "", {})


@dataclass(frozen=True)
class OwnLine:
    """What `workflows.draw.verify.verify_line` takes: the line at `index` of the frozen file, and its proof."""

    line: str
    index: int
    path: tuple[str, ...]
    salt: str


def written(tx: Connection, draw_id: str) -> str:
    """Canonical JSON: counts and roots while sealed, who was drawn after the release, the secrets after the opening.

    Raises `NotFound` where nothing was drawn yet.
    """
    return of_kept(tx, ceremonies.load(tx, draw_id))


def of_kept(tx: Connection, kept: Kept) -> str:
    if kept.ceremony.held is None:
        raise NotFound("这次抽取还没有结果，抽取以后才有抽取记录。")
    secrets, told = kept.closet.secrets, SEALED
    if kept.ceremony.released:
        objects = frozen.read(tx, kept.closet.files["objects"])
        told = outcome(kept.ceremony, objects, secrets.objects, secrets.inspectors)
    return transcript(kept.ceremony, told, secrets.list)


def files(tx: Connection, kept: Kept) -> dict[str, str]:
    """What a full replay needs, by name: the three lists, and after the opening what the teams were drawn from.

    A salted list is not handed out: a class in it must not become public.
    """
    names = [name for name in FILES if name != "objects" or not kept.ceremony.frozen.salted]
    if kept.ceremony.opened:
        names.append(INPUTS)
    return {name: frozen.text_of(frozen.read(tx, kept.closet.files[name])) for name in names}


def own_line(tx: Connection, kept: Kept, target: str) -> OwnLine | None:
    """None for one that is not in the frozen file; its salt is told to nobody but the target itself."""
    objects, secret = frozen.read(tx, kept.closet.files["objects"]), kept.closet.secrets.list
    ids = [line.id for line in read(objects)]
    if target not in ids:
        return None
    at = ids.index(target)
    salts = [seal.salt(secret, id) for id in ids] if kept.ceremony.frozen.salted else None
    path = proof(leaves(objects, salts), at, len(objects))
    return OwnLine(objects[at], at, path, salts[at] if salts else "")
