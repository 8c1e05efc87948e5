"""The sealed row of a ceremony: its secrets, boxed until they are opened, and beside them what is no secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from storage.boxes import Box, SealLost, look, rescue, shut
from storage.documents import decode, encode
from storage.draw_schema import ceremonies
from workflows.draw import shares
from workflows.draw.ceremony.events import Opened
from workflows.draw.doubles import Doubles
from workflows.draw.shares import Fitting, KeeperShare
from workflows.plan import Plan


@dataclass(frozen=True)
class Secrets:
    """32 bytes as hex each. `list` is "" where the lines carry no salt; `door` is what the visit codes come from;
    `parts` split `objects` and `inspectors` into shares, two for each."""

    objects: str
    inspectors: str
    list: str
    door: str
    parts: tuple[str, str, str, str]


NONE = Secrets("", "", "", "", ("", "", "", ""))


@dataclass(frozen=True)
class Closet:
    """The sealed row: nobody but the machine reads it before the opening. `files` is name -> digest.

    `keepers` are who may fetch share 1, 2 and 3; () where there are not three beside the organiser.
    `lost` says why the secrets cannot be read and are all "": the key file is gone. `doubles` warns of the frozen list.
    """

    plan: Plan
    secrets: Secrets
    files: Mapping[str, str]
    keepers: tuple[str, ...] = ()
    lost: str = ""
    doubles: Doubles | None = None


@dataclass(frozen=True)
class Row:
    """`secrets` stand in the open where they were opened, and in rows from before there were boxes."""

    plan: Plan
    files: Mapping[str, str]
    keepers: tuple[str, ...] = ()
    secrets: Secrets | None = None
    box: Box | None = None
    doubles: Doubles | None = None


def read(tx: Connection, draw_id: str, data: str) -> Closet:
    row = decode(data, Row)
    found, why = row.secrets, ""
    if row.box:
        try:
            found = decode(look(tx, row.box, _about(draw_id)), Secrets)
        except SealLost as lost:
            why = str(lost)
    return Closet(row.plan, found or NONE, row.files, row.keepers, why, row.doubles)


def shut_up(tx: Connection, draw_id: str, closet: Closet) -> str:
    """The row as it is kept until the opening."""
    box = shut(tx, encode(closet.secrets), _about(draw_id), restoring(closet.secrets))
    return encode(Row(closet.plan, closet.files, closet.keepers, box=box, doubles=closet.doubles))


def tell(tx: Connection, draw_id: str, closet: Closet, opened: Opened) -> None:
    """What is opened is public, and needs no key any more."""
    told = replace(closet.secrets, objects=opened.secret_objects, inspectors=opened.secret_inspectors)
    _put(tx, draw_id, Row(closet.plan, closet.files, closet.keepers, secrets=told))


def restore(tx: Connection, draw_id: str, found: Fitting) -> str:
    """Puts the secrets under the key there is now, by what two shares give, which it returns. Raises `SealLost`."""
    by_shares = shares.restoring(*found.parts)
    data = tx.execute(ceremonies.select().where(ceremonies.c.id == draw_id)).one().data
    row = decode(data, Row)
    if row.box:
        _put(tx, draw_id, replace(row, box=rescue(tx, row.box, _about(draw_id), by_shares)[1]))
    return by_shares


def keeper_shares(secrets: Secrets) -> tuple[KeeperShare, ...]:
    """What keeper 1, 2 and 3 may fetch."""
    objects = shares.split(secrets.objects, *secrets.parts[:2])
    inspectors = shares.split(secrets.inspectors, *secrets.parts[2:])
    return tuple(KeeperShare(*both) for both in zip(objects, inspectors, strict=True))


def restoring(secrets: Secrets) -> str:
    """What any two of the shares give, and the opening does not tell."""
    first, second, _ = keeper_shares(secrets)
    return shares.restoring(*(shares.parts(pair) for pair in zip(first, second, strict=True)))


def _put(tx: Connection, draw_id: str, row: Row) -> None:
    tx.execute(ceremonies.update().where(ceremonies.c.id == draw_id).values(data=encode(row)))


def _about(draw_id: str) -> str:
    return f"ceremony:{draw_id}"
